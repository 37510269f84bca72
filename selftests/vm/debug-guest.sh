# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Part of runner.sh on a kernel of vm/kernels.debug: what is looked for once all
# tests have run. The names that it uses are those of runner.sh.

debug_fs=/sys/kernel/debug
debug_results=0
# The caller's share. In mode host it is there already.
debug_out=$gv/out

$bb mount -t debugfs debugfs $debug_fs 2>/dev/null
if [ "$mode" != host ]; then
	for mod in virtio_pci 9pnet_virtio 9p; do
		modprobe $mod
	done
	$bb mount -t 9p -o rw,trans=virtio,version=9p2000.L,msize=524288,access=any \
		out "$debug_out" || say "# init: no share for output"
fi
# What the kernel itself lost while it booted is not looked at.
if echo clear 2>/dev/null >$debug_fs/kmemleak; then
	# When it would look by itself it is one of the tests that is blamed.
	echo scan=off >$debug_fs/kmemleak
	debug_results=1
fi

# Those of our own functions, also of modules for tests, or of a module that is gone:
# no other is loaded and unloaded by tests so often.
own_leaks()
{
	$bb awk '
		function flush() {
			if (own)
				printf "%s", block
			block = ""
			own = 0
		}
		/^unreferenced object/ { flush() }
		/\[(gpuvirt|gv)(_[a-z]+)?\]|\] 0x[0-9a-f]+ *$/ { own = 1 }
		{ block = block $0 "\n" }
		END { flush() }' $debug_fs/kmemleak
}

# An object is looked at when it is five seconds old.
check_leaks()
{
	echo "gv-test: begin $1 kmemleak" >/dev/kmsg
	$bb sleep 6
	# It may have given up, for want of memory of its own.
	if ! echo scan >$debug_fs/kmemleak || ! echo scan >$debug_fs/kmemleak; then
		say "not ok $1 kmemleak # it does not look any more"
		return
	fi
	$bb cat $debug_fs/kmemleak >"$debug_out/kmemleak"
	own_leaks >$tmp/leaks
	if [ -s $tmp/leaks ]; then
		$bb head -n 100 $tmp/leaks | $bb sed 's/^/    # /' >$results
		say "not ok $1 kmemleak # $($bb grep -c ^unref $tmp/leaks) objects leaked"
		return
	fi
	# What is freed later complains later.
	log_since "$1 kmemleak" >$tmp/log
	if $bb grep -E "$bad" $tmp/log >$tmp/bad; then
		$bb head -n 60 $tmp/log | $bb sed 's/^/    # kernel: /' >$results
		say "not ok $1 kmemleak # the kernel complained: $($bb head -n 1 $tmp/bad)"
	else
		say "ok $1 kmemleak"
	fi
}

# Counts of what was run, by the paths of the object files below "src".
save_coverage()
{
	$bb find $debug_fs/gcov -name '*.gcda' 2>/dev/null |
	while read -r file; do
		to=$debug_out/gcov/${file#*/src/}
		$bb mkdir -p "${to%/*}"
		$bb cat "$file" >"$to"
	done
}

debug_end()
{
	[ $debug_results -eq 0 ] || check_leaks "$1"
	save_coverage
}
