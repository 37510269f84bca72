// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for a VF of the simulated GPU, for an inner guest: it tries what a
 * driver does, in probe, and says in the kernel log how that went. With steady=1
 * it watches instead that what it has put into VRAM stays.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/pci.h>

#define SIZE (8 * PAGE_SIZE)

/* Registers of the mailbox, and some of what is in them. */
#define COMMAND 0x08
#define STATUS 0x0c
#define IOVA_LO 0x10
#define IOVA_HI 0x14
#define LENGTH 0x18
#define OFFSET 0x1c
#define PATTERN 0x20
#define CAUSE 0x2c
#define FAULT_LO 0x30
#define FAULT_HI 0x34
#define FAULT 0x38
#define FAULTS 0x3c
#define SCRATCH 0x44

#define OP_READ 1
#define OP_WRITE 2
#define OP_FILL 3
#define OP_IRQ 0x100
#define ERROR_FAULT 3
#define UNMAPPED (1 | 3 << 4)

/* No guest of ours has memory there. */
#define NOWHERE (1ULL << 36)

static bool steady;
module_param(steady, bool, 0444);

struct vf {
	struct pci_dev *pdev;
	unsigned int mailbox;
	struct completion irq;
	u8 *memory;
	dma_addr_t addr;
	struct task_struct *watch;
};

static unsigned int failed;

static void check(bool good, const char *what)
{
	failed += !good;
	pr_info("gv_vf_test: %sok %s\n", good ? "" : "not ", what);
}

static u32 get(struct vf *vf, unsigned int reg)
{
	u32 val = ~0U;

	pci_read_config_dword(vf->pdev, vf->mailbox + reg, &val);
	return val;
}

static void put(struct vf *vf, unsigned int reg, u32 val)
{
	pci_write_config_dword(vf->pdev, vf->mailbox + reg, val);
}

/* The error of the command, or -1 if it does not end. */
static int run(struct vf *vf, u32 command, u64 iova, u32 length)
{
	unsigned int tries = 2000;

	put(vf, IOVA_LO, lower_32_bits(iova));
	put(vf, IOVA_HI, upper_32_bits(iova));
	put(vf, OFFSET, 0);
	put(vf, LENGTH, length);
	put(vf, COMMAND, command);
	while (get(vf, STATUS) & 1) {
		if (!tries--)
			return -1;
		usleep_range(5000, 10000);
	}
	return get(vf, STATUS) >> 8;
}

static irqreturn_t interrupt(int irq, void *data)
{
	struct vf *vf = data;

	complete(&vf->irq);
	return IRQ_HANDLED;
}

static bool interrupted(struct vf *vf)
{
	bool good = wait_for_completion_timeout(&vf->irq, 20 * HZ);

	reinit_completion(&vf->irq);
	return good;
}

static void pattern(struct vf *vf, u8 seed)
{
	size_t i;

	for (i = 0; i < SIZE; i++)
		vf->memory[i] = i * 7 + i / 251 + seed;
}

static bool is_pattern(struct vf *vf, u8 seed)
{
	size_t i;

	for (i = 0; i < SIZE; i++)
		if (vf->memory[i] != (u8)(i * 7 + i / 251 + seed))
			return false;
	return true;
}

static void test_dma(struct vf *vf)
{
	bool good;

	pattern(vf, 3);
	good = !run(vf, OP_READ, vf->addr, SIZE);
	memset(vf->memory, 0, SIZE);
	good &= !run(vf, OP_WRITE | OP_IRQ, vf->addr, SIZE);
	check(good && is_pattern(vf, 3), "DMA to VRAM and back");
	check(interrupted(vf) && get(vf, CAUSE) == 1, "interrupt");
}

static void test_fault(struct vf *vf)
{
	bool good;

	put(vf, CAUSE, ~0U);
	good = run(vf, OP_READ | OP_IRQ, NOWHERE, 64) == ERROR_FAULT;
	check(good && get(vf, FAULT) == UNMAPPED &&
	      get(vf, FAULT_HI) == upper_32_bits(NOWHERE) &&
	      get(vf, FAULT_LO) == lower_32_bits(NOWHERE) &&
	      get(vf, FAULTS) == 1, "fault at an address that is not mapped");
	check(interrupted(vf) && get(vf, CAUSE) == 3, "interrupt for the fault");
}

static void test_flr(struct vf *vf)
{
	bool good;

	put(vf, SCRATCH, 0x12345678);
	pci_save_state(vf->pdev);
	good = !pcie_flr(vf->pdev);
	pci_restore_state(vf->pdev);
	check(good && !get(vf, SCRATCH) && !get(vf, FAULTS),
	      "function-level reset");
	pci_set_master(vf->pdev);
	memset(vf->memory, 0xff, SIZE);
	good = !run(vf, OP_WRITE | OP_IRQ, vf->addr, SIZE);
	check(good && !memchr_inv(vf->memory, 0, SIZE), "VRAM is zeros after it");
	check(interrupted(vf), "interrupt after it");
}

static int watch(void *data)
{
	struct vf *vf = data;
	unsigned int round = 0;
	bool good;

	pattern(vf, 99);
	good = !run(vf, OP_READ, vf->addr, SIZE);
	while (!kthread_should_stop()) {
		memset(vf->memory, 0, SIZE);
		good = good && !run(vf, OP_WRITE, vf->addr, SIZE) &&
		       is_pattern(vf, 99) && !get(vf, FAULTS);
		pr_info("gv_vf_test: %s %u\n", good ? "steady" : "harmed",
			round++);
		msleep(1000);
	}
	return 0;
}

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct vf *vf;
	int err;

	vf = devm_kzalloc(&pdev->dev, sizeof(*vf), GFP_KERNEL);
	if (!vf)
		return -ENOMEM;
	vf->pdev = pdev;
	init_completion(&vf->irq);
	vf->mailbox = pci_find_capability(pdev, PCI_CAP_ID_VNDR);
	if (!vf->mailbox)
		return -ENODEV;
	err = pcim_enable_device(pdev);
	if (err)
		return err;
	pci_set_master(pdev);
	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err)
		return err;
	vf->memory = dmam_alloc_coherent(&pdev->dev, SIZE, &vf->addr,
					 GFP_KERNEL);
	if (!vf->memory)
		return -ENOMEM;
	err = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI);
	if (err < 0)
		return err;
	err = devm_request_irq(&pdev->dev, pci_irq_vector(pdev, 0), interrupt,
			       0, "gv_vf_test", vf);
	if (err)
		return err;

	if (steady) {
		vf->watch = kthread_run(watch, vf, "gv_vf_test");
		return PTR_ERR_OR_ZERO(vf->watch);
	}
	test_dma(vf);
	test_fault(vf);
	test_flr(vf);
	test_dma(vf);
	pr_info("gv_vf_test: done, %u failed\n", failed);
	return 0;
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(0x1234, 0x4757) },
	{ }
};
MODULE_DEVICE_TABLE(pci, ids);

static struct pci_driver vf_driver = {
	.name = "gv_vf_test",
	.id_table = ids,
	.probe = probe,
};
builtin_pci_driver(vf_driver);

MODULE_DESCRIPTION("Test of a VF of the simulated GPU");
MODULE_LICENSE("GPL");
