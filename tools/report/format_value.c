// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the formats share.
 */
#include <string.h>

#include "report/formats.h"

void format_value(struct text *t, const char *s, const char *special, const char *const *words)
{
	struct text shown = { 0 }, out = { 0 };

	text_value(&shown, s);
	for (const char *at = shown.s ? shown.s : ""; *at;) {
		size_t plain = strcspn(at, special);

		text_value_n(&out, at, plain);
		at += plain;
		if (*at)
			text_addf(&out, "%s", words[strchr(special, *at++) - special]);
	}
	text_append(t, &out);
	text_free(&out);
	text_free(&shown);
}

const char *format_verdict(const struct report *r)
{
	const char *name = verdict_name(r->verdict.result);

	return name ? name : "NONE";
}

const char *format_grade(const struct report *r)
{
	const char *name = grade_name(r->verdict.grade);

	return name ? name : "none";
}

const char *format_reason(const struct report *r)
{
	return r->verdict.reason ? r->verdict.reason : "the report has no verdict";
}
