#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build a kernel that looks for mistakes, from Debian's linux-source. kernel.sh
# calls this; what it leaves is laid out as a kernel that was fetched.
#
# usage: debug.sh SERIES hash              what the build depends on, in short
#        debug.sh SERIES build SUITE DIR   build it into DIR
#
# A build that lacks an option which the fragments ask for is a failure: the
# kernel's own tools drop silently what can't be had.

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

[ $# -ge 2 ] || die "usage: debug.sh SERIES hash|build, see the top of this file"
vm=$top/selftests/vm
series=$1
name=$(awk -v s="$series" '$1 == s { print $5 }' "$debug_file")
[ -n "$name" ] || die "$debug_file has no series $series"
fragments="$vm/debug-guest.config $vm/$name.config"
source=linux-source-${series%%-*}
# The number changes when what build does changes: then it is built anew.
recipe=1

# With KCSAN, only our modules are looked at, see kcsan.config.
make_args=
[ "$name" != kcsan ] || make_args=KCSAN_SANITIZE=n

# What was asked for and is not there, one a line.
config_lacks()
{
	# shellcheck disable=SC2086
	sed -n '/^CONFIG_/p' $fragments | while read -r option; do
		case $option in
		*=n)	grep -q "^${option%n}" "$1" && echo "$option" ;;
		*)	grep -qxF "$option" "$1" || echo "$option" ;;
		esac || :
	done
}

# Faults only below some function: 6.1 has that not for x86, whose unwinder was not
# trusted when it was written. Later kernels have.
unlock_options()
{
	sed -i '/^config FAULT_INJECTION_STACKTRACE_FILTER/,/^$/ {
		/depends on !X86_64/d }' lib/Kconfig.debug
}

configure()
{
	unlock_options
	make -s tinyconfig
	# shellcheck disable=SC2086
	cat $fragments >>.config
	make -s olddefconfig
	lacks=$(config_lacks .config | tr '\n' ' ')
	[ -z "$lacks" ] ||
		die "Linux $series was not configured with what was asked for: $lacks"
}

# What building a module takes, as in Debian's package of headers.
keep_headers()
{
	mkdir -p "$1"
	cp -a --parents Makefile .config Module.symvers include scripts \
		arch/x86/Makefile* arch/x86/include tools/objtool/objtool "$1"
	find "$1/scripts" -name '*.o' -delete
	ln -sfn "$1" "$modules/build"
}

build()
{
	suite=$1
	dir=$2
	log=$dir.log
	need_program flex bison bc make "${CC:-gcc}"

	say "building Linux $series: this takes ten minutes, see $log"
	rm -rf "$dir"
	mkdir -p "$dir/root/usr/lib"
	ln -s usr/lib "$dir/root/lib"
	"$vm/apt.sh" "$suite" extract "$dir/source" "$source"
	tar -x -J --no-same-owner -C "$dir" \
		-f "$dir/source/usr/src/$source.tar.xz"
	rm -rf "$dir/source"

	cd "$dir/$source"
	{
		configure &&
		nice make -j"$(nproc)" CC="${CC:-gcc}" $make_args \
			bzImage modules &&
		make INSTALL_MOD_PATH="$dir/root/usr" DEPMOD=true \
			modules_install
	} >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		die "Linux $series was not built, see $log"
	}
	release=$(make -s kernelrelease)
	modules=$dir/root/usr/lib/modules/$release
	# An ELF image that is instrumented faults where QEMU enters it, as it
	# has no shadow of its memory there yet.
	cp arch/x86/boot/bzImage "$dir/vmlinux"
	cp .config "$dir/config"
	rm -f "$modules/source"
	keep_headers "$dir/root/usr/src/linux-headers-$release"
	depmod -b "$dir/root" "$release"
	echo "$release" >"$dir/release"
	cd "$dir"
	rm -rf "$source"
}

case $2 in
hash)
	# shellcheck disable=SC2086
	{ echo "$recipe"; sed '/^#/d; /^$/d' $fragments; } | sha256sum |
		cut -c 1-12
	;;
build)
	[ $# -eq 4 ] || die "usage: debug.sh SERIES build SUITE DIR"
	build "$3" "$4"
	;;
*)
	die "no such verb: $2"
	;;
esac
