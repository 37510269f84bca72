#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The makefile itself: where it works, what it lists, and whether targets that
# are for people, or that are to notice something, do.
#
# usage: targets.sh SERIES

set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"
. "$top/selftests/lib/ktap.sh"

[ $# -eq 1 ] || die "usage: targets.sh SERIES"
series=$1
dir=$top/build/targets
odd_names=("a b" a:b "a,b" "a'b" 'a"b' 'a$b' 'a#b' 'a\b' 'a;b' 'a(b' 'a&b' 'a%b' \
	'a=b' 'a*b' 'a|b' 'a<b')
good_name=A-z0_9.+@~x

# tree NAME: as much of this one as `make help` reads, at that place
tree()
{
	mkdir -p "$dir/$1" &&
	cp "$top/Makefile" "$top/dkms.mk" "$top/VERSION" "$dir/$1/" &&
	ln -sfn "$top/selftests" "$dir/$1/selftests"
}

refused_path()
{
	tree "$1" || return
	! make -C "$dir/$1" help >"$dir/said" 2>&1 || return
	grep -q 'the path of the source tree has characters other than' "$dir/said"
}

odd_paths()
{
	local name

	for name in "${odd_names[@]}"; do
		refused_path "$name" || {
			echo "in $name:"
			cat "$dir/said"
			return 1
		}
	done
}

good_path()
{
	tree "$good_name" && make -C "$dir/$good_name" help >/dev/null
}

listed()
{
	local target

	make --no-print-directory -C "$top" help >"$dir/help" || return
	for target in $(sed -n ':again; /\\$/{N; s/\\\n//; b again}; s/^\.PHONY: //p' \
			"$top/Makefile" "$top/dkms.mk"); do
		grep -q "^  make $target " "$dir/help" || {
			echo "make help has no $target"
			return 1
		}
	done
	grep -c '^  make ' "$dir/help"
}

# In a copy of what the generator reads and writes.
generated()
{
	local copy=$dir/gen file

	mkdir -p "$copy"
	(cd "$top" && tar -cf - VERSION Documentation/netlink uapi \
		kmod/netlink-gen.[ch] selftests/ci selftests/lib \
		selftests/syzkaller selftests/vm) | tar -C "$copy" -xf - &&
	"$copy/selftests/ci/gen.sh" check || return
	file=$copy/Documentation/netlink/specs/gpuvirt.yaml
	sed -i 's/vram-largest/vram-widest/' "$file"
	! cmp -s "$file" "$top/${file#"$copy/"}" || return
	! "$copy/selftests/ci/gen.sh" check >"$dir/said" 2>&1 || return
	tail -n 1 "$dir/said"
	grep -q 'gpuvirt.h differs from what the spec gives: run make gen' "$dir/said"
}

# What a developer would type, once there is a prompt.
typed()
{
	for _ in $(seq 250); do
		! grep -qF 'gpuvirt:/#' "$dir/shell" || break
		sleep 1
	done
	printf 'gpuvirt sim add && gpuvirt gpu show && ls /dev/kvm\nexit\n'
}

shell()
{
	: >"$dir/shell"
	typed | timeout 300 "$top/selftests/vm/shell.sh" "$series" \
		>"$dir/shell" 2>&1
	cat "$dir/shell"
	grep -q 'Linux .* with gpuvirt' "$dir/shell" &&
	grep -q 'backend gpuvirt-sim' "$dir/shell" &&
	grep -q '^/dev/kvm' "$dir/shell"
}

rm -rf "$dir"
mkdir -p "$dir"
ktap_plan 5
ktap_run "make refuses a path with odd characters" odd_paths
ktap_run "and takes all others" good_path
ktap_run "make help lists every target" listed
ktap_run "make gen-check notices what was renamed in the spec" generated
ktap_run "make vm gives a shell with all of it loaded" shell
ktap_end
