# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Operations: listened for before they are started, waited for with a limit.

t_sim_add()
{
	script <<-END
		on sim-new
		reply operation=7
		event operation-ntf id=6 kind=sim-new state=done subject=1007:00:00.0
		event gpu-create-ntf address=$SIM
		event operation-ntf id=7 kind=sim-new state=done subject=$SIM seq=3
	END
	run sim add
	status 0
	quiet
	out_is <<< $SIM
	log_is <<-END
		join notify
		join config
		sim-new
	END
	run -j sim add
	json 'd["subject"], d["state"]' "('$SIM', 'done')"
}

t_sim_add_failed()
{
	script <<-END
		on sim-new
		reply operation=7
		event operation-ntf id=7 kind=sim-new state=failed errno=16 reason=domain-in-use text="PCI domain 1002 is taken"
	END
	run sim add domain 1002
	status 1
	out_is < /dev/null
	err_is <<-END
		gpuvirt: PCI domain 1002 is taken (domain-in-use)
		  give another domain, or none: the first free one is taken
	END
}

t_sim_add_failed_without_text()
{
	script <<-END
		on sim-new
		reply operation=7
		event operation-ntf id=7 state=failed errno=12
	END
	run sim add
	status 1
	err_is <<< "gpuvirt: Cannot allocate memory"
}

t_sim_add_refused()
{
	script <<-END
		on sim-new
		error 2 32 "no model is named Voodoo" attr=model
	END
	run sim add model Voodoo
	status 1
	err_has "no model is named Voodoo (model-unknown, attribute model)"
}

# An event can get lost: the kernel is asked besides.
t_event_lost()
{
	script <<-END
		on sim-new
		reply operation=7
		overrun
		on operation-get
		reply id=7 state=running
		on operation-get
		reply id=7 state=done subject=$SIM
	END
	run sim add
	status 0
	quiet
	out_is <<< $SIM
	[ "$(grep -c operation-get log)" -eq 2 ] || die "$(cat log)"
}

t_time_limit()
{
	script <<-END
		on sim-new
		reply operation=7
		on operation-get
		reply id=7 state=running
	END
	run sim add timeout 3
	status 1
	out_is < /dev/null
	err_is <<-END
		gpuvirt: operation 7 has not ended within 3 s and goes on
		  follow it with \`gpuvirt operation show 7\`
	END
	n=$(grep -c operation-get log)
	[ "$n" -ge 3 ] && [ "$n" -le 5 ] || die "asked $n times in 3 s"
	run sim add
	err_has "within 60 s"
	run sim add timeout 0
	status 1
	err_has "within 0 s"
}

# At the limit the answer may be there already.
t_time_limit_done()
{
	script <<-END
		on sim-new
		reply operation=7
		on operation-get
		reply id=7 state=done subject=$SIM
	END
	run sim add timeout 0
	status 0
	out_is <<< $SIM
}

t_module_gone()
{
	script <<-END
		on sim-new
		reply operation=7
		gone
	END
	run sim add
	status 1
	err_is <<< "gpuvirt: the gpuvirt module was unloaded"
}

t_sim_del()
{
	script <<-END
		on sim-del
		reply operation=8
		event operation-ntf id=8 state=done subject=$SIM
	END
	run sim del 1000:00:00.0 if-generation 4
	status 0
	quiet
	out_is < /dev/null
	[ "$(tail -n 1 log)" = "sim-del gpu=$SIM generation=4" ] || die "$(cat log)"
}

t_sim_del_all()
{
	script <<-END
		on gpu-get
		reply address=$GPU driver=nvidia
		reply address=1000:00:00.0 driver=gpuvirt-sim
		reply address=1001:00:00.0 backend=gpuvirt-sim
		reply address=1002:00:00.0 driver=gpuvirt-sim
		on sim-del
		reply operation=8
		event operation-ntf id=8 state=done
		on sim-del
		error 16 12 "1 vGPU of 1001:00:00.0 is open" attr=gpu
		on sim-del
		reply operation=10
		event operation-ntf id=10 state=done
	END
	run sim del all
	status 1
	grep '^sim-del' log > dels
	cat > want <<-END
		sim-del gpu=1000:00:00.0
		sim-del gpu=1001:00:00.0
		sim-del gpu=1002:00:00.0
	END
	same dels want
	err_is <<-END
		1001:00:00.0: 1 vGPU of 1001:00:00.0 is open (gpu-busy, attribute gpu)
		  find its vGPUs with \`gpuvirt vgpu show gpu ADDRESS\`, stop the virtual machines that hold them, then try again
		gpuvirt: 1 of 3 simulated GPUs were not removed
	END
}

t_sim_del_all_no_wait()
{
	script <<-END
		on gpu-get
		reply address=1000:00:00.0 driver=gpuvirt-sim
		reply address=1001:00:00.0 driver=gpuvirt-sim
		on sim-del
		reply operation=8
		on sim-del
		reply operation=9
	END
	run -j sim del all no-wait
	status 0
	json 'd' "[{'operation': 8}, {'operation': 9}]"
	hasnt log join
}

t_sim_del_all_none()
{
	script <<-END
		on gpu-get
		reply address=$GPU driver=nvidia
	END
	run sim del all
	status 0
	quiet
	log_is <<< "gpu-get dump"
}

t_vgpu_reset()
{
	script <<-END
		on vgpu-reset
		reply operation=9
		event vgpu-event-ntf id=$UUID event=reset
		event operation-ntf id=9 kind=vgpu-reset state=done subject=$UUID
	END
	run vgpu reset $UUID
	status 0
	quiet
	out_is < /dev/null
}

t_operation_show()
{
	script <<-END
		on operation-get
		reply id=7 kind=sim-new state=done subject=$SIM
		reply id=8 kind=sim-del state=failed subject=$SIM errno=16 reason=gpu-busy text="a vGPU is open"
	END
	run operation show
	out_is <<-END
		7  kind sim-new  state done  subject $SIM
		8  kind sim-del  state failed  subject $SIM  errno 16  reason gpu-busy
		    a vGPU is open
	END
}

# Messages of others must not make a short wait long.
t_strangers()
{
	local i

	{
		echo "on sim-new"
		echo "reply operation=7"
		for i in $(seq 8); do
			echo "stranger 400"
		done
		echo "on operation-get"
		echo "reply id=7 state=running"
		echo "on operation-get"
		echo "reply id=7 state=running"
		echo "on operation-get"
		echo "reply id=7 state=done subject=$SIM"
	} > script
	run sim add timeout 3
	status 0
}

# Progress is for people: on a terminal, and wiped out before the result.
t_progress()
{
	command -v script > /dev/null || skip "no script(1)"
	cat > script <<-END
		on sim-new
		reply operation=7
		on operation-get
		reply id=7 state=running
		on operation-get
		reply id=7 state=done subject=$SIM
	END
	cp script answers
	GV_FAKE_SCRIPT=$PWD/answers command script -qec \
		"$BUILD/tests/gpuvirt sim add" /dev/null > out < /dev/null
	out_has "making a simulated GPU: 1 s"
	[ "$(tail -n 1 out | tr -d '\r' | sed 's/.*K//')" = $SIM ] || die "$(cat -v out)"
}
