/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between two files, as a unified diff in one hunk that patch(1) takes. Pure.
 */
#ifndef NESTCHECK_LIB_DIFF_H
#define NESTCHECK_LIB_DIFF_H

#include "lib/output.h"

/* name: as the diff's heading has it. s: NULL if there is no such file. */
struct diff_file {
	const char *name;
	const char *s;
	size_t size;
};

/* Appends nothing if the two are the same. Bytes are as in the files: text_clean() is the caller's. */
void diff_unified(const struct diff_file *before, const struct diff_file *after, struct text *out);

#endif
