# SPDX-License-Identifier: GPL-2.0
# INTx Disable keeps INTx back
# file: kmod/vgpu_irq.c
# test: model
s/ \&\& !irq->masked \&\& !irq->disabled)/ \&\& !irq->masked)/
