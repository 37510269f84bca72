# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Virtual machines inside the test host. Each has a name, and a directory
# $inner_dir/NAME with its console, its report and QEMU's own messages.
#
#	inner_start NAME DEVICE [WORD...]	words of its kernel command line
#	inner_wait NAME TEXT SECONDS		until its report has TEXT
#	inner_screendump NAME FILE.png		by QEMU itself
#	inner_stop NAME
#
# $inner_run is put before the command, to run QEMU as another user.

inner_dir=${inner_dir:-/run/gv-inner}
inner_run=${inner_run-}

inner_command()
{
	echo qemu-system-x86_64 -nodefaults -no-user-config -no-reboot \
		-display none -accel kvm -cpu host -M q35 -smp 1 -m 256 \
		-kernel "$GV_INNER/vmlinux" -initrd "$GV_INNER/initramfs" \
		-serial "file:$inner_dir/$1/console" \
		-serial "file:$inner_dir/$1/report" \
		-chardev "pipe,id=q,path=$inner_dir/$1/qmp" \
		-mon chardev=q,mode=control -device "$2"
}

inner_start()
{
	inner_name=$1
	inner_d=$inner_dir/$1
	inner_cmd=$(inner_command "$1" "$2")
	shift 2
	rm -rf "$inner_d"
	mkdir -p "$inner_d"
	mkfifo "$inner_d/qmp.in" "$inner_d/qmp.out"
	: >"$inner_d/report"
	[ -z "$inner_run" ] || chmod -R a+rwX "$inner_dir"
	# shellcheck disable=SC2086
	$inner_run $inner_cmd -append "console=ttyS0 panic=-1 quiet $*" \
		>"$inner_d/qemu" 2>&1 </dev/null &
	echo $! >"$inner_d/pid"
	# QEMU greets, and answers each command with one line.
	cat "$inner_d/qmp.out" >"$inner_d/answers" &
	echo $! >"$inner_d/reader"
}

inner_alive()
{
	kill -0 "$(cat "$inner_dir/$1/pid")" 2>/dev/null
}

# What is known of a guest that did not do as it should.
inner_tell()
{
	for inner_f in qemu console report answers; do
		tail -n 15 "$inner_dir/$1/$inner_f" | tr -d '\r' |
			sed "s/^/$1 $inner_f: /"
	done
}

inner_now()
{
	read -r inner_up _ </proc/uptime
	echo "${inner_up%%.*}"
}

inner_wait()
{
	inner_end=$(($(inner_now) + $3))
	until grep -q "$2" "$inner_dir/$1/report"; do
		if ! inner_alive "$1"; then
			echo "$1 ended before it said $2"
			inner_tell "$1"
			return 1
		fi
		if [ "$(inner_now)" -ge $inner_end ]; then
			echo "$1 did not say $2 in $3 s"
			inner_tell "$1"
			return 1
		fi
		sleep 0.3
	done
}

inner_answers()
{
	grep -c '"return"\|"error"' "$inner_dir/$1/answers"
}

# inner_qmp NAME COMMAND...: one JSON object each; fails if an answer is an
# error or does not come.
inner_qmp()
{
	inner_who=$1
	shift
	for inner_json; do
		inner_had=$(inner_answers "$inner_who")
		echo "$inner_json" >"$inner_dir/$inner_who/qmp.in"
		inner_end=$(($(inner_now) + 60))
		while [ "$(inner_answers "$inner_who")" -le "$inner_had" ]; do
			[ "$(inner_now)" -lt $inner_end ] || return 1
			inner_alive "$inner_who" || return 1
			sleep 0.1
		done
		if tail -n 1 "$inner_dir/$inner_who/answers" | grep -q '"error"'; then
			tail -n 1 "$inner_dir/$inner_who/answers"
			return 1
		fi
	done
}

inner_screendump()
{
	inner_qmp "$1" '{"execute": "qmp_capabilities"}' \
		"{\"execute\": \"screendump\", \"arguments\": {\"filename\": \"$2\", \"format\": \"png\"}}"
}

# Its files are kept for whoever reads them after the host guest has ended.
inner_stop()
{
	[ -e "$inner_dir/$1/pid" ] || return 0
	for inner_f in qemu console report answers; do
		cp "$inner_dir/$1/$inner_f" "$GV_OUT/$1.$inner_f"
	done
	inner_pid=$(cat "$inner_dir/$1/pid")
	kill "$inner_pid" 2>/dev/null
	inner_end=$(($(inner_now) + 20))
	while kill -0 "$inner_pid" 2>/dev/null; do
		[ "$(inner_now)" -lt $inner_end ] || kill -9 "$inner_pid"
		sleep 0.1
	done
	kill "$(cat "$inner_dir/$1/reader")" 2>/dev/null
	return 0
}
