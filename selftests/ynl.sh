#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: host-root
# timeout: 180
#
# The kernel's own YNL client talks to the family from the spec alone.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

ynl=${GPUVIRT_CACHE:-$HOME/.cache/gpuvirt}/ynl
[ -e "$ynl/ready" ] || ktap_skip_all "no YNL client: run selftests/gen.sh ynl"
/usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null ||
	ktap_skip_all "python3-yaml or python3-jsonschema is not installed"

# The client looks for the schemas beside the spec.
tree=$(mktemp -d)
mkdir -p "$tree/specs"
cp "$ynl"/Documentation/netlink/genetlink*.yaml "$tree/"
cp "$GV_TOP/Documentation/netlink/specs/gpuvirt.yaml" "$tree/specs/"

client()
{
	/usr/bin/python3 "$ynl/tools/net/ynl/cli.py" \
		--spec "$tree/specs/gpuvirt.yaml" --output-json "$@"
}

info()
{
	works client --do info-get --json '{}' &&
	has '"version": "'"$(cat /sys/module/gpuvirt/version)"'"' &&
	has '"capabilities": ["' && has mdev && has sim && has '"generation": '
}

dumps()
{
	works client --dump gpu-get && has "\"address\": \"$gpu\"" &&
	has '"backend": "gpuvirt-sim"' && has '"mdev-reason": "none"' &&
	works client --dump type-get && works client --dump vgpu-get &&
	works client --dump operation-get && has '"kind": "sim-new"' &&
	has '"state": "done"'
}

changes()
{
	works client --do type-new --json \
		'{"gpu": "'"$gpu"'", "name": "ynl", "framebuffer": 8388608}' &&
	works client --do type-get --json \
		'{"gpu": "'"$gpu"'", "name": "ynl"}' &&
	has '"mdev-type": "gpuvirt-sim-ynl"' && has '"available": 8' &&
	[ -d "/sys/bus/pci/devices/$gpu/mdev_supported_types/gpuvirt-sim-ynl" ]
}

# The sentence, and the attribute to blame by its name.
refusal()
{
	ends 1 "framebuffer is 1 bytes" client --do type-new --json \
		'{"gpu": "'"$gpu"'", "name": "bad", "framebuffer": 1}' || {
		# It prints refusals to one place or the other.
		cat "$said" "$said.err" >"$said.all"
		grep -q "framebuffer is 1 bytes" "$said.all" || return
	}
	cat "$said" "$said.err" | grep -F "'bad-attr': '.framebuffer'" &&
	cat "$said" "$said.err" | grep -F "Invalid argument"
}

missing()
{
	client --do type-new --json '{"gpu": "'"$gpu"'", "framebuffer": 8388608}' \
		>"$said" 2>&1
	has "the name of the vGPU type is missing" && has "miss-type"
}

notifications()
{
	client --subscribe config --sleep 8 >"$said.events" 2>&1 &
	pid=$!
	# It has joined when it is heard of what changes; so change until then.
	for i in 1 2 3 4 5 6 7; do
		gpuvirt gpu set "$gpu" drain on
		gpuvirt gpu set "$gpu" drain off
		sleep 1
	done
	wait $pid
	cp "$said.events" "$said"
	has gpu-change-ntf && has "$gpu" && has '"seq"'
}

all_go()
{
	works client --do type-del --json '{"gpu": "'"$gpu"'", "name": "ynl"}' &&
	works client --do sim-del --json '{"gpu": "'"$gpu"'"}' &&
	has '"operation": ' && within 20 test ! -e "/sys/bus/pci/devices/$gpu"
}

ktap_plan 8
ktap_run "a GPU to look at" add_gpu vram 64MiB
ktap_run "info-get" info
ktap_run "dumps" dumps
ktap_run "type-new and type-get" changes
ktap_run "a refusal has sentence and attribute" refusal
ktap_run "a missing attribute is named" missing
ktap_run "notifications" notifications
ktap_run "all of it goes" all_go
ktap_end
