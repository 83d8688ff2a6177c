/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Describes a model-specific register: its value on every CPU, and its bits by name
 * (lib/hw/registers.h).
 */
#ifndef NESTCHECK_LIB_REGISTER_TEXT_H
#define NESTCHECK_LIB_REGISTER_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/output.h"

/* One CPU's reading. err: 0, -EIO (refused), -ENOENT (not recorded), or another negative errno. */
struct register_reading {
	int cpu;
	int err;
	uint64_t value;
};

/*
 * CPUs with equal readings form one group: "CPU 0-3,8". The first group with a value is decoded in
 * full; for the others only the differences are shown. At most 80 columns.
 */
void register_text(struct text *t, uint32_t index, const struct register_reading *readings,
		   size_t n);

/* True for the first reading of its group; for counting groups. */
bool register_group_starts(const struct register_reading *readings, size_t i);

#endif
