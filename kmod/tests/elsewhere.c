// SPDX-License-Identifier: GPL-2.0
/*
 * What other hardware has and no machine of the tests: for tests of what is made of
 * it. A driver that binds only to what is kept for it by driver_override, and as long
 * as it is bound
 *
 *  - a bridge is Intel's, and has behind its ACS capability what some of theirs have
 *    for a control register, pci_quirk_enable_intel_spt_pch_acs();
 *  - any other function is in an IOMMU group that came with its driver, as where
 *    firmware describes IOMMUs, of_iommu_configure(). There is no IOMMU behind it:
 *    nobody may ask the group for reserved regions, or attach it to a domain.
 *
 * Built where GV_TEST_MODULES=y is given, see Kbuild, and never installed.
 */
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/pci.h>

#define GV_ELSEWHERE_DRIVER "gpuvirt-elsewhere"

struct gv_elsewhere {
	struct dev_iommu iommu;
	u16 vendor;		/* of a bridge, what it was */
};

/* Of the one bridge that can be bound; written while its driver is not. */
static struct pci_bus *gv_port_bus;
static unsigned int gv_port_devfn;
static int gv_port_pos;
static struct pci_ops *gv_port_ops;
static struct pci_ops gv_port_own_ops;

static unsigned int gv_port_control = 0x1d;
module_param_named(control, gv_port_control, uint, 0444);
MODULE_PARM_DESC(control, "what is read there (default 0x1d)");

static int gv_port_read(struct pci_bus *bus, unsigned int devfn, int pos,
			int size, u32 *val)
{
	if (bus != gv_port_bus || devfn != gv_port_devfn ||
	    pos != gv_port_pos || size != sizeof(u32))
		return gv_port_ops->read(bus, devfn, pos, size, val);
	*val = gv_port_control;
	return PCIBIOS_SUCCESSFUL;
}

static int gv_elsewhere_port(struct pci_dev *pdev, struct gv_elsewhere *gv)
{
	if (gv_port_bus)
		return -EBUSY;
	if (!pdev->acs_cap)
		return -ENODEV;
	gv->vendor = pdev->vendor;
	pdev->vendor = PCI_VENDOR_ID_INTEL;
	gv_port_bus = pdev->bus;
	gv_port_devfn = pdev->devfn;
	gv_port_pos = pdev->acs_cap + PCI_ACS_EGRESS_CTL_V;
	gv_port_ops = pdev->bus->ops;
	gv_port_own_ops = *gv_port_ops;
	gv_port_own_ops.read = gv_port_read;
	pci_bus_set_ops(pdev->bus, &gv_port_own_ops);
	return 0;
}

static int gv_elsewhere_group(struct pci_dev *pdev, struct gv_elsewhere *gv)
{
	struct iommu_group *group;
	int err;

	if (pdev->dev.iommu || pdev->dev.iommu_group)
		return -EBUSY;
	group = iommu_group_alloc();
	if (IS_ERR(group))
		return PTR_ERR(group);
	err = iommu_group_add_device(group, &pdev->dev);
	iommu_group_put(group);
	if (!err)
		pdev->dev.iommu = &gv->iommu;
	return err;
}

static int gv_elsewhere_probe(struct pci_dev *pdev,
			      const struct pci_device_id *id)
{
	struct gv_elsewhere *gv;

	gv = devm_kzalloc(&pdev->dev, sizeof(*gv), GFP_KERNEL);
	if (!gv)
		return -ENOMEM;
	pci_set_drvdata(pdev, gv);
	return pci_is_bridge(pdev) ? gv_elsewhere_port(pdev, gv) :
		gv_elsewhere_group(pdev, gv);
}

static void gv_elsewhere_remove(struct pci_dev *pdev)
{
	struct gv_elsewhere *gv = pci_get_drvdata(pdev);

	if (pci_is_bridge(pdev)) {
		pci_bus_set_ops(pdev->bus, gv_port_ops);
		pdev->vendor = gv->vendor;
		gv_port_bus = NULL;
		return;
	}
	pdev->dev.iommu = NULL;
	iommu_group_remove_device(&pdev->dev);
}

/* None by its id: a driver override matches all the same. */
static const struct pci_device_id gv_elsewhere_ids[] = { {} };

static struct pci_driver gv_elsewhere_driver = {
	.name = GV_ELSEWHERE_DRIVER,
	.id_table = gv_elsewhere_ids,
	.probe = gv_elsewhere_probe,
	.remove = gv_elsewhere_remove,
};
module_pci_driver(gv_elsewhere_driver);

MODULE_DESCRIPTION("what hardware has elsewhere, for tests of gpuvirt");
MODULE_LICENSE("GPL");
