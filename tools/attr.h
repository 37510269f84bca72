/* SPDX-License-Identifier: GPL-2.0 */
/* The attributes of the family by name, and the objects that replies hold. */
#ifndef GV_ATTR_H
#define GV_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/gpuvirt.h>

struct nlattr;
struct nl_msg;

enum gv_wire {
	GV_WIRE_NONE,
	GV_WIRE_U32,
	GV_WIRE_U64,
	GV_WIRE_STRING,
};

enum gv_show {
	GV_SHOW_PLAIN,
	GV_SHOW_SIZE,		/* bytes; KiB, MiB or GiB in text */
	GV_SHOW_HEX,		/* an id; hexadecimal in text */
	GV_SHOW_CLASS,		/* a PCI class; six digits */
	GV_SHOW_BOOL,		/* yes or no */
	GV_SHOW_SWITCH,		/* on or off */
	GV_SHOW_ENUM,
	GV_SHOW_FLAGS,
};

struct gv_names {
	const char *const *name;
	unsigned int count;
};

struct gv_attr {
	const char *name;
	enum gv_wire wire;
	enum gv_show show;
	const struct gv_names *names;
};

/* An attribute set: everything that one kind of object can carry. */
struct gv_set {
	const char *name;
	const struct gv_attr *attr;
	unsigned int max;
};

extern const struct gv_set gv_set_info;
extern const struct gv_set gv_set_gpu;
extern const struct gv_set gv_set_type;
extern const struct gv_set gv_set_vgpu;
extern const struct gv_set gv_set_vf;
extern const struct gv_set gv_set_id;
extern const struct gv_set gv_set_sim;
extern const struct gv_set gv_set_operation;
extern const struct gv_set gv_set_group;

extern const struct gv_names gv_names_reason;

/* A command: its name in the spec and the set its attributes are from. */
struct gv_command {
	const char *name;
	const struct gv_set *set;
};

/* NULL for a command that this release does not know. */
const struct gv_command *gv_command(unsigned int cmd);

/* NULL for an attribute that this release does not know. */
const struct gv_attr *gv_attr(const struct gv_set *set, unsigned int type);

/* NULL for a value that this release does not know. */
const char *gv_name(const struct gv_names *names, uint64_t value);

#define GV_ATTR_MAX	48

/* One object of a reply. Attributes it lacks read as absent, 0 or NULL. */
struct gv_obj {
	const struct gv_set *set;
	struct gv_obj *next;
	const struct nlattr *tb[GV_ATTR_MAX];
};

struct gv_list {
	struct gv_obj *first;
	struct gv_obj **end;
};

struct gv_obj *gv_obj_new(const struct gv_set *set, const void *attrs,
			  size_t len);
void gv_obj_free(struct gv_obj *obj);
bool gv_obj_has(const struct gv_obj *obj, unsigned int attr);
uint64_t gv_obj_num(const struct gv_obj *obj, unsigned int attr);
const char *gv_obj_str(const struct gv_obj *obj, unsigned int attr);
/* The same, never NULL: "?" stands for what an object lacks. */
const char *gv_obj_word(const struct gv_obj *obj, unsigned int attr);

void gv_list_init(struct gv_list *list);
void gv_list_add(struct gv_list *list, struct gv_obj *obj);
void gv_list_free(struct gv_list *list);

/* 0, or -EMSGSIZE when the message is full. */
int gv_put_num(struct nl_msg *msg, const struct gv_set *set,
	       unsigned int attr, uint64_t value);
int gv_put_str(struct nl_msg *msg, unsigned int attr, const char *value);

#endif
