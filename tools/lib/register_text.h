/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Describes a model-specific register: its value on every CPU, and its bits by name
 * (lib/hw/registers.h).
 */
#ifndef NESTCHECK_LIB_REGISTER_TEXT_H
#define NESTCHECK_LIB_REGISTER_TEXT_H

#include <stdint.h>

#include "lib/arena.h"
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

/*
 * The groups, in the order of their first readings: members are the indices of readings
 * in ascending order. Returns their number; all memory is in the arena.
 */
struct register_group {
	const size_t *members;
	size_t n;
};

size_t register_groups(struct arena *a, const struct register_reading *readings, size_t n,
		       struct register_group **groups);

#endif
