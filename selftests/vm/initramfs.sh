#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Make an initramfs: a static busybox, kernel modules with what they depend on,
# programs with the libraries they need, and any other file. Needs no root.
#
# usage: initramfs.sh -t MODTREE -o OUT [-i INIT] [-m MODULE]... [-p PROG]...
#                     [-f FILE:NAME]... [-d DIR:NAME]...
#
#   -t MODTREE      directory to take modules from, as modtree.sh prints it
#   -i INIT         script to run as the first process
#   -m MODULE       kernel module; one that is built in is fine, too
#   -p PROG[:NAME]  program, put at NAME (default /bin/PROG)
#   -f FILE:NAME    file, put at NAME
#   -d DIR:NAME     directory with all that is in it, put at NAME

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

usage()
{
	die "usage: initramfs.sh -t MODTREE -o OUT [OPTION]..., see the top of this file"
}

need_program cpio xz zstd depmod ldd
busybox=$(command -v busybox) || die "busybox is not installed: run make deps"
! ldd "$busybox" >/dev/null 2>&1 ||
	die "$busybox is not static: install busybox-static (make deps)"

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
# It becomes the guest's "/", which ordinary users have to get through.
chmod 755 "$stage"
(cd "$stage" && mkdir -p bin dev etc lib proc run root sys tmp usr var &&
 ln -s bin sbin && ln -s lib lib64 && ln -s ../bin usr/bin &&
 ln -s ../bin usr/sbin && ln -s ../lib usr/lib && chmod 1777 tmp)
cp "$busybox" "$stage/bin/busybox"
ln -s busybox "$stage/bin/sh"
echo 'root:x:0:0:root:/root:/bin/sh' >"$stage/etc/passwd"
echo 'user:x:1000:1000:user:/tmp:/bin/sh' >>"$stage/etc/passwd"
printf '%s\n' root:x:0: kvm:x:106: user:x:1000: >"$stage/etc/group"

modtree=
out=
modules=

programs=

put()
{
	to=$stage/$2
	[ -d "${to%/*}" ] || mkdir -p "${to%/*}"
	cp -L "$1" "$to"
}

put_program()
{
	put "$1" "$2"
	programs="$programs $1"
	[ -x "$stage/$2" ] || chmod +x "$stage/$2"
}

# What they are linked with; the line of a program itself begins with its name.
put_libraries()
{
	# shellcheck disable=SC2086
	[ -z "$programs" ] || ldd $programs 2>/dev/null |
		grep '^[[:space:]]' | grep -o '/[^ )]*' | sort -u |
		while read -r lib; do
			put "$lib" "$lib"
		done
}

put_dir()
{
	mkdir -p "$stage/$2"
	cp -RL "$1/." "$stage/$2/"
}

while getopts t:o:i:m:p:f:d: opt; do
	case $opt in
	t)	modtree=$OPTARG ;;
	o)	out=$OPTARG ;;
	i)	put "$OPTARG" init
		chmod +x "$stage/init" ;;
	m)	modules="$modules $OPTARG" ;;
	p)	name=${OPTARG#*:}
		[ "$name" != "$OPTARG" ] || name=bin/${OPTARG##*/}
		put_program "${OPTARG%%:*}" "$name" ;;
	f)	put "${OPTARG%%:*}" "${OPTARG#*:}" ;;
	d)	put_dir "${OPTARG%%:*}" "${OPTARG#*:}" ;;
	*)	usage ;;
	esac
done
[ -n "$modtree" ] && [ -n "$out" ] || usage
release=${modtree##*/}

# Print the files of the modules named and of all that they depend on. The
# kernel takes "-" and "_" in names for the same.
module_files()
{
	awk -v want="$*" '
		function key(path) {
			sub(/.*\//, "", path)
			sub(/\.ko.*/, "", path)
			gsub(/-/, "_", path)
			return path
		}
		NR == FNR {
			builtin[key($1)] = 1
			next
		}
		{
			file = $1
			sub(/:$/, "", file)
			k = key(file)
			if (k in path && path[k] ~ /^updates\//)
				next
			path[k] = file
			$1 = ""
			deps[k] = $0
		}
		END {
			n = split(want, name, " ")
			for (i = 1; i <= n; i++) {
				k = key(name[i])
				if (k in builtin)
					continue
				if (!(k in path)) {
					print "missing " name[i]
					continue
				}
				print path[k]
				m = split(deps[k], dep, " ")
				for (j = 1; j <= m; j++)
					print dep[j]
			}
		}' "$modtree/modules.builtin" "$modtree/modules.dep" | sort -u
}

put_modules()
{
	dest=lib/modules/$release
	mkdir -p "$stage/$dest"
	# shellcheck disable=SC2086
	module_files $modules | while read -r file rest; do
		[ "$file" != missing ] ||
			die "Linux $release has no module $rest"
		mkdir -p "$stage/$dest/${file%/*}"
		case $file in
		*.xz)	xz -dc "$modtree/$file" >"$stage/$dest/${file%.xz}" ;;
		*.zst)	zstd -dcq "$modtree/$file" >"$stage/$dest/${file%.zst}" ;;
		*)	cp -L "$modtree/$file" "$stage/$dest/$file" ;;
		esac
	done
	cp -L "$modtree"/modules.order "$modtree"/modules.builtin* "$stage/$dest/"
	rm -f "$stage/$dest"/*.bin
	depmod -b "$stage" "$release"
}

put_modules
put_libraries
(cd "$stage" && find . | sort | cpio -o -H newc --owner=0:0 --quiet) >"$out.new"
mv "$out.new" "$out"
