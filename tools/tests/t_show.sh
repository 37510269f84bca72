# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the show commands and the overview print.

# What pci.ids calls 10de:20b5; it is worded anew at times.
NAME=$(awk '/^10de/ { sub(/^10de  /, ""); vendor = $0; next }
	/^[0-9a-f]/ { vendor = "" }
	vendor && /^\t20b5/ { sub(/^\t20b5  /, ""); print vendor, $0; exit }' \
	/usr/share/misc/pci.ids 2>/dev/null) || :
[ -n "$NAME" ] || die "no pci.ids"

host()
{
	script <<-END
		on info-get
		reply version=${1:-$(cat "$TOOLS/../VERSION")} capabilities=3 generation=42 config-seq=9 runtime-seq=2
		on gpu-get
		reply address=$GPU vendor=0x10de device=0x20b5 class=0x030200 driver=nvidia iommu-group=12 methods=1 mdev-reason=gpu-no-backend mdev-text="no backend offers mdev vGPUs on $GPU"
		reply address=$SIM vendor=0x1af4 device=0x1100 class=0x030200 driver=gpuvirt-sim methods=mdev backend=gpuvirt-sim model=L40S vram=51539607552 vram-free=49392123904 vram-largest=49392123904 backing-limit=1073741824 backing-used=1048576 max-vgpus=32 vgpus=1 types=1 drain=0
		on type-get
		reply gpu=$SIM name=2q series=Q framebuffer=2147483648 max-instances=24 heads=1 xres=1920 yres=1080 weight=64 mdev-type=gpuvirt-sim-2q instances=1 available=0 reason=gpu-draining text="$SIM takes no new vGPUs"
		on vgpu-get
		reply id=$UUID gpu=$SIM type=2q via=mdev serial=5 framebuffer=2147483648 vram-offset=0 iommu-group=3 open=1 holder-pid=4242 holder-comm=qemu mode-xres=1024 mode-yres=768 resets=2
	END
}

t_gpu_show()
{
	host
	run gpu show
	status 0
	quiet
	out_is <<-END
		$GPU  $NAME  driver nvidia  methods passthrough
		    vendor 0x10de  device 0x20b5  class 0x030200
		    iommu-group 12
		    no mdev vGPUs: no backend offers mdev vGPUs on $GPU
		$SIM  L40S  driver gpuvirt-sim  methods mdev
		    vendor 0x1af4  device 0x1100  class 0x030200
		    backend gpuvirt-sim  drain off
		    vram 48 GiB  vram-free 46 GiB  vram-largest 46 GiB
		    backing-limit 1 GiB  backing-used 1 MiB
		    max-vgpus 32  vgpus 1  types 1
	END
}

t_gpu_show_json()
{
	host
	run -j gpu show
	status 0
	quiet
	[ "$(wc -l < out)" -eq 1 ] || die "not one line"
	json 'len(d)' 2
	json 'd[0]["mdev-reason"]' gpu-no-backend
	json 'd[1]["vram"]' 51539607552
	json 'd[1]["drain"]' False
	json 'd[1]["methods"]' "['mdev']"
	json 'd[0].get("vram")' None
	run -p gpu show
	[ "$(wc -l < out)" -gt 10 ] || die "not pretty"
	json 'len(d)' 2
}

t_sim_show()
{
	host
	run -j sim show
	json '[g["address"] for g in d]' "['$SIM']"
}

# Whoever drives it; what it does wrong is told, and nothing if that is nothing.
t_sim_faults()
{
	script <<-END
		on gpu-get
		reply address=$GPU vendor=0x1af4 device=0x1100 class=0x030200 driver=virtio-pci methods=0
		reply address=$SIM vendor=0x1234 device=0x4756 class=0x030200 driver=vfio-pci methods=0 sim-faults=9
		reply address=1001:00:00.0 vendor=0x1234 device=0x4756 class=0x030200 methods=0 sim-faults=0
	END
	run sim show
	quiet
	[ "$(grep -c '^100[01]:' out)" -eq 2 ] || die "not two GPUs: $(cat out)"
	[ "$(grep -c sim-faults out)" -eq 1 ] || die "not one with faults: $(cat out)"
	out_has 'sim-faults few-vfs,flr-stuck'
	run -j sim show
	json '[g["sim-faults"] for g in d]' "[['few-vfs', 'flr-stuck'], []]"
}

t_type_show()
{
	host
	run type show
	out_is <<-END
		$SIM 2q  framebuffer 2 GiB  instances 1  available 0
		    series Q  max-instances 24  heads 1  xres 1920  yres 1080  weight 64
		    mdev-type gpuvirt-sim-2q
		    no more: $SIM takes no new vGPUs
	END
}

# The node is this test's own: its owner is whoever runs the test.
node()
{
	mkdir -p root/dev/vfio
	: > root/dev/vfio/3
	chmod "$1" root/dev/vfio/3
	user=$(stat -c %U root/dev/vfio/3)
	group=$(stat -c %G root/dev/vfio/3)
}

t_vgpu_show()
{
	host
	node 0660
	run vgpu show
	quiet
	out_is <<-END
		$UUID  gpu $SIM  type 2q  via mdev  open yes
		    framebuffer 2 GiB  vram-offset 0 B  serial 5
		    device /dev/vfio/3  may be opened by user $user, group $group
		    holder-pid 4242  holder-comm qemu  mode-xres 1024  mode-yres 768  resets 2
	END
	script <<-END
		on vgpu-get
		reply id=$UUID gpu=$SIM mode-xres=0 mode-yres=0 resets=0
	END
	run vgpu show
	out_is <<-END
		$UUID  gpu $SIM
		    resets 0
	END
	run -j vgpu show
	json 'd[0]["mode-xres"]' 0
}

t_vgpu_show_who()
{
	host
	node 0600
	run vgpu show
	out_has "may be opened by user $user only"
	out_has "for users in group kvm: install 70-gpuvirt.rules"
	node 0640
	run vgpu show
	out_has "may be opened by user $user only"
	node 0666
	run vgpu show
	out_has "may be opened by everybody"
	rm root/dev/vfio/3
	run vgpu show
	out_has "may be opened by nobody: the node does not exist"
}

t_vgpu_show_json()
{
	host
	node 0660
	run -j vgpu show
	json 'd[0]["device"]' /dev/vfio/3
	json 'd[0]["device-user"]' "$user"
	json 'd[0]["device-group"]' "$group"
	json 'd[0]["device-mode"]' 0660
	json 'd[0]["open"]' True
	json 'd[0]["via"]' mdev
}

# A process chooses its own name: it may neither drive the terminal nor break
# the JSON.
t_hostile_name()
{
	script <<-END
		on vgpu-get
		reply id=$UUID holder-pid=1 holder-comm="a$(printf '\033')]0;x$(printf '\007\377\n')"
	END
	run vgpu show
	status 0
	out_has 'holder-comm a\x1b]0;x\x07\xff'
	run -j vgpu show
	json 'd[0]["holder-comm"] == "a\x1b]0;x\x07\ufffd"' True
}

# What the kernel does, or will do, about a VF that is open.
t_vf_show()
{
	script <<-END
		on vf-get
		reply address=0000:65:00.1 gpu=$GPU index=0 driver=vfio-pci open=0 leaving=0
		reply address=0000:65:00.2 gpu=$GPU index=1 driver=vfio-pci open=1 leaving=0
		reply address=0000:65:00.3 gpu=$GPU index=2 driver=vfio-pci open=1 leaving=1
		reply address=0000:65:00.4 gpu=$GPU index=3 driver=vfio-pci open=0 leaving=1
		reply address=0000:65:00.5 gpu=$GPU index=4 driver=vfio-pci open=1
	END
	run vf show
	quiet
	out_is <<-END
		0000:65:00.1  gpu $GPU  index 0  driver vfio-pci  open no
		0000:65:00.2  gpu $GPU  index 1  driver vfio-pci  open yes
		    if others disable, unbind or remove it, the kernel waits for who has it open
		0000:65:00.3  gpu $GPU  index 2  driver vfio-pci  open yes  leaving yes
		    its driver is being taken away: the kernel waits for who has it open
		0000:65:00.4  gpu $GPU  index 3  driver vfio-pci  open no  leaving yes
		0000:65:00.5  gpu $GPU  index 4  driver vfio-pci  open yes
		    if others disable, unbind or remove it, the kernel waits for who has it open
	END
	run -j vf show
	json '[v["leaving"] for v in d[:4]]' "[False, False, True, True]"
	json 'd[4].get("leaving")' None
}

t_overview()
{
	host
	run
	status 0
	quiet
	out_is <<-END
		module  version $(cat "$TOOLS/../VERSION")  capabilities mdev,sim  generation 42
		$GPU  $NAME  driver nvidia  methods passthrough
		    no mdev vGPUs: no backend offers mdev vGPUs on $GPU
		$SIM  L40S  driver gpuvirt-sim  methods mdev
		    vram 48 GiB  vram-free 46 GiB  vgpus 1  max-vgpus 32
		    type 2q  framebuffer 2 GiB  instances 1  available 0
		        vgpu $UUID  /dev/vfio/3  open yes  holder-pid 4242  holder-comm qemu
	END
}

t_overview_json()
{
	host
	run -j
	json 'sorted(d)' "['gpu', 'info', 'tool-version', 'type', 'vgpu']"
	json 'd["info"]["generation"]' 42
	json 'd["info"]["capabilities"]' "['mdev', 'sim']"
	json 'd["vgpu"][0]["id"]' "$UUID"
}

t_overview_other_release()
{
	host 9.9.9
	run
	status 0
	out_has "another release than the module"
	out_has "version 9.9.9"
}

t_overview_empty()
{
	script <<-END
		on info-get
		reply version=1
		on gpu-get
		on type-get
		on vgpu-get
	END
	run
	out_has 'no GPU; `gpuvirt sim add` makes a simulated one'
	run -j
	json 'd["gpu"]' '[]'
}

t_output_full()
{
	[ -w /dev/full ] || skip "no /dev/full"
	host
	rc=0
	GV_FAKE_SCRIPT=script "$BUILD/tests/gpuvirt" gpu show > /dev/full 2> err ||
		rc=$?
	: > out
	status 1
	err_has "can't write the output"
}
