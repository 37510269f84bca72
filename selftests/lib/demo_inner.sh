# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Does for lib/inner.sh where the demonstration is run without virtual machines, to
# compare what it types and says with README.md: a process that has the vGPU open
# says what a machine says that draws.

inner_dir=/run/gv-inner

inner_command()
{
	echo "nothing for $1"
}

# inner_start NAME DEVICE [WORD...]
inner_start()
{
	demo_path=${2#*sysfsdev=}
	demo_path=${demo_path%%,*}
	mkdir -p "$inner_dir/$1"
	"$GV_TOP/selftests/lib/hold.py" "$demo_path" >"$inner_dir/$1/held" &
	echo $! >"$inner_dir/$1/pid"
	{
		echo "DRIVER bochs-drm would be the one"
		echo "DRAWN ${3#*=}" "$(sed -n 's/.*max_resolution=\([^,]*\).*/\1/p' \
			"$demo_path/mdev_type/description")"
	} >"$inner_dir/$1/report"
}

# inner_wait NAME TEXT SECONDS: it has the vGPU open
inner_wait()
{
	for demo_try in $(seq 300); do
		[ ! -s "$inner_dir/$1/held" ] || return 0
		sleep 0.1
	done
	echo "$1 does not run ($demo_try)"
	return 1
}

# inner_screendump NAME FILE: a picture of a few colours
inner_screendump()
{
	/usr/bin/python3 - "$2" <<-'END'
	import struct, sys, zlib

	def chunk(kind, body):
	    crc = zlib.crc32(kind + body)
	    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

	row = b"\0" + b"".join(bytes((16 * i, 0, 0)) for i in range(16))
	with open(sys.argv[1], "wb") as file:
	    file.write(b"\x89PNG\r\n\x1a\n" +
	               chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 1, 8, 2, 0, 0, 0)) +
	               chunk(b"IDAT", zlib.compress(row)) + chunk(b"IEND", b""))
	END
}

inner_stop()
{
	kill "$(cat "$inner_dir/$1/pid")" 2>/dev/null
	wait "$(cat "$inner_dir/$1/pid")" 2>/dev/null
	return 0
}
