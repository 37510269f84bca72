# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What tests say of themselves in their first lines, and what follows for a run:
#   needs: host-root     it uses programs of this machine: no initramfs
#   needs: long          it takes minutes: make check-all runs it
#   needs: nested        it runs virtual machines: implies host-root
#   timeout: SECONDS     its time limit (default 60)
#   needs: own-guest     what it wants of the guest would be in others' way
#   qemu: ARGUMENT...    devices that the guest must have, say -device NAME;
#                        may be given several times, order is kept
#   qemu-version: 11     the guest's QEMU must be as new as that
#   cmdline: WORD...     for the kernel of a guest of its own
#   config: OPTION...    what the kernel must have been built with, without
#                        CONFIG_, or with !, without; the root of the host
#                        wants NET_9P_VIRTIO

default_limit=60

# How many times slower the kernel is, see vm/kernels.debug.
slow=${slow-1}

# Print the file of a test that was given by path or by name.
test_source()
{
	for try in "$top/selftests/$1" "$1" "$top/selftests/$1.sh" \
		   "$top/selftests/$1.c"; do
		if [ -f "$try" ]; then
			[[ $try == /* ]] || try=$(cd "$(dirname "$try")" && pwd)/${try##*/}
			echo "$try"
			return
		fi
	done
	die "no test $1: selftests/ has neither $1.sh nor $1.c"
}

# read_said FILE WORD: what the file says after "WORD:", as ${said_[@]}. It is asked
# for each test many times, so no process is started.
read_said()
{
	local line lines

	said_=()
	mapfile -t -n 60 lines <"$1"
	for line in "${lines[@]}"; do
		[[ $line == *"$2:"* ]] || continue
		[[ ! $line =~ ^[#*/[:blank:]]*"$2":[[:blank:]]*(.*)$ ]] ||
			said_+=("${BASH_REMATCH[1]}")
	done
}

test_says()
{
	read_said "$1" "$2"
	[ ${#said_[@]} -eq 0 ] || echo "${said_[0]}"
}

# As test_says, where a test may say it on several lines.
test_says_all()
{
	read_said "$1" "$2"
	[ ${#said_[@]} -eq 0 ] || printf '%s\n' "${said_[@]}"
}

test_needs()
{
	read_said "$1" needs
	needs_=${said_[0]-}
	case " ${needs_//,/ } " in
	*" $2 "*)	return 0 ;;
	esac
	return 1
}

test_limit()
{
	limit_=$(test_says "$1" timeout)
	# Who asks for a number of tries does not mind how long they take.
	echo $((${limit_:-$default_limit} * slow * (${GV_TRIES:+9} + 1)))
}

# What the tests want QEMU to be told, each thing once.
test_qemu()
{
	for test_; do
		test_says_all "$(test_source "$test_")" qemu
	done | awk '!said[$0]++'
}

# The newest QEMU that one of them wants; nothing if any will do.
test_qemu_version()
{
	for test_; do
		test_says "$(test_source "$test_")" qemu-version
	done | sort -n | tail -n 1
}

test_cmdline()
{
	for test_; do
		test_says "$(test_source "$test_")" cmdline
	done
}

# The kernel's configuration, by kernel.sh.
kernel_config=${kernel_config-}

# Why the kernel can't run a test, or nothing. Virtual machines in a guest take
# minutes even on a kernel that is fast.
test_unfit()
{
	if [ "$slow" -gt 1 ] && test_needs "$1" nested; then
		echo "this kernel is too slow to run virtual machines"
		return
	fi
	want_=$(test_says "$1" config)
	[ "$(test_root "$1")" = initramfs ] || want_="$want_ NET_9P_VIRTIO"
	for option_ in $want_; do
		has_=no
		! grep -q "^CONFIG_${option_#!}=[ym]" "$kernel_config" ||
			has_=yes
		case $option_$has_ in
		!*yes)	echo "this kernel has CONFIG_${option_#!}" && return ;;
		!*no)	;;
		*no)	echo "this kernel has no CONFIG_$option_" && return ;;
		esac
	done
}

# The root that a test wants.
test_root()
{
	if test_needs "$1" host-root || test_needs "$1" nested; then
		echo host
	else
		echo initramfs
	fi
}

# The list that runner.sh reads.
write_tests()
{
	for test_; do
		src=$(test_source "$test_")
		name=${src##*/}
		name=${name%.*}
		case $src in
		*.c)	file=/bin/$name
			[ "$root" = initramfs ] || file=$top/build/tests/$name
			[ -x "$top/build/tests/$name" ] ||
				die "$name is not built: run make tests" ;;
		*)	file=$src
			[ "$root" = host ] || file=/gv/${src#"$top/"} ;;
		esac
		if [ "$root" = initramfs ] && [ "$(test_root "$src")" = host ]; then
			echo "$name skip it needs the root of the host: run.sh -r host"
		elif [ -n "$(test_unfit "$src")" ]; then
			echo "$name skip $(test_unfit "$src")"
		elif [ -z "$nested" ] && test_needs "$src" nested; then
			echo "$name skip it runs virtual machines: run.sh --nested"
		else
			echo "$name $(test_limit "$src") $file"
		fi
	done
}

# All limits together, and time to boot on a busy machine.
time_limit()
{
	awk -v slow="$slow" '{ sum += $2 } END { print sum + 60 * slow }' "$1"
}
