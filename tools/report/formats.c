// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of formats.
 */
#include "report/formats.h"

#include <string.h>

#include "report/render.h"

const struct report_format report_formats[] = {
	{ "text", "plain text of 80 columns", render_stored },
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
