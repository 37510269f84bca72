#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Static checks. As many at once as there are processors; the last line sums up.
#
# usage: lint.sh [all|STEP...]
#
#   all     those that take long, too
#
# What is accepted is in "allowed", each with its reason.

set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"
. "$top/selftests/lib/resume.sh"
. "$top/selftests/ci/lint_lib.sh"

steps="clang coccinelle checkpatch sparse shellcheck cppcheck kernel-doc manual
	spec spelling layout mutants"
more="cross scan-build sparse-6.12 sparse-7.3"

lint_clang()
{
	"$top/selftests/vm/modules.sh" clang W=1
}

# Sparse looks at the order of bytes as well; the tool is compiled only.
lint_cross()
{
	"$top/selftests/vm/modules.sh" cross W=1 C=2 &&
	"$top/selftests/vm/cross.sh" tool
}

lint_sparse()
{
	"$top/selftests/vm/modules.sh" "${1-6.1}" W=1 C=2
}

# The other series, for lint-all.
lint_sparse-6.12() { lint_sparse 6.12; }
lint_sparse-7.3() { lint_sparse 7.3; }

lint_checkpatch()
{
	local source

	source=$("$top/selftests/vm/source.sh") || return
	# shellcheck disable=SC2046
	perl "$source/scripts/checkpatch.pl" --no-tree --strict --terse \
		--show-types --no-summary -f \
		$(files '*.c' '*.h' | grep -v netlink-gen) |
		allow checkpatch
}

# The rules that need an OCaml compiler are left out, and so are two that find
# the same as sparse does: of the rest, each is tried on all of kmod.
lint_coccinelle()
{
	local source planted

	source=$("$top/selftests/vm/source.sh") || return
	planted=build/lint/planted
	mkdir -p $planted
	printf 'void f(void *p)\n{\n\tif (p)\n\t\tkfree(p);\n}\n' >$planted/bug.c
	apply_rule "$source/scripts/coccinelle/free/ifnullfree.cocci" $planted |
		grep -q bug.c: || { echo "a mistake made on purpose is not found"; return 1; }
	for rule in "$source"/scripts/coccinelle/*/*.cocci; do
		grep -q '^virtual report' "$rule" || continue
		! grep -q '^@.*script:ocaml' "$rule" || continue
		apply_rule "$rule" kmod
	done | allow coccinelle
}

lint_kernel-doc()
{
	local source

	source=$("$top/selftests/vm/source.sh") || return
	# shellcheck disable=SC2046
	perl "$source/scripts/kernel-doc" -Wall -Werror -none \
		$(files 'kmod/*.[ch]' 'selftests/guest/*.c' | grep -v netlink-gen)
}

# Names that one file sets and another reads; words that are split on purpose
# are marked where they stand.
lint_shellcheck()
{
	make --no-print-directory -s -C "$top" tool >/dev/null || return
	# shellcheck disable=SC2046
	shellcheck -x -S warning -e SC1090,SC1091,SC2034,SC2154 \
		$(scripts) &&
	shellcheck -s bash -S warning -e SC2034,SC2154 \
		"$top/build/tools/completion/gpuvirt"
}

# It does not read the headers of others, so it is told what their loops are.
lint_cppcheck()
{
	# shellcheck disable=SC2046
	cppcheck -q --error-exitcode=1 --inline-suppr --std=c11 \
		--enable=warning,portability,performance \
		--suppress=missingIncludeSystem \
		-D'nla_for_each_nested(pos, nla, rem)=for (; (rem) > 0;)' \
		-I uapi -I selftests/lib -I tools \
		$(files 'selftests/*.c' 'tools/*.c' | grep -v selftests/guest) &&
	cppcheck -q --error-exitcode=1 --inline-suppr --std=c11 \
		--enable=warning,portability,performance \
		--suppress=missingIncludeSystem \
		--include=selftests/ci/cppcheck.h -D__KERNEL__ -DCONFIG_X86 -I kmod -I kmod/include -I . \
		$(files 'kmod/*.c')
}

lint_manual()
{
	mandoc -Tlint -Wstyle tools/man/*.8 2>&1 | allow manual
}

lint_spec()
{
	yamllint -s -c selftests/ci/yamllint.yaml \
		Documentation/netlink/specs selftests/ci/yamllint.yaml
}

lint_spelling()
{
	# shellcheck disable=SC2046
	codespell -L "$(words_allowed)" \
		$(files . | grep -v '^COPYING$\|^selftests/fuzz/corpus/')
}

# What each file is about shall be seen at once; and which kernel it is built for
# is a matter of compat-include alone.
lint_layout()
{
	{
		files . | grep -v '^COPYING$\|^selftests/fuzz/corpus/' |
		while read -r file; do
			lines=$(wc -l <"$file")
			[ "$lines" -le 800 ] ||
				echo "$file:$lines: LINES: the most is 800"
		done
		files Kbuild '*.c' '*.h' | grep -v '^kmod/compat-include/' |
			xargs grep -nHE 'LINUX_VERSION|KERNEL_VERSION' |
			sed 's/:[0-9]*:/& VERSION: only in kmod\/compat-include: /'
	} | allow layout
}

# A mutant that changes nothing proves nothing.
lint_mutants()
{
	local mutant file none=0

	for mutant in selftests/mutants/*.sed; do
		file=$(sed -n 's/^# file: //p' "$mutant")
		[ -s "$file" ] && ! sed -f "$mutant" "$file" | cmp -s - "$file" &&
			continue
		echo "$mutant: changes nothing in $file"
		none=1
	done
	return $none
}

lint_scan-build()
{
	rm -rf build/lint/scan
	scan-build --status-bugs -o build/lint/scan-report \
		make --no-print-directory -C tools O="$top/build/lint/scan"
}

cd "$top" || exit
mkdir -p build/lint
case ${1-} in
--step)
	"lint_$2" >"build/lint/$2.log" 2>&1
	echo $? >"build/lint/$2.status"
	exit
	;;
all)	set -- $steps $more ;;
"")	set -- $steps ;;
esac

need_program shellcheck cppcheck sparse spatch codespell yamllint mandoc perl
rm -f build/lint/*.status
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 "$0" --step
for step; do
	show_step "$step"
done | awk '{ print; fflush() }' | tee build/lint/ktap
awk -f selftests/lib/count.awk build/lint/ktap
