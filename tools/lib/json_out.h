/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writers of JSON values, for documents that are built in memory. They cannot fail: running out of
 * memory ends the program. jansson's own functions leave out what they had no memory for, and
 * json_pack() returns NULL for a string that is not UTF-8. json_object() and json_array() need no
 * check: to add something to NULL, or NULL to something, ends the program as well.
 */
#ifndef NESTCHECK_LIB_JSON_OUT_H
#define NESTCHECK_LIB_JSON_OUT_H

#include <jansson.h>

#include "lib/report.h"

/*
 * Text from the machine (kernel log, DMI) may not be UTF-8, but JSON must be. In a text that is
 * not, every byte that is not ASCII becomes '?'. NULL becomes null.
 */
json_t *out_string(const char *s);
json_t *out_tri(enum tri t);
json_t *out_u64(uint64_t value);
json_t *out_strings(const struct strings *l);
json_t *out_key_values(const struct key_values *kvs);
/* "0x2a", with at least so many digits. */
json_t *out_hex(int digits, uint64_t value);
json_t *out_cpuid(const struct cpuid_fact *cpuid, size_t n);
json_t *out_msrs(const struct msr_fact *msr, size_t n);

/* Take ownership of the value. */
void out_set(json_t *object, const char *key, json_t *value);
void out_append(json_t *array, json_t *value);

#endif
