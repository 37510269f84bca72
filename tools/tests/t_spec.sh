# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The tables of names are those of the spec.

t_spec_tables()
{
	/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml"
	"$BUILD/tests/unit" table > got
	/usr/bin/python3 "$TOOLS/tests/spec.py" \
		"$TOOLS/../Documentation/netlink/specs/gpuvirt.yaml" < got ||
		die "the tables differ from the spec"
}
