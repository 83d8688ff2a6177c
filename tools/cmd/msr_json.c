// SPDX-License-Identifier: GPL-2.0-only
/* The document of `nestcheck msr --json`; see msr_json.h. */
#include "cmd/msr_json.h"

#include <errno.h>

#include "lib/hw/registers.h"
#include "lib/json_out.h"

#define SCHEMA "nestcheck.msr/1"

static const char *setting_word(enum control_setting s)
{
	return s == CONTROL_ON ? "must" : s == CONTROL_FREE ? "may" : "no";
}

static json_t *decoded_json(const struct register_info *info, uint64_t value)
{
	json_t *all = json_object();

	for (size_t i = 0; i < info->n_fields; i++) {
		const struct register_field *f = &info->fields[i];
		uint64_t v = register_field_value(f, value);
		json_t *out;

		if (info->kind == REGISTER_CONTROLS || info->kind == REGISTER_ALLOWED1)
			out = out_string(setting_word(register_control(info->kind, value, f->bit)));
		else if (f->width <= 1)
			out = json_boolean(v);
		else
			out = json_integer((json_int_t)v);
		out_set(all, f->name, out);
	}
	return all;
}

static json_t *register_json(uint32_t index, const struct register_reading *readings, size_t n)
{
	const struct register_info *info = register_by_index(index);
	json_t *document = json_object(), *values = json_array();
	struct arena scratch = { NULL };
	struct register_group *groups;
	size_t n_groups = register_groups(&scratch, readings, n, &groups);

	for (size_t i = 0; i < n_groups; i++) {
		const struct register_reading *r = &readings[groups[i].members[0]];
		json_t *group = json_object(), *cpus = json_array();

		for (size_t j = 0; j < groups[i].n; j++)
			out_append(cpus, json_integer(readings[groups[i].members[j]].cpu));
		out_set(group, "cpus", cpus);
		/* As in facts: null if refused; no value if not recorded. */
		if (r->err != -ENOENT)
			out_set(group, "value", r->err ? json_null() : out_hex(16, r->value));
		if (info && !r->err)
			out_set(group, "fields", decoded_json(info, r->value));
		out_append(values, group);
	}
	arena_free(&scratch);
	out_set(document, "index", out_hex(8, index));
	out_set(document, "name", out_string(info ? info->name : NULL));
	out_set(document, "values", values);
	return document;
}

json_t *msr_document(void)
{
	json_t *document = json_object();

	out_set(document, "schema", out_string(SCHEMA));
	out_set(document, "registers", json_array());
	return document;
}

void msr_document_add(json_t *document, uint32_t index, const struct register_reading *readings,
		      size_t n)
{
	out_append(json_object_get(document, "registers"), register_json(index, readings, n));
}
