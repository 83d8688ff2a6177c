/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of parameters, private to params.c and params_text.c.
 */
#ifndef NESTCHECK_LIB_PARAMS_TABLE_H
#define NESTCHECK_LIB_PARAMS_TABLE_H

#include <stddef.h>

#include "lib/params.h"

enum param_kind {
	PARAM_WORD,	/* unsigned int: the index in the comma list `takes` */
	PARAM_NUMBER,	/* unsigned int, min to max */
	PARAM_DURATION, /* unsigned int, seconds, min to max */
	PARAM_TEXT,	/* char[PARAMS_TEXT_MAX] */
	PARAM_SINKS,	/* the same, a comma list of report sinks */
	PARAM_FAULTS,	/* the same, a comma list of words of `takes` */
	PARAM_ID,	/* char[MACHINE_ID_MAX + 1] */
};

struct param_row {
	const char *key;
	enum param_kind kind;
	size_t offset; /* in struct params */
	const char *takes;
	unsigned int min, max;
};

extern const struct param_row param_rows[];
extern const size_t n_param_rows;

#endif
