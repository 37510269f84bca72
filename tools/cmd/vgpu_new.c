// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel has one door for a new mdev, the create file of its type; the
 * rest is to know before why it would refuse, and to say what was made.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <uuid/uuid.h>

#include "../cmd.h"
#include "../out.h"
#include "../port.h"
#include "../show.h"
#include "../sysfs.h"

/* How long a node may keep its first owner until udev has seen it. */
#define GV_UDEV_WAIT	5000
#define GV_UDEV_TICK	10

/* How long the kernel may know the UUID of a vGPU that has gone. */
#define GV_UUID_WAIT	5000
#define GV_UUID_TICK	50

enum {
	VGPU_NEW_GPU,
	VGPU_NEW_TYPE,
	VGPU_NEW_UUID,
};

const struct gv_param gv_vgpu_new_params[] = {
	[VGPU_NEW_GPU] = { "GPU", GV_KIND_GPU, GV_POS | GV_MUST, 0, 0,
			   "PCI address of the GPU" },
	[VGPU_NEW_TYPE] = { "TYPE", GV_KIND_TYPE, GV_POS | GV_MUST, 0, 0,
			    "name of a type of that GPU" },
	[VGPU_NEW_UUID] = { "uuid", GV_KIND_UUID, 0, 0, 0,
			    "its id; a random one if not given" },
	{ 0 }
};

/* Refuse as the kernel would: its own refusal also fills the kernel log. */
static int gv_vgpu_room(struct gv_ctx *ctx, const struct gv_obj *type)
{
	const char *text = gv_obj_str(type, GPUVIRT_A_TYPE_TEXT);

	if (!gv_obj_has(type, GPUVIRT_A_TYPE_AVAILABLE) ||
	    gv_obj_num(type, GPUVIRT_A_TYPE_AVAILABLE))
		return 0;
	gv_err_set(&ctx->err, ENOSPC, "%s", text && *text ? text :
		   "no more vGPUs of this type can be created");
	ctx->err.reason = gv_obj_num(type, GPUVIRT_A_TYPE_REASON);
	return -ENOSPC;
}

static int gv_vgpu_new_permission(struct gv_ctx *ctx, int num)
{
	gv_err_set(&ctx->err, num,
		   "creating a vGPU needs write access to the create file of its type");
	ctx->err.reason = GPUVIRT_REASON_NOT_PERMITTED;
	return -num;
}

/*
 * sysfs gives an errno only; the sentence behind it is asked for. The type
 * may have filled up or gone since it was looked at.
 */
static int gv_vgpu_new_failed(struct gv_ctx *ctx, const char *gpu,
			      const char *name, const char *id, int num)
{
	struct gv_obj *type;
	int ret;

	if (num == EACCES || num == EPERM)
		return gv_vgpu_new_permission(ctx, num);
	if (num == EEXIST) {
		gv_err_set(&ctx->err, num, "the UUID %s is taken", id);
		gv_err_hint(&ctx->err,
			    "give another one, or none");
		return -num;
	}
	ret = gv_get_type(ctx, gpu, name, &type);
	if (ret)
		return ret;
	ret = gv_vgpu_room(ctx, type);
	gv_obj_free(type);
	if (ret)
		return ret;
	gv_err_set(&ctx->err, num, "the kernel did not create the vGPU: %s",
		   strerror(num));
	ctx->err.reason = GPUVIRT_REASON_DEVICE_ERROR;
	return -num;
}

/*
 * The node appears with root as its owner, and udev changes that a moment
 * later: a script that starts a VMM at once should not lose that race.
 */
static void gv_vgpu_settle(const struct gv_ctx *ctx, const struct gv_obj *vgpu)
{
	int64_t end = gv_port_now() + GV_UDEV_WAIT;
	struct gv_node node;

	if (ctx->batch || !gv_sysfs_udev() ||
	    !gv_obj_has(vgpu, GPUVIRT_A_VGPU_IOMMU_GROUP))
		return;
	for (;;) {
		gv_node_read(gv_obj_num(vgpu, GPUVIRT_A_VGPU_IOMMU_GROUP),
			     &node);
		if (node.group || node.others || gv_port_now() >= end)
			return;
		gv_port_sleep(GV_UDEV_TICK);
	}
}

static void gv_vgpu_new_print(const struct gv_obj *vgpu)
{
	const char *id = gv_obj_word(vgpu, GPUVIRT_A_VGPU_ID);
	char qemu[160];

	snprintf(qemu, sizeof(qemu),
		 "-device vfio-pci,sysfsdev=/sys/bus/mdev/devices/%s,display=on",
		 id);
	gv_out_obj(NULL, vgpu);
	gv_out_text(0, "%s", id);
	gv_show_node(vgpu);
	gv_out_str("qemu", qemu);
	gv_out_text(4, "qemu %s", qemu);
	gv_out_object_end();
}

/*
 * A vGPU that was deleted goes with the last reference to its device, a moment
 * after sysfs shows it no more: until then its UUID is taken by nobody.
 */
static int gv_vgpu_create_when_free(const struct gv_obj *type, const char *id)
{
	const char *mdev_type = gv_obj_str(type, GPUVIRT_A_TYPE_MDEV_TYPE);
	const char *gpu = gv_obj_word(type, GPUVIRT_A_TYPE_GPU);
	int64_t end = gv_port_now() + GV_UUID_WAIT;
	int ret;

	for (;;) {
		ret = gv_sysfs_create(gpu, mdev_type, id);
		if (ret != -EEXIST || gv_sysfs_exists(id) ||
		    gv_port_now() >= end)
			return ret;
		gv_port_sleep(GV_UUID_TICK);
	}
}

static int gv_vgpu_create(struct gv_ctx *ctx, const char *gpu,
			  const char *name, const char *id)
{
	struct gv_obj *type;
	int ret;

	ret = gv_get_type(ctx, gpu, name, &type);
	if (ret)
		return ret;
	ret = gv_vgpu_room(ctx, type);
	if (!ret && !gv_obj_str(type, GPUVIRT_A_TYPE_MDEV_TYPE))
		ret = gv_err_set(&ctx->err, EOPNOTSUPP,
				 "type %s of %s is not for mdev vGPUs", name,
				 gpu);
	if (!ret) {
		ret = gv_vgpu_create_when_free(type, id);
		if (ret)
			ret = gv_vgpu_new_failed(ctx, gpu, name, id, -ret);
	}
	gv_obj_free(type);
	return ret;
}

/*
 * The library's own function polls a kernel that has no entropy yet, a second
 * for each UUID; this waits for it once, and makes it gather some.
 */
static int gv_vgpu_random(struct gv_ctx *ctx, char *id)
{
	uuid_t uuid;

	if (getrandom(uuid, sizeof(uuid), 0) != sizeof(uuid))
		return gv_err_set(&ctx->err, EIO,
				  "the kernel gives no random numbers");
	uuid[6] = (uuid[6] & 0x0f) | 0x40;	/* version 4: random */
	uuid[8] = (uuid[8] & 0x3f) | 0x80;	/* RFC 4122 */
	uuid_unparse_lower(uuid, id);
	return 0;
}

int gv_vgpu_new(struct gv_ctx *ctx, const struct gv_args *args)
{
	const char *id = args->v[VGPU_NEW_UUID].str;
	char random[UUID_STR_LEN];
	struct gv_obj *vgpu;
	int ret;

	if (!id) {
		ret = gv_vgpu_random(ctx, random);
		if (ret)
			return ret;
		id = random;
	}
	ret = gv_vgpu_create(ctx, args->v[VGPU_NEW_GPU].str,
			     args->v[VGPU_NEW_TYPE].str, id);
	if (ret)
		return ret;
	ret = gv_get_vgpu(ctx, id, &vgpu);
	if (ret) {
		/* nobody else knows which it is */
		gv_err_hint(&ctx->err, "vGPU %s was created", id);
		return ret;
	}
	gv_vgpu_settle(ctx, vgpu);
	gv_vgpu_new_print(vgpu);
	gv_obj_free(vgpu);
	return 0;
}
