/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the files of lib/output*.c, and private to them. */
#ifndef NESTCHECK_LIB_OUTPUT_PARTS_H
#define NESTCHECK_LIB_OUTPUT_PARTS_H

#include "lib/output.h"

/* Appends n bytes as they are. value: they are not ours, and must not become a line of ours. */
void text_bytes(struct text *t, const char *s, size_t n, bool value);

/*
 * Makes *shown what t shows of a value: escaped, except for the characters in keep; as it is if t
 * is raw.
 */
void text_shown(struct text *shown, const struct text *t, const char *s, size_t n,
		const char *keep);

/* Appends n spaces, if n is positive. */
void text_pad(struct text *t, int n);

#endif
