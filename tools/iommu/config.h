/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a PCI function's configuration space says about isolation. Bytes are
 * fetched as they are asked for: a read of the hardware costs a microsecond for
 * each word, and most of the 4096 bytes are of no interest.
 */
#ifndef GV_CONFIG_H
#define GV_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GV_CONFIG_SIZE	4096
#define GV_CONFIG_BLOCK	16

/**
 * struct gv_config - the configuration space of one function
 * @fetch: reads len bytes at off into buf, returns how many there were; NULL
 *	if bytes is all there is
 * @arg: for @fetch
 * @size: bytes from here on can't be read, or do not exist
 * @cut: something was asked for beyond @size
 * @have: which blocks of @bytes were read
 * @bytes: what was read
 */
struct gv_config {
	size_t (*fetch)(void *arg, size_t off, void *buf, size_t len);
	void *arg;
	size_t size;
	bool cut;
	uint8_t have[GV_CONFIG_SIZE / GV_CONFIG_BLOCK];
	uint8_t bytes[GV_CONFIG_SIZE];
};

/**
 * struct gv_bits - what was found there
 * @answers: the function is there: its header is not all ones
 * @known: capabilities could be read; else only what is in the header is valid
 * @bridge: the header is that of a bridge
 * @multifunction: bit 7 of the header type
 * @pcie: it has a PCI Express capability
 * @type: PCI_EXP_TYPE_* if @pcie
 * @acs: it has an ACS capability
 * @acs_cap: ACS capability register
 * @acs_ctrl: ACS control register
 * @acs_vector: the 32 bits after it
 * @sriov: it has an SR-IOV capability
 * @total_vfs: VFs it can have
 * @num_vfs: VFs it has
 * @ats: it has an ATS capability
 * @ats_on: and may use it
 */
struct gv_bits {
	bool answers;
	bool known;
	bool bridge;
	bool multifunction;
	bool pcie;
	uint8_t type;
	bool acs;
	uint16_t acs_cap;
	uint16_t acs_ctrl;
	uint32_t acs_vector;
	bool sriov;
	uint16_t total_vfs;
	uint16_t num_vfs;
	bool ats;
	bool ats_on;
};

/* Starts over with nothing read. */
void gv_config_init(struct gv_config *cfg,
		    size_t (*fetch)(void *arg, size_t off, void *buf,
				    size_t len),
		    void *arg);

/* All return false where the bytes can't be read. */
bool gv_config_u8(struct gv_config *cfg, size_t off, uint8_t *value);
bool gv_config_u16(struct gv_config *cfg, size_t off, uint16_t *value);
bool gv_config_u32(struct gv_config *cfg, size_t off, uint32_t *value);

/*
 * Capabilities, one after the other: *pos is 0 to start. False at the end of
 * the list, and when it does not make sense (loops, leads into the header).
 */
bool gv_config_next_cap(struct gv_config *cfg, uint8_t *pos, uint8_t *id);
bool gv_config_next_ext(struct gv_config *cfg, uint16_t *pos, uint16_t *id);

void gv_config_parse(struct gv_config *cfg, struct gv_bits *bits);

/*
 * Reads all that is of interest and sets all else to zero, serial numbers and
 * what only vendors understand in the first place. Returns the size.
 */
size_t gv_config_public(struct gv_config *cfg, uint8_t *bytes);

#endif
