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

	for (size_t i = 0; i < n; i++) {
		json_t *group, *cpus;

		if (!register_group_starts(readings, i))
			continue;
		cpus = json_array();
		for (size_t j = i; j < n; j++)
			if (readings[j].err == readings[i].err &&
			    readings[j].value == readings[i].value)
				json_array_append_new(cpus, json_integer(readings[j].cpu));
		group = json_object();
		json_object_set_new(group, "cpus", cpus);
		/* As in facts: null if refused; no value if not recorded. */
		if (readings[i].err != -ENOENT)
			json_object_set_new(group, "value",
					    readings[i].err ? json_null() :
							      hex(16, readings[i].value));
		if (info && !readings[i].err)
			json_object_set_new(group, "fields", decoded_json(info, readings[i].value));
		json_array_append_new(values, group);
	}
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
