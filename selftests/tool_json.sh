#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: host-root
# timeout: 600
#
# What the tool prints as JSON is JSON, for every verb that prints, and says
# what sysfs says.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

python="/usr/bin/python3 -I -S"

# Every document on standard output is complete JSON: one a line, or one over many
# lines. They are looked at together, as python takes its time to start.
json()
{
	works gpuvirt "$@" && keep lines "$*" "$said"
}

pretty()
{
	works gpuvirt -p "$@" && keep whole "$*" "$said"
}

# ask EXPRESSION: it is true of what was said last, in Python, as `d`.
ask()
{
	keep asked "$1" "$said"
}

# keep HOW WORDS FILE
keep()
{
	kept=$((kept + 1))
	cp "$3" "$said.kept/$kept-$1" && echo "$2" >"$said.kept/$kept-words"
}

# valid COMMAND...: it succeeds, all it kept is JSON, and what it asked is true.
valid()
{
	kept=0
	rm -rf "$said.kept"
	mkdir "$said.kept" && "$@" && [ $kept -gt 0 ] &&
	$python - "$said.kept" $kept <<-'END'
	import json, os, sys

	def json_numbers(d):
	    if isinstance(d, dict):
	        return sum((json_numbers(v) for v in d.values()), [])
	    if isinstance(d, list):
	        return sum((json_numbers(v) for v in d), [])
	    return [d] if isinstance(d, (int, float)) else []

	def look(text, how, words):
	    for line in text.splitlines() if how == "lines" else [text]:
	        d = json.loads(line)
	    return how != "asked" or eval(words, {**globals(), "d": d})

	kept, n = sys.argv[1], 0
	for name in sorted(os.listdir(kept)):
	    number, how = name.split("-")
	    if how == "words":
	        continue
	    n += 1
	    text = open(os.path.join(kept, name)).read()
	    words = open(os.path.join(kept, number + "-words")).read()
	    try:
	        if not look(text, how, words):
	            sys.exit(f"not: {words}{text}")
	    except ValueError as err:
	        sys.exit(f"{words}{text}{err}")
	if n != int(sys.argv[2]):
	    sys.exit(f"{n} documents were kept, not {sys.argv[2]}")
	END
}

make_things()
{
	add_gpu model A16 &&
	json -j type new "$gpu" A16-2Q framebuffer 2GiB series Q &&
	json -j type new "$gpu" A16-8Q framebuffer 8GiB series Q &&
	json -j vgpu new "$gpu" A16-2Q uuid $uuid1 &&
	json -j vgpu reset $uuid1 && json -j id add 1b36:0010
}

# vfs COUNT DRIVER: what was said last is so many VFs with that driver
vfs()
{
	ask "len(d) == $1 and all(v['driver'] == '$2' for v in d)" &&
	ask "len({v['iommu-group'] for v in d}) == $1"
}

make_vfs()
{
	json -j vf enable "$gpu" 2 && vfs 2 vfio-pci &&
	json -j vf set "$gpu" driver none && json -j vf set "$gpu" driver default &&
	vf=$(basename "$(readlink "/sys/bus/pci/devices/$gpu/virtfn0")") &&
	json -j vf show gpu "$gpu" && vfs 2 vfio-pci &&
	json -j vf show "$vf" && vfs 1 vfio-pci && pretty vf show "$vf" &&
	json -j vf reset "$vf" && [ ! -s "$said" ] &&
	json -j vf reset gpu "$gpu" && json -j vf enable "$gpu" 3 resize &&
	vfs 3 vfio-pci && json -j vf reset gpu "$gpu" no-wait &&
	ask "json_numbers(d)" && within 60 no_operation &&
	pretty vf enable "$gpu" 3
}

no_operation()
{
	! gpuvirt operation show | grep -q 'state running'
}

reports()
{
	for verb in show explain; do
		json -j iommu $verb "$vf" && pretty iommu $verb "$vf" &&
		json -j iommu $verb all && pretty iommu $verb all || return
	done
	ask "'$vf' in json.dumps(d)" && json -j iommu capture "$said.copy" &&
	json -j iommu explain all root "$said.copy" && ask "'$vf' in json.dumps(d)"
}

shows()
{
	for object in gpu type vgpu sim operation vf id iommu passthrough; do
		json -j $object show && pretty $object show || return
	done
	json -j && pretty
}

true_gpu()
{
	json -j gpu show "$gpu" &&
	ask "'$gpu' in json.dumps(d) and 'A16' in json.dumps(d)"
}

# Numbers are numbers, in bytes, whatever is printed for people.
true_type()
{
	free=$(cat "/sys/bus/pci/devices/$gpu/mdev_supported_types/gpuvirt-sim-A16-2Q/available_instances")
	json -j type show "$gpu" A16-2Q &&
	ask "2 << 30 in json_numbers(d) and $free in json_numbers(d)"
}

true_vgpu()
{
	group=$(basename "$(readlink /sys/bus/mdev/devices/$uuid1/iommu_group)")
	json -j vgpu show $uuid1 &&
	ask "$group in json_numbers(d) and '/dev/vfio/$group' in json.dumps(d)" &&
	ask "'$uuid1' in json.dumps(d)"
}

# A refusal leaves standard output empty, or JSON.
refusals()
{
	refused "no GPU" gpuvirt -j gpu show ffff:00:00.0 || return
	[ ! -s "$said" ] || $python -m json.tool "$said" >/dev/null
}

# One event, one line, one document.
events()
{
	gpuvirt -j monitor config >"$said.events" &
	pid=$!
	within 20 heard
	status=$?
	kill $pid
	wait $pid
	[ $status -eq 0 ] || return
	[ "$(wc -l <"$said.events")" -gt 1 ] &&
	$python -c "
import json, sys
for line in open(sys.argv[1]):
    assert isinstance(json.loads(line), dict), line
" "$said.events"
}

heard()
{
	gpuvirt gpu set "$gpu" drain on && gpuvirt gpu set "$gpu" drain off &&
		[ "$(wc -l <"$said.events")" -gt 1 ]
}

batch()
{
	printf 'gpu show\ntype show\nvgpu show\n' >"$said.batch"
	works gpuvirt -j -b "$said.batch" &&
	$python -c "
import json, sys
text = open(sys.argv[1]).read().strip()
decoder, n = json.JSONDecoder(), 0
while text:
    value, end = decoder.raw_decode(text)
    text, n = text[end:].strip(), n + 1
assert n == 3, n" "$said"
}

all_go()
{
	json -j vf disable "$gpu" && json -j vf show && ask "d == []" &&
	json -j id del 1b36:0010 && json -j vgpu del $uuid1 && json -j sim del "$gpu" &&
		[ ! -e "/sys/bus/pci/devices/$gpu" ]
}

ktap_plan 11
ktap_run "what changes things" valid make_things
ktap_run "VFs" valid make_vfs
ktap_run "every show" valid shows
ktap_run "reports on isolation" valid reports
ktap_run "a GPU" valid true_gpu
ktap_run "a type has numbers in bytes" valid true_type
ktap_run "a vGPU has its node" valid true_vgpu
ktap_run "a refusal" refusals
ktap_run "events, one a line" events
ktap_run "a batch" batch
ktap_run "deletions" valid all_go
ktap_end
