// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <linux/pci_regs.h>

#include "config.h"

/* More capabilities do not fit without one being met twice. */
#define GV_CAPS_MAX	48
#define GV_EXTS_MAX	480

void gv_config_init(struct gv_config *cfg,
		    size_t (*fetch)(void *arg, size_t off, void *buf,
				    size_t len),
		    void *arg)
{
	cfg->fetch = fetch;
	cfg->arg = arg;
	cfg->size = GV_CONFIG_SIZE;
	cfg->cut = false;
	memset(cfg->have, 0, sizeof(cfg->have));
}

/* Fetches the blocks from first to last that were not read yet. */
static void gv_config_fetch(struct gv_config *cfg, size_t first, size_t last)
{
	size_t off = first * GV_CONFIG_BLOCK;
	size_t len = (last - first + 1) * GV_CONFIG_BLOCK, got;

	got = cfg->fetch(cfg->arg, off, cfg->bytes + off, len);
	if (got < len)
		cfg->size = off + got;
	memset(cfg->have + first, 1, last - first + 1);
}

static bool gv_config_need(struct gv_config *cfg, size_t off, size_t len)
{
	size_t first, last;

	if (off >= GV_CONFIG_SIZE || len > GV_CONFIG_SIZE - off)
		return false;
	first = off / GV_CONFIG_BLOCK;
	last = (off + len - 1) / GV_CONFIG_BLOCK;
	while (first <= last && cfg->have[first])
		first++;
	while (last > first && cfg->have[last])
		last--;
	if (first <= last && cfg->fetch && first * GV_CONFIG_BLOCK < cfg->size)
		gv_config_fetch(cfg, first, last);
	if (off + len <= cfg->size)
		return true;
	cfg->cut = true;
	return false;
}

bool gv_config_u8(struct gv_config *cfg, size_t off, uint8_t *value)
{
	if (!gv_config_need(cfg, off, 1))
		return false;
	*value = cfg->bytes[off];
	return true;
}

bool gv_config_u16(struct gv_config *cfg, size_t off, uint16_t *value)
{
	if (!gv_config_need(cfg, off, 2))
		return false;
	*value = cfg->bytes[off] | cfg->bytes[off + 1] << 8;
	return true;
}

bool gv_config_u32(struct gv_config *cfg, size_t off, uint32_t *value)
{
	uint16_t low, high;

	if (!gv_config_u16(cfg, off, &low) ||
	    !gv_config_u16(cfg, off + 2, &high))
		return false;
	*value = low | (uint32_t)high << 16;
	return true;
}

bool gv_config_next_cap(struct gv_config *cfg, uint8_t *pos, uint8_t *id)
{
	uint8_t next, hdr;
	uint16_t status;

	if (!*pos) {
		if (!gv_config_u16(cfg, PCI_STATUS, &status) ||
		    !(status & PCI_STATUS_CAP_LIST) ||
		    !gv_config_u8(cfg, PCI_HEADER_TYPE, &hdr))
			return false;
		hdr &= 0x7f;
		next = hdr == PCI_HEADER_TYPE_CARDBUS ?
			PCI_CB_CAPABILITY_LIST : PCI_CAPABILITY_LIST;
	} else {
		next = *pos + PCI_CAP_LIST_NEXT;
	}
	if (!gv_config_u8(cfg, next, pos))
		return false;
	*pos &= ~3;
	return *pos >= PCI_STD_HEADER_SIZEOF && gv_config_u8(cfg, *pos, id) &&
		*id != 0xff;
}

bool gv_config_next_ext(struct gv_config *cfg, uint16_t *pos, uint16_t *id)
{
	uint32_t head;

	if (!*pos) {
		*pos = 0x100;
	} else {
		if (!gv_config_u32(cfg, *pos, &head))
			return false;
		*pos = PCI_EXT_CAP_NEXT(head);
	}
	if (*pos < 0x100 || !gv_config_u32(cfg, *pos, &head))
		return false;
	*id = PCI_EXT_CAP_ID(head);
	return head && head != 0xffffffff;
}

static void gv_parse_caps(struct gv_config *cfg, struct gv_bits *bits)
{
	uint8_t pos = 0, id;
	uint16_t flags;
	int i;

	for (i = 0; i < GV_CAPS_MAX && gv_config_next_cap(cfg, &pos, &id); i++) {
		if (id != PCI_CAP_ID_EXP ||
		    !gv_config_u16(cfg, pos + PCI_EXP_FLAGS, &flags))
			continue;
		bits->pcie = true;
		bits->type = (flags & PCI_EXP_FLAGS_TYPE) >> 4;
		return;
	}
}

static void gv_parse_acs(struct gv_config *cfg, uint16_t pos,
			 struct gv_bits *bits)
{
	bits->acs = gv_config_u16(cfg, pos + PCI_ACS_CAP, &bits->acs_cap) &&
		gv_config_u16(cfg, pos + PCI_ACS_CTRL, &bits->acs_ctrl);
	if (!gv_config_u32(cfg, pos + PCI_ACS_EGRESS_CTL_V, &bits->acs_vector))
		bits->acs_vector = 0;
}

static void gv_parse_exts(struct gv_config *cfg, struct gv_bits *bits)
{
	uint16_t pos = 0, id, ctrl;
	int i;

	for (i = 0; i < GV_EXTS_MAX && gv_config_next_ext(cfg, &pos, &id); i++) {
		switch (id) {
		case PCI_EXT_CAP_ID_ACS:
			if (!bits->acs)
				gv_parse_acs(cfg, pos, bits);
			break;
		case PCI_EXT_CAP_ID_SRIOV:
			bits->sriov = gv_config_u16(cfg, pos +
						    PCI_SRIOV_TOTAL_VF,
						    &bits->total_vfs) &&
				gv_config_u16(cfg, pos + PCI_SRIOV_NUM_VF,
					      &bits->num_vfs) &&
				gv_config_u16(cfg, pos + PCI_SRIOV_CTRL,
					      &ctrl);
			if (bits->sriov && !(ctrl & PCI_SRIOV_CTRL_VFE))
				bits->num_vfs = 0;
			break;
		case PCI_EXT_CAP_ID_ATS:
			bits->ats = gv_config_u16(cfg, pos + PCI_ATS_CTRL,
						  &ctrl);
			bits->ats_on = bits->ats && ctrl & PCI_ATS_CTRL_ENABLE;
			break;
		}
	}
}

void gv_config_parse(struct gv_config *cfg, struct gv_bits *bits)
{
	uint16_t vendor;
	uint8_t hdr;

	memset(bits, 0, sizeof(*bits));
	/* the whole header in one go */
	gv_config_need(cfg, 0, PCI_STD_HEADER_SIZEOF);
	if (!gv_config_u16(cfg, PCI_VENDOR_ID, &vendor) ||
	    !gv_config_u8(cfg, PCI_HEADER_TYPE, &hdr) || hdr == 0xff)
		return;
	bits->answers = true;
	bits->bridge = (hdr & 0x7f) == PCI_HEADER_TYPE_BRIDGE;
	bits->multifunction = hdr & 0x80;
	gv_parse_caps(cfg, bits);
	if (bits->pcie)
		gv_parse_exts(cfg, bits);
	/* some buses carry the first 256 bytes only, to the kernel as to us */
	bits->known = !cfg->cut || (bits->pcie && cfg->size == 0x100);
}

/* Of a 32-bit address, 10 bytes; each feature that is there adds some. */
static size_t gv_public_msi(struct gv_config *cfg, uint8_t pos)
{
	uint16_t flags;

	if (!gv_config_u16(cfg, pos + PCI_MSI_FLAGS, &flags))
		return 2;
	if (flags & PCI_MSI_FLAGS_MASKBIT)
		return flags & PCI_MSI_FLAGS_64BIT ? 24 : 20;
	return flags & PCI_MSI_FLAGS_64BIT ? 14 : 10;
}

/* The first version has no more registers than its kind of function needs. */
static size_t gv_public_exp(struct gv_config *cfg, uint8_t pos)
{
	uint16_t flags;

	if (!gv_config_u16(cfg, pos + PCI_EXP_FLAGS, &flags))
		return 2;
	if ((flags & PCI_EXP_FLAGS_VERS) > 1)
		return 60;
	return (flags & PCI_EXP_FLAGS_TYPE) >> 4 == PCI_EXP_TYPE_RC_END ?
		PCI_CAP_EXP_RC_ENDPOINT_SIZEOF_V1 :
		PCI_CAP_EXP_ENDPOINT_SIZEOF_V1;
}

/* Sizes of capabilities of which each byte is harmless. */
static size_t gv_public_cap(struct gv_config *cfg, uint8_t pos, uint8_t id)
{
	switch (id) {
	case PCI_CAP_ID_PM:
		return PCI_PM_SIZEOF;
	case PCI_CAP_ID_MSI:
		return gv_public_msi(cfg, pos);
	case PCI_CAP_ID_MSIX:
		return PCI_CAP_MSIX_SIZEOF;
	case PCI_CAP_ID_EXP:
		return gv_public_exp(cfg, pos);
	case PCI_CAP_ID_AF:
		return PCI_CAP_AF_SIZEOF;
	}
	return 2;
}

static size_t gv_public_ext(uint16_t id)
{
	switch (id) {
	case PCI_EXT_CAP_ID_ACS:
		return 12;
	case PCI_EXT_CAP_ID_ARI:
	case PCI_EXT_CAP_ID_ATS:
	case PCI_EXT_CAP_ID_PASID:
		return 8;
	case PCI_EXT_CAP_ID_PRI:
		return 16;
	case PCI_EXT_CAP_ID_SRIOV:
		return PCI_EXT_CAP_SRIOV_SIZEOF;
	}
	return 4;
}

/* Where capabilities begin, and the two parts of the space: by 4 bytes. */
struct gv_starts {
	bool at[GV_CONFIG_SIZE / 4 + 1];
};

static void gv_starts_find(struct gv_config *cfg, struct gv_starts *starts)
{
	uint16_t ext = 0, ext_id;
	uint8_t pos = 0, id;
	int i;

	memset(starts, 0, sizeof(*starts));
	starts->at[0x100 / 4] = true;
	starts->at[GV_CONFIG_SIZE / 4] = true;
	for (i = 0; i < GV_CAPS_MAX && gv_config_next_cap(cfg, &pos, &id); i++)
		starts->at[pos / 4] = true;
	for (i = 0; i < GV_EXTS_MAX && gv_config_next_ext(cfg, &ext, &ext_id);
	     i++)
		starts->at[ext / 4] = true;
}

/* A capability ends where another begins, whatever it should have. */
static void gv_public_copy(struct gv_config *cfg,
			   const struct gv_starts *starts, size_t pos,
			   size_t len, uint8_t *bytes)
{
	size_t first = pos, end = pos + len;
	uint8_t byte;

	for (; pos < end; pos++) {
		if (pos != first && !(pos % 4) && starts->at[pos / 4])
			break;
		if (gv_config_u8(cfg, pos, &byte))
			bytes[pos] = byte;
	}
}

size_t gv_config_public(struct gv_config *cfg, uint8_t *bytes)
{
	struct gv_starts starts;
	uint16_t ext = 0, ext_id;
	uint8_t pos = 0, id;
	int i;

	memset(bytes, 0, GV_CONFIG_SIZE);
	gv_config_need(cfg, 0, PCI_STD_HEADER_SIZEOF);
	gv_starts_find(cfg, &starts);
	gv_public_copy(cfg, &starts, 0, PCI_STD_HEADER_SIZEOF, bytes);
	for (i = 0; i < GV_CAPS_MAX && gv_config_next_cap(cfg, &pos, &id); i++)
		gv_public_copy(cfg, &starts, pos, gv_public_cap(cfg, pos, id),
			       bytes);
	for (i = 0; i < GV_EXTS_MAX && gv_config_next_ext(cfg, &ext, &ext_id);
	     i++)
		gv_public_copy(cfg, &starts, ext, gv_public_ext(ext_id),
			       bytes);
	return cfg->size;
}
