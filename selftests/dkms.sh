#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: host-root long
# timeout: 3600
#
# `make dkms-install` and what follows, with the machine's own dkms, from the
# files of a release, without git. Most of the time goes to the compiler, which
# is emulated; debug information would take half as much again.

# shellcheck disable=SC2154,SC2317,SC2086

. "$GV_TOP/selftests/lib/ktap.sh"

kernel=$(uname -r)
release=/tmp/release/gpuvirt
version=$(cat "$GV_TOP/VERSION")
modules=/lib/modules/$kernel
export LC_ALL=C KCFLAGS=-g0

# All that DKMS and we may leave anywhere.
traces()
{
	find /usr/src /var/lib/dkms /lib/modules/ \
		\( -name 'gpuvirt*' -o -path '*/gpuvirt/*' \) 2>/dev/null | sort
	find /sys/module -maxdepth 1 -name 'gpuvirt*'
}

unpack()
{
	mkdir -p $release &&
	tar -C "$GV_TOP" --exclude=./build --exclude=./.git --exclude=./demo-out \
		-cf - . | tar -C $release -xf - &&
	[ ! -e $release/.git ]
}

no_headers()
{
	! $release/dkms/install.sh 9.9.9-none >/tmp/said 2>&1 || return
	cat /tmp/said
	grep -q 'headers of kernel 9.9.9-none are missing: install linux-headers-9.9.9-none' \
		/tmp/said && [ "$(wc -l </tmp/said)" -eq 1 ] && [ -z "$(traces)" ]
}

no_root()
{
	! setpriv --reuid=65534 $release/dkms/install.sh >/tmp/said 2>&1 || return
	cat /tmp/said
	grep -q 'only root can do this: sudo make dkms-install' /tmp/said &&
	[ -z "$(traces)" ]
}

no_mdev()
{
	mkdir -p /tmp/kernel/include/config
	echo CONFIG_VFIO=m >/tmp/kernel/include/config/auto.conf
	$release/dkms/prebuild.sh 1.2.3 /tmp/kernel >/tmp/said &&
	cat /tmp/said &&
	grep -q 'kernel 1.2.3 has no mediated devices (CONFIG_VFIO_MDEV)' /tmp/said &&
	[ "$($release/dkms/prebuild.sh "$kernel" $modules/build)" = "" ]
}

# expected OPTION...: the modules that DKMS wants of a kernel with these
expected()
{
	mkdir -p /tmp/kernel/include/config
	printf 'CONFIG_%s=y\n' "$@" >/tmp/kernel/include/config/auto.conf
	(
		kernel_source_dir=/tmp/kernel arch=x86_64 dkms_tree=/nowhere
		. $release/dkms.conf
		echo "${BUILT_MODULE_NAME[@]}"
	)
}

# What Kbuild leaves out, DKMS must not miss.
no_sim()
{
	[ "$(expected PCI_IOV PCI_MSI IOMMU_API)" = "gpuvirt gpuvirt-sim" ] &&
	[ "$(expected PCI_MSI IOMMU_API)" = gpuvirt ] &&
	[ "$(expected PCI_IOV IOMMU_API)" = gpuvirt ] &&
	[ "$(expected PCI_IOV PCI_MSI)" = gpuvirt ] &&
	$release/dkms/prebuild.sh 1.2.3 /tmp/kernel |
		grep 'kernel 1.2.3 has no CONFIG_IOMMU_API: there can be no simulated GPUs' &&
	rm /tmp/kernel/include/config/auto.conf &&
	[ "$(kernel_source_dir=/tmp/kernel arch=x86_64 dkms_tree=/nowhere
	     . $release/dkms.conf; echo "${BUILT_MODULE_NAME[@]}")" = \
		"gpuvirt gpuvirt-sim" ]
}

install()
{
	make -C $release dkms-install >/tmp/said 2>&1
	status=$?
	tail -n 30 /tmp/said
	[ $status -eq 0 ] && ! grep -qi 'bad return\|no mediated' /tmp/said
}

known()
{
	dkms status gpuvirt
	dkms status gpuvirt | grep "gpuvirt.*$version.*$kernel.*: installed"
}

# place MODULE: where modprobe would take it from
place()
{
	modinfo -n "$1"
	case $(modinfo -n "$1") in
	*/updates/dkms/"$1".ko*) ;;
	*)	return 1 ;;
	esac
}

places()
{
	place gpuvirt && place gpuvirt-sim &&
	[ "$(modinfo -F version gpuvirt)" = "$version" ] &&
	[ "$(modinfo -F version gpuvirt-sim)" = "$version" ]
}

# As Debian sets it up, wherever the kernel's headers bring what signs.
signed()
{
	[ -x /usr/lib/linux-kbuild-"${kernel%.*}"/scripts/sign-file ] ||
		[ -x $modules/build/scripts/sign-file ] || {
		ktap_skip "nothing here signs modules"
		return
	}
	[ -n "$(modinfo -F signer gpuvirt)" ] &&
	[ "$(modinfo -F signer gpuvirt)" = "$(modinfo -F signer gpuvirt-sim)" ]
}

works()
{
	modprobe gpuvirt && gpu=$(gpuvirt sim add) &&
	gpuvirt type new "$gpu" t framebuffer 4MiB &&
	gpuvirt vgpu new "$gpu" t && lspci -s "$gpu"
}

# A later version, whose modules are small: it is the replacing that counts.
make_later()
{
	cp -r $release /tmp/release/later && cd /tmp/release/later &&
	echo 99.0 >VERSION && find kmod -type f -delete || return
	for m in gpuvirt gpuvirt-sim; do
		printf '#include <linux/module.h>\nMODULE_LICENSE("GPL");\nMODULE_VERSION("99.0");\n' \
			>kmod/$m.c
	done
	printf 'obj-m := gpuvirt.o gpuvirt-sim.o\ngpuvirt-y := kmod/gpuvirt.o\n' >Kbuild
	printf 'gpuvirt-sim-y := kmod/gpuvirt-sim.o\n' >>Kbuild
}

upgrade()
{
	make_later && /tmp/release/later/dkms/install.sh >/tmp/said 2>&1
	status=$?
	tail -n 30 /tmp/said
	[ $status -eq 0 ] &&
	grep -q "version $version is loaded and was left alone" /tmp/said
}

undisturbed()
{
	[ "$(cat /sys/module/gpuvirt/version)" = "$version" ] &&
	gpuvirt gpu show "$gpu" | grep 'vgpus 1'
}

replaced()
{
	dkms status gpuvirt
	[ "$(dkms status gpuvirt | wc -l)" -eq 1 ] && place gpuvirt &&
	[ "$(modinfo -F version gpuvirt)" = 99.0 ] &&
	[ ! -e "/usr/src/gpuvirt-$version" ] && [ -e /usr/src/gpuvirt-99.0 ]
}

# A version that does not build must not cost the one that is there.
broken()
{
	cp -r /tmp/release/later /tmp/release/broken &&
	echo 99.1 >/tmp/release/broken/VERSION &&
	echo 'int x = ;' >/tmp/release/broken/kmod/gpuvirt.c || return
	! /tmp/release/broken/dkms/install.sh >/tmp/said 2>&1 || return
	tail -n 20 /tmp/said
	grep -q "could not be built for kernel $kernel" /tmp/said && replaced
}

# Nor must the same version, put in place again after somebody worked on it.
broken_again()
{
	echo 99.0 >/tmp/release/broken/VERSION
	! /tmp/release/broken/dkms/install.sh >/tmp/said 2>&1 || return
	tail -n 20 /tmp/said
	grep -q "could not be built for kernel $kernel" /tmp/said &&
	dkms status gpuvirt | grep "gpuvirt.*99.0.*$kernel.*: installed" &&
	replaced && [ -z "$(find /tmp -maxdepth 1 -name 'gpuvirt.*')" ]
}

mended_again()
{
	echo 'MODULE_INFO(tried, "again");' >>/tmp/release/later/kmod/gpuvirt.c
	/tmp/release/later/dkms/install.sh >/tmp/said 2>&1
	status=$?
	tail -n 20 /tmp/said
	[ $status -eq 0 ] && replaced &&
	[ "$(modinfo -F tried gpuvirt)" = again ]
}

# Somebody has a vGPU open.
refused()
{
	modprobe vfio_iommu_type1
	id=$(ls /sys/bus/mdev/devices)
	"$GV_TOP/selftests/lib/hold.py" /sys/bus/mdev/devices/"$id" >/tmp/hold &
	holder=$!
	for _ in $(seq 100); do
		[ ! -s /tmp/hold ] || break
		sleep 0.1
	done
	[ -s /tmp/hold ] || return
	status=0
	make -C $release dkms-uninstall >/tmp/said 2>&1 || status=$?
	cat /tmp/said
	kill $holder
	wait $holder
	[ $status -ne 0 ] && grep -q 'is in use: stop what uses it' /tmp/said && replaced && undisturbed
}

uninstall()
{
	make -C $release dkms-uninstall
}

nothing()
{
	traces
	[ -z "$(traces)" ] && [ -z "$(ls /sys/bus/mdev/devices 2>/dev/null)" ]
}

again()
{
	make -C $release dkms-uninstall
}

command -v dkms >/dev/null || ktap_skip_all "dkms is not installed here"
command -v gcc >/dev/null || ktap_skip_all "there is no compiler here"

# The kernel's modules are thousands, and depmod, which DKMS runs, reads them
# all: here it gets those that we need. Not ours: the harness has built these.
small_tree()
{
	modprobe -r gpuvirt-sim gpuvirt
	modprobe vfio_iommu_type1
	mkdir -p /tmp/modules/kernel/drivers &&
	cp -rL $modules/kernel/drivers/vfio /tmp/modules/kernel/drivers/ &&
	cp -rL $modules/kernel/virt /tmp/modules/kernel/ &&
	cp -P $modules/build $modules/modules.order $modules/modules.builtin* \
		/tmp/modules/ &&
	mount --bind /tmp/modules $modules && depmod -a
}

small_tree || ktap_bail "the modules can't be put there"
ktap_plan 20
ktap_run "a release is unpacked, without git" unpack
ktap_run "a kernel without headers is refused in a sentence" no_headers
ktap_run "so is who is not root" no_root
ktap_run "a kernel without mdev is told of" no_mdev
ktap_run "one without SR-IOV, MSI or IOMMU gets no simulated GPU" no_sim
ktap_run "make dkms-install" install
ktap_run "DKMS has built and installed it for this kernel" known
ktap_run "modprobe takes both modules from there" places
ktap_run "they are signed" signed
ktap_run "they load and work" works
ktap_run "a later version is installed meanwhile" upgrade
ktap_run "what is loaded and in use is not disturbed" undisturbed
ktap_run "the earlier version has made room" replaced
ktap_run "one that does not build leaves what was there" broken
ktap_run "also if it has the same version" broken_again
ktap_run "the same version is replaced by what builds" mended_again
ktap_run "while a vGPU is open uninstalling is refused" refused
ktap_run "make dkms-uninstall" uninstall
ktap_run "nothing is left" nothing
ktap_run "uninstalling again does no harm" again
ktap_end
