#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A Debian kernel of a series, in the cache, ready to boot and to build for.
# Nothing is installed. Those of vm/kernels.debug are built, not fetched.
#
# usage: kernel.sh SERIES get        fetch it if it is not there
#        kernel.sh SERIES refresh    fetch it again if the mirror has a newer one
#        kernel.sh SERIES release    print its release (what uname -r says)
#        kernel.sh SERIES vmlinux    print the path of the bootable image
#        kernel.sh SERIES modules    print the directory of its modules
#        kernel.sh SERIES headers    print the directory to build modules in
#        kernel.sh SERIES config     print the path of its configuration
#        kernel.sh SERIES time       print how many times slower it is
#        kernel.sh SERIES memory     print how many times more memory it wants
#        kernel.sh SERIES processors print how many its guests have
#        kernel.sh SERIES cmdline    print what it wants to be told at boot
#        kernel.sh list              print the series
#        kernel.sh list-debug        print those that are built
#        kernel.sh clean             remove all that was fetched
#
# Exit status 3: the mirror has no kernel of this series.

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

list()
{
	awk '!/^#/ && NF { print $1 }' "$@"
}

case ${1-} in
list)
	list "$series_file"
	exit
	;;
list-debug)
	list "$debug_file"
	exit
	;;
clean)
	rm -rf "$cache/kernels" "$cache/apt" "$cache/newlibc" \
		"$cache/newqemu" "$cache/newqemu-11" "$cache"/linux-source-*
	exit
	;;
esac
[ $# -eq 2 ] || die "usage: kernel.sh SERIES VERB, see the top of this file"
series=$1
verb=$2
dir=$cache/kernels/$series
vm=$top/selftests/vm
apt=$vm/apt.sh
# The number changes when what fetch does changes: then it is fetched anew.
ready="ready-2"

suites=$(awk -v s="$series" -v number="${series%%-*}" '
	/^#/ { next }
	$1 == s { $1 = ""; own = $0 }
	$1 == number { $1 = ""; of = $0 }
	END { print own ? own : of }' "$series_file")
debug=$(awk -v s="$series" '!/^#/ && $1 == s' "$debug_file")
[ -n "$debug" ] || list "$series_file" | grep -qxF "$series" ||
	die "no kernel series $series: there are $(list "$series_file" "$debug_file" | tr '\n' ' ')"

# A field of vm/kernels.debug, or what it is for a kernel that is not there.
case $verb in
time)
	echo "$debug" | awk '{ print $2 ? $2 : 1 }'
	exit
	;;
memory)
	echo "$debug" | awk '{ print $3 ? $3 : 1 }'
	exit
	;;
processors)
	echo "$debug" | awk '{ print $4 ? $4 : 1 }'
	exit
	;;
cmdline)
	echo "$debug" | sed 's/^\([^	]*	*\)\{5\}//'
	exit
	;;
esac

# A kernel that is built depends on our configuration and on its source: the
# newest of the source that is there will do.
if [ -n "$debug" ]; then
	source=linux-source-${series%%-*}
	dir=$dir-$("$vm/debug.sh" "$series" hash)
	newest=$(find "$cache/kernels/" -maxdepth 1 -type d -path "$dir-*" \
		2>/dev/null | sort -V | tail -n 1)
	dir=${newest:-$dir-none}
fi

# Print the newest release of the series whose headers and image are both in
# the suite. A flavour (cloud, rt) has its name before "-amd64", and is a series
# NUMBER-FLAVOUR here.
newest_release()
{
	number=${series%%-*}
	flavour=${series#"$number"}
	names=$("$apt" "$1" names "linux-headers-$number") || return
	pattern=$(printf %s "$number" | sed 's/\./\\./g')
	pattern="$pattern\\.[.0-9]*\\(-[0-9]*\\)\\{0,1\\}\\(+[a-z0-9]*\\)\\{0,1\\}"
	echo "$names" |
		sed -n "s/^linux-headers-\\($pattern$flavour-amd64\\)\$/\\1/p" |
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
		   'zstd -dcq:\x28\xb5\x2f\xfd' 'lz4 -dcq:\x02\x21\x4c\x18'; do
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
	"$vm/hosttools.sh" "$dir/root"
	touch "$dir/$ready"
}

find_source()
{
	for suite in $suites; do
		status=0
		version=$("$apt" "$suite" version "$source" 2>/dev/null) ||
			status=$?
		[ $status -ne 0 ] || [ -z "$version" ] || return 0
	done
	skip "$source is in none of:$suites; the mirror has it no more"
}

# Others of the series that nothing has used for a week make room.
build()
{
	dir=$cache/kernels/$series-$("$vm/debug.sh" "$series" hash)-$version
	[ ! -e "$dir/$ready" ] || return 0
	rm -rf "$dir"
	mkdir -p "$cache/kernels"
	find "$cache/kernels" -maxdepth 1 -name "$series-*" -mtime +7 \
		-exec rm -rf {} +
	"$vm/debug.sh" "$series" build "$suite" "$dir"
	echo "$suite" >"$dir/suite"
	touch "$dir/$ready"
}

get()
{
	[ ! -e "$dir/$ready" ] || return 0
	lock_cache "kernel-$series"
	[ ! -e "$dir/$ready" ] || return 0
	need_program apt-get dpkg-deb xz zstd lz4 depmod
	if [ -n "$debug" ]; then
		find_source
		build
	else
		find_release
		fetch
	fi
}

refresh()
{
	lock_cache "kernel-$series"
	if [ -n "$debug" ]; then
		find_source
		build
		return
	fi
	find_release
	if [ "$(cat "$dir/release" 2>/dev/null)" != "$release" ]; then
		fetch
	fi
}

case $verb in
refresh)
	refresh
	;;
get|release|vmlinux|modules|headers|config)
	get
	[ -z "$debug" ] || touch "$dir"
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
config)
	for file in "$dir/config" "$dir/root/boot/config-$release" \
		    "$dir/root/usr/lib/modules/$release/config"; do
		[ ! -s "$file" ] || break
	done
	[ -s "$file" ] || die "there is no configuration of $release"
	echo "$file"
	;;
esac
