# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the kernel refuses comes out as a sentence, with what to do next.

t_not_loaded()
{
	script <<< no-family
	for args in "" "gpu show" "-j type show" "sim add" monitor; do
		# shellcheck disable=SC2086 # words
		run $args
		status 1
		out_is < /dev/null
		err_is <<-END
			gpuvirt: the gpuvirt module is not loaded
			  load it, as root: modprobe gpuvirt
		END
	done
}

t_text_reason_attribute()
{
	script <<-END
		on type-new
		error 17 16 "$GPU has a type 8q already" attr=name
	END
	run type new $GPU 8q framebuffer 1G
	status 1
	out_is < /dev/null
	err_is <<-END
		gpuvirt: $GPU has a type 8q already (type-exists, attribute name)
		  choose another name, or delete the type first with \`gpuvirt type del\`
	END
}

t_missing_attribute()
{
	script <<-END
		on type-new
		error 22 2 "a type needs a framebuffer" miss=framebuffer
	END
	run type new $GPU 8q framebuffer 1G
	status 1
	err_has "a framebuffer (missing-attribute, without attribute framebuffer)"
}

# An older kernel may give the request back, and the text comes after it.
t_whole_request()
{
	script <<-END
		on type-new
		whole
		error 28 24 "type needs 10240 MiB, 8192 MiB free" attr=framebuffer
	END
	run type new $GPU 8q framebuffer 10G
	status 1
	err_has "type needs 10240 MiB, 8192 MiB free (vram-exhausted, attribute framebuffer)"
}

t_no_text()
{
	script <<-END
		on gpu-set
		error 16 0
	END
	run gpu set $GPU drain on
	status 1
	err_is <<< "gpuvirt: Device or resource busy"
}

t_not_permitted()
{
	for answer in "error 1 0" "error 1 1"; do
		script <<-END
			on gpu-set
			$answer
		END
		run gpu set $GPU drain on
		status 1
		err_is <<-END
			gpuvirt: this needs CAP_SYS_ADMIN in the initial user namespace (not-permitted)
			  run it as root
		END
	done
}

# A module that is one release older lacks the command, a newer one has
# reasons, attributes and values that this release does not know.
t_older_module()
{
	run operation show
	status 1
	err_has "the loaded gpuvirt module does not know this request (not-supported)"
	err_has "compare the releases"
}

t_newer_reason()
{
	script <<-END
		on gpu-set
		error 22 4711 "the moon is full"
	END
	run gpu set $GPU drain on
	status 1
	err_is <<< "gpuvirt: the moon is full (reason 4711)"
}

t_newer_values()
{
	script <<-END
		on operation-get
		reply id=4 kind=77 state=done subject=$SIM ?40=5 ?4000=6
		on gpu-get
		reply address=$GPU methods=34
	END
	run operation show
	status 0
	out_is <<< "4  kind 77  state done  subject $SIM"
	run -j operation show
	json 'd' "[{'id': 4, 'kind': 77, 'state': 'done', 'subject': '$SIM'}]"
	run gpu show
	out_has "methods mdev,0x20"
	run -j gpu show
	json 'd[0]["methods"]' "['mdev', 32]"
}

t_every_reason_has_a_hint()
{
	local n=0 name

	while read -r name; do
		n=$((n + 1))
		script <<-END
			on gpu-set
			error 22 $n "because of $name"
		END
		run gpu set $GPU drain on
		status 1
		err_has "because of $name ($name)"
		[ "$(wc -l < err)" -eq 2 ] || die "no hint for $name"
	done < <("$BUILD/tests/unit" table | awk '
		$1 == "attr" && $2 == "operation" && $4 == "reason" {
			gsub(",", "\n", $7); print $7 }' | tail -n +2)
	# all but none
	[ $((n + 1)) -eq "$(grep -c '^	GPUVIRT_REASON_' \
		"$TOOLS/../uapi/linux/gpuvirt.h")" ] || die "$n reasons"
}

t_dump_error()
{
	script <<-END
		on gpu-get
		reply address=$GPU
		done-error 5 "the list broke"
	END
	run gpu show
	status 1
	out_is < /dev/null
	err_is <<< "gpuvirt: the list broke"
}

t_dump_again()
{
	script <<-END
		on gpu-get
		reply address=$SIM
		intr
		reply address=$SIM
		on gpu-get
		reply address=$GPU
	END
	run gpu show
	status 0
	out_is <<< "$GPU"
	log_is <<-END
		gpu-get dump
		gpu-get dump
	END
}

t_dump_never_settles()
{
	script <<-END
		on gpu-get
		intr
		reply address=$GPU
	END
	run gpu show
	status 1
	out_is < /dev/null
	err_has "the list changed each of the 16 times it was read"
}

t_no_answer()
{
	script <<-END
		on gpu-get
		silent
	END
	run gpu show
	status 1
	err_is <<< "gpuvirt: the kernel gave no answer in 30 s"
}

t_hostile_text()
{
	script <<-END
		on gpu-set
		error 22 0 "one$(printf '\033')[2Jtwo"
	END
	run gpu set $GPU drain on
	err_is <<< 'gpuvirt: one\x1b[2Jtwo'
}
