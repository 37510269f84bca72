// SPDX-License-Identifier: GPL-2.0
/* What a user types: words and lines of a batch. */
#include <stdlib.h>
#include <string.h>

#include "split.h"
#include "value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[GV_SPLIT_MAX + 1], *line, buf[40];
	const char *wrong;
	uint64_t a, b;
	int argc;

	line = malloc(size + 1);
	memcpy(line, data, size);
	line[size] = '\0';
	gv_parse_number(line, size, &a);
	gv_parse_hex(line, UINT64_MAX, &a);
	gv_parse_id(line, &a, &b);
	gv_parse_size(line, &a);
	gv_parse_resolution(line, &a, &b);
	if (gv_parse_address(line, buf) && !gv_parse_address(buf, buf))
		abort();
	if (gv_parse_uuid(line, buf) && strlen(buf) != 36)
		abort();
	argc = gv_split(line, argv, &wrong);
	if (argc > GV_SPLIT_MAX || (argc > 0 && argv[argc]))
		abort();
	while (argc-- > 0)
		if (strlen(argv[argc]) > size)
			abort();
	free(line);
	return 0;
}
