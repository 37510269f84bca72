# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Events: each at once, none lost without a word.

INFO="on info-get
reply config-seq=10 runtime-seq=4"

t_events()
{
	script <<-END
		event type-create-ntf gpu=$SIM name=2q framebuffer=2147483648 seq=11
		event vgpu-event-ntf id=$UUID event=opened holder-pid=4242 seq=5
		event operation-ntf id=7 state=done seq=12
		gone
		$INFO
	END
	run monitor
	status 1
	out_is <<-END
		type-create-ntf  gpu $SIM  name 2q  framebuffer 2 GiB  seq 11
		vgpu-event-ntf  id $UUID  holder-pid 4242  event opened  seq 5
		operation-ntf  id 7  state done  seq 12
	END
	err_is <<< "gpuvirt: the gpuvirt module was unloaded"
	log_is <<-END
		join notify
		join config
		join runtime
		info-get
	END
}

t_one_object_a_line()
{
	script <<-END
		event type-create-ntf gpu=$SIM name=2q framebuffer=2147483648 seq=11
		event vgpu-event-ntf id=$UUID event=opened seq=5
		gone
		$INFO
	END
	run -j monitor
	out_is <<-END
		{"name":"type-create-ntf","group":"config","msg":{"gpu":"$SIM","name":"2q","framebuffer":2147483648,"seq":11}}
		{"name":"vgpu-event-ntf","group":"runtime","msg":{"id":"$UUID","event":"opened","seq":5}}
	END
}

t_one_group()
{
	script <<-END
		event gpu-create-ntf address=$SIM seq=11
		event vgpu-event-ntf id=$UUID event=opened seq=5
		gone
		$INFO
	END
	run monitor config
	out_is <<< "gpu-create-ntf  address $SIM  seq 11"
	hasnt log "join runtime"
	run monitor runtime
	out_is <<< "vgpu-event-ntf  id $UUID  event opened  seq 5"
	hasnt log "join config"
}

t_without_rights()
{
	script <<-END
		join-error runtime 1
		event gpu-create-ntf address=$SIM seq=11
		gone
		$INFO
	END
	run monitor
	status 1
	out_is <<< "gpu-create-ntf  address $SIM  seq 11"
	err_has "runtime events need CAP_SYS_ADMIN in the initial user namespace; only config events follow"
	run monitor runtime
	status 1
	out_is < /dev/null
	err_is <<-END
		gpuvirt: runtime events need CAP_SYS_ADMIN in the initial user namespace (not-permitted)
		  run it as root
	END
}

STATE="on gpu-get
reply address=$SIM
on type-get
reply gpu=$SIM name=2q
on vgpu-get
reply id=$UUID
on vf-get
reply address=0000:65:00.1"

t_gap()
{
	script <<-END
		event gpu-create-ntf address=$SIM seq=11
		event gpu-delete-ntf address=$SIM seq=14
		event gpu-create-ntf address=$SIM seq=15
		gone
		$INFO
		$STATE
	END
	run monitor
	out_is <<-END
		gpu-create-ntf  address $SIM  seq 11
		lost  2 events of config; what is there now:
		gpu  address $SIM
		type  gpu $SIM  name 2q
		vgpu  id $UUID
		vf  address 0000:65:00.1
		resync  done
		gpu-delete-ntf  address $SIM  seq 14
		gpu-create-ntf  address $SIM  seq 15
	END
	run -j monitor
	sed -n 2,7p out > got
	cat > want <<-END
		{"name":"lost","group":"config","count":2}
		{"name":"gpu","msg":{"address":"$SIM"}}
		{"name":"type","msg":{"gpu":"$SIM","name":"2q"}}
		{"name":"vgpu","msg":{"id":"$UUID"}}
		{"name":"vf","msg":{"address":"0000:65:00.1"}}
		{"name":"resync"}
	END
	same got want
}

# Somebody takes the driver of a VF away, and the kernel waits for its user.
t_leaving()
{
	script <<-END
		event vf-change-ntf address=0000:65:00.1 driver=vfio-pci open=1 leaving=1 seq=11
		gone
		$INFO
	END
	run monitor
	out_is <<< "vf-change-ntf  address 0000:65:00.1  driver vfio-pci  open yes  seq 11  leaving yes"
	run -j monitor
	out_has '"open":true,"seq":11,"leaving":true'
}

# Lost before the first event that came through.
t_gap_at_start()
{
	script <<-END
		event gpu-create-ntf address=$SIM seq=12
		gone
		$INFO
		$STATE
	END
	run monitor
	out_has "lost  1 events of config"
}

# What came between the joining and the asking is neither lost nor twice.
t_no_gap()
{
	script <<-END
		event gpu-create-ntf address=$SIM seq=9
		event gpu-delete-ntf address=$SIM seq=10
		event gpu-create-ntf address=$SIM seq=11
		event vgpu-event-ntf id=$UUID event=opened seq=5
		gone
		$INFO
	END
	run monitor
	hasnt out lost
	[ "$(wc -l < out)" -eq 4 ] || die "$(cat out)"
}

# The very last events were dropped: no later number would tell.
t_overrun_at_end()
{
	script <<-END
		event gpu-create-ntf address=$SIM seq=11
		overrun
		$INFO
		on info-get
		reply config-seq=13 runtime-seq=4
		event gpu-delete-ntf address=$SIM seq=14
		gone
		$STATE
	END
	run monitor config
	out_is <<-END
		gpu-create-ntf  address $SIM  seq 11
		lost  2 events of config; what is there now:
		gpu  address $SIM
		type  gpu $SIM  name 2q
		vgpu  id $UUID
		vf  address 0000:65:00.1
		resync  done
		gpu-delete-ntf  address $SIM  seq 14
	END
}

t_newer_event()
{
	script <<-END
		event gpu-create-ntf address=$SIM seq=11 ?60=3
		gone
		$INFO
	END
	run monitor
	out_is <<< "gpu-create-ntf  address $SIM  seq 11"
}

# With nobody to print for it must not go on for ever.
t_unread()
{
	[ -w /dev/full ] || skip "no /dev/full"
	script <<-END
		event gpu-create-ntf address=$SIM seq=11
		$INFO
	END
	rc=0
	GV_FAKE_SCRIPT=script "$BUILD/tests/gpuvirt" monitor > /dev/full 2> err ||
		rc=$?
	: > out
	status 1
	err_has "can't write the output"
}
