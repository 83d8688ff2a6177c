// SPDX-License-Identifier: GPL-2.0-only
/* The document of `nestcheck msr --json`; see msr_json.h. */
#include "cmd/msr_json.h"

#include <errno.h>
#include <inttypes.h>

#include "lib/hw/registers.h"

#define SCHEMA "nestcheck.msr/1"

static json_t *hex(int digits, uint64_t value)
{
	return json_sprintf("0x%0*" PRIx64, digits, value);
}

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
			out = json_string(
				setting_word(register_control(info->kind, value, f->bit)));
		else if (f->width <= 1)
			out = json_boolean(v);
		else
			out = json_integer((json_int_t)v);
		json_object_set_new(all, f->name, out);
	}
	return all;
}

static json_t *register_json(uint32_t index, const struct register_reading *readings, size_t n)
{
	const struct register_info *info = register_by_index(index);
	json_t *values = json_array();
	struct arena scratch = { NULL };
	struct register_group *groups;
	size_t n_groups = register_groups(&scratch, readings, n, &groups);

	for (size_t i = 0; i < n_groups; i++) {
		const struct register_reading *r = &readings[groups[i].members[0]];
		json_t *group = json_object(), *cpus = json_array();

		for (size_t j = 0; j < groups[i].n; j++)
			json_array_append_new(cpus,
					      json_integer(readings[groups[i].members[j]].cpu));
		json_object_set_new(group, "cpus", cpus);
		/* As in facts: null if refused; no value if not recorded. */
		if (r->err != -ENOENT)
			json_object_set_new(group, "value",
					    r->err ? json_null() : hex(16, r->value));
		if (info && !r->err)
			json_object_set_new(group, "fields", decoded_json(info, r->value));
		json_array_append_new(values, group);
	}
	arena_free(&scratch);
	return json_pack("{so ss? so}", "index", hex(8, index), "name", info ? info->name : NULL,
			 "values", values);
}

json_t *msr_document(void)
{
	return json_pack("{ss s[]}", "schema", SCHEMA, "registers");
}

void msr_document_add(json_t *document, uint32_t index, const struct register_reading *readings,
		      size_t n)
{
	json_array_append_new(json_object_get(document, "registers"),
			      register_json(index, readings, n));
}
