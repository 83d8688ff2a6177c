// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writer and reader of every part of the documents, from tables of fields (see json_field.h).
 */
#include <string.h>

#include "lib/json_field.h"

/* --- the record behind a row ----------------------------------------------------------- */

static const void *at(const struct json_field *f, const void *record)
{
	return (const char *)record + f->offset;
}

/* An array in the record, of any type, and its count. */
struct elements {
	const void *first;
	size_t n;
};

static struct elements elements(const struct json_field *f, const void *record)
{
	struct elements e;

	memcpy(&e.first, at(f, record), sizeof(e.first));
	memcpy(&e.n, (const char *)record + f->count, sizeof(e.n));
	return e;
}

static const void *element(const void *first, size_t i, size_t size)
{
	return (const char *)first + i * size;
}

static bool is_known(const struct json_field *f, const void *record)
{
	enum tri known;

	memcpy(&known, (const char *)record + f->known, sizeof(known));
	return known == TRI_YES;
}

/* --- out ------------------------------------------------------------------------------ */

static bool is_empty(const json_t *v)
{
	return json_is_null(v) || (json_is_object(v) && !json_object_size(v)) ||
	       (json_is_array(v) && !json_array_size(v));
}

static void out_field(json_t *object, const char *key, const struct json_field *f,
		      const void *record);

static json_t *out_cpu_ids(struct elements e)
{
	json_t *array = json_array();
	const int *ids = e.first;

	for (size_t i = 0; i < e.n; i++)
		out_append(array, json_integer(ids[i]));
	return array;
}

static json_t *out_array(const struct json_part *p, struct elements e)
{
	json_t *array = json_array();

	for (size_t i = 0; i < e.n; i++)
		out_append(array, out_part(p, element(e.first, i, p->size)));
	return array;
}

static json_t *out_by_name(const struct json_field *f, struct elements e)
{
	json_t *object = json_object();

	for (size_t i = 0; i < e.n; i++) {
		const void *one = element(e.first, i, f->size);

		out_field(object, *(const char *const *)one, f->each, one);
	}
	return object;
}

static json_t *out_indexed(const struct json_field *f, const void *from)
{
	json_t *object = json_object();

	for (unsigned int i = 0; i < f->n; i++)
		out_field(object, f->name(i), f->each, element(from, i, f->size));
	return object;
}

/* The kinds that are a pointer and a count. */
static json_t *out_counted(const struct json_field *f, struct elements e)
{
	switch ((enum field_kind)f->kind) {
	case FIELD_CPUID:
		return out_cpuid(e.first, e.n);
	case FIELD_MSRS:
		return out_msrs(e.first, e.n);
	case FIELD_CPU_IDS:
		return out_cpu_ids(e);
	case FIELD_ARRAY:
		return out_array(f->part, e);
	default:
		return out_by_name(f, e);
	}
}

static json_t *out_value(const struct json_field *f, const void *record)
{
	const void *from = at(f, record);

	switch ((enum field_kind)f->kind) {
	case FIELD_CONSTANT:
		return out_string(f->text);
	case FIELD_STRING:
		return out_string(*(const char *const *)from);
	case FIELD_BOOL:
		return json_boolean(*(const bool *)from);
	case FIELD_TRI:
		return out_tri(*(const enum tri *)from);
	case FIELD_U64:
		return out_u64(*(const uint64_t *)from);
	case FIELD_UINT:
		return out_u64(*(const unsigned int *)from);
	case FIELD_MEASURED:
		return *(const uint64_t *)from ? out_u64(*(const uint64_t *)from) : json_null();
	case FIELD_HEX64:
		return out_hex(16, *(const uint64_t *)from);
	case FIELD_ENUM:
		return out_string(f->name(*(const unsigned int *)from));
	case FIELD_STRINGS:
		return out_strings(from);
	case FIELD_KEY_VALUES:
		return out_key_values(from);
	case FIELD_CPUID:
	case FIELD_MSRS:
	case FIELD_CPU_IDS:
	case FIELD_ARRAY:
	case FIELD_BY_NAME:
		return out_counted(f, elements(f, record));
	case FIELD_OBJECT:
		return out_part(f->part, from);
	case FIELD_INDEXED:
		return out_indexed(f, from);
	case FIELD_PAIR:
		return f->pair->out(record);
	}
	return NULL;
}

static void out_field(json_t *object, const char *key, const struct json_field *f,
		      const void *record)
{
	json_t *v;

	if (f->known && !is_known(f, record))
		return;
	v = out_value(f, record);
	if (f->brief && !f->known && is_empty(v))
		json_decref(v);
	else
		out_set(object, key, v);
}

void out_fields(json_t *object, const struct json_part *p, const void *record)
{
	for (size_t i = 0; i < p->n; i++)
		out_field(object, p->fields[i].key, &p->fields[i], record);
}

json_t *out_part(const struct json_part *p, const void *record)
{
	json_t *object;

	if (p->present && !p->present(record))
		return json_null();
	object = json_object();
	out_fields(object, p, record);
	return object;
}

/* --- in ------------------------------------------------------------------------------- */

/* Reads object[key] according to the row, whose own key is ignored. */
static bool in_field(struct reader *rd, json_t *object, const char *where, const char *key,
		     const struct json_field *f, void *record);

static bool in_array_of(struct reader *rd, json_t *array, const char *where,
			const struct json_part *part, void *to, size_t *n)
{
	json_t *v;
	size_t i;

	json_array_foreach(array, i, v)
		if (!in_part(rd, v, arena_printf(rd->a, "%s[%zu]", where, i), part,
			     arena_push_size(rd->a, to, n, part->size)))
			return false;
	return true;
}

static bool in_by_name(struct reader *rd, json_t *object, const char *where,
		       const struct json_field *f, void *to, size_t *n)
{
	const char *name;
	json_t *v;

	json_object_foreach(object, name, v) {
		void *one = arena_push_size(rd->a, to, n, f->size);

		*(const char **)one = arena_strdup(rd->a, name);
		if (!in_field(rd, object, where, name, f->each, one))
			return false;
	}
	return true;
}

static bool in_indexed(struct reader *rd, json_t *object, const char *where,
		       const struct json_field *f, char *to)
{
	for (unsigned int i = 0; i < f->n; i++)
		if (!in_field(rd, object, where, f->name(i), f->each, to + i * f->size))
			return false;
	return true;
}

static bool in_value(struct reader *rd, json_t *v, const char *where, const char *key,
		     const struct json_field *f, void *record)
{
	void *to = (char *)record + f->offset;
	size_t *n = (size_t *)(void *)((char *)record + f->count);

	switch ((enum field_kind)f->kind) {
	case FIELD_CONSTANT:
		return true;
	case FIELD_STRING:
		return in_string(rd, v, where, key, to);
	case FIELD_BOOL:
		return in_bool(rd, v, where, key, to);
	case FIELD_TRI:
		return in_tri(rd, v, where, key, to);
	case FIELD_U64:
	case FIELD_MEASURED:
		return in_u64(rd, v, where, key, to);
	case FIELD_UINT:
		return in_uint(rd, v, where, key, to);
	case FIELD_HEX64:
		return in_hex64(rd, v, where, key, to);
	case FIELD_ENUM:
		return in_enum(rd, v, where, key, f->name, f->n, to);
	case FIELD_STRINGS:
		return in_strings(rd, v, where, key, to);
	case FIELD_KEY_VALUES:
		return in_key_values(rd, v, where, key, to);
	case FIELD_CPUID:
		return in_cpuid(rd, v, where, key, to, n);
	case FIELD_MSRS:
		return in_msrs(rd, v, where, key, to, n);
	case FIELD_CPU_IDS:
		return in_cpu_ids(rd, v, where, key, to, n);
	case FIELD_OBJECT:
		return in_object(rd, v, where, key) &&
		       in_part(rd, v, f->rooted ? key : in_path(rd, where, key), f->part, to);
	case FIELD_ARRAY:
		return in_array(rd, v, where, key) &&
		       in_array_of(rd, v, in_path(rd, where, key), f->part, to, n);
	case FIELD_BY_NAME:
		return in_object(rd, v, where, key) &&
		       in_by_name(rd, v, in_path(rd, where, key), f, to, n);
	case FIELD_INDEXED:
		return in_object(rd, v, where, key) &&
		       in_indexed(rd, v, in_path(rd, where, key), f, to);
	case FIELD_PAIR:
		return !f->pair->in || f->pair->in(rd, v, where, key, record);
	}
	return false;
}

static bool in_field(struct reader *rd, json_t *object, const char *where, const char *key,
		     const struct json_field *f, void *record)
{
	static const enum tri yes = TRI_YES;
	json_t *v = in_present(object, key);

	if (!v)
		return true;
	if (f->known)
		memcpy((char *)record + f->known, &yes, sizeof(yes));
	return in_value(rd, v, where, key, f, record);
}

bool in_part(struct reader *rd, json_t *object, const char *where, const struct json_part *p,
	     void *record)
{
	if (!json_is_object(object))
		return in_fail(rd, where, NULL, "not an object");
	for (size_t i = 0; i < p->n; i++)
		if (!in_field(rd, object, where, p->fields[i].key, &p->fields[i], record))
			return false;
	return !p->check || p->check(rd, where, record);
}
