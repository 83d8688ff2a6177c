// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of formats, and what they share.
 */
#include "report/formats.h"

#include <string.h>

#include "report/render.h"

const struct report_format report_formats[] = {
	{ "text", "plain text of 80 columns", render_long },
	{ "tap", "TAP 13 of the cases", render_tap },
	{ "junit", "JUnit's XML: Jenkins, GitLab, most CI servers", format_junit },
	{ "maas", "the YAML of a MAAS script's $RESULT_PATH", format_maas },
	{ "nfd", "a features.d file of Kubernetes' Node Feature Discovery", format_nfd },
	{ "github", "annotations of a GitHub Actions job", format_github },
	{ "lava", "signals of a LAVA test shell", format_lava },
};
const size_t n_report_formats = sizeof(report_formats) / sizeof(report_formats[0]);

const struct report_format *report_format(const char *name)
{
	for (size_t i = 0; i < n_report_formats; i++)
		if (!strcmp(report_formats[i].name, name))
			return &report_formats[i];
	return NULL;
}

void format_value(struct text *t, const char *s, const char *special, const char *const *words)
{
	struct text shown = { 0 }, out = { 0 };

	text_value(&shown, s);
	for (size_t i = 0; i < shown.len; i++) {
		const char *found = strchr(special, shown.s[i]);

		if (found)
			text_addf(&out, "%s", words[found - special]);
		else
			text_addf(&out, "%c", shown.s[i]);
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
