/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lower half of lib/json*.c: values out that cannot fail, values in that name the
 * place where they are wrong. Private to those files.
 */
#ifndef NESTCHECK_LIB_JSON_UTIL_H
#define NESTCHECK_LIB_JSON_UTIL_H

#include <jansson.h>

#include "lib/report.h"

#define FACTS_SCHEMA  "nestcheck.facts/1"
#define REPORT_SCHEMA "nestcheck.report/1"

/* --- out ------------------------------------------------------------------------------ */

/*
 * Text from the machine (kernel log, DMI) may be no UTF-8; JSON must be. Bytes that are
 * none become '?'. NULL becomes null.
 */
json_t *out_string(const char *s);
json_t *out_tri(enum tri t);
json_t *out_strings(const struct strings *l);
json_t *out_key_values(const struct key_values *kvs);
json_t *out_hex64(uint64_t value);
json_t *out_cpuid(const struct cpuid_fact *cpuid, size_t n);
json_t *out_msrs(const struct msr_fact *msr, size_t n);

/* Sets a key; the value is taken over. Running out of memory ends the program. */
void out_set(json_t *object, const char *key, json_t *value);
void out_append(json_t *array, json_t *value);

/* The whole document as text, as lib/json.h promises; the document is freed. */
char *out_document(json_t *document);

json_t *facts_to_value(const struct facts *f);

/* --- in ------------------------------------------------------------------------------- */

struct reader {
	struct arena *a;
	const char *error;
};

/* Records "where.key: what" once, keeping the first; returns false. key may be NULL. */
bool in_fail(struct reader *rd, const char *where, const char *key, const char *what);

/*
 * Each reads object[key] if it is there and not null; false where it is of a wrong type or
 * malformed. What is absent leaves *to as it is.
 */
bool in_string(struct reader *rd, json_t *object, const char *where, const char *key,
	       const char **to);
bool in_u64(struct reader *rd, json_t *object, const char *where, const char *key, uint64_t *to);
bool in_hex64(struct reader *rd, json_t *object, const char *where, const char *key, uint64_t *to);
bool in_tri(struct reader *rd, json_t *object, const char *where, const char *key, enum tri *to);
bool in_bool(struct reader *rd, json_t *object, const char *where, const char *key, bool *to);
bool in_strings(struct reader *rd, json_t *object, const char *where, const char *key,
		struct strings *to);
bool in_key_values(struct reader *rd, json_t *object, const char *where, const char *key,
		   struct key_values *to);
/* One of names[0..n): its index into *to. NULL entries are no names. */
bool in_enum(struct reader *rd, json_t *object, const char *where, const char *key,
	     const char *const *names, int n, int *to);
bool in_cpuid(struct reader *rd, json_t *object, const char *where, const char *key,
	      struct cpuid_fact **to, size_t *n);
bool in_msrs(struct reader *rd, json_t *object, const char *where, const char *key,
	     struct msr_fact **to, size_t *n);

/*
 * The container object[key]: *to is NULL where it is absent or null; false where it is of
 * another type.
 */
bool in_object(struct reader *rd, json_t *object, const char *where, const char *key, json_t **to);
bool in_array(struct reader *rd, json_t *object, const char *where, const char *key, json_t **to);

/* Text into a JSON object; NULL with rd->error set where it is none. */
json_t *in_document(struct reader *rd, const char *text, size_t len);

/* The facts object (no schema needed any more) into f. */
bool facts_from_value(struct reader *rd, json_t *object, const char *where, struct facts *f);

/* Enum names shared by both directions. */
extern const char *const msr_access_names[4];
extern const char *const kvm_device_names[4];

#endif
