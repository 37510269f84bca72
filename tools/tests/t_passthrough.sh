# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Passthrough on hosts that are made of files: nothing is ever bound here, as
# no kernel is behind them. What is bound is tested in guests.

# function_ ADDRESS CLASS VENDOR DEVICE GROUP DRIVER; - is none
function_()
{
	local dev=root/sys/bus/pci/devices/$1

	mkdir -p "$dev"
	echo "$2" > "$dev/class"
	echo "$3" > "$dev/vendor"
	echo "$4" > "$dev/device"
	echo "(null)" > "$dev/driver_override"
	if [ "$5" != - ]; then
		mkdir -p "root/sys/kernel/iommu_groups/$5/devices"
		ln -s "../../../../bus/pci/devices/$1" \
			"root/sys/kernel/iommu_groups/$5/devices/$1"
		ln -s "../../../../kernel/iommu_groups/$5" "$dev/iommu_group"
	fi
	[ "$6" = - ] || driver "$1" "$6"
}

driver()
{
	mkdir -p "root/sys/bus/pci/drivers/$2" "root/sys/module/$2"
	ln -sfn "../../../module/$2" "root/sys/bus/pci/drivers/$2/module"
	ln -sfn "../../../../bus/pci/drivers/$2" \
		"root/sys/bus/pci/devices/$1/driver"
}

NV=0x10de

card()
{
	function_ 0000:65:00.0 0x030000 $NV 0x1eb8 7 nouveau
	function_ 0000:65:00.1 0x040300 $NV 0x10f8 7 snd_hda_intel
}

t_pt_addresses()
{
	local form

	card
	for form in 65:0.0 65:00.0 0000:65:00.0 0:65:0.0; do
		run passthrough unbind $form
		status 1
		err_has "0000:65:00.0 is not bound for passthrough"
	done
	for form in 65:00 65:00.8 65:20.0 165:00.0 65:00.0x x65:00.0 65.00:0 "" \
		0000:65:00.0.0 "65:00.0 " all; do
		run passthrough bind "$form"
		status 2
		err_has "expected a PCI address"
		log_is < /dev/null
	done
	run passthrough bind
	status 2
	err_has "missing: ADDRESS..."
	run passthrough bind 65:00.0 -1
	status 2
	run passthrough bind 65:00.0 timeout
	status 2
	err_has "timeout needs a value"
}

t_pt_upper_case()
{
	function_ 0000:c5:00.0 0x030000 $NV 0x1eb8 - nouveau
	run passthrough bind C5:00.0
	status 1
	err_has "0000:c5:00.0 is in no IOMMU group"
	err_has "intel_iommu=on"
}

t_pt_many()
{
	local i words=''

	for i in $(seq 0 64); do
		words="$words $(printf %x:00.0 "$i")"
	done
	# shellcheck disable=SC2086
	run passthrough bind $words
	status 2
	err_has "more than 64"
}

t_pt_not_there()
{
	card
	run passthrough bind 65:00.0 66:00.0
	status 1
	err_has "there is no PCI function 0000:66:00.0"
	log_is < /dev/null
}

t_pt_not_a_gpu()
{
	card
	function_ 0000:01:00.0 0x010802 0x144d 0xa808 3 nvme
	run passthrough bind 1:0.0
	status 1
	err_has "0000:01:00.0 is no GPU (PCI function of class 0x010802)"
	run passthrough bind 65:00.1
	status 1
	err_has "0000:65:00.1 is no GPU but a companion of GPU 0000:65:00.0 (audio device)"
	err_has "name the GPU"
	# together with a GPU that it shares nothing with
	run passthrough bind 65:00.0 1:0.0
	status 1
	err_has "0000:01:00.0 is no GPU"
	log_is < /dev/null
}

t_pt_vf()
{
	card
	function_ 0000:65:00.4 0x030000 $NV 0x1eb8 8 -
	ln -s ../0000:65:00.0 root/sys/bus/pci/devices/0000:65:00.4/physfn
	run passthrough bind 65:00.4
	status 1
	err_has "0000:65:00.4 is a VF of 0000:65:00.0, not a whole GPU"
}

# The group is not viable for another slot's device; bridges don't matter.
t_pt_not_viable()
{
	card
	function_ 0000:00:01.0 0x060400 0x8086 0x1901 7 pcieport
	function_ 0000:00:1f.2 0x010601 0x8086 0xa102 7 ahci
	run passthrough bind 65:00.0
	status 1
	err_is <<-END
		gpuvirt: IOMMU group 7 of 0000:65:00.0 is not viable: 0000:00:1f.2 (PCI function of class 0x010601) in it is bound to ahci
		  put one of them in another slot, switch ACS on in the firmware; or, if the VM may have both, name both: \`gpuvirt passthrough bind 0000:65:00.0 0000:00:1f.2\`
	END
	log_is < /dev/null
	[ -z "$(ls root/run/gpuvirt/passthrough)" ] || die "a record was left"
	driver 0000:00:01.0 shpchp
	rm root/sys/bus/pci/devices/0000:00:1f.2/driver
	run passthrough bind 65:00.0
	status 1
	err_has "0000:00:01.0 (bridge) in it is bound to shpchp"
	run passthrough bind 65:00.0 00:01.0
	status 1
	err_has "0000:00:01.0 is a bridge: it stays with the host"
}

# An APU: the machine's own functions in the slot have other ids and groups.
t_pt_apu()
{
	function_ 0000:04:00.0 0x030000 0x1002 0x1636 9 amdgpu
	function_ 0000:04:00.1 0x040300 0x1002 0x1637 10 snd_hda_intel
	function_ 0000:04:00.3 0x0c0330 0x1022 0x1639 11 xhci_hcd
	function_ 0000:04:00.6 0x040300 0x1022 0x15e3 12 snd_hda_intel
	run passthrough bind 4:0.0
	log_is <<-END
		modprobe vfio-pci
		write /sys/bus/pci/devices/0000:04:00.1/driver_override vfio-pci
		write /sys/bus/pci/devices/0000:04:00.1/driver/unbind 0000:04:00.1
		write /sys/bus/pci/drivers_probe 0000:04:00.1
		write /sys/bus/pci/devices/0000:04:00.1/driver_override 

		write /sys/bus/pci/drivers_probe 0000:04:00.1
	END
}

# No kernel is behind the files, so vfio-pci never comes: all is put back.
t_pt_not_taken()
{
	card
	run passthrough bind 65:00.0
	status 1
	err_has "0000:65:00.1: vfio-pci did not take it; it is bound to snd_hda_intel (device-error)"
	[ -z "$(ls root/run/gpuvirt/passthrough)" ] || die "a record was left"
}

t_pt_override_of_others()
{
	card
	echo pci-stub > root/sys/bus/pci/devices/0000:65:00.1/driver_override
	run passthrough bind 65:00.0
	status 1
	err_has '0000:65:00.1 has driver_override "pci-stub", which gpuvirt did not set'
	err_has "driverctl unset-override 0000:65:00.1"
	log_is < /dev/null
}

# Removed between look and act: the write finds nobody.
t_pt_gone_meanwhile()
{
	card
	script <<< "write-error 19"
	run passthrough bind 65:00.0
	status 1
	err_has "0000:65:00.1: writing driver_override failed: No such device"
}

t_pt_never_bound()
{
	card
	run passthrough unbind 65:00.0
	status 1
	err_has "0000:65:00.0 is not bound for passthrough: its driver is nouveau"
	rm root/sys/bus/pci/devices/0000:65:00.0/driver
	run passthrough unbind 65:00.0
	status 1
	err_has "it has no driver"
	driver 0000:65:00.0 vfio-pci
	run passthrough unbind 65:00.0
	status 1
	err_has "0000:65:00.0 was bound to vfio-pci by another tool, not by gpuvirt"
	log_is < /dev/null
}
