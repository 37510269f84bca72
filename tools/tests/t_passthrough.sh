# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Passthrough on hosts that are made of files: nothing is ever bound here, as
# no kernel is behind them. What is bound is tested in guests.

. "$TOOLS/tests/pt_host.sh"

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
		gpuvirt: 0000:65:00.0 is in IOMMU group 7 with 0000:00:1f.2, which ahci drives
		  \`gpuvirt iommu explain\` tells why; if the virtual machine may have both, name the other one after the GPU
	END
	log_is < /dev/null
	[ -z "$(ls root/run/gpuvirt/passthrough)" ] || die "a record was left"
	driver 0000:00:01.0 shpchp
	rm root/sys/bus/pci/devices/0000:00:1f.2/driver
	run passthrough bind 65:00.0
	status 1
	err_has "in IOMMU group 7 with 0000:00:01.0, which shpchp drives"
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
	# the GPU's own port controller goes along, the machine's does not
	function_ 0000:04:00.4 0x0c8000 0x1002 0x1638 13 nvidia-gpu
	function_ 0000:04:00.5 0x0c8000 0x1022 0x163a 14 pinctrl
	run passthrough show 4:0.0
	out_has "companion 0000:04:00.4  serial bus controller  driver nvidia-gpu"
	hasnt out 0000:04:00.5
	mkdir -p root/sys/bus/pci/drivers/vfio-pci root/dev/vfio
	touch root/dev/vfio/9 root/dev/vfio/10 root/dev/vfio/13
	script <<< kernel
	run passthrough bind 4:0.0
	status 0
	out_is <<-END
		0000:04:00.0  driver vfio-pci  /dev/vfio/9  was amdgpu
		0000:04:00.1  driver vfio-pci  /dev/vfio/10  was snd_hda_intel
		0000:04:00.4  driver vfio-pci  /dev/vfio/13  was nvidia-gpu
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

t_pt_client()
{
	card
	node 0000:65:00.0 drm/card0 1:3 dri/card0
	node 0000:65:00.1 sound/card1/controlC1 1:5 snd/controlC1
	process 812 Xorg /dev/null /dev/null /dev/full
	run passthrough bind 65:00.0
	status 1
	err_is <<-END
		gpuvirt: 0000:65:00.0: process 812 (Xorg) has /dev/dri/card0 open
		  stop it first; with \`force\` the driver is asked to let go all the same
	END
	process 813 pipewire /dev/zero
	run passthrough bind 65:00.0
	status 1
	err_has "0000:65:00.1: process 813 (pipewire) has /dev/snd/controlC1 open, and 1 more are in the way"
	log_is < /dev/null
	run passthrough bind 65:00.0 force
	status 1
	log_has "write /dev/kmsg gpuvirt: passthrough with force: 0000:65:00.0 is taken although process 812 (Xorg) has /dev/dri/card0 open"
	log_has "write /sys/bus/pci/devices/0000:65:00.1/driver_override vfio-pci"
	out_has "0000:65:00.1  process 813 (pipewire) has /dev/snd/controlC1 open"
	# a program that reads the output is not who it is for
	run -j passthrough bind 65:00.0 force
	err_has "0000:65:00.1  process 813 (pipewire) has /dev/snd/controlC1 open"
	hasnt out pipewire
}

# NVIDIA's nodes are told of by its own files.
t_pt_client_of_nvidia()
{
	card
	mkdir -p root/proc/driver/nvidia/gpus/0000:65:00.0
	printf 'Model: \t\t Tesla T4\nDevice Minor: \t 0\n' \
		> root/proc/driver/nvidia/gpus/0000:65:00.0/information
	run -j passthrough show 65:00.0
	status 0
	json 'd[0]["holders"]' '[]'
	[ "$(id -u)" -eq 0 ] || skip "only root can make a node"
	mknod nvidia0 c 195 0 2> /dev/null || skip "no nodes can be made here"
	process 901 nvidia-persiste "$PWD/nvidia0"
	run passthrough bind 65:00.0
	status 1
	err_has "process 901 (nvidia-persiste) has /dev/nvidia0 open"
}

# What ends only with the host is not for force to end.
t_pt_in_use()
{
	card
	echo 3 > root/sys/bus/pci/devices/0000:65:00.0/sriov_numvfs
	run passthrough bind 65:00.0 force
	status 1
	err_has "0000:65:00.0: 3 VFs are enabled on it"
	echo 0 > root/sys/bus/pci/devices/0000:65:00.0/sriov_numvfs
	mkdir root/sys/bus/pci/devices/0000:65:00.0/$UUID
	run passthrough bind 65:00.0 force
	status 1
	err_has "0000:65:00.0: 1 mdev vGPUs exist on it"
	err_has "gpuvirt vgpu show gpu 0000:65:00.0"
	log_is < /dev/null
}

t_pt_mounted()
{
	card
	function_ 0000:66:00.0 0x010802 0x144d 0xa808 7 nvme
	node 0000:66:00.0 nvme/nvme0/nvme0n1 259:0 nvme0n1 block
	node 0000:66:00.0 nvme/nvme0/nvme0n1/nvme0n1p1 259:1 nvme0n1p1 block
	mkdir -p root/sys/dev/block/259:1/holders/dm-0 root/proc/self
	echo 253:0 > root/sys/dev/block/259:1/holders/dm-0/dev
	echo '29 1 253:0 / /srv rw,relatime shared:1 - ext4 /dev/mapper/x rw' \
		> root/proc/self/mountinfo
	run passthrough bind 65:00.0 66:00.0 force
	status 1
	err_has "0000:66:00.0: the host uses /dev/dm-0 on /srv"
	log_is < /dev/null
	echo '29 1 253:7 / /srv rw,relatime shared:1 - ext4 /dev/mapper/y rw' \
		> root/proc/self/mountinfo
	run passthrough bind 65:00.0 66:00.0
	log_has "write /sys/bus/pci/devices/0000:66:00.0/driver_override vfio-pci"
}

# A mount of a container's, or the second disk of a file system.
t_pt_busy()
{
	card
	function_ 0000:66:00.0 0x010802 0x144d 0xa808 7 nvme
	node 0000:66:00.0 nvme/nvme0/nvme0n1 259:0 nvme0n1 block
	node 0000:66:00.0 nvme/nvme0/nvme0n1/nvme0n1p1 259:1 nvme0n1p1 block
	mkdir -p root/dev
	echo free > root/dev/nvme0n1
	echo busy > root/dev/nvme0n1p1
	run passthrough bind 65:00.0 66:00.0 force
	status 1
	err_is <<-END
		gpuvirt: 0000:66:00.0: the host uses /dev/nvme0n1p1, for what is not seen from here
		  unmount it first, or leave this device to the host
	END
	log_is < /dev/null
	mkdir -p root/proc/self
	echo '29 1 259:1 / /srv rw,relatime shared:1 - ext4 /dev/nvme0n1p1 rw' \
		> root/proc/self/mountinfo
	run passthrough bind 65:00.0 66:00.0 force
	status 1
	err_has "the host uses /dev/nvme0n1p1 on /srv"
	hasnt err "are in the way"
}

t_pt_network()
{
	card
	function_ 0000:65:00.2 0x020000 $NV 0xa2d6 7 mlx5_core
	mkdir -p root/sys/bus/pci/devices/0000:65:00.2/net/eth7
	echo 0x1003 > root/sys/bus/pci/devices/0000:65:00.2/net/eth7/flags
	run passthrough bind 65:00.0
	status 1
	err_has "0000:65:00.2: network interface eth7 is up"
	err_has "take the interface down first"
}

t_pt_show()
{
	card
	node 0000:65:00.0 drm/card0 1:3 dri/card0
	process 812 Xorg /dev/null
	function_ 0000:00:1f.2 0x010601 0x8086 0xa102 8 ahci
	function_ 0000:0a:00.0 0x038000 0x1234 0x1111 8 -
	function_ 0000:0b:00.0 0x120000 0x1002 0x740f - amdgpu
	run passthrough
	status 0
	quiet
	sed -i 's/^\(0[0-9a-f:.]*\)  .*  driver/\1  driver/' out
	out_is <<-END
		0000:0a:00.0  driver none  state host
		    viable no: 0000:0a:00.0 is in IOMMU group 8 with 0000:00:1f.2, which ahci drives
		0000:0b:00.0  driver amdgpu  state host
		    viable no: 0000:0b:00.0 is in no IOMMU group: nothing translates its DMA
		0000:65:00.0  driver nouveau  state host
		    group 7  viable yes
		    companion 0000:65:00.1  audio device  driver snd_hda_intel
		    process 812 (Xorg) has /dev/dri/card0 open
		    bind it with \`gpuvirt passthrough bind 0000:65:00.0\`
	END
	run -j passthrough show 65:00.0
	status 0
	json 'd[0]["state"]' host
	json 'd[0]["viable"]' True
	json 'd[0]["companions"][0]["address"]' 0000:65:00.1
	json 'd[0]["holders"]' "[{'kind': 'process', 'address': '0000:65:00.0', 'pid': 812, 'comm': 'Xorg', 'what': '/dev/dri/card0'}]"
	run passthrough show 65:00.1
	status 1
	err_has "is no GPU but a companion"
}

# What a process that was killed left, and what others did since.
t_pt_states()
{
	local record=root/run/gpuvirt/passthrough/0000:65:00.0 dev

	card
	dev=root/sys/bus/pci/devices/0000:65:00.0
	mkdir -p root/run/gpuvirt/passthrough
	printf 'driver nouveau\noverride \ngpu 0000:65:00.0\n' > $record
	state returned-by-other
	run passthrough unbind 65:00.0
	err_has "0000:65:00.0 is not bound any more: another tool gave it back"
	status 0
	[ ! -e $record ] || die "the record is still there"
	printf 'driver nouveau\noverride \ngpu 0000:65:00.0\n' > $record
	rm $dev/driver
	state interrupted
	out_has "a change was interrupted"
	echo vfio-pci > $dev/driver_override
	state interrupted
	driver 0000:65:00.0 vfio-pci
	state bound
	echo "(null)" > $dev/driver_override
	state interrupted
	rm $record
	state bound-by-other
	: > $record
	state bound-by-other
}

t_pt_persist_show()
{
	card
	ln -s ../../../../module/nouveau root/sys/bus/pci/drivers/nouveau/module \
		2> /dev/null || :
	mkdir -p root/usr/sbin
	touch root/usr/sbin/update-initramfs
	run passthrough bind 65:00.0 persist show
	status 0
	quiet
	log_is < /dev/null
	sed -i 's, [^ ]*/root/etc, /etc,' out
	out_is <<-'END'
		write /etc/udev/rules.d/60-gpuvirt-0000:65:00.0.rules
		    # Written by `gpuvirt passthrough bind ... persist yes`.
		    # `gpuvirt passthrough unbind 0000:65:00.0 persist yes` removes it.
		    ACTION=="add", SUBSYSTEM=="pci", KERNEL=="0000:65:00.0", ATTR{vendor}=="0x10de", ATTR{device}=="0x1eb8", ATTR{driver_override}="vfio-pci", ATTR{[subsystem/pci]drivers_probe}="$kernel", RUN{builtin}+="kmod load vfio-pci"
		    ACTION=="add", SUBSYSTEM=="pci", KERNEL=="0000:65:00.1", ATTR{vendor}=="0x10de", ATTR{device}=="0x10f8", ATTR{driver_override}="vfio-pci", ATTR{[subsystem/pci]drivers_probe}="$kernel", RUN{builtin}+="kmod load vfio-pci"
		write /etc/modprobe.d/gpuvirt-0000:65:00.0.conf
		    # Written by `gpuvirt passthrough bind ... persist yes`.
		    # `gpuvirt passthrough unbind 0000:65:00.0 persist yes` removes it.
		    softdep nouveau pre: vfio-pci
		    softdep snd_hda_intel pre: vfio-pci
		if the initramfs loads the GPU's driver: a hook in /etc/initramfs-tools/hooks has to copy both files, then run `update-initramfs -u`
	END
	[ -z "$(find root -path '*/etc/*' -type f)" ] || die "files were written"
	[ ! -e root/run ] || die "something was locked"
	run -j passthrough bind 65:00.0 persist show
	json 'len(d)' 2
	json 'd[1]["action"]' write
}

# The files of a GPU that is not bound now can be removed.
t_pt_persist_remove()
{
	local rules=root/etc/udev/rules.d/60-gpuvirt-0000:65:00.0.rules

	card
	mkdir -p root/etc/udev/rules.d
	echo '# Written by `gpuvirt passthrough bind ... persist yes`.' > $rules
	run passthrough show 65:00.0
	out_has "bound at boot, but not now"
	run passthrough unbind 65:00.0
	status 1
	err_has "is not bound for passthrough"
	run passthrough unbind 65:00.0 persist show
	status 0
	out_has "remove "
	[ -e $rules ] || die "removed"
	run passthrough unbind 65:00.0 persist yes
	status 0
	[ ! -e $rules ] || die "not removed"
	run passthrough unbind 65:00.0 persist yes
	status 1
	run passthrough bind 65:00.0 persist maybe
	status 2
	err_has "persist: expected yes, show or no"
}

# A group with so many functions has long rules.
t_pt_persist_long()
{
	local words='' i

	card
	for i in $(seq 1 60); do
		function_ "0000:70:$(printf %02x.0 "$((i % 32))")" 0x088000 $NV 0x1234 7 -
		words="$words 70:$(printf %x.0 "$((i % 32))")"
		[ "$i" -lt 31 ] || break
	done
	for i in $(seq 0 25); do
		function_ "0000:71:$(printf %02x.0 "$i")" 0x088000 $NV 0x1234 7 -
		words="$words 71:$(printf %x.0 "$i")"
	done
	# shellcheck disable=SC2086
	run passthrough bind 65:00.0 $words persist show
	status 0
	[ "$(grep -c '^    ACTION==.*kmod load vfio-pci"$' out)" -eq 59 ] ||
		die "rules for $(grep -c 'ACTION==' out) functions, not 59"
	# shellcheck disable=SC2086
	run -j passthrough bind 65:00.0 $words persist show
	json 'd[0]["text"].count("ACTION")' 59
}

t_pt_persist_two()
{
	two_bound
	run passthrough bind 65:00.0 66:00.0 persist yes
	status 0
	quiet
	files > got
	same got - <<-END
		root/etc/modprobe.d/gpuvirt-0000:65:00.0.conf
		root/etc/modprobe.d/gpuvirt-0000:66:00.0.conf
		root/etc/udev/rules.d/60-gpuvirt-0000:65:00.0.rules
		root/etc/udev/rules.d/60-gpuvirt-0000:66:00.0.rules
	END
	has root/etc/modprobe.d/gpuvirt-0000:66:00.0.conf "softdep nouveau pre: vfio-pci"
	has root/etc/udev/rules.d/60-gpuvirt-0000:66:00.0.rules 'KERNEL=="0000:66:00.0"'
	hasnt root/etc/udev/rules.d/60-gpuvirt-0000:66:00.0.rules 0000:65
}

# One of several files is in the way: no file of any GPU is written.
t_pt_persist_foreign()
{
	local rules=root/etc/udev/rules.d/60-gpuvirt-0000

	two_bound
	echo "# mine" > $rules:66:00.0.rules
	run passthrough bind 65:00.0 66:00.0 persist yes
	status 1
	err_has "$rules:66:00.0.rules exists and was not written by gpuvirt"
	err_has "move it away first"
	err_has "0000:65:00.0 is bound, but only until the next boot"
	err_has "0000:66:00.0 is bound, but only until the next boot"
	hasnt out write
	files > got
	same got - <<< $rules:66:00.0.rules
	# the first one was asked for alone before
	run passthrough bind 65:00.0 persist yes
	status 0
	run passthrough bind 65:00.0 66:00.0 persist yes
	status 1
	err_has "0000:65:00.0 is bound, and will be at the next boot"
	err_has "0000:66:00.0 is bound, but only until the next boot"
}

# So that no softdep stays without a rule.
t_pt_persist_no_room()
{
	two_bound
	mkdir -p root/etc/udev/rules.d/60-gpuvirt-0000:66:00.0.rules.new
	run passthrough bind 65:00.0 66:00.0 persist yes
	status 1
	err_has "60-gpuvirt-0000:66:00.0.rules.new: Is a directory"
	err_has "none of these files was written"
	# they are shown first
	[ "$(grep -c '^write ' out)" -eq 4 ] || die "not shown: $(cat out)"
	files | same /dev/stdin /dev/null
}

t_pt_unpersist_foreign()
{
	local rules=root/etc/udev/rules.d/60-gpuvirt-0000

	two_bound
	run passthrough bind 65:00.0 66:00.0 persist yes
	rm root/sys/bus/pci/devices/*/driver root/run/gpuvirt/passthrough/*
	echo "# mine" > root/etc/modprobe.d/gpuvirt-0000:66:00.0.conf
	run passthrough unbind 65:00.0 66:00.0 persist yes
	status 1
	err_has "0000:65:00.0 is unbound, but only until the next boot"
	err_has "0000:66:00.0 is unbound, but only until the next boot"
	[ -e $rules:65:00.0.rules ] && [ -e $rules:66:00.0.rules ] ||
		die "removed: $(files)"
	rm root/etc/modprobe.d/gpuvirt-0000:66:00.0.conf
	[ "$(id -u)" -ne 0 ] || ! chattr +i $rules:65:00.0.rules 2> /dev/null || {
		run passthrough unbind 65:00.0 66:00.0 persist yes
		chattr -i $rules:65:00.0.rules
		status 1
		out_has "remove $PWD/$rules:65:00.0.rules"
		err_has "it was not removed"
	}
	run passthrough unbind 65:00.0 66:00.0 persist yes
	status 0
	files | same /dev/stdin /dev/null
}

# Another process keeps the device's lock: nobody waits with it.
t_pt_locked()
{
	card
	rm root/sys/bus/pci/devices/0000:65:00.1/driver_override
	mkfifo root/sys/bus/pci/devices/0000:65:00.1/driver_override
	run passthrough bind 65:00.0
	status 1
	err_has "0000:65:00.1: another process is changing its driver, and the kernel waits"
	log_is < /dev/null
	run passthrough show 65:00.0
	status 0
	out_has "state changing"
}

# Everybody may read a record, and so lock it, but not stop a change with that.
t_pt_lock_of_reader()
{
	local record=root/run/gpuvirt/passthrough/0000:65:00.0
	local lock=root/run/gpuvirt/lock/0000:65:00.0

	card
	mkfifo held
	mkdir -p root/run/gpuvirt/passthrough
	printf 'driver nouveau\noverride \ngpu 0000:65:00.0\n' > $record
	hold $record F_RDLCK
	run passthrough unbind 65:00.0
	status 0
	err_has "another tool gave it back"
	[ "$(stat -c %a $lock root/run/gpuvirt/lock | paste -sd ' ')" = "600 700" ] ||
		die "others can open the lock"
}

t_pt_lock_of_other()
{
	card
	mkfifo held
	mkdir -p root/run/gpuvirt/lock root/run/gpuvirt/passthrough
	echo 4242 > root/run/gpuvirt/lock/0000:65:00.1
	hold root/run/gpuvirt/lock/0000:65:00.1 F_WRLCK
	run passthrough bind 65:00.0
	status 1
	err_has "process 4242 is changing 0000:65:00.1 already"
	log_is < /dev/null
	kill "$holder"
	: > root/run/gpuvirt/passthrough/0000:65:00.0
	hold root/run/gpuvirt/passthrough/0000:65:00.0 F_WRLCK
	state changing
}
