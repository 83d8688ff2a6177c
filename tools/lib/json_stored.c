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

int stored_from_json(struct report *r, struct stored *s, const char *text, size_t len,
		     const char **error)
{
	struct reader rd = { .a = &r->arena };
	json_t *document = in_document(&rd, text, len);

	*s = (struct stored){ .is_report = false };
	if (document) {
		in_stored(&rd, document, r, s);
		json_decref(document);
	}
	if (!rd.error)
		return 0;
	*error = rd.error;
	return -EINVAL;
}
