# SPDX-License-Identifier: GPL-2.0
# no eventfd both sends and unmasks INTx
# file: kmod/vgpu_irq.c
# test: model
s/if (ctx == rcu_access_pointer(irq->trigger\[VFIO_PCI_INTX_IRQ_INDEX\]))/if (!irq)/
