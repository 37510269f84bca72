// SPDX-License-Identifier: GPL-2.0
/* The configuration space of a function, as a copy of a machine may have it. */
#include <stdlib.h>
#include <string.h>

#include "iommu/config.h"

struct bytes {
	const uint8_t *data;
	size_t size;
};

static size_t fetch(void *arg, size_t off, void *buf, size_t len)
{
	struct bytes *bytes = arg;

	if (off >= bytes->size)
		return 0;
	if (len > bytes->size - off)
		len = bytes->size - off;
	memcpy(buf, bytes->data + off, len);
	return len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	static uint8_t out[GV_CONFIG_SIZE];
	static struct gv_config cfg;
	struct gv_bits bits = { 0 };

	gv_config_init(&cfg, fetch, &bytes);
	gv_config_parse(&cfg, &bits);
	if (gv_config_public(&cfg, out) > sizeof(out))
		abort();
	return 0;
}
