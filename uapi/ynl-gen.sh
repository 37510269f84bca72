#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Generate the uapi header and the netlink policies from the YAML spec with the
# kernel's own generator.
#
# usage: uapi/ynl-gen.sh YNL_DIR OUT_DIR
#
# YNL_DIR is tools/net/ynl of a kernel source tree (6.12). OUT_DIR gets
# gpuvirt.h, netlink-gen.h and netlink-gen.c. Run it from the top of the tree.

set -eu

ynl=$1
out=$2
spec=Documentation/netlink/specs/gpuvirt.yaml
python=${PYTHON:-/usr/bin/python3}

# The generator looks upwards for a file named MAINTAINERS and takes the
# schemas from the tree that it finds, so give it a tree of its own.
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/Documentation/netlink/specs"
: >"$tmp/MAINTAINERS"
cp "$ynl"/../../../Documentation/netlink/genetlink*.yaml "$tmp/Documentation/netlink/"
cp "$spec" "$tmp/$spec"
mkdir -p "$out"
out=$(cd "$out" && pwd)

gen() {
	(cd "$tmp" && "$python" "$ynl/ynl-gen-c.py" --spec "$spec" "$@")
}

gen --mode uapi --header -o "$out/gpuvirt.h"
# For this protocol the generator writes no family, so the multicast groups,
# one of which needs a flag that it does not know, are in kmod/netlink.c.
sed -i '/^mcast-groups:/,$d' "$tmp/$spec"
gen --mode kernel --header -o "$out/netlink-gen.h"
gen --mode kernel --source -o "$out/netlink-gen.c"
