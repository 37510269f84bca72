#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: host-root
# timeout: 400
#
# The kernel's own YNL client talks to the family from the spec alone.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

ynl=${GPUVIRT_CACHE:-$HOME/.cache/gpuvirt}/linux-source-6.12
[ -e "$ynl/.ready" ] || ktap_skip_all "no YNL client: run selftests/vm/source.sh"
/usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null ||
	ktap_skip_all "python3-yaml or python3-jsonschema is not installed"

# The client looks for the schemas beside the spec.
tree=$(mktemp -d)
mkdir -p "$tree/specs"
cp "$ynl"/Documentation/netlink/genetlink*.yaml "$tree/"
cp "$GV_TOP/Documentation/netlink/specs/gpuvirt.yaml" "$tree/specs/"

# Unchanged, and with its schema: is the spec one?
command_line()
{
	works /usr/bin/python3 "$ynl/tools/net/ynl/cli.py" \
		--spec "$tree/specs/gpuvirt.yaml" --output-json \
		--do info-get --json '{}' &&
	has '"version": "'"$(cat /sys/module/gpuvirt/version)"'"' &&
	has '"generation": '
}

# Its library, in one process: reading a spec takes it long.
library()
{
	/usr/bin/python3 "$GV_TOP/selftests/ynl_client.py" \
		"$ynl/tools/net/ynl" "$tree/specs/gpuvirt.yaml" "$gpu"
}

all_go()
{
	within 20 test ! -e "/sys/bus/pci/devices/$gpu"
}

ktap_plan 4
ktap_run "a GPU to look at" add_gpu vram 64MiB
ktap_run "the client's command line" command_line
ktap_run "reads, changes, refusals and notifications" library
ktap_run "its sim-del has removed the GPU" all_go
ktap_end
