# SPDX-License-Identifier: GPL-2.0
# who has a vGPU open is told to administrators only
# file: kmod/netlink_vgpu.c
# test: netlink_rights
s/return msg->admin ? gv_nl_fill_vgpu_admin(skb, vgpu) : 0;/if (msg->admin)\n\t\treturn gv_nl_fill_vgpu_admin(skb, vgpu);\n\treturn vgpu->open \&\& (nla_put_u32(skb, GPUVIRT_A_VGPU_HOLDER_PID, vgpu->holder) || nla_put_string(skb, GPUVIRT_A_VGPU_HOLDER_COMM, vgpu->holder_comm)) ? -EMSGSIZE : 0;/
