/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mirrors <linux/vfio.h>: the ops for emulated devices behind iommufd came with
 * 6.2 and 6.6, a release() op must not free the device any more since 6.2, and
 * VFIO_DEVICE_GET_REGION_INFO got an op of its own in 6.19.
 */
#ifndef GV_COMPAT_LINUX_VFIO_H
#define GV_COMPAT_LINUX_VFIO_H

#include_next <linux/vfio.h>

#ifdef GV_HAVE_VFIO_FREE_DEVICE
#define gv_vfio_release_done(vdev) vfio_free_device(vdev)
#else
#define gv_vfio_release_done(vdev) do { } while (0)
#endif

#ifdef GV_HAVE_VFIO_EMULATED_DETACH
#define GV_VFIO_IOMMUFD_OPS						\
	.bind_iommufd	= vfio_iommufd_emulated_bind,			\
	.unbind_iommufd	= vfio_iommufd_emulated_unbind,			\
	.attach_ioas	= vfio_iommufd_emulated_attach_ioas,		\
	.detach_ioas	= vfio_iommufd_emulated_detach_ioas,
#elif defined(GV_HAVE_VFIO_EMULATED_BIND)
#define GV_VFIO_IOMMUFD_OPS						\
	.bind_iommufd	= vfio_iommufd_emulated_bind,			\
	.unbind_iommufd	= vfio_iommufd_emulated_unbind,			\
	.attach_ioas	= vfio_iommufd_emulated_attach_ioas,
#else
#define GV_VFIO_IOMMUFD_OPS
#endif

/* The same for devices that an IOMMU translates for, of which only tests have any. */
#ifdef GV_HAVE_VFIO_PHYSICAL_DETACH
#define GV_VFIO_IOMMUFD_PHYSICAL_OPS					\
	.bind_iommufd	= vfio_iommufd_physical_bind,			\
	.unbind_iommufd	= vfio_iommufd_physical_unbind,			\
	.attach_ioas	= vfio_iommufd_physical_attach_ioas,		\
	.detach_ioas	= vfio_iommufd_physical_detach_ioas,
#elif defined(GV_HAVE_VFIO_PHYSICAL_BIND)
#define GV_VFIO_IOMMUFD_PHYSICAL_OPS					\
	.bind_iommufd	= vfio_iommufd_physical_bind,			\
	.unbind_iommufd	= vfio_iommufd_physical_unbind,			\
	.attach_ioas	= vfio_iommufd_physical_attach_ioas,
#else
#define GV_VFIO_IOMMUFD_PHYSICAL_OPS
#endif

/* Where it is, vfio_pci_core_match() calls it. */
#ifdef GV_HAVE_VFIO_MATCH_TOKEN
#define GV_VFIO_MATCH_TOKEN_OP(fn) .match_token_uuid = fn,
#else
#define GV_VFIO_MATCH_TOKEN_OP(fn)
#endif

#ifdef GV_HAVE_VFIO_REGION_INFO_OP
#define GV_VFIO_REGION_INFO_OP(fn) .get_region_info_caps = fn,
#else
#define GV_VFIO_REGION_INFO_OP(fn)
#endif

/**
 * gv_vfio_region_info() - answer VFIO_DEVICE_GET_REGION_INFO from ->ioctl
 * @vdev: the device
 * @arg: the user's struct vfio_region_info
 * @fill: function of the form that newer kernels call by themselves
 *
 * Return: 0, -EINVAL for a short argsz, -EFAULT, or what @fill returns.
 */
static inline int
gv_vfio_region_info(struct vfio_device *vdev,
		    struct vfio_region_info __user *arg,
		    int (*fill)(struct vfio_device *vdev,
				struct vfio_region_info *info,
				struct vfio_info_cap *caps))
{
	unsigned long minsz = offsetofend(struct vfio_region_info, offset);
	struct vfio_region_info info = {};
	struct vfio_info_cap caps = {};
	int err;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;

	err = fill(vdev, &info, &caps);
	if (err)
		goto out;

	if (caps.size) {
		info.flags |= VFIO_REGION_INFO_FLAG_CAPS;
		if (info.argsz < sizeof(info) + caps.size) {
			info.argsz = sizeof(info) + caps.size;
			info.cap_offset = 0;
		} else {
			vfio_info_cap_shift(&caps, sizeof(info));
			if (copy_to_user(arg + 1, caps.buf, caps.size)) {
				err = -EFAULT;
				goto out;
			}
			info.cap_offset = sizeof(info);
		}
	}
	if (copy_to_user(arg, &info, minsz))
		err = -EFAULT;
out:
	kfree(caps.buf);
	return err;
}

#endif
