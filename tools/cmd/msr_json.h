/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The document of `nestcheck msr --json`, nestcheck.msr/1:
 *
 *	{ "schema", "registers": [ { "index", "name", "values": [
 *		{ "cpus": [..], "value": "0x..." | null, "fields": { name: ... } } ] } ] }
 *
 * One element of values for each group of CPUs with the same value. null: refused; no value: not
 * recorded. A flag is a boolean, a number a number, a control "no", "may" (be 1) or "must".
 */
#ifndef NESTCHECK_CMD_MSR_JSON_H
#define NESTCHECK_CMD_MSR_JSON_H

#include <jansson.h>

#include "lib/register_text.h"

/* An empty document; json_decref() it. Running out of memory ends the program. */
json_t *msr_document(void);

void msr_document_add(json_t *document, uint32_t index, const struct register_reading *readings,
		      size_t n);

#endif
