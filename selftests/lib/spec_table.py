#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Print the netlink family's operations as a C table, from its YAML spec.

usage: spec_table.py SPEC.yaml >spec_table.h
"""

import sys

import yaml

KINDS = {"string": "GV_SPEC_STR", "u32": "GV_SPEC_U32", "u64": "GV_SPEC_U64"}


def c_name(*words):
    return "_".join(words).upper().replace("-", "_")


def attributes(spec, op):
    """(name, number in C, kind) of each attribute a request may have."""
    sets = {s["name"]: s for s in spec["attribute-sets"]}
    types = {a["name"]: a["type"]
             for a in sets[op["attribute-set"]]["attributes"]}
    for name in op["do"].get("request", {}).get("attributes", []):
        yield (name, c_name(spec["name"], "A", op["attribute-set"], name),
               KINDS[types[name]])


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    ops = [op for op in spec["operations"]["list"] if "do" in op]
    print("/* Generated from the spec by spec_table.py. */")
    for op in ops:
        print(f"static const struct gv_spec_attr {c_name(op['name']).lower()}"
              "_attrs[] = {")
        for name, number, kind in attributes(spec, op):
            print(f'\t{{ "{name}", {number}, {kind} }},')
        print("};")
    print("static const struct gv_spec_op gv_spec_ops[] = {")
    for op in ops:
        attrs = c_name(op["name"]).lower() + "_attrs"
        flags = []
        if not op["name"].endswith("-get"):
            flags.append("GV_SPEC_CHANGE")
        if "dump" in op:
            flags.append("GV_SPEC_DUMP")
        reply = op["do"].get("reply", {}).get("attributes", [])
        if reply == ["operation"]:
            flags.append("GV_SPEC_OPERATION")
        print(f'\t{{ "{op["name"]}", {c_name(spec["name"], "CMD", op["name"])},'
              f' {" | ".join(flags) or 0},\n\t  {attrs},'
              f" sizeof({attrs}) / sizeof({attrs}[0]) }},")
    print("};")


main()
