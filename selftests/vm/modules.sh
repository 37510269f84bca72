#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build the kernel modules for one kernel series, or for the running kernel.
#
# usage: modules.sh SERIES|host|clang|cross [MAKE-VARIABLE=VALUE...]
#        modules.sh flags	what make must be told here for a fetched kernel
#
# "clang" is that compiler, with the source of a kernel: Debian's headers are
# for gcc alone. "cross" is for a big-endian machine. What is built so can't be
# loaded.
#
# The sources are linked into build/SERIES/src and built there, so that objects
# of different kernels never meet and the source tree stays clean. W=1 and C=2
# mean the same as for the kernel's own build.

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

[ $# -ge 1 ] || die "usage: modules.sh SERIES|host|clang|cross [MAKE-VARIABLE=VALUE...]"
series=$1
shift
asked=$*
build=$top/build/$series
src=$build/src

need_program make "${CC:-gcc}"
[ -e "$top/Kbuild" ] || die "there is no Kbuild here: nothing to build"

if [ "$series" = flags ]; then
	:
elif [ "$series" = clang ]; then
	headers=$("$top/selftests/vm/clang.sh")
	set -- "$@" KBUILD_MODPOST_WARN=1 LLVM="$("$top/selftests/vm/clang.sh" suffix)"
elif [ "$series" = cross ]; then
	headers=$("$top/selftests/vm/cross.sh")
	# shellcheck disable=SC2046
	set -- "$@" KBUILD_MODPOST_WARN=1 GV_TEST_MODULES=y \
		$("$top/selftests/vm/cross.sh" make)
elif [ "$series" = host ]; then
	headers=/lib/modules/$(uname -r)/build
	[ -e "$headers/Makefile" ] ||
		die "no headers of $(uname -r): install linux-headers-$(uname -r), or say KERNEL=6.1"
else
	headers=$("$top/selftests/vm/kernel.sh" "$series" headers)
	# What the tests reach is counted where the kernel can count.
	! grep -qx CONFIG_GCOV_KERNEL=y "$headers/.config" ||
		set -- "$@" GCOV_PROFILE=y
	! grep -q '^CONFIG_KUNIT=[my]' "$headers/.config" ||
		set -- "$@" GV_KUNIT=y
	# What the checks ask for as well: else one would build all of it anew that
	# another has built, and may be running.
	set -- W=1 "$@" GV_TEST_MODULES=y
fi

link_sources()
{
	mkdir -p "$src"
	(cd "$top" && find kmod uapi -type d) | (cd "$src" && xargs mkdir -p)
	(cd "$top" && find Kbuild VERSION kmod uapi -type f \
		\( -name '*.[chS]' -o -name Kbuild -o -name VERSION \)) |
	while read -r file; do
		# The tree may have been moved, or copied with what was built.
		[ "$(readlink "$src/$file")" = "$top/$file" ] ||
			ln -sfn "$top/$file" "$src/$file"
	done
	# A source that was removed must not be built any more.
	find "$src" -xtype l -delete
}

from_source()
{
	[ "$series" = clang ] || [ "$series" = cross ]
}

# Flags that the kernel was configured with, but this compiler does not have;
# and no BTF where the program that makes it is missing.
tool_flags()
{
	if ! from_source && [ "$series" != host ]; then
		echo "CC=${CC:-gcc}"
		echo 'int x;' | "${CC:-gcc}" -fmin-function-alignment=16 -x c -c \
			-o /dev/null - 2>/dev/null ||
			echo CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=
	fi
	command -v pahole >/dev/null || echo CONFIG_DEBUG_INFO_BTF_MODULES=
	# The sparse of Debian 12 knows the word only without its last part.
	echo CF=-D__typeof_unqual__=__typeof__
}

# Lines that say what this script has arranged for on purpose.
show_log()
{
	sed '/warning: the compiler differs from the one used/d
	     /^  The kernel was built by: /d
	     /^  The kernel was built with: /d
     /^  You are using:  *gcc/d
	     /^Skipping BTF generation/d
	     /pahole version differs/d
	     /^  You are using:  *0$/d
	     /^make\[*[0-9]*\]*: \(Entering\|Leaving\) directory/d' "$build/log" |
		drop_module_info | drop_symbols
}

# Of a kernel that is not built nobody knows the symbols.
drop_symbols()
{
	if from_source; then
		sed '/^WARNING: Module.symvers is missing/,/at your own risk/d
		     /^WARNING: modpost: .* undefined!/d
		     /^WARNING: modpost: suppressed .* unresolved symbol/d'
	else
		cat
	fi
}

# Newer kernels let the compiler measure the strings of MODULE_LICENSE,
# module_param and the like, which sparse can't; nothing of ours is in that.
drop_module_info()
{
	awk -v src="$src/" '
		/^[^ ]*:[0-9]+:[0-9]+: error: bad constant expression/ {
			split($1, at, ":")
			file = at[1] ~ /^\// ? at[1] : src at[1]
			for (i = 0; i < at[2]; i++)
				getline line <file
			close(file)
			if (line ~ /^MODULE_|^module_param/)
				next
		}
		{ print }'
}

if [ "$series" = flags ]; then
	tool_flags
	exit
fi
link_sources
status=0
# shellcheck disable=SC2046
make -j"$(nproc)" -C "$headers" M="$src" $(tool_flags) "$@" modules \
	>"$build/log" 2>&1 || status=$?
show_log
[ $status -eq 0 ] || die "the modules for $series were not built: see above"

# Who asks for more checks wants to hear of what they find.
case " $asked" in
*' W='*|*' C='*)
	if show_log | grep -qiE '(warning|error):'; then
		die "the build for $series is not free of warnings: see above"
	fi
	;;
esac
