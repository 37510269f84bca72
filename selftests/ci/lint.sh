#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Static checks: shellcheck on scripts, cppcheck on programs, sparse and the
# compiler's extra warnings on the modules.
#
# usage: lint.sh [SERIES]

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

need_program shellcheck cppcheck sparse
status=0
cd "$top"

scripts=$(find selftests uapi tools .ci -type f 2>/dev/null | while read -r f; do
	case $f in
	*.sh)	echo "$f" ;;
	*)	head -c 64 "$f" | head -n 1 | grep -aqE '^#!.*(sh|bash)$' &&
			echo "$f" ;;
	esac || :
done)
echo "# shellcheck"
# Names that one file sets and another reads; words that are split on purpose
# are marked where they stand.
# shellcheck disable=SC2086
shellcheck -x -S warning -e SC1090,SC1091,SC2034,SC2154 $scripts || status=1

echo "# cppcheck"
# It does not read the library's headers, so it is told what the loop is.
# shellcheck disable=SC2046
cppcheck -q --error-exitcode=1 --inline-suppr --std=c11 \
	--enable=warning,portability --suppress=missingIncludeSystem \
	-D'nla_for_each_nested(pos, nla, rem)=for (; (rem) > 0;)' \
	-I uapi -I selftests/lib -I tools \
	$(find selftests tools -name '*.c') || status=1

echo "# sparse"
"$top/selftests/vm/modules.sh" "${1-6.1}" W=1 C=2 || status=1
exit $status
