# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Many commands over one socket.

answers()
{
	script <<-END
		on type-new
		on type-del
		error 2 15 "$GPU has no such type" attr=name
		on gpu-get
		reply address=$GPU
	END
}

t_batch()
{
	answers
	cat > cmds <<-END
		# two types
		type new $GPU 1q framebuffer 1G

		  type new $GPU '2q' framebuffer "2G"   # the second
		gpu show
	END
	run -b cmds
	status 0
	opened 1
	quiet
	out_is <<< "$GPU"
	log_is <<-END
		type-new gpu=$GPU name=1q framebuffer=1073741824
		type-new gpu=$GPU name=2q framebuffer=2147483648
		gpu-get dump
	END
}

t_batch_stdin()
{
	answers
	printf 'gpu show\ngpu show' > cmds
	input=cmds run -b -
	status 0
	[ "$(wc -l < out)" -eq 2 ] || die "$(cat out)"
}

t_batch_stops()
{
	answers
	cat > cmds <<-END
		gpu show
		# a comment counts
		type del $GPU 1q
		gpu show
	END
	run -b cmds
	status 1
	out_is <<< "$GPU"
	err_has "cmds:3: $GPU has no such type (type-unknown, attribute name)"
	[ "$(wc -l < log)" -eq 2 ] || die "$(cat log)"
}

t_batch_force()
{
	answers
	cat > cmds <<-END
		type del $GPU 1q
		nonsense
		gpu show
	END
	run -f -b cmds
	status 1
	out_is <<< "$GPU"
	err_has "cmds:1: "
	err_has 'cmds:2: there is no object "nonsense"'
}

# A wrong line fails the batch, which was not itself wrong: 1, not 2.
t_batch_usage()
{
	answers
	echo "gpu show 'open" > cmds
	run -b cmds
	status 1
	err_has "cmds:1: the line ends in a quote or with a backslash"
	echo "type new" > cmds
	run -b cmds
	status 1
	err_has "cmds:1: missing: GPU, NAME, framebuffer"
	printf 'gpu sh\0ow\n' > cmds
	run -b cmds
	status 1
	err_has "cmds:1: the line has a NUL in it"
}

t_batch_json()
{
	answers
	printf 'gpu show\ntype new %s 1q framebuffer 1G\ngpu show\n' $GPU > cmds
	run -j -b cmds
	status 0
	out_is <<-END
		[{"address":"$GPU"}]
		[{"address":"$GPU"}]
	END
}

t_batch_no_file()
{
	run -b nowhere
	status 1
	err_is <<< "gpuvirt: can't open nowhere: No such file or directory"
	mkdir dir
	run -b dir
	status 1
	err_has "can't read dir: Is a directory"
}

# Waiting for udev is for one vGPU and its user, not for each of many.
t_batch_does_not_settle()
{
	script <<-END
		on type-get
		reply gpu=$SIM name=2q mdev-type=gpuvirt-sim-2q available=2
		on vgpu-get
		reply id=$UUID iommu-group=3
	END
	mkdir -p root/dev/vfio root/run/udev root/etc/udev/rules.d
	: > root/dev/vfio/3
	chmod 600 root/dev/vfio/3
	: > root/run/udev/control
	echo rule > root/etc/udev/rules.d/70-gpuvirt.rules
	echo "vgpu new $SIM 2q uuid $UUID" > cmds
	run -b cmds
	status 0
	hasnt log sleep
}
