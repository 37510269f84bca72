# SPDX-License-Identifier: GPL-2.0
# INTx is masked when it is sent
# file: kmod/vgpu_irq.c
# test: model
/gv_irq_send(/,/^}/s/irq->masked = true;/;/
