/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lower layer of lib/json*.c: json_out.h's writers of values, and readers of values, whose
 * errors name the place. Private to those files.
 */
#ifndef NESTCHECK_LIB_JSON_UTIL_H
#define NESTCHECK_LIB_JSON_UTIL_H

#include "lib/json_out.h"

#define FACTS_SCHEMA   "nestcheck.facts/1"
#define REPORT_SCHEMA  "nestcheck.report/1"
#define STARTED_SCHEMA "nestcheck.started/1"

struct reader {
	struct arena *a;
	const char *error;
};

/* Records "where.key: what" if it is the first error; returns false. key may be NULL. */
bool in_fail(struct reader *rd, const char *where, const char *key, const char *what);

/* "where.key" */
const char *in_path(struct reader *rd, const char *where, const char *key);

/* object[key]; NULL if it is absent or null. */
json_t *in_present(json_t *object, const char *key);

/*
 * Each reads the value v, which is not null, at where.key; false if its type is wrong or it is
 * malformed.
 */
bool in_string(struct reader *rd, json_t *v, const char *where, const char *key, const char **to);
bool in_u64(struct reader *rd, json_t *v, const char *where, const char *key, uint64_t *to);
bool in_uint(struct reader *rd, json_t *v, const char *where, const char *key, unsigned int *to);
bool in_hex64(struct reader *rd, json_t *v, const char *where, const char *key, uint64_t *to);
bool in_tri(struct reader *rd, json_t *v, const char *where, const char *key, enum tri *to);
bool in_bool(struct reader *rd, json_t *v, const char *where, const char *key, bool *to);
bool in_strings(struct reader *rd, json_t *array, const char *where, const char *key,
		struct strings *to);
bool in_key_values(struct reader *rd, json_t *pairs, const char *where, const char *key,
		   struct key_values *to);
/* *to: the index of v among name(0) to name(n - 1), some of which may be NULL. */
bool in_enum(struct reader *rd, json_t *v, const char *where, const char *key,
	     const char *(*name)(unsigned int value), unsigned int n, unsigned int *to);
bool in_cpuid(struct reader *rd, json_t *leaves, const char *where, const char *key,
	      struct cpuid_fact **to, size_t *n);
bool in_msrs(struct reader *rd, json_t *registers, const char *where, const char *key,
	     struct msr_fact **to, size_t *n);
bool in_cpu_ids(struct reader *rd, json_t *array, const char *where, const char *key, int **to,
		size_t *n);

/* Items with numbers that must not occur twice: sorted by number, then by the item's place. */
struct numbered {
	uint64_t number;
	size_t at;
};

void numbered_sort(struct numbered *v, size_t n);
/* Of sorted items: the one of that number; one whose number an earlier one has; NULL for none. */
const struct numbered *numbered_find(const struct numbered *v, size_t n, uint64_t number);
const struct numbered *numbered_twice(const struct numbered *v, size_t n);

/* Check that v is an object, or an array. */
bool in_object(struct reader *rd, json_t *v, const char *where, const char *key);
bool in_array(struct reader *rd, json_t *v, const char *where, const char *key);

/* Parses a JSON object; NULL with rd->error set if the text is not one. */
json_t *in_document(struct reader *rd, const char *text, size_t len);

#endif
