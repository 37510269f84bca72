// SPDX-License-Identifier: GPL-2.0
/*
 * A variant of vfio-pci, as vendors have them for their VFs: for tests of how the
 * tool finds it. It is of the kind that matches only where it is asked for by name
 * (vfio_pci: in modules.alias), takes VFs of the simulated GPU, and shows its user
 * a region of its own with its name in it. Built where GV_TEST_MODULES=y is given,
 * see Kbuild, and never installed.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/vfio.h>
#include <linux/vfio_pci_core.h>

#define GV_VARIANT_VENDOR 0x1234
#define GV_VARIANT_DEVICE 0x4757

#define GV_VARIANT_REGION (VFIO_REGION_TYPE_PCI_VENDOR_TYPE | GV_VARIANT_VENDOR)

/* A driver is seldom called what its module is. */
#define GV_VARIANT_DRIVER "gpuvirt-test-vfio-pci"

static ssize_t gv_variant_rw(struct vfio_pci_core_device *vdev,
			     char __user *buf, size_t count, loff_t *ppos,
			     bool iswrite)
{
	static const char text[] = GV_VARIANT_DRIVER;
	loff_t pos = *ppos & VFIO_PCI_OFFSET_MASK;

	if (iswrite || pos >= sizeof(text))
		return -EINVAL;
	count = min_t(size_t, count, sizeof(text) - pos);
	if (copy_to_user(buf, text + pos, count))
		return -EFAULT;
	*ppos += count;
	return count;
}

static void gv_variant_release(struct vfio_pci_core_device *vdev,
			       struct vfio_pci_region *region)
{
}

static const struct vfio_pci_regops gv_variant_regops = {
	.rw = gv_variant_rw,
	.release = gv_variant_release,
};

static int gv_variant_open(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev =
		container_of(core_vdev, struct vfio_pci_core_device, vdev);
	int err;

	err = vfio_pci_core_enable(vdev);
	if (err)
		return err;
	err = vfio_pci_core_register_dev_region(vdev, GV_VARIANT_REGION, 1,
						&gv_variant_regops,
						sizeof(GV_VARIANT_DRIVER),
						VFIO_REGION_INFO_FLAG_READ,
						NULL);
	if (err) {
		vfio_pci_core_disable(vdev);
		return err;
	}
	vfio_pci_core_finish_enable(vdev);
	return 0;
}

static const struct vfio_device_ops gv_variant_ops = {
	.name = GV_VARIANT_DRIVER,
	.init = vfio_pci_core_init_dev,
	.release = vfio_pci_core_release_dev,
	.open_device = gv_variant_open,
	.close_device = vfio_pci_core_close_device,
	.ioctl = vfio_pci_core_ioctl,
	.device_feature = vfio_pci_core_ioctl_feature,
	.read = vfio_pci_core_read,
	.write = vfio_pci_core_write,
	.mmap = vfio_pci_core_mmap,
	.request = vfio_pci_core_request,
	.match = vfio_pci_core_match,
	GV_VFIO_MATCH_TOKEN_OP(vfio_pci_core_match_token_uuid)
	GV_VFIO_IOMMUFD_PHYSICAL_OPS
	GV_VFIO_REGION_INFO_OP(vfio_pci_ioctl_get_region_info)
};

static int gv_variant_probe(struct pci_dev *pdev,
			    const struct pci_device_id *id)
{
	struct vfio_pci_core_device *vdev;
	int err;

	vdev = vfio_alloc_device(vfio_pci_core_device, vdev, &pdev->dev,
				 &gv_variant_ops);
	if (IS_ERR(vdev))
		return PTR_ERR(vdev);
	dev_set_drvdata(&pdev->dev, vdev);
	err = vfio_pci_core_register_device(vdev);
	if (err)
		vfio_put_device(&vdev->vdev);
	return err;
}

static void gv_variant_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *vdev = dev_get_drvdata(&pdev->dev);

	vfio_pci_core_unregister_device(vdev);
	vfio_put_device(&vdev->vdev);
}

static const struct pci_device_id gv_variant_ids[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(GV_VARIANT_VENDOR,
					  GV_VARIANT_DEVICE) },
	{}
};
MODULE_DEVICE_TABLE(pci, gv_variant_ids);

static struct pci_driver gv_variant_driver = {
	.name = GV_VARIANT_DRIVER,
	.id_table = gv_variant_ids,
	.probe = gv_variant_probe,
	.remove = gv_variant_remove,
	.err_handler = &vfio_pci_core_err_handlers,
	.driver_managed_dma = true,
};
module_pci_driver(gv_variant_driver);

MODULE_DESCRIPTION("variant of vfio-pci for tests of gpuvirt");
MODULE_LICENSE("GPL");
