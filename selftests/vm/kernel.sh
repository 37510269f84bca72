#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A Debian kernel of a series, in the cache, ready to boot and to build for.
# Nothing is installed.
#
# usage: kernel.sh SERIES get        fetch it if it is not there
#        kernel.sh SERIES refresh    fetch it again if the mirror has a newer one
#        kernel.sh SERIES release    print its release (what uname -r says)
#        kernel.sh SERIES vmlinux    print the path of the bootable ELF image
#        kernel.sh SERIES modules    print the directory of its modules
#        kernel.sh SERIES headers    print the directory to build modules in
#        kernel.sh list              print the series
#        kernel.sh clean             remove all that was fetched
#
# Exit status 3: the mirror has no kernel of this series.

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

list()
{
	awk '!/^#/ && NF { print $1 }' "$series_file"
}

case ${1-} in
list)
	list
	exit
	;;
clean)
	rm -rf "$cache/kernels" "$cache/apt" "$cache/ynl" "$cache/newlibc" \
		"$cache/newqemu"
	exit
	;;
esac
[ $# -eq 2 ] || die "usage: kernel.sh SERIES VERB, see the top of this file"
series=$1
verb=$2
dir=$cache/kernels/$series
apt=$top/selftests/vm/apt.sh
# The number changes when what fetch does changes: then it is fetched anew.
ready=$dir/ready-2

suites=$(awk -v s="$series" '!/^#/ && $1 == s { $1 = ""; print }' "$series_file")
[ -n "$suites" ] ||
	die "no kernel series $series: the list has $(list | tr '\n' ' ')"

# Print the newest release of the series whose headers and image are both in
# the suite. Other flavours (cloud, rt) carry their name before "-amd64".
newest_release()
{
	names=$("$apt" "$1" names "linux-headers-$series") || return
	pattern=$(printf %s "$series" | sed 's/\./\\./g')
	pattern="$pattern\\.[.0-9]*\\(-[0-9]*\\)\\{0,1\\}\\(+[a-z0-9]*\\)\\{0,1\\}"
	echo "$names" | sed -n "s/^linux-headers-\\($pattern-amd64\\)\$/\\1/p" |
		sort -Vr |
	while read -r release; do
		if [ -n "$("$apt" "$1" names "linux-image-$release")" ]; then
			echo "$release"
			break
		fi
	done
}

# A suite that the mirror has dropped is like one without the series; a mirror
# that does not answer is an error.
find_release()
{
	for suite in $suites; do
		status=0
		release=$(newest_release "$suite") || status=$?
		case $status in
		0|3)	[ -z "$release" ] || return 0 ;;
		*)	exit $status ;;
		esac
	done
	skip "Linux $series is in none of:$suites; the mirror has it no more"
}

# Debian split the image in several packages in the 7 series.
package_list()
{
	if [ -n "$("$apt" "$suite" names "linux-modules-$release")" ]; then
		echo "linux-binary-$release linux-modules-$release"
		echo "linux-base-$release"
	else
		echo "linux-image-$release"
	fi
	echo "linux-headers-$release"
	"$apt" "$suite" depends "linux-headers-$release" |
		grep -E '^linux-(headers-.*-common|kbuild-)'
}

# The image that QEMU boots directly (it has a PVH note) saves the guest from
# unpacking itself, which is slow without hardware help.
extract_vmlinux()
{
	for try in 'xz -dc --single-stream:\xfd7zXZ\x00' \
		   'zstd -dcq:\x28\xb5\x2f\xfd'; do
		for at in $(LC_ALL=C grep -aobP "${try#*:}" "$1" | cut -d: -f1); do
			tail -c "+$((at + 1))" "$1" |
				${try%%:*} >"$2" 2>/dev/null || :
			if [ "$(head -c 4 "$2" | tail -c 3)" = ELF ]; then
				return 0
			fi
		done
	done
	die "no ELF image found in $1"
}

# The makefile of the headers names the place where they would be installed.
move_headers()
{
	for mk in "$1"/usr/src/linux-headers-*/Makefile; do
		sed -i "s#\([ =]\)\(/usr/src/linux-headers\)#\1$1\2#g" "$mk"
	done
}

fetch()
{
	new=$dir.new
	rm -rf "$new"
	mkdir -p "$new/root/usr/lib"
	ln -s usr/lib "$new/root/lib"
	say "fetching Linux $release from $suite"
	# shellcheck disable=SC2046
	"$apt" "$suite" extract "$new/root" $(package_list)

	image=$new/root/boot/vmlinuz-$release
	[ -e "$image" ] || image=$new/root/usr/lib/modules/$release/vmlinuz
	extract_vmlinux "$image" "$new/vmlinux"
	depmod -b "$new/root" "$release"
	echo "$release" >"$new/release"
	echo "$suite" >"$new/suite"

	rm -rf "$dir"
	mv "$new" "$dir"
	move_headers "$dir/root"
	"$top/selftests/vm/hosttools.sh" "$dir/root"
	touch "$ready"
}

get()
{
	[ ! -e "$ready" ] || return 0
	lock_cache "kernel-$series"
	[ ! -e "$ready" ] || return 0
	need_program apt-get dpkg-deb xz zstd depmod
	find_release
	fetch
}

refresh()
{
	lock_cache "kernel-$series"
	find_release
	if [ "$(cat "$dir/release" 2>/dev/null)" != "$release" ]; then
		fetch
	fi
}

case $verb in
refresh)
	refresh
	;;
get|release|vmlinux|modules|headers)
	get
	;;
*)
	die "no such verb: $verb"
	;;
esac

release=$(cat "$dir/release")
case $verb in
release)
	echo "$release"
	;;
vmlinux)
	echo "$dir/vmlinux"
	;;
modules)
	echo "$dir/root/usr/lib/modules/$release"
	;;
headers)
	echo "$dir/root/usr/src/linux-headers-$release"
	;;
esac
