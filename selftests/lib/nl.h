/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A client of the netlink family for tests, on libmnl. It sends what it is told
 * to, right or wrong, and keeps all that the kernel says about it.
 */
#ifndef GV_NL_H
#define GV_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/gpuvirt.h>

#define GV_NL_ATTRS 48
#define GV_NL_BUF 16384

/* A socket, and what the family is called today. */
struct gv_nl {
	struct mnl_socket *sock;
	uint16_t family;
	uint32_t config;
	uint32_t runtime;
	uint32_t seq;
};

/* A request in the making. */
struct gv_req {
	struct nlmsghdr *nlh;
	char buf[GV_NL_BUF];
};

/* One message of the family: a reply, an entry of a dump or an event. */
struct gv_msg {
	uint8_t cmd;
	bool intr;
	const struct nlattr *a[GV_NL_ATTRS];
	char buf[GV_NL_BUF];
};

/* How a request ended. -1 and an empty text mean that it was not said. */
struct gv_end {
	int err;
	int64_t reason;
	int64_t offs;
	int64_t miss;
	char text[256];
};

typedef void (*gv_entry_fn)(const struct gv_msg *msg, void *arg);

/* These end the test if they can't do their work. */
void gv_nl_open(struct gv_nl *nl);
void gv_nl_close(struct gv_nl *nl);
struct mnl_socket *gv_nl_socket(void);

/* 0 or a positive errno. */
int gv_nl_find(struct gv_nl *nl);
int gv_nl_join(struct gv_nl *nl, uint32_t group);

void gv_req_init(struct gv_req *req, const struct gv_nl *nl, uint8_t cmd,
		 uint16_t flags);
void gv_req_str(struct gv_req *req, uint16_t attr, const char *val);
void gv_req_u32(struct gv_req *req, uint16_t attr, uint32_t val);
void gv_req_u64(struct gv_req *req, uint16_t attr, uint64_t val);
void gv_req_raw(struct gv_req *req, uint16_t attr, const void *val, size_t len);
int64_t gv_req_offset(const struct gv_req *req, uint16_t attr);

/* 0 or a positive errno, as in @end; @reply and @end may be NULL. */
int gv_nl_do(struct gv_nl *nl, struct gv_req *req, struct gv_msg *reply,
	     struct gv_end *end);
int gv_nl_dump(struct gv_nl *nl, struct gv_req *req, gv_entry_fn fn, void *arg);
int gv_nl_dump_cmd(struct gv_nl *nl, uint8_t cmd, gv_entry_fn fn, void *arg);

/* The pieces of the two above, for tests that do them one at a time. */
void gv_nl_send(struct gv_nl *nl, struct gv_req *req);
void gv_nl_end_read(const struct nlmsghdr *nlh, struct gv_end *end);
void gv_msg_read(const struct nlmsghdr *nlh, struct gv_msg *msg);

/* The next event within @ms milliseconds; false if none came. */
bool gv_nl_event(struct gv_nl *nl, struct gv_msg *msg, int ms);

bool gv_has(const struct gv_msg *msg, uint16_t attr);
uint32_t gv_u32(const struct gv_msg *msg, uint16_t attr);
uint64_t gv_u64(const struct gv_msg *msg, uint16_t attr);
const char *gv_str(const struct gv_msg *msg, uint16_t attr);

/* One attribute of info-get. */
uint64_t gv_info(struct gv_nl *nl, uint16_t attr);
/* Is it a kernel that has mdev, so that there can be vGPUs? */
bool gv_has_mdev(void);

#endif
