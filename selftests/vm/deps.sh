#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Install the Debian packages of selftests/vm/packages that are missing. Root
# is asked for only if there is any.
#
# usage: deps.sh [-n] [LIST...]
#
#   -n      only print what is missing
#   LIST    more lists of selftests/vm, say packages.debug

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

print=
if [ "${1-}" = -n ]; then
	print=yes
	shift
fi

missing()
{
	(cd "$top/selftests/vm" && sed '/^#/d' packages "$@") |
	while read -r pkg; do
		state=$(dpkg-query -W -f '${db:Status-Status}' "$pkg" \
			2>/dev/null) || state=
		[ "$state" = installed ] || echo "$pkg"
	done
}

command -v dpkg-query >/dev/null ||
	die "this is no Debian: install what selftests/vm/packages names by hand"
want=$(missing "$@" | tr '\n' ' ')
[ -n "$want" ] || exit 0
if [ "$print" ]; then
	echo "$want"
	exit
fi

if [ "$(id -u)" -eq 0 ]; then
	sudo=
elif command -v sudo >/dev/null; then
	sudo=sudo
else
	die "there is no sudo; as root, run: apt-get install $want"
fi

say "installing $want"
$sudo apt-get -q update
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q install -y \
	--no-install-recommends $want
