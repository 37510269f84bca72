# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What installing and uninstalling share.

# shellcheck disable=SC2034
name=gpuvirt
sources=/usr/src

say()
{
	echo "gpuvirt: $*"
}

die()
{
	echo "gpuvirt: $*" >&2
	exit 1
}

need_root()
{
	[ "$(id -u)" -eq 0 ] || die "only root can do this: sudo make $1"
}

need_dkms()
{
	PATH=$PATH:/usr/sbin:/sbin
	command -v dkms >/dev/null ||
		die "dkms is not installed: on Debian, apt-get install dkms"
}

# Versions that DKMS knows.
versions()
{
	dkms status $name | sed -n "s|^${name}[/,] *\([^,: ]*\).*|\1|p" | sort -u
}

# Forget a version, in DKMS and on disk. What is loaded stays loaded.
forget()
{
	dkms remove $name/"$1" --all >/dev/null ||
		die "dkms could not remove $name/$1: see above"
	rm -rf "${sources:?}/$name-$1"
}

# Sources only: nothing that was built, and no need for git.
files()
{
	echo VERSION
	echo COPYING
	echo Kbuild
	echo dkms/prebuild.sh
	echo uapi/linux/gpuvirt.h
	find kmod -name '*.[ch]' ! -name '*.mod.c' | sort
}

# put_sources DIR: as DKMS wants them
put_sources()
{
	rm -rf "$1"
	mkdir -p "$1"
	(cd "$top" && files) >"$1/.files"
	tar -C "$top" -cf - -T "$1/.files" | tar -C "$1" --no-same-owner -xf -
	rm "$1/.files"
	sed "s/@VERSION@/$(cat "$top/VERSION")/" "$top/dkms.conf" >"$1/dkms.conf"
}
