# SPDX-License-Identifier: GPL-2.0
# what an unmask leaves to a worker does not undo a later mask
# file: kmod/vgpu_irq.c
# test: vfio_irq
s/^	gv_irq_resend_intx(&vgpu->irq);$/	gv_irq_mask(vgpu, false);/
