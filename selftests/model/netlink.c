// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about vGPU types, from attributes to the books and back: what is refused
 * says which attribute is at fault, or which is missing, and what was asked for is
 * what is told afterwards. Whether the values may be so is the model of types' matter.
 */
#include "fixture.h"
#include "mdev.h"
#include "netlink.h"
#include "state.h"
#include "type.h"

#define MIB (1ULL << 20)
#define ATTRS (GPUVIRT_A_TYPE_GENERATION + 1)

/* The request, as the kernel has parsed it. */
static struct {
	struct sk_buff skb;
	struct nlattr *attrs[ATTRS];
	struct genlmsghdr hdr;
	struct netlink_ext_ack extack;
	struct genl_info info;
} req;

static const struct genl_ops *ops_of(u8 cmd)
{
	unsigned int i;

	for (i = 0; i < gv_nl_family.n_ops; i++)
		if (gv_nl_family.ops[i].cmd == cmd)
			return &gv_nl_family.ops[i];
	abort();
}

static void start(u8 cmd)
{
	memset(&req, 0, sizeof(req));
	req.hdr.cmd = cmd;
	req.info.genlhdr = &req.hdr;
	req.info.attrs = req.attrs;
	req.info.extack = &req.extack;
	req.skb.admin = gv_below(64);
}

static void add(u16 type, size_t len, const void *data)
{
	req.attrs[type] = (void *)(req.skb.data + req.skb.len);
	nla_put(&req.skb, type, len, data);
}

static void add_u32(u16 type, u32 val)
{
	add(type, sizeof(val), &val);
}

static void add_u64(u16 type, u64 val)
{
	add(type, sizeof(val), &val);
}

/* The policy lets a zero byte through that is not the last one. */
static void add_text(u16 type, const char *text)
{
	char buf[80];
	size_t len = strlen(text) + 1;

	memcpy(buf, text, len);
	if (!gv_below(64))
		buf[len++] = '\0';
	add(type, len, buf);
}

static bool text_is_whole(u16 type)
{
	return !req.attrs[type] ||
	       strlen(nla_data(req.attrs[type])) + 1 ==
	       (size_t)nla_len(req.attrs[type]);
}

/* Let the family do it, as generic netlink does. */
static int ask(void)
{
	const struct genl_ops *ops = ops_of(req.hdr.cmd);
	int err;

	free(gv_reply);
	gv_reply = NULL;
	err = gv_nl_family.pre_doit(ops, &req.skb, &req.info);
	return err ? err : ops->doit(&req.skb, &req.info);
}

/* Every refusal has its sentence, its number, and what is at fault. */
static void check_refusal(int err, u16 bad, u16 missing)
{
	const struct nlattr *attr = bad ? req.attrs[bad] : NULL;
	u32 reason = 0;

	memcpy(&reason, req.extack.cookie, sizeof(reason));
	gv_expect(req.extack.text[0] && req.extack.cookie_len == 4 && reason,
		  "error %d has no reason", err);
	gv_expect(req.extack.bad_attr == attr, "attribute %d, not %u: %s",
		  req.extack.bad_attr ? req.extack.bad_attr->nla_type : -1, bad,
		  req.extack.text);
	gv_expect(req.extack.miss_type == missing, "misses %u, not %u: %s",
		  req.extack.miss_type, missing, req.extack.text);
}

static const u16 numbers[] = {
	GPUVIRT_A_TYPE_MAX_INSTANCES, GPUVIRT_A_TYPE_HEADS,
	GPUVIRT_A_TYPE_XRES, GPUVIRT_A_TYPE_YRES, GPUVIRT_A_TYPE_WEIGHT,
};

#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static u32 *number_of(struct gv_type_params *p, unsigned int i)
{
	u32 *const all[] = {
		&p->max_instances, &p->heads, &p->xres, &p->yres, &p->weight,
	};

	return all[i];
}

/* Each attribute or none. What is there goes to @p as well. */
static void some_type(struct gv_type_params *p)
{
	static const char *const names[] = { "", "a", "T4-1B", "1.5+x_y", "-" };
	const char *name = names[gv_below(5)];
	char text[GPUVIRT_TYPE_NAME_MAX + 8] = "", series[3] = "";
	unsigned int i;

	add_text(GPUVIRT_A_TYPE_GPU, "0000:00:00.0");
	if (gv_below(16)) {
		memset(text, 'n', gv_below(8) ? 1 : sizeof(text) - 1);
		if (gv_below(2))
			snprintf(text, sizeof(text), "%s", name);
		add_text(GPUVIRT_A_TYPE_NAME, text);
		snprintf(p->name, sizeof(p->name), "%.64s", text);
	}
	if (gv_below(16)) {
		p->framebuffer = gv_below(8) ? (4 + gv_below(8)) * MIB :
				 gv_awkward();
		add_u64(GPUVIRT_A_TYPE_FRAMEBUFFER, p->framebuffer);
	}
	if (gv_below(2)) {
		memset(series, "ABCQx"[gv_below(5)], gv_below(8) ? 1 :
		       gv_below(3));
		add_text(GPUVIRT_A_TYPE_SERIES, series);
		p->series = series[0];
	}
	for (i = 0; i < NUMBERS; i++) {
		if (gv_below(3))
			continue;
		*number_of(p, i) = gv_below(4) ? 1 + gv_below(4) : gv_awkward();
		add_u32(numbers[i], *number_of(p, i));
	}
}

/* What the request itself is refused for, before its values are looked at. */
static bool refused_as_read(u16 *bad, u16 *missing)
{
	const struct nlattr *attr = req.attrs[GPUVIRT_A_TYPE_NAME];
	unsigned int i;

	*bad = GPUVIRT_A_TYPE_NAME;
	*missing = 0;
	if (!attr) {
		*missing = *bad;
		*bad = 0;
		return true;
	}
	if (strlen(nla_data(attr)) > GPUVIRT_TYPE_NAME_MAX)
		return true;
	*bad = GPUVIRT_A_TYPE_FRAMEBUFFER;
	if (!req.attrs[*bad]) {
		*missing = *bad;
		*bad = 0;
		return true;
	}
	*bad = GPUVIRT_A_TYPE_SERIES;
	if (req.attrs[*bad] && strlen(nla_data(req.attrs[*bad])) != 1)
		return true;
	for (i = 0; i < NUMBERS; i++) {
		*bad = numbers[i];
		if (req.attrs[*bad] && !nla_get_u32(req.attrs[*bad]))
			return true;
	}
	return false;
}

/* The value of one attribute of the reply, or NULL. */
static const struct nlattr *told(u16 type)
{
	const struct nlattr *attr;
	size_t at;

	for (at = 0; at < gv_reply->len; at += NLA_ALIGN(attr->nla_len)) {
		attr = (const void *)(gv_reply->data + at);
		if (attr->nla_type == type)
			return attr;
	}
	return NULL;
}

static void check_told(struct gv_type_params *p)
{
	unsigned int i;

	start(GPUVIRT_CMD_TYPE_GET);
	add(GPUVIRT_A_TYPE_GPU, 13, "0000:00:00.0");
	add(GPUVIRT_A_TYPE_NAME, strlen(p->name) + 1, p->name);
	gv_expect(!ask() && gv_reply, "%s is not told of", p->name);
	if (!gv_reply)
		return;
	gv_expect(!strcmp(nla_data(told(GPUVIRT_A_TYPE_NAME)), p->name), "%s",
		  p->name);
	gv_expect(nla_get_u64(told(GPUVIRT_A_TYPE_FRAMEBUFFER)) ==
		  p->framebuffer, "%llu", p->framebuffer);
	gv_expect(!!told(GPUVIRT_A_TYPE_SERIES) == !!p->series &&
		  (!p->series || *(char *)nla_data(told(GPUVIRT_A_TYPE_SERIES)) ==
		   p->series), "%c", p->series);
	for (i = 0; i < NUMBERS; i++)
		gv_expect(nla_get_u32(told(numbers[i])) == *number_of(p, i),
			  "attribute %u is not %u", numbers[i],
			  *number_of(p, i));
}

/* A text that ends twice, or who may not. Else whose fault it was is told. */
static bool refused_before(int err)
{
	static const u16 texts[] = {
		GPUVIRT_A_TYPE_GPU, GPUVIRT_A_TYPE_NAME, GPUVIRT_A_TYPE_SERIES,
	};
	unsigned int i;

	if (!req.skb.admin) {
		gv_expect(err == -EPERM, "%d, not EPERM", err);
		check_refusal(err, 0, 0);
		return true;
	}
	for (i = 0; i < 3; i++) {
		if (text_is_whole(texts[i]))
			continue;
		gv_expect(err == -EINVAL, "%d, not EINVAL", err);
		check_refusal(err, texts[i], 0);
		return true;
	}
	return false;
}

static void one(struct gv_backend *be)
{
	struct gv_type_params p = {};
	struct gv_why why = {};
	u64 generation = 0;
	u16 bad, missing;
	int err, want;

	start(GPUVIRT_CMD_TYPE_NEW);
	some_type(&p);
	if (gv_below(2)) {
		generation = gv_below(8) ? gv_generation() : gv_awkward();
		add_u64(GPUVIRT_A_TYPE_GENERATION, generation);
	}
	err = ask();
	if (refused_before(err))
		return;
	if (refused_as_read(&bad, &missing)) {
		gv_expect(err == -EINVAL, "%d, not EINVAL", err);
		check_refusal(err, bad, missing);
		return;
	}
	want = gv_type_check(be, &p, &why);
	if (!want && generation && generation != gv_generation() - !err) {
		want = -ESTALE;
		why.attr = GPUVIRT_A_TYPE_GENERATION;
	}
	gv_expect(err == want, "%d, not %d: %s", err, want, req.extack.text);
	if (err) {
		check_refusal(err, req.attrs[why.attr] ? why.attr : 0, 0);
		return;
	}
	check_told(&p);
	start(GPUVIRT_CMD_TYPE_DEL);
	req.skb.admin = true;
	add(GPUVIRT_A_TYPE_GPU, 13, "0000:00:00.0");
	add(GPUVIRT_A_TYPE_NAME, strlen(p.name) + 1, p.name);
	gv_expect(!ask() && !be->nr_types, "%s does not go", p.name);
}

void gv_model_netlink(uint64_t n)
{
	struct gv_backend be;

	gv_make_backend(&be, 64 * MIB, 16);
	kref_init(&be.ref);
	while (n--) {
		gv_case();
		one(&be);
	}
	free(gv_reply);
	gv_reply = NULL;
}
