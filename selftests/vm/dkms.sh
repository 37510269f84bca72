#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Let DKMS build and install the modules for a kernel series, in directories of
# its own below build/, and load what it has installed in a guest. Nothing on this
# machine is touched. (The test dkms.sh does all of it in a guest, with our scripts
# around it, and takes a quarter of an hour for one kernel.) It is set up to sign
# with a key of its own, which it makes there.
#
# usage: dkms.sh SERIES

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"
. "$top/dkms/lib.sh"

[ $# -eq 1 ] || die "usage: dkms.sh SERIES"
series=$1
kernel=$top/selftests/vm/kernel.sh
release=$("$kernel" "$series" release)
headers=$("$kernel" "$series" headers)
version=$(cat "$top/VERSION")
dir=$top/build/$series/dkms

need_program dkms openssl

# What signs modules of that kernel, if it runs here.
sign_file=$headers/scripts/sign-file
status=0
"$sign_file" >/dev/null 2>&1 || status=$?
case $status in
126|127)	say "$sign_file does not run here, so nothing is signed"
		sign_file= ;;
esac

in_dkms()
{
	# Another compiler than the kernel's is the matter of this machine alone.
	# shellcheck disable=SC2046
	env MAKEFLAGS="$("$top/selftests/vm/modules.sh" flags | tr '\n' ' ')" \
		sign_file="${sign_file:-/nonexistent}" \
		mok_signing_key="$dir/mok.key" mok_certificate="$dir/mok.pub" \
		dkms "$@" --dkmstree "$dir/tree" --sourcetree "$dir/source" \
		--installtree "$dir/modules" --kernelsourcedir "$headers" \
		-m gpuvirt -v "$version" -k "$release" -a x86_64 --no-depmod
}

rm -rf "$dir"
mkdir -p "$dir/tree" "$dir/source" "$dir/modules/$release" "$dir/ko"
put_sources "$dir/source/gpuvirt-$version"
for verb in add build install; do
	in_dkms $verb || {
		cat "$dir/tree/gpuvirt/$version/build/make.log" 2>/dev/null || :
		die "dkms $verb has failed for $release"
	}
done

find "$dir/modules" -name 'gpuvirt*.ko*' -exec cp {} "$dir/ko/" \;
[ -z "$(find "$dir/ko" -name '*.xz')" ] || xz -d "$dir"/ko/*.xz
[ "$(find "$dir/ko" -name '*.ko' | wc -l)" -eq 2 ] ||
	die "DKMS has not installed two modules for $release"
for ko in "$dir"/ko/*.ko; do
	[ ! "$sign_file" ] || [ "$(modinfo -F signer "$ko")" = \
		"DKMS module signing key" ] ||
		die "DKMS has not signed ${ko##*/} for $release"
done
GV_MODULES=$dir/ko GV_RECORD=no "$top/selftests/vm/run.sh" -k "$series" \
	-o "$dir/vm" load vfio_info
