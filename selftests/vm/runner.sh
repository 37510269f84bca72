# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC1091
#
# Runs the tests in the guest, one after the other, by busybox in either root.
# Results go to the second serial port as KTAP, each test a level of its own.
# A test fails for what it says itself, and also if the kernel complained
# meanwhile, if it took too long, or if it left a simulated GPU behind.
#
# /gv/tests has one test a line: NAME LIMIT_IN_SECONDS PATH, or
# NAME skip REASON...

gv=/gv
[ ! -e /run/gv/run.conf ] || gv=/run/gv
. "$gv/run.conf"

bb=$gv/bin/busybox
if [ ! -x "$bb" ]; then
	bb=/bin/busybox
fi
results=/dev/ttyS1
tmp=/run/gv-tmp
mkdir -p $tmp

export PATH="$path:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
export HOME=/root GV_TOP="$guest_top" GV_KERNEL="$series" GV_ROOT="$mode"
export GV_OUT="$gv/out" GV_INNER="$inner" GPUVIRT_CACHE="$cache"
export GV_ROUNDS="$rounds" GV_SLOW="$slow" GV_DRILL="$drill" GV_SEED="$seed"
export GV_TRIES="$tries"
mkdir -p "$GV_OUT"
cd /

# Seconds that an end may take.
patience=$((5 * slow))

bad='WARNING:|BUG:|BUG |Oops|general protection|Call Trace|Kernel panic'
bad="$bad|possible (recursive|circular)|possible deadlock|lockdep|lock held"
bad="$bad|INFO: task .* blocked|hung task|KASAN|KCSAN|KFENCE|UBSAN"
bad="$bad|refcount_t|use-after-free|[Pp]oison overwritten|Redzone overwritten"
bad="$bad|Object already free|Slab cache still has objects"
bad="$bad|list_(add|del) corruption|cannot create duplicate"
bad="$bad|scheduling while atomic|sleeping function|[Bb]ad page"
bad="$bad|unable to handle|Freeing unallocated|nobody cared|memory leak"
bad="$bad|nobody lets the call go"

say()
{
	echo "$*" >$results
}

# What only a kernel that looks for mistakes can tell, once all tests have run.
extra=0
if [ "$debug" = yes ]; then
	. "$gv/debug-guest.sh"
	extra=$debug_results
fi

# The lines of the kernel log since the named test began. What a test expects, it
# writes there before, "gv-test: expect oom-killer" if it makes the kernel kill for
# want of memory, "gv-test: expect warning in FUNCTION" or "gv-test: expect duplicate
# PATH" if it meets a mistake of the kernel's own: then the report of that, with its
# call trace, is left out.
log_since()
{
	$bb dmesg | $bb awk -v mark="gv-test: begin $1" '
		/gv-test: expect oom-killer/ { expected = 1 }
		/gv-test: expect warning in / { function_ = $NF "+" }
		/gv-test: expect duplicate / { duplicate = "\047" $NF "\047" }
		expected && /invoked oom-killer/ { report = 1 }
		duplicate && /sysfs: cannot create duplicate/ &&
			index($0, duplicate) { report = 1 }
		function_ && /---\[ cut here \]---/ { held = $0; next }
		held {
			if (/WARNING:/ && index($0, " " function_))
				warning = 1
			else if (seen && !report)
				print held
			held = ""
		}
		seen && !report && !warning { print }
		/<\/TASK>/ { report = 0 }
		/---\[ end trace / { warning = 0 }
		index($0, mark) { seen = 1; expected = 0; function_ = duplicate = "" }
		END { if (!seen) print "BUG: the log has lost its beginning" }'
}

# PCI domains of simulated GPUs. Each has a root bus in a domain of its own, which stays
# when sysfs removes the GPU from it; a rescan would bring that back.
left_gpus()
{
	for bus in /sys/class/pci_bus/*:00; do
		domain=${bus##*/}
		domain=${domain%:00}
		[ "$domain" = 0000 ] || echo "$domain"
	done
}

# Indent what a test says by one level, and note its verdict: "PASS", "SKIP"
# or the reason of its failure.
relay()
{
	$bb awk -v verdict="$tmp/verdict" '
		{ print "    " $0; fflush() }
		/^1\.\.[0-9]+/ {
			plan = substr($1, 4) + 0
			planned = 1
			if ($0 ~ /# *SKIP/)
				skipped = 1
		}
		/^ok / { ran++; if (/# *SKIP/) skips++ }
		/^not ok / { ran++; if (!/# *TODO/) failed++ }
		/^Bail out!/ { bailed = 1 }
		END {
			if (bailed)
				v = "it bailed out"
			else if (failed)
				v = failed " of " ran " failed"
			else if (skipped)
				v = "SKIP"
			else if (!planned)
				v = "it made no plan"
			else if (plan != ran)
				v = "planned " plan " results, gave " ran
			else
				v = "PASS"
			print v >verdict
		}' >$results
}

# Start the test as the leader of a session, so that all of it can be ended.
start_test()
{
	rm -f $tmp/verdict $tmp/status $tmp/pipe
	$bb mkfifo $tmp/pipe
	relay <$tmp/pipe &
	relay_pid=$!
	(
		cd "${1%/*}" || exit 1
		# shellcheck disable=SC2016
		exec $bb setsid "$bb" sh -c '"$1"; echo $? >"$2"' sh "$1" \
			$tmp/status
	) >$tmp/pipe 2>&1 </dev/null &
	test_pid=$!
}

# Wait for process $1 up to $2 seconds.
wait_gone()
{
	end=$(($(uptime_s) + $2))
	while $bb kill -0 "$1" 2>/dev/null; do
		[ "$(uptime_s)" -lt $end ] || return 1
		$bb usleep 100000
	done
}

uptime_s()
{
	read -r up rest </proc/uptime
	echo "${up%%.*}"
}

# Send signal $2 to all of session $1.
kill_session()
{
	# The name in /proc/PID/stat may have spaces, what follows ")" has none.
	$bb cat /proc/[0-9]*/stat 2>/dev/null | $bb awk -v session="$1" '
		{ pid = $1; sub(/.*\) /, "") }
		$4 == session { print pid }' |
	while read -r pid; do
		$bb kill "-$2" "$pid" 2>/dev/null
	done
}

end_test()
{
	kill_session $test_pid TERM
	wait_gone $test_pid $patience && return
	kill_session $test_pid KILL
	wait_gone $test_pid $patience
}

# Look at what the test left. Sets $reason if that alone makes it fail.
check_after()
{
	left=$(left_gpus)
	if [ -n "$left" ]; then
		say "    # left behind:" $left
		reason=${reason:-it left simulated GPUs behind}
		for domain in $left; do
			# The second is below a root port.
			for gpu in "$domain:00:00.0" "$domain:01:00.0"; do
				$bb timeout $((30 * slow)) gpuvirt sim del "$gpu"
			done >/dev/null 2>&1
		done
	fi
	log_since "$number $1" >$tmp/log
	if $bb grep -E "$bad" $tmp/log >$tmp/bad; then
		$bb head -n 60 $tmp/log | $bb sed 's/^/    # kernel: /' >$results
		reason="the kernel complained: $($bb head -n 1 $tmp/bad)${reason:+ ($reason)}"
	fi
}

run_test()
{
	number=$1
	name=$2
	limit=$3
	file=$4
	say "# test $name"
	echo "gv-test: begin $number $name" >/dev/kmsg
	[ ! -e "$modules_ours" ] || $bb timeout $((60 * slow)) modprobe gpuvirt 2>/dev/null

	start_test "$file"
	reason=
	if ! wait_gone $test_pid "$limit"; then
		reason="it ran past its limit of $limit s"
		echo w >/proc/sysrq-trigger
		end_test || stuck=yes
	else
		# Whoever the test left running keeps the pipe open.
		wait_gone $relay_pid $patience ||
			reason="it left processes running"
		kill_session $test_pid KILL
	fi
	wait_gone $relay_pid $patience || kill $relay_pid

	verdict=$($bb cat $tmp/verdict 2>/dev/null)
	status=$($bb cat $tmp/status 2>/dev/null)
	check_after "$name"
	if [ -z "$reason" ] && [ "$verdict" != PASS ]; then
		reason=${verdict:-it gave no verdict}
	fi
	case $status in
	0)	;;
	'')	reason=${reason:-it left no exit status} ;;
	4)	reason=${reason#it made no plan}
		reason=${reason:-SKIP} ;;
	*)	reason=${reason:-exit status $status} ;;
	esac
	case $reason in
	'')	say "ok $number $name" ;;
	SKIP)	say "ok $number $name # SKIP" ;;
	*)	say "not ok $number $name # $reason" ;;
	esac
}

run_all()
{
	say "KTAP version 1"
	say "1..$(($($bb wc -l <"$gv/tests") + extra))"
	n=0
	stuck=
	while read -r name limit file <&3; do
		n=$((n + 1))
		if [ "$limit" = skip ]; then
			say "ok $n $name # SKIP $file"
		elif [ -n "$stuck" ]; then
			say "not ok $n $name # not run: a test before it can't be ended"
		else
			run_test "$n" "$name" "$limit" "$file"
		fi
	done 3<"$gv/tests"
	[ "$debug" != yes ] || debug_end $((n + 1))
}

give_shell()
{
	$bb stty -F /dev/ttyS0 rows "${rows:-24}" cols "${cols:-80}" 2>/dev/null
	sh=/bin/sh
	[ ! -x /bin/bash ] || sh=/bin/bash
	[ -z "$welcome" ] || echo "$welcome" >/dev/console
	export TERM="${term:-linux}" PS1='gpuvirt:\w# '
	$bb setsid $bb cttyhack $sh $shell_args
}

$bb stty -F $results raw -echo 2>/dev/null
$bb ip link set lo up 2>/dev/null
for mod in $preload; do
	modprobe "$mod" || say "# init: modprobe $mod failed"
done
if [ "$shell" = yes ]; then
	give_shell </dev/console >/dev/console 2>&1
else
	run_all
	say "# end"
fi
# A process that waits in the kernel for ever would stop an orderly end.
$bb poweroff -f
while :; do :; done
