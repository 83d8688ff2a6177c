// SPDX-License-Identifier: GPL-2.0-only
/* Reads a report, or the note that one was started (see stored.h). */
#include <errno.h>
#include <string.h>

#include "lib/json_report.h"
#include "lib/stored.h"

static bool in_name(struct reader *rd, json_t *machine, const char *key, const char **to)
{
	json_t *v = in_present(machine, key);
	const char *name = NULL;

	if (!v)
		return true;
	if (!in_string(rd, v, "machine", key, &name))
		return false;
	if (strlen(name) > STORED_NAME_MAX)
		return in_fail(rd, "machine", key, "longer than any name");
	*to = *name ? name : NULL;
	return true;
}

static bool in_machine(struct reader *rd, json_t *document, struct stored *s)
{
	json_t *v = in_present(document, "machine");

	return !v || (in_object(rd, v, "", "machine") && in_name(rd, v, "id", &s->id) &&
		      in_name(rd, v, "mac", &s->mac));
}

static bool in_text(struct reader *rd, json_t *document, const char *key, const char **to)
{
	json_t *v = in_present(document, key);

	return !v || in_string(rd, v, "", key, to);
}

static void in_stored(struct reader *rd, json_t *document, struct report *r, struct stored *s)
{
	const char *schema = NULL;

	if (!in_text(rd, document, "schema", &schema) || !in_machine(rd, document, s))
		return;
	s->is_report = schema && !strcmp(schema, REPORT_SCHEMA);
	if (s->is_report)
		in_part(rd, document, "", &report_part, r);
	else if (!schema || strcmp(schema, STARTED_SCHEMA))
		in_fail(rd, "schema", NULL, "neither " REPORT_SCHEMA " nor " STARTED_SCHEMA);
	else if (in_text(rd, document, "version", &r->tool_version))
		in_text(rd, document, "started", &r->started);
}

/*
 * For jansson while it reads a document: its values are in the report's arena, and freed with it. With
 * malloc() and free() for each, that takes as long as all the rest.
 */
static struct arena *values;

static void *value_alloc(size_t size)
{
	return arena_alloc(values, size);
}

static void value_free(void *value)
{
	(void)value;
}

/* A document is mostly indentation, which jansson reads byte by byte: a run of spaces becomes one. */
static size_t without_indentation(char *to, const char *text, size_t len)
{
	const char *end = text + len;
	bool in_string = false;
	char *at = to;

	for (const char *s = text; s < end; s++) {
		if (in_string) {
			*at++ = *s;
			if (*s == '\\' && s + 1 < end)
				*at++ = *++s;
			else if (*s == '"')
				in_string = false;
		} else if (*s == ' ' || *s == '\n' || *s == '\t' || *s == '\r') {
			if (at == to || at[-1] != ' ')
				*at++ = ' ';
		} else {
			*at++ = *s;
			in_string = *s == '"';
		}
	}
	return (size_t)(at - to);
}

int stored_from_json(struct report *r, struct stored *s, const char *text, size_t len,
		     const char **error)
{
	struct reader rd = { .a = &r->arena };
	json_malloc_t to_alloc;
	json_free_t to_free;
	json_t *document;
	char *copy;

	*s = (struct stored){ .is_report = false };
	json_get_alloc_funcs(&to_alloc, &to_free);
	json_set_alloc_funcs(value_alloc, value_free);
	values = &r->arena;
	copy = arena_alloc(values, len + 1);
	document = in_document(&rd, copy, without_indentation(copy, text, len));
	if (!document) {
		/* Once more, for the place of the error. */
		rd.error = NULL;
		in_document(&rd, text, len);
	} else {
		in_stored(&rd, document, r, s);
	}
	json_set_alloc_funcs(to_alloc, to_free);
	values = NULL;
	if (!rd.error)
		return 0;
	*error = rd.error;
	return -EINVAL;
}
