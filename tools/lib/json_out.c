// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes JSON values; this fails only for lack of memory (see json_out.h).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/escape.h"
#include "lib/fatal.h"
#include "lib/json.h"
#include "lib/json_util.h"
#include "lib/output.h"

static void *must(void *p)
{
	if (!p)
		out_of_memory("to write JSON");
	return p;
}

/* For text that is not UTF-8: a copy with '?' for every byte that is not ASCII. */
static char *ascii_copy(const char *s)
{
	char *copy = must(strdup(s));

	for (char *p = copy; *p; p++)
		if (*p & 0x80)
			*p = '?';
	return copy;
}

json_t *out_string(const char *s)
{
	json_t *v;
	char *copy;

	if (!s)
		return must(json_null());
	v = json_string(s);
	if (v)
		return v;
	copy = ascii_copy(s);
	v = must(json_string(copy));
	free(copy);
	return v;
}

json_t *out_tri(enum tri t)
{
	return t == TRI_UNKNOWN ? json_null() : json_boolean(t == TRI_YES);
}

json_t *out_u64(uint64_t value)
{
	return json_integer((json_int_t)(value & INT64_MAX));
}

void out_set(json_t *object, const char *key, json_t *value)
{
	char *copy;

	must(value);
	/* Consumes a reference even if it fails, as it does for a key that is not UTF-8. */
	json_incref(value);
	if (json_object_set_new(object, key, value) == 0) {
		json_decref(value);
		return;
	}
	copy = ascii_copy(key);
	if (json_object_set_new(object, copy, value) < 0)
		must(NULL);
	free(copy);
}

void out_append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, must(value)) < 0)
		must(NULL);
}

json_t *out_strings(const struct strings *l)
{
	json_t *array = must(json_array());

	for (size_t i = 0; i < l->n; i++)
		out_append(array, out_string(l->s[i] ? l->s[i] : ""));
	return array;
}

json_t *out_key_values(const struct key_values *kvs)
{
	json_t *object = must(json_object());

	for (size_t i = 0; i < kvs->n; i++)
		out_set(object, kvs->kv[i].key, out_string(kvs->kv[i].value));
	return object;
}

json_t *out_hex(int digits, uint64_t value)
{
	char buf[sizeof("0x0123456789abcdef")];

	snprintf(buf, sizeof(buf), "0x%0*" PRIx64, digits, value);
	return out_string(buf);
}

json_t *out_cpuid(const struct cpuid_fact *cpuid, size_t n)
{
	json_t *object = must(json_object());
	char key[32], value[64];

	for (size_t i = 0; i < n; i++) {
		snprintf(key, sizeof(key), "0x%08" PRIx32 ":%" PRIu32, cpuid[i].leaf,
			 cpuid[i].subleaf);
		snprintf(value, sizeof(value),
			 "0x%08" PRIx32 " 0x%08" PRIx32 " 0x%08" PRIx32 " 0x%08" PRIx32,
			 cpuid[i].eax, cpuid[i].ebx, cpuid[i].ecx, cpuid[i].edx);
		out_set(object, key, out_string(value));
	}
	return object;
}

json_t *out_msrs(const struct msr_fact *msr, size_t n)
{
	json_t *object = must(json_object());
	char key[32];

	for (size_t i = 0; i < n; i++) {
		snprintf(key, sizeof(key), "0x%08" PRIx32, msr[i].index);
		out_set(object, key, msr[i].refused ? json_null() : out_hex(16, msr[i].value));
	}
	return object;
}

/*
 * A copy with \\uNNNN for the characters that a terminal obeys or that nobody sees, which JSON
 * allows in a string as they are. C0 is escaped already, but for our line ends.
 */
static char *without_unseen(const char *s, size_t left)
{
	struct text t = { .raw = true };

	while (left) {
		size_t len;
		int32_t c = utf8_next(s, left, &len);

		if (c < 0x7f || !is_unseen(c))
			text_value_n(&t, s, len);
		else if (c <= 0xffff)
			text_addf(&t, "\\u%04X", (unsigned int)c);
		else
			text_addf(&t, "\\u%04X\\u%04X", 0xd7c0 + ((unsigned int)c >> 10),
				  0xdc00 + ((unsigned int)c & 0x3ff));
		s += len;
		left -= len;
	}
	text_add(&t, "\n");
	return t.s;
}

char *json_text(json_t *document)
{
	size_t len = json_dumpb(must(document), NULL, 0, JSON_INDENT(2));
	char *dumped = must(len ? malloc(len) : NULL), *text;

	/* json_dumps() grows its buffer, and skips a key for which that fails. */
	must(json_dumpb(document, dumped, len, JSON_INDENT(2)) == len ? dumped : NULL);
	text = without_unseen(dumped, len);
	free(dumped);
	json_decref(document);
	return text;
}
