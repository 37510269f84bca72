# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Which VFIO groups the udev rule opens up: those of our vGPUs, no other.

group()
{
	local number=$1 device driver

	shift
	while [ $# -gt 0 ]; do
		device=$1 driver=$2
		mkdir -p "sys/devices/$device" "sys/kernel/iommu_groups/$number/devices"
		ln -s "../../../../devices/$device" \
			"sys/kernel/iommu_groups/$number/devices/$device"
		if [ "$driver" != - ]; then
			mkdir -p "sys/$driver"
			ln -s "../../$driver" "sys/devices/$device/driver"
		fi
		shift 2
	done
}

ours()
{
	"$TOOLS/udev/gpuvirt-vfio-group" "$1" sys
}

t_udev_helper()
{
	group 1 "$UUID" bus/mdev/drivers/gpuvirt-vgpu
	group 2 "$GPU" bus/pci/drivers/vfio-pci
	group 3 other bus/mdev/drivers/mtty
	group 4 bare -
	group 5 a bus/mdev/drivers/gpuvirt-vgpu b bus/pci/drivers/vfio-pci
	group 6 c bus/pci/drivers/vfio-pci d bus/mdev/drivers/gpuvirt-vgpu
	group 7 e bus/pci/drivers/gpuvirt-vgpu
	mkdir -p sys/kernel/iommu_groups/8/devices
	ours 1 || die "our vGPU's group is not known as ours"
	for number in 2 3 4 5 6 7 8 9; do
		! ours $number || die "group $number is taken for ours"
	done
	# the module is not loaded, or its driver went
	rm -r sys/bus/mdev/drivers/gpuvirt-vgpu
	! ours 1 || die "a driver that is not there is taken for ours"
}

t_udev_rule()
{
	rules=$TOOLS/udev/70-gpuvirt.rules
	rule=$(grep -v '^#' "$rules" | tr -d '\\\n\t')
	[ "$rule" = 'ACTION=="add|change", SUBSYSTEM=="vfio", KERNEL=="[0-9]*", PROGRAM=="gpuvirt-vfio-group %k", GROUP="kvm", MODE="0660"' ] ||
		die "another rule than the one that was tried: $rule"
	# the program's name and place are the installed ones
	make -s -C "$TOOLS" install O="$BUILD" DESTDIR="$PWD/dest" > /dev/null
	[ -x dest/usr/lib/udev/gpuvirt-vfio-group ] || die "no program"
	same dest/usr/lib/udev/rules.d/70-gpuvirt.rules "$rules"
}

t_install_and_uninstall()
{
	make -s -C "$TOOLS" install O="$BUILD" DESTDIR="$PWD/dest" \
		PREFIX=/opt/x > /dev/null
	[ "$(dest/opt/x/sbin/gpuvirt -V)" = "gpuvirt $(cat "$TOOLS/../VERSION")" ]
	[ -s dest/opt/x/share/man/man8/gpuvirt-vgpu.8 ]
	[ -s dest/opt/x/share/bash-completion/completions/gpuvirt ]
	make -s -C "$TOOLS" uninstall O="$BUILD" DESTDIR="$PWD/dest" \
		PREFIX=/opt/x > /dev/null
	[ -z "$(find dest -type f)" ] || die "left: $(find dest -type f)"
}
