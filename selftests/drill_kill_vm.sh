#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: nested, long
# timeout: 1800
#
# R5 with real VMMs: QEMU is killed at a moment between its start and a minute of
# drawing. Its vGPU is closed and holds nothing within a second, and the next
# QEMU drives it; the VM on the neighbour vGPU goes on drawing the same picture.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/inner.sh"

uuid1=0a16a000-0000-4000-8000-0000000000a1
uuid2=0a16a000-0000-4000-8000-0000000000a2
seed=${GV_SEED:-0x5eed}
case ${GV_DRILL:-short} in
soak)	goal=50 ;;
*)	goal=4 ;;
esac
tried=0
failed=0
began=$(date +%s)
RANDOM=$((seed % 32768))

dev()
{
	echo "vfio-pci,sysfsdev=/sys/bus/mdev/devices/$1,display=on"
}

set_up()
{
	modprobe vfio_iommu_type1
	gpu=$(gpuvirt sim add model A16) &&
	gpuvirt type new "$gpu" a framebuffer 16MiB resolution 640x480 &&
	gpuvirt vgpu new "$gpu" a uuid $uuid1 &&
	gpuvirt vgpu new "$gpu" a uuid $uuid2 &&
	inner_start neighbour "$(dev $uuid1)" gv.name=neighbour \
		gv.shape=circle &&
	inner_wait neighbour DRAWN 400 &&
	inner_qmp neighbour '{"execute": "qmp_capabilities"}' && picture before
}

picture()
{
	inner_qmp neighbour "{\"execute\": \"screendump\", \"arguments\": {\"filename\": \"/run/gv-$1.ppm\"}}"
}

number()
{
	gpuvirt -j "$1" show "$2" |
		sed -n "s/.*\"$3\": *\\(true\\|false\\|[0-9]*\\).*/\\1/p" | head -n 1
}

given_back()
{
	[ "$(number vgpu $uuid2 open)" != true ] &&
		[ "$(number vgpu $uuid2 backing-used)" -eq 0 ]
}

kill_one()
{
	local ms pid end

	tried=$((tried + 1))
	inner_start victim "$(dev $uuid2)" gv.name=victim gv.shape=triangle
	# Every other one lives until it has drawn.
	if [ $((tried % 2)) -eq 0 ] && ! inner_wait victim DRAWN 400; then
		echo "VM $tried did not draw"
		return 1
	fi
	ms=$((RANDOM % 5000))
	sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
	pid=$(cat "$inner_dir/victim/pid")
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	kill "$(cat "$inner_dir/victim/reader")" 2>/dev/null
	end=$(($(date +%s%3N) + 1000))
	until given_back; do
		if [ "$(date +%s%3N)" -gt $end ]; then
			gpuvirt vgpu show $uuid2
			echo "not given back a second after $pid was killed"
			return 1
		fi
	done
}

drill()
{
	while [ $tried -lt $goal ]; do
		kill_one || failed=$((failed + 1))
	done
	[ $failed -eq 0 ]
}

unharmed()
{
	inner_alive neighbour && picture after &&
		cmp /run/gv-before.ppm /run/gv-after.ppm
}

clean_up()
{
	inner_stop neighbour
	sleep 1
	gpuvirt sim del all
}

ktap_plan 4
ktap_run "a virtual machine draws on the neighbour vGPU" set_up
ktap_run "others are killed, and give all back" drill
echo "# R5vm tried $tried failed $failed seed $seed took $(($(date +%s) - began)) s: QEMUs killed at any moment"
ktap_run "the neighbour shows what it did" unharmed
ktap_run "all of it goes" clean_up
ktap_end
