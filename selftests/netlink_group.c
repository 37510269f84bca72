// SPDX-License-Identifier: GPL-2.0
/*
 * libs: libmnl
 * needs: own-guest
 * timeout: 120
 * qemu: -device intel-iommu,intremap=on
 * qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0
 * qemu: -device bochs-display,bus=a
 * qemu: -device ioh3420,id=b,chassis=2,slot=1,addr=3.0
 * qemu: -device bochs-display,bus=b
 *
 * What group-get tells of each function is what sysfs tells to root, and it
 * tells it to everybody; requests that it must refuse.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "nl_gpu.h"
#include "nl_try.h"

#define PCI "/sys/bus/pci/devices"
#define GET GPUVIRT_CMD_GROUP_GET
#define A(name) GPUVIRT_A_GROUP_##name

#define ROOT_PORT 4
#define CAP_EXP 0x10
#define EXT_ACS 0x0d

static const struct gv_try tries[] = {
	{ "no address", GET, { }, EINVAL, GPUVIRT_REASON_MISSING_ATTRIBUTE,
	  "PCI address", GV_MISSING(A(ADDRESS)) },
	{ "no such function", GET, { S(A(ADDRESS), "0000:ff:00.0") }, ENODEV,
	  GPUVIRT_REASON_FUNCTION_UNKNOWN, "0000:ff:00.0", A(ADDRESS) },
	{ "an address without its domain", GET, { S(A(ADDRESS), "00:02.0") },
	  ENODEV, GPUVIRT_REASON_FUNCTION_UNKNOWN, "no PCI function",
	  A(ADDRESS) },
	{ "an empty address", GET, { S(A(ADDRESS), "") }, ENODEV,
	  GPUVIRT_REASON_FUNCTION_UNKNOWN, "no PCI function", A(ADDRESS) },
	{ "a group", GET, { S(A(ADDRESS), "0000:00:02.0"), U(A(GROUP), 1) },
	  EINVAL, GPUVIRT_REASON_BAD_VALUE, "several functions", A(GROUP) },
	{ "an address that is too long", GET,
	  { S(A(ADDRESS), "0000:00:02.0.....") }, ENODEV,
	  GPUVIRT_REASON_FUNCTION_UNKNOWN, "no PCI function", A(ADDRESS) },
	{ "an attribute of answers", GET,
	  { S(A(ADDRESS), "0000:00:02.0"), U(A(ACS), 1) }, EINVAL,
	  GV_NO_REASON, NULL, A(ACS) },
};

struct seen {
	unsigned int functions;
	unsigned int wrong;
	unsigned int acs;
	unsigned int up;
	char last[GPUVIRT_ADDRESS_MAX + 1];
	uint32_t group;
};

/* The last part of a link, or "". */
static void read_link(const char *address, const char *name, char *text)
{
	char path[PATH_MAX], to[PATH_MAX];
	ssize_t len;

	text[0] = 0;
	snprintf(path, sizeof(path), PCI "/%s/%s", address, name);
	len = readlink(path, to, sizeof(to) - 1);
	if (len <= 0)
		return;
	to[len] = 0;
	snprintf(text, 64, "%s", strrchr(to, '/') + 1);
}

static unsigned long read_hex(const char *address, const char *name)
{
	char path[PATH_MAX], text[64];

	snprintf(path, sizeof(path), PCI "/%s/%s", address, name);
	return gv_file_read(path, text, sizeof(text)) ?
		strtoul(text, NULL, 16) : ULONG_MAX;
}

static size_t read_config(const char *address, uint8_t *config)
{
	char path[PATH_MAX];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), PCI "/%s/config", address);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	len = read(fd, config, 4096);
	close(fd);
	return len < 0 ? 0 : len;
}

static uint16_t word(const uint8_t *config, unsigned int at)
{
	return config[at] | config[at + 1] << 8;
}

/* A capability of the first list, or 0. */
static unsigned int find_cap(const uint8_t *config, uint8_t id)
{
	unsigned int pos = word(config, 6) & 0x10 ? config[0x34] : 0;

	while (pos && config[pos] != id)
		pos = config[pos + 1];
	return pos;
}

static unsigned int find_ext(const uint8_t *config, uint16_t id)
{
	unsigned int pos = 0x100;

	while (pos && word(config, pos) != id)
		pos = word(config, pos + 2) >> 4;
	return pos;
}

static bool same_bits(const struct gv_msg *msg, const uint8_t *config)
{
	unsigned int exp = find_cap(config, CAP_EXP);
	unsigned int acs = exp ? find_ext(config, EXT_ACS) : 0;

	if (gv_has(msg, A(PCIE_TYPE)) != !!exp ||
	    (exp && gv_u32(msg, A(PCIE_TYPE)) !=
	     (word(config, exp + 2) >> 4 & 0xf)))
		return false;
	if (gv_u32(msg, A(ACS)) != !!acs || gv_has(msg, A(ACS_CAP)) != !!acs)
		return false;
	return !acs || (gv_u32(msg, A(ACS_CAP)) == word(config, acs + 4) &&
			gv_u32(msg, A(ACS_CTRL)) == word(config, acs + 6));
}

static bool same_links(const struct gv_msg *msg, const char *address)
{
	char text[64], number[16];

	read_link(address, "driver", text);
	if (strcmp(text, gv_has(msg, A(DRIVER)) ? gv_str(msg, A(DRIVER)) : ""))
		return false;
	read_link(address, "iommu_group", text);
	snprintf(number, sizeof(number), "%u", gv_u32(msg, A(GROUP)));
	return !strcmp(text, gv_has(msg, A(GROUP)) ? number : "");
}

/* The bridge above is the directory that the function's own is in. */
static bool same_place(const struct gv_msg *msg, const char *address)
{
	char path[PATH_MAX], real[PATH_MAX];
	const char *up;

	if (!gv_has(msg, A(UPSTREAM)))
		return true;
	up = gv_str(msg, A(UPSTREAM));
	snprintf(path, sizeof(path), PCI "/%s", address);
	if (!realpath(path, real))
		return false;
	*strrchr(real, '/') = 0;
	return !strcmp(strrchr(real, '/') + 1, up);
}

static void see(const struct gv_msg *msg, void *arg)
{
	const char *address = gv_str(msg, A(ADDRESS));
	static uint8_t config[4096];
	struct seen *seen = arg;

	memset(config, 0, sizeof(config));
	seen->functions++;
	seen->acs += gv_u32(msg, A(ACS));
	seen->up += gv_has(msg, A(UPSTREAM));
	snprintf(seen->last, sizeof(seen->last), "%s", address);
	seen->group = gv_u32(msg, A(GROUP));
	if (read_config(address, config) >= 256 &&
	    gv_u32(msg, A(VENDOR)) == read_hex(address, "vendor") &&
	    gv_u32(msg, A(DEVICE)) == read_hex(address, "device") &&
	    gv_u32(msg, A(CLASS)) == read_hex(address, "class") &&
	    same_bits(msg, config) && same_links(msg, address) &&
	    same_place(msg, address) && gv_has(msg, A(MULTIFUNCTION)) &&
	    gv_u32(msg, A(ISOLATED_MSI)) == 1 && gv_u32(msg, A(ATS)) == 0)
		return;
	seen->wrong++;
	gv_ktap_note("%s is not what sysfs says", address);
}

static void count(const struct gv_msg *msg, void *arg)
{
	struct seen *seen = arg;

	seen->functions++;
	seen->wrong += gv_u32(msg, A(GROUP)) != seen->group;
	if (gv_u32(msg, A(PCIE_TYPE)) == ROOT_PORT)
		seen->up++;
}

static unsigned int functions(void)
{
	unsigned int n = 0;
	struct dirent *entry;
	DIR *dir = opendir(PCI);

	while (dir && (entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return n;
}

static void dump(struct gv_nl *nl, const char *address, int group,
		 gv_entry_fn fn, struct seen *seen)
{
	static struct gv_req req;

	gv_req_init(&req, nl, GET, NLM_F_DUMP);
	if (address)
		gv_req_str(&req, A(ADDRESS), address);
	if (group >= 0)
		gv_req_u32(&req, A(GROUP), group);
	if (gv_nl_dump(nl, &req, fn, seen))
		seen->wrong = 999;
}

static bool one(struct gv_nl *nl, struct gv_msg *msg, const char *address)
{
	static struct gv_req req;

	gv_req_init(&req, nl, GET, 0);
	gv_req_str(&req, A(ADDRESS), address);
	return !gv_nl_do(nl, &req, msg, NULL);
}

static void check_filters(struct gv_nl *nl)
{
	struct seen seen = { 0 };
	static struct gv_msg msg;

	if (!one(nl, &msg, "0000:00:03.0"))
		gv_ktap_bail("there is no port at 0000:00:03.0");
	seen.group = gv_u32(&msg, A(GROUP));
	gv_ktap_check(gv_u32(&msg, A(PCIE_TYPE)) == ROOT_PORT &&
		      !gv_u32(&msg, A(ACS)), "one function, by its address");
	dump(nl, NULL, seen.group, count, &seen);
	gv_ktap_check(seen.functions == 2 && !seen.wrong && seen.up == 1,
		      "a dump of one group: a port and what is behind it");
	seen.functions = 0;
	dump(nl, "0000:00:03.0", -1, count, &seen);
	gv_ktap_check(seen.functions == 1 && !seen.wrong,
		      "a dump of one function");
	seen.functions = 0;
	dump(nl, "0000:00:02.0", seen.group, count, &seen);
	gv_ktap_check(!seen.functions && !seen.wrong,
		      "a function that is not in that group");
	dump(nl, NULL, 9999, count, &seen);
	gv_ktap_check(!seen.functions && !seen.wrong, "a group that is none");
}

int main(void)
{
	struct seen seen = { 0 }, nobody = { 0 };
	struct gv_nl nl;

	gv_ktap_plan(GV_TRIES(tries) + 8);
	gv_nl_open(&nl);
	dump(&nl, NULL, -1, see, &seen);
	gv_ktap_check(seen.functions == functions(), "every function is there");
	gv_ktap_check(!seen.wrong && seen.acs && seen.up,
		      "each is what sysfs says");
	check_filters(&nl);
	gv_try_all(&nl, tries, GV_TRIES(tries), NULL);
	gv_nl_close(&nl);

	if (setgid(1000) || setuid(1000))
		gv_ktap_bail("can't become an ordinary user");
	gv_nl_open(&nl);
	dump(&nl, NULL, -1, count, &nobody);
	gv_ktap_check(nobody.functions == seen.functions,
		      "everybody is told the same");
	gv_nl_close(&nl);
	return gv_ktap_end();
}
