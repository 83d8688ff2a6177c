// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads JSON values: absent ones stay unknown, errors name the malformed ones (json_util.h).
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/error_text.h"
#include "lib/json.h"
#include "lib/json_util.h"
#include "lib/number.h"

/* More than any CPU has: a real dump has about 100 leaves. */
#define MAX_REGISTERS 4096
#define MAX_DOCUMENT  (64u << 20)
#define TOO_LARGE     "it is larger than 64 MiB"

/* Names from the document go to a terminal. */
static void replace_unprintable(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || (unsigned char)*s > '~')
			*s = '?';
}

bool in_fail(struct reader *rd, const char *where, const char *key, const char *what)
{
	char *error;

	if (rd->error)
		return false;
	error = arena_printf(rd->a, "%.100s%s%.100s%s%s", where ? where : "",
			     where && *where && key ? "." : "", key ? key : "",
			     (where && *where) || key ? ": " : "", what);
	replace_unprintable(error);
	rd->error = error;
	return false;
}

const char *in_path(struct reader *rd, const char *where, const char *key)
{
	return arena_printf(rd->a, "%s%s%s", where, *where ? "." : "", key);
}

json_t *in_present(json_t *object, const char *key)
{
	json_t *v = json_object_get(object, key);

	return json_is_null(v) ? NULL : v;
}

bool in_string(struct reader *rd, json_t *v, const char *where, const char *key, const char **to)
{
	if (!json_is_string(v))
		return in_fail(rd, where, key, "not a string");
	*to = arena_strdup(rd->a, json_string_value(v));
	return true;
}

bool in_u64(struct reader *rd, json_t *v, const char *where, const char *key, uint64_t *to)
{
	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return in_fail(rd, where, key, "not a whole number of at least 0");
	*to = (uint64_t)json_integer_value(v);
	return true;
}

bool in_uint(struct reader *rd, json_t *v, const char *where, const char *key, unsigned int *to)
{
	uint64_t value;

	if (!in_u64(rd, v, where, key, &value))
		return false;
	if (value > UINT_MAX)
		return in_fail(rd, where, key, "too large");
	*to = (unsigned int)value;
	return true;
}

bool in_bool(struct reader *rd, json_t *v, const char *where, const char *key, bool *to)
{
	if (!json_is_boolean(v))
		return in_fail(rd, where, key, "neither true nor false");
	*to = json_is_true(v);
	return true;
}

bool in_tri(struct reader *rd, json_t *v, const char *where, const char *key, enum tri *to)
{
	bool b;

	if (!in_bool(rd, v, where, key, &b))
		return false;
	*to = tri_of(b);
	return true;
}

bool in_object(struct reader *rd, json_t *v, const char *where, const char *key)
{
	return json_is_object(v) || in_fail(rd, where, key, "not an object");
}

bool in_array(struct reader *rd, json_t *v, const char *where, const char *key)
{
	return json_is_array(v) || in_fail(rd, where, key, "not an array");
}

bool in_strings(struct reader *rd, json_t *array, const char *where, const char *key,
		struct strings *to)
{
	json_t *v;
	size_t i;

	if (!in_array(rd, array, where, key))
		return false;
	json_array_foreach(array, i, v) {
		if (!json_is_string(v))
			return in_fail(rd, where, key, "not only strings");
		strings_add(rd->a, to, json_string_value(v));
	}
	return true;
}

bool in_cpu_ids(struct reader *rd, json_t *array, const char *where, const char *key, int **to,
		size_t *n)
{
	json_t *v;
	size_t i;

	if (!in_array(rd, array, where, key))
		return false;
	json_array_foreach(array, i, v) {
		if (!json_is_integer(v) || json_integer_value(v) < 0 ||
		    json_integer_value(v) > INT32_MAX)
			return in_fail(rd, where, key, "not only CPU numbers");
		*arena_push(rd->a, to, n) = (int)json_integer_value(v);
	}
	return true;
}

bool in_key_values(struct reader *rd, json_t *pairs, const char *where, const char *key,
		   struct key_values *to)
{
	const char *name;
	json_t *v;

	if (!in_object(rd, pairs, where, key))
		return false;
	json_object_foreach(pairs, name, v) {
		if (!json_is_string(v))
			return in_fail(rd, in_path(rd, where, key), name, "not a string");
		kv_add(rd->a, to, name, json_string_value(v));
	}
	return true;
}

bool in_enum(struct reader *rd, json_t *v, const char *where, const char *key,
	     const char *(*name)(unsigned int value), unsigned int n, unsigned int *to)
{
	const char *s;

	if (!in_string(rd, v, where, key, &s))
		return false;
	for (unsigned int i = 0; i < n; i++) {
		if (name(i) && !strcmp(name(i), s)) {
			*to = i;
			return true;
		}
	}
	return in_fail(rd, where, key, arena_printf(rd->a, "'%.40s' is not one of its values", s));
}

/* "0x" and 1 to `digits` hexadecimal digits; *end points behind them. */
static bool hex(const char *s, int digits, uint64_t *value, const char **end)
{
	int n = 0;

	if (s[0] != '0' || s[1] != 'x')
		return false;
	*value = 0;
	for (s += 2; n < digits && number_digit(*s) < 16; n++, s++)
		*value = *value << 4 | number_digit(*s);
	*end = s;
	return n > 0;
}

bool in_hex64(struct reader *rd, json_t *v, const char *where, const char *key, uint64_t *to)
{
	const char *end;

	return (json_is_string(v) && hex(json_string_value(v), 16, to, &end) && !*end) ||
	       in_fail(rd, where, key, "not a hex string");
}

/* "0x00000001:0": the leaf in hex, the subleaf in decimal. */
static bool cpuid_key(const char *key, struct cpuid_fact *c)
{
	const char *end;
	uint64_t leaf, subleaf = 0;

	if (!hex(key, 8, &leaf, &end) || *end++ != ':' || !*end)
		return false;
	for (; *end >= '0' && *end <= '9'; end++) {
		subleaf = subleaf * 10 + (uint64_t)(*end - '0');
		if (subleaf > UINT32_MAX)
			return false;
	}
	c->leaf = (uint32_t)leaf;
	c->subleaf = (uint32_t)subleaf;
	return !*end;
}

static bool cpuid_value(const char *s, struct cpuid_fact *c)
{
	uint32_t *const to[] = { &c->eax, &c->ebx, &c->ecx, &c->edx };

	for (int i = 0; i < 4; i++) {
		uint64_t value;

		if (!hex(s, 8, &value, &s) || *s != (i < 3 ? ' ' : '\0'))
			return false;
		*to[i] = (uint32_t)value;
		s++;
	}
	return true;
}

/* Whether it is an object with no more registers than a CPU can have. */
static bool in_registers(struct reader *rd, json_t *v, const char *where, const char *key,
			 const char *too_many)
{
	return in_object(rd, v, where, key) &&
	       (json_object_size(v) <= MAX_REGISTERS || in_fail(rd, where, key, too_many));
}

static int by_number(const void *pa, const void *pb)
{
	const struct numbered *a = pa, *b = pb;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

void numbered_sort(struct numbered *v, size_t n)
{
	if (n)
		qsort(v, n, sizeof(*v), by_number);
}

const struct numbered *numbered_find(const struct numbered *v, size_t n, uint64_t number)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && v[low].number == number ? &v[low] : NULL;
}

const struct numbered *numbered_twice(const struct numbered *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (v[i].number == v[i - 1].number)
			return &v[i];
	return NULL;
}

/* Two spellings of one number are two keys of an object: "0x3a" and "0x03a". */
static bool in_once(struct reader *rd, json_t *object, const char *where, struct numbered *v,
		    size_t n)
{
	const struct numbered *twice;
	const char *name;
	size_t i = 0;
	json_t *ignored;

	numbered_sort(v, n);
	twice = numbered_twice(v, n);
	if (!twice)
		return true;
	json_object_foreach(object, name, ignored)
		if (i++ == twice->at)
			return in_fail(rd, where, name, "given twice");
	return false;
}

bool in_cpuid(struct reader *rd, json_t *leaves, const char *where, const char *key,
	      struct cpuid_fact **to, size_t *n)
{
	struct numbered *keys = NULL;
	size_t n_keys = 0;
	const char *name;
	json_t *v;

	if (!in_registers(rd, leaves, where, key, "more leaves than a CPU has"))
		return false;
	where = in_path(rd, where, key);
	json_object_foreach(leaves, name, v) {
		struct cpuid_fact c = { 0 };

		if (!cpuid_key(name, &c))
			return in_fail(rd, where, name,
				       "not a key of the form 0x00000001:0 (leaf:subleaf)");
		if (!json_is_string(v) || !cpuid_value(json_string_value(v), &c))
			return in_fail(rd, where, name,
				       "not four hex words \"0x... 0x... 0x... 0x...\"");
		*arena_push(rd->a, &keys, &n_keys) =
			(struct numbered){ (uint64_t)c.leaf << 32 | c.subleaf, *n };
		*arena_push(rd->a, to, n) = c;
	}
	return in_once(rd, leaves, where, keys, n_keys);
}

bool in_msrs(struct reader *rd, json_t *registers, const char *where, const char *key,
	     struct msr_fact **to, size_t *n)
{
	struct numbered *keys = NULL;
	size_t n_keys = 0;
	const char *name;
	json_t *v;

	if (!in_registers(rd, registers, where, key, "more registers than a CPU has"))
		return false;
	where = in_path(rd, where, key);
	json_object_foreach(registers, name, v) {
		struct msr_fact m = { .refused = json_is_null(v) };
		const char *end;
		uint64_t index;

		if (!hex(name, 8, &index, &end) || *end)
			return in_fail(rd, where, name, "not a register number of the form 0x3a");
		if (!m.refused &&
		    (!json_is_string(v) || !hex(json_string_value(v), 16, &m.value, &end) || *end))
			return in_fail(rd, where, name, "not a hex string");
		m.index = (uint32_t)index;
		*arena_push(rd->a, &keys, &n_keys) = (struct numbered){ index, *n };
		*arena_push(rd->a, to, n) = m;
	}
	return in_once(rd, registers, where, keys, n_keys);
}

json_t *in_document(struct reader *rd, const char *text, size_t len)
{
	json_error_t e;
	json_t *v = json_loadb(text, len, JSON_REJECT_DUPLICATES, &e);

	if (!v) {
		in_fail(rd, NULL, NULL,
			arena_printf(rd->a, "not JSON: line %d, column %d: %s", e.line, e.column,
				     e.text));
		return NULL;
	}
	if (!json_is_object(v)) {
		in_fail(rd, NULL, NULL, "not a JSON object");
		json_decref(v);
		return NULL;
	}
	return v;
}

const char *document_error(int err)
{
	return err == -EFBIG ? TOO_LARGE : error_text(-err);
}

int read_document(const char *path, char **text, size_t *len)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *f = is_stdin ? stdin : fopen(path, "re");
	size_t size = 0, n = 0, got;
	char *buf = NULL, *grown;
	int ret = 0;

	if (!f)
		return -errno;
	do {
		if (size - n < 2) {
			size = size ? size * 2 : 65536;
			grown = realloc(buf, size);
			if (!grown) {
				ret = -ENOMEM;
				break;
			}
			buf = grown;
		}
		errno = 0;
		got = fread(buf + n, 1, size - n - 1, f);
		n += got;
		if (n > MAX_DOCUMENT)
			ret = -EFBIG;
		else if (ferror(f))
			ret = errno ? -errno : -EIO;
	} while (got && !ret);
	if (!is_stdin)
		fclose(f);
	if (ret < 0) {
		free(buf);
		return ret;
	}
	buf[n] = '\0';
	*text = buf;
	*len = n;
	return 0;
}
