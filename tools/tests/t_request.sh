# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Which message each command becomes.

sends()
{
	cat > want-log
	run "$@"
	status 0
	quiet
	same log want-log
}

t_gpu_set()
{
	script <<< "on gpu-set"
	sends gpu set 65:0.0 backing-limit 2GiB drain on if-generation 7 <<-END
		gpu-set address=$GPU backing-limit=2147483648 drain=1 generation=7
	END
	sends gpu set 65:0.0 drain off <<< "gpu-set address=$GPU drain=0"
}

t_type_new()
{
	script <<< "on type-new"
	sends type new 0000:65:00.0 8q framebuffer 8G <<-END
		type-new gpu=$GPU name=8q framebuffer=8589934592
	END
	sends type new $GPU 8q series Q weight 128 heads 4 max-instances 2 \
		resolution 2560x1440 framebuffer 8192M if-generation 18446744073709551615 <<-END
		type-new gpu=$GPU name=8q series=Q framebuffer=8589934592 max-instances=2 heads=4 xres=2560 yres=1440 weight=128 generation=18446744073709551615
	END
	out_is < /dev/null
}

t_type_del()
{
	script <<< "on type-del"
	sends type del $GPU 8q if-generation 9 <<< "type-del gpu=$GPU name=8q generation=9"
}

t_sim_add_attributes()
{
	script <<-END
		on sim-new
		reply operation=3
	END
	sends sim add model L40S vram 48G backing-limit 1G max-vgpus 4 \
		domain 1002 if-generation 5 no-wait <<-END
		sim-new model=L40S vram=51539607552 backing-limit=1073741824 max-vgpus=4 domain=4098 generation=5
	END
	out_is <<< 3
}

t_vgpu_reset_no_wait()
{
	script <<-END
		on vgpu-reset
		reply operation=18446744073709551615
	END
	sends vgpu reset $UUID no-wait <<< "vgpu-reset id=$UUID"
	out_is <<< 18446744073709551615
	sends -j vgpu reset ${UUID^^} --no-wait <<< "vgpu-reset id=$UUID"
	json 'd' "{'operation': 18446744073709551615}"
}

t_show_filters()
{
	script <<-END
		on gpu-get
		reply address=$GPU
		on type-get
		reply gpu=$GPU name=8q
		on vgpu-get
		reply id=$UUID gpu=$GPU
		on operation-get
		reply id=4 state=done
	END
	sends gpu show <<< "gpu-get dump"
	sends gpu <<< "gpu-get dump"
	sends gpu show 65:00.0 <<< "gpu-get address=$GPU"
	sends type show <<< "type-get dump"
	sends type show $GPU <<< "type-get dump gpu=$GPU"
	sends type show $GPU 8q <<< "type-get gpu=$GPU name=8q"
	sends vgpu show <<< "vgpu-get dump"
	sends vgpu show gpu $GPU <<< "vgpu-get dump gpu=$GPU"
	sends vgpu show $UUID <<< "vgpu-get id=$UUID"
	sends operation show <<< "operation-get dump"
	sends operation show 4 <<< "operation-get id=4"
}

# An empty list of an unknown GPU is not an answer.
t_show_unknown_gpu()
{
	script <<-END
		on type-get
		on gpu-get
		error 19 7 "no GPU has the address $GPU" attr=address
	END
	run type show $GPU
	status 1
	err_is <<-END
		gpuvirt: no GPU has the address $GPU (gpu-unknown, attribute address)
		  list the GPUs with \`gpuvirt gpu show\`
	END
	script <<-END
		on type-get
		on gpu-get
		reply address=$GPU
	END
	run -j type show $GPU
	status 0
	json 'd' '[]'
}

t_vf_reset()
{
	script <<-END
		on vf-reset
		reply operation=4
	END
	sends vf reset 65:0.1 serial 7 no-wait <<< "vf-reset address=0000:65:00.1 serial=7"
	sends vf reset gpu 65:0.0 no-wait <<< "vf-reset gpu=$GPU"
	run vf reset
	status 2
	err_has "missing: ADDRESS, or gpu"
	run vf reset 65:0.1 gpu $GPU
	status 2
	err_has "not both"
	run vf reset gpu $GPU serial 7
	status 2
	err_has "serial is for one VF"
}

# A GPU of vendor $1, with the rest of its attributes, whose VFs are $2.
gpu_with_vfs()
{
	script <<-END
		on gpu-get
		reply address=$GPU vendor=$1 device=0x56c0 subvendor=0x8086 subdevice=0x4905 class=0x038000 driver=xe methods=0 ${3:-}
		on vf-enable
		reply operation=4
	END
	mkdir -p root/sys/bus/pci/devices/$GPU root/sys/module/gv_vfio/drivers
	echo "$2" > root/sys/bus/pci/devices/$GPU/sriov_vf_device
	: > root/sys/module/gv_vfio/drivers/pci:gv-vfio-pci
	echo "gv_vfio vfio_pci:v00008086d000056C1sv*sd*bc*sc*i*" > root/variants
}

asked_for()
{
	run vf enable $GPU 2 no-wait "${@:2}"
	status 0
	[ "$(grep vf-enable log)" = "vf-enable gpu=$GPU$1 count=2" ] ||
		die "$(cat log)"
}

t_vf_enable_variant()
{
	gpu_with_vfs 0x8086 56c1
	asked_for ' driver=gv-vfio-pci'
	has log 'modprobe gv_vfio'
	echo "gv_vfio vfio_pci:v00008086d000056C1sv00008086sd00004905bc03sc80i00" > root/variants
	asked_for ' driver=gv-vfio-pci'
	# what was said goes first
	asked_for ' driver=vfio-pci' driver vfio-pci
	hasnt log modprobe
}

t_vf_enable_no_variant()
{
	gpu_with_vfs 0x8086 56c2
	asked_for ''
	hasnt log modprobe
	gpu_with_vfs 0x8086 56c1 vf-driver=none
	asked_for ''
	# NVIDIA's own driver makes vGPUs of its VFs
	gpu_with_vfs 0x10de 56c1
	echo "gv_vfio vfio_pci:v000010DEd000056C1sv*sd*bc*sc*i*" > root/variants
	asked_for ''
	gpu_with_vfs 0x8086 56c1
	rm root/sys/bus/pci/devices/$GPU/sriov_vf_device
	asked_for ''
	# a module that has no driver of the PCI bus
	gpu_with_vfs 0x8086 56c1
	rm -r root/sys/module/gv_vfio
	asked_for ''
}
