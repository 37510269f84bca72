#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boot a Debian kernel in QEMU, without hardware help, and run tests in it.
#
# usage: run.sh [-k SERIES] [-r initramfs|host] [-m MIB] [-t SECONDS]
#               [-o DIR] [-n] [-s] [-q] TEST...
#
#   -k SERIES    kernel series, of selftests/vm/kernels (default: the first)
#   -r initramfs root made of busybox, our modules and programs (default)
#   -r host      this machine's root, read-only, changes kept in memory
#   -m MIB       memory of the guest
#   -t SECONDS   time limit for all of it (default: the sum of the tests')
#   -o DIR       where logs and output go (default: build/SERIES/vm-ROOT)
#   -n, --nested the guest can run virtual machines itself
#   -s           no tests: give a shell in the guest
#   -q           print the last line and what failed only
#
# TEST is a file of selftests/ (foo.sh, foo.c) or a name without the suffix.
# Its first lines may say what it needs, see Documentation/testing.rst.
# The last line is "N passed, N failed, N skipped".

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"
. "$top/selftests/lib/resume.sh"
. "$top/selftests/lib/results.sh"

vm=$top/selftests/vm
series=$("$vm/kernel.sh" list | head -n 1)
root=initramfs
mem=
limit=
out=
nested=
shell=
quiet=
args=()
while [ $# -gt 0 ]; do
	case $1 in
	-k|-r|-m|-t|-o)
		[ $# -ge 2 ] || die "$1 wants a value"
		case $1 in
		-k) series=$2 ;;
		-r) root=$2 ;;
		-m) mem=$2 ;;
		-t) limit=$2 ;;
		-o) out=$2 ;;
		esac
		shift ;;
	-n|--nested)	nested=yes ;;
	-s)		shell=yes ;;
	-q)		quiet=yes ;;
	-*)		die "no such option: $1" ;;
	*)		args+=("$1") ;;
	esac
	shift
done
case $root in
initramfs|host)	;;
*)	die "the root is initramfs or host, not $root" ;;
esac
[ "$shell" ] || [ ${#args[@]} -gt 0 ] || die "no test given"

build=$top/build/$series
out=${out:-$build/vm-$root}
mem=${mem:-$([ "$root" = host ] && echo 2048 || echo 512)}
mem=$((mem * $("$vm/kernel.sh" "$series" memory)))
slow=$("$vm/kernel.sh" "$series" time)
kernel_config=$("$vm/kernel.sh" "$series" config)
debug=
! "$vm/kernel.sh" list-debug | grep -qxF "$series" || debug=yes
rm -rf "$out"
mkdir -p "$out/share"
out=$(cd "$out" && pwd)

need_program qemu-system-x86_64
"$vm/kernel.sh" "$series" get
vmlinux=$("$vm/kernel.sh" "$series" vmlinux)
modtree=$("$vm/modtree.sh" "$series")
. "$vm/tests.sh"

# What the guest gets to read. Paths of mode host are those of this machine.
write_config()
{
	conf=$out/gv
	mkdir -p "$conf"
	write_tests "${args[@]}" >"$conf/tests"
	guest_top=/gv
	inner=
	[ "$root" = initramfs ] || guest_top=$top
	[ -z "$nested" ] || inner=$top/build/inner
	preload=${nested:+kvm_amd}
	[ -z "$shell" ] || preload="$preload vfio_iommu_type1 gpuvirt"
	cat >"$conf/run.conf" <<-END
	mode=$root
	series=$series
	shell=${shell:-no}
	shell_args='${GV_SHELL_ARGS-}'
	guest_top='$guest_top'
	modules='$build/modtree/lib/modules'
	modules_ours=/lib/modules/${modtree##*/}/updates
	path='$([ "$root" = host ] && echo "$top/build/tools" || echo /bin)'
	inner='$inner'
	cache='$cache'
	rounds='${GV_ROUNDS-}'
	drill='${GV_DRILL-}'
	seed='${GV_SEED-}'
	tries='${GV_TRIES-}'
	slow=$slow
	debug=${debug:-no}
	preload='$preload'
	rows=$(tput lines 2>/dev/null || echo 24)
	cols=$(tput cols 2>/dev/null || echo 80)
	term='${TERM-linux}'
	welcome='${GV_WELCOME-}'
	END
	cp "$vm/runner.sh" "$vm/debug-guest.sh" "$conf/"
}

# Everything that may be loaded in the guest; with the host's root only what
# is wanted to get at that root, the rest is there.
make_initramfs()
{
	set -- -t "$modtree" -o "$out/initramfs" -i "$vm/init.sh" \
		-d "$conf:gv"
	if [ "$root" = host ]; then
		set -- "$@" -m virtio_pci -m 9pnet_virtio -m 9p -m overlay
	else
		for ko in "$modtree"/updates/*.ko; do
			[ ! -e "$ko" ] || set -- "$@" -m "$(basename "$ko" .ko)"
		done
		set -- "$@" -m vfio_iommu_type1 -m vfio_pci -m nlmon
		! grep -q '^CONFIG_PCI_STUB=m' "$kernel_config" ||
			set -- "$@" -m pci_stub
		! grep -q '^CONFIG_VFIO_MDEV=' "$kernel_config" ||
			set -- "$@" -m mdev
		[ -z "$debug" ] ||
			set -- "$@" -m virtio_pci -m 9pnet_virtio -m 9p
		for prog in "$top"/build/tools/gpuvirt "$top"/build/tests/*; do
			[ ! -f "$prog" ] || [ ! -x "$prog" ] ||
				set -- "$@" -p "$prog"
		done
		set -- "$@" -d "$top/selftests/lib:gv/selftests/lib"
		for test in "${args[@]}"; do
			file=$(test_source "$test")
			set -- "$@" -f "$file:gv/${file#"$top/"}"
		done
	fi
	"$vm/initramfs.sh" "$@"
}

# Results of the tests of selftests/ are kept; others have them for themselves.
record=${GV_RECORD-yes}
of_suite()
{
	for test; do
		case $(test_source "$test") in
		"$top"/selftests/demo/*)	;;
		"$top"/selftests/*/*)		return 1 ;;
		esac
	done
}

# With the QEMU of Debian 12 as the outer one of two, a guest that runs virtual
# machines stops for ever at times: its idle processor misses an interrupt. So
# that is the second choice; where a newer one is not to be had, tests that want
# its devices are skipped, the others are run.
choose_qemu()
{
	qemu="qemu-system-x86_64"
	devices=$([ ${#args[@]} -eq 0 ] || test_qemu_version "${args[@]}")
	version=$devices
	[ -z "$nested" ] || version=${version:-10}
	[ -n "$version" ] || return 0
	status=0
	newer=$("$vm/newqemu.sh" "$version" 2>"$out/qemu") || status=$?
	cat "$out/qemu" >&2
	[ $status -eq 0 ] || [ $status -eq 3 ] || exit $status
	if [ $status -eq 0 ]; then
		qemu=$newer
		return
	fi
	why="QEMU $version is not to be had: $(tail -n 1 "$out/qemu")"
	if [ -z "$devices" ]; then
		echo "# $why"
		echo "# this machine's own QEMU is used, whose guests may hang when they run virtual machines"
		return
	fi
	awk -v why="$why" '{ print "ok " NR " " $1 " # SKIP " why }' \
		"$conf/tests" | tee "$out/results"
	[ "$record" != yes ] || results_note "$series" "$out/results"
	awk -f "$top/selftests/lib/count.awk" "$out/results"
	exit
}

qemu_args()
{
	set -- -nodefaults -no-user-config -no-reboot -display none \
		-monitor none -accel tcg -M q35 -m "$mem" \
		-smp "$("$vm/kernel.sh" "$series" processors)" \
		-kernel "$vmlinux" -initrd "$out/initramfs"
	[ -z "$nested" ] || set -- "$@" -cpu max
	append="slub_debug=FZPU oops=panic panic=-1 log_buf_len=4M"
	# On a busy host the timer may be late when the kernel looks if it works,
	# which is a panic where interrupts are remapped.
	append="$append watchdog_thresh=30 mitigations=off no_timer_check"
	append="$append $("$vm/kernel.sh" "$series" cmdline)"
	[ ${#args[@]} -eq 0 ] ||
		append="$append $(test_cmdline "${args[@]}" | tr '\n' ' ')"
	if [ "$root" = host ]; then
		set -- "$@" -fsdev local,id=r,path=/,security_model=none,readonly=on,multidevs=remap \
			-device virtio-9p-pci,fsdev=r,mount_tag=hostroot,addr=1d.0
	fi
	if [ "$root" = host ] || [ "$debug" ]; then
		set -- "$@" -fsdev "local,id=o,path=$out/share,security_model=none" \
			-device virtio-9p-pci,fsdev=o,mount_tag=out,addr=1e.0
	fi
	# shellcheck disable=SC2046
	set -- "$@" $([ ${#args[@]} -eq 0 ] || test_qemu "${args[@]}")
	if [ "$shell" ]; then
		set -- "$@" -chardev stdio,id=con,mux=off,signal=off
		append="$append console=ttyS0 quiet loglevel=3"
	else
		set -- "$@" -chardev "file,id=con,path=$out/console"
		append="$append console=ttyS0 loglevel=5"
	fi
	set -- "$@" -serial chardev:con -serial "file:$out/results" \
		-append "$append"
	args=("$@")
}

write_config
of_suite "${args[@]}" || record=no
make_initramfs
choose_qemu
[ -z "$nested" ] || "$vm/inner.sh" >&2
tests=$conf/tests
limit=${limit:-$(time_limit "$tests")}
qemu_args

if [ "$shell" ]; then
	exec "$qemu" "${args[@]}"
fi

run_guest()
{
	: >"$out/results"
	status=0
	timeout -k 5 "$limit" "$qemu" "${args[@]}" </dev/null >"$out/qemu" 2>&1 &
	pid=$!
	trap 'kill $pid 2>/dev/null || :' EXIT
	"$vm/follow.sh" "$out/results" $pid ${quiet:+-q}
	wait $pid || status=$?
}

run_guest
# With two processors QEMU's emulation meets a kernel that patches itself while it
# boots ("Oops: int3" on 7.3, once in many runs): nothing of ours is loaded then.
if ! grep -q '^KTAP' "$out/results" && [ $status -ne 124 ] &&
   grep -q 'Oops: int3' "$out/console"; then
	echo "# the kernel died of an int3 before the first test, is started again"
	cp "$out/console" "$out/console.first"
	run_guest
fi

# Report the tests that a guest which died could not report, and why.
if ! grep -q '^# end' "$out/results"; then
	why="the guest ended while it ran"
	[ $status -ne 124 ] || why="the guest ran past $limit s"
	[ -s "$out/console" ] || why="the guest did not start: $(head -n 1 "$out/qemu")"
	{
		echo
		awk -v why="$why" '
			FNR == 1 { file++ }
			file == 1 && /^(ok|not ok) [0-9]+/ {
				done[$1 == "ok" ? $2 : $3] = 1
			}
			file == 2 && !(FNR in done) {
				print "not ok " FNR " " $1 " # " why
				why = "not run: the guest had ended"
			}' "$out/results" "$tests" >"$out/missing"
		# All had been told, and then it ended all the same.
		[ -s "$out/missing" ] ||
			echo "not ok $(($(wc -l <"$tests") + 1)) guest # ${why/while it ran/after the last test}" \
				>"$out/missing"
		cat "$out/missing"
	} >>"$out/results"
	cat "$out/missing"
	echo "# the end of the console, $out/console:"
	tail -n 80 "$out/console" | sed 's/^/#   /'
	cat "$out/qemu" >&2
fi
[ "$record" != yes ] || results_note "$series" "$out/results"
awk -f "$top/selftests/lib/count.awk" "$out/results"
