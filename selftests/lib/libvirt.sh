# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Debian's libvirtd, unchanged: what its package for servers sets up besides is done
# here. Read lib/passthrough.sh first.

udevd=/lib/systemd/systemd-udevd
[ -x $udevd ] || ktap_skip_all "udevd is not installed"
for prog in libvirtd virtlogd virsh; do
	command -v $prog >/dev/null || ktap_skip_all "$prog is not installed"
done

# node ADDRESS: what libvirt calls it
node()
{
	echo "pci_$1" | tr ':.' '__'
}

# mdev UUID: the same for a vGPU, of $gpu
mdev()
{
	# shellcheck disable=SC2154
	echo "mdev_$(echo "$1" | tr - _)_$(echo "$gpu" | tr ':.' '__')"
}

virsh()
{
	command virsh -q -c qemu:///system "$@"
}

# The user that it runs QEMU as, and where mdevctl looks.
libvirt_prepare()
{
	getent passwd libvirt-qemu ||
		echo libvirt-qemu:x:64055:64055::/var/lib/libvirt:/bin/false \
			>>/etc/passwd
	getent group libvirt-qemu || echo libvirt-qemu:x:64055: >>/etc/group
	mkdir -p /etc/mdevctl.d/scripts.d/callouts \
		/etc/mdevctl.d/scripts.d/notifiers
	$udevd --daemon && udevadm control --ping
}

libvirt_start()
{
	libvirtd >/tmp/libvirtd.log 2>&1 &
	libvirtd=$!
	within 60 virsh uri && return
	cat /tmp/libvirtd.log
	return 1
}

libvirt_end()
{
	kill "$libvirtd" && wait "$libvirtd"
	udevadm settle -t 60 && udevadm control --exit
}
