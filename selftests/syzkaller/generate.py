#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""syzkaller's description of the netlink family, from the spec.

usage: generate.py SPEC >gpuvirt.txt
"""
import sys

import yaml

HEAD = """\
# Generated from {spec} by selftests/syzkaller/generate.py: do not change by hand.

include <linux/net.h>
include <net/netlink.h>
include <net/genetlink.h>
include <uapi/linux/gpuvirt.h>

resource genl_{family}_family_id[int16]

type msghdr_{family}[CMD, ATTRS] msghdr_netlink[netlink_msg_t[genl_{family}_family_id, genlmsghdr_t[CMD], ATTRS]]

syz_genetlink_get_family_id${family}(name ptr[in, string["{family}"]], fd sock_nl_generic) genl_{family}_family_id
"""

# What strings of a name are like; others are made up.
WORDS = {
    "address": "gpuvirt_addresses", "gpu": "gpuvirt_addresses",
    "name": "gpuvirt_names", "type": "gpuvirt_names",
    "id": "gpuvirt_uuids", "driver": "gpuvirt_drivers",
    "vf-driver": "gpuvirt_drivers", "model": "gpuvirt_models",
}

TAIL = """
gpuvirt_addresses = "0000:00:02.0", "1000:00:00.0", "1000:00:00.1"
gpuvirt_names = "syz-4Q", "syz-8Q", "syz"
gpuvirt_uuids = "0a16a000-0000-4000-8000-000000000001", "0a16a000-0000-4000-8000-000000000002"
gpuvirt_drivers = "vfio-pci", "none", "host", "default"
gpuvirt_models = "A16", "generic"
"""


def c_name(*words):
    return "_".join(words).replace("-", "_")


def flags_name(definition):
    return c_name("gpuvirt", definition["name"])


def value_type(attr):
    if attr["type"] == "string":
        words = WORDS.get(attr["name"])
        return f"string[{words}]" if words else "string"
    size = {"u32": "int32", "u64": "int64"}[attr["type"]]
    if "enum" in attr:
        return f"flags[{c_name('gpuvirt', attr['enum'])}, {size}]"
    return size


def attribute_c_name(prefix, attr):
    return c_name(prefix, attr["name"]).upper()


def policy(name, prefix, attrs):
    lines = [f"{name} ["]
    for attr in attrs:
        number = attribute_c_name(prefix, attr)
        lines.append(f"\t{number}\tnlattr[{number}, {value_type(attr)}]")
    return "\n".join(lines + ["] [varlen]"])


def values(definition):
    prefix = c_name("gpuvirt", definition["name"]).upper()
    names = [e["name"] if isinstance(e, dict) else e
             for e in definition["entries"]]
    return (f"{flags_name(definition)} = "
            + ", ".join(c_name(prefix, n).upper() for n in names))


def main():
    path = sys.argv[1]
    with open(path, encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    family = spec["name"]
    sets = {s["name"]: s for s in spec["attribute-sets"]}
    definitions = {d["name"]: d for d in spec["definitions"]
                   if d["type"] in ("enum", "flags")}
    calls, policies, used = [], [], []

    for op in spec["operations"]["list"]:
        request = (op.get("do") or {}).get("request")
        if request is None and "dump" not in op:
            continue
        owner = sets[op["attribute-set"]]
        prefix = owner.get("name-prefix", f"{family}-a-{owner['name']}-")
        by_name = {a["name"]: a for a in owner["attributes"]}
        names = (request or {}).get("attributes", [])
        attrs = [by_name[n] for n in names]
        used += [a["enum"] for a in attrs if "enum" in a]
        cmd = c_name(family, "cmd", op["name"]).upper()
        kind = c_name(family, op["name"], "attrs")
        calls.append(f"sendmsg${cmd}(fd sock_nl_generic, msg ptr[in, "
                     f"msghdr_{family}[{cmd}, {kind}]], "
                     "f flags[send_flags])")
        policies.append(policy(kind, prefix.rstrip("-"), attrs)
                        if attrs else f"type {kind} void")

    print(HEAD.format(spec="Documentation/netlink/specs/gpuvirt.yaml",
                      family=family))
    print("\n".join(calls) + "\n")
    print("\n\n".join(policies) + "\n")
    print("\n".join(values(definitions[n]) for n in sorted(set(used))))
    print(TAIL, end="")


main()
