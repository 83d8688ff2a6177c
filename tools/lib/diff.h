/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The differences between two files, as a unified diff of one hunk for patch(1). Pure.
 */
#ifndef NESTCHECK_LIB_DIFF_H
#define NESTCHECK_LIB_DIFF_H

#include "lib/output.h"

/* name: as in the diff's header. s: NULL if there is no such file. */
struct diff_file {
	const char *name;
	const char *s;
	size_t size;
};

/*
 * Appends nothing if both are equal. Bytes are copied as they are if out is raw; else all but line
 * ends and tabs are escaped.
 */
void diff_unified(const struct diff_file *before, const struct diff_file *after, struct text *out);

#endif
