/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model-specific register in words: what every CPU has in it, and each bit by its name
 * (lib/hw/registers.h).
 */
#ifndef NESTCHECK_LIB_REGISTER_TEXT_H
#define NESTCHECK_LIB_REGISTER_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/output.h"

/* What one CPU answered: err is 0, -EIO (refused), or -ENOENT (not recorded). */
struct register_reading {
	int cpu;
	int err;
	uint64_t value;
};

/*
 * CPUs with the same answer are one group: "CPU 0-3,8". The first group that has a value is
 * decoded in full, of the others what is different. At most 80 columns.
 */
void register_text(struct text *t, uint32_t index, const struct register_reading *readings,
		   size_t n);

/* True for the first reading of its group: what the groups are counted by. */
bool register_group_starts(const struct register_reading *readings, size_t i);

#endif
