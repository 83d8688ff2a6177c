// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file for the features.d folder of Kubernetes' Node Feature Discovery (source/local): a feature
 * a line, NAME=VALUE, which becomes the node's label feature.node.kubernetes.io/NAME. Older versions
 * know no comments. A label's value has at most 63 characters, letters, digits, '-', '_' and '.', of
 * which the first and the last are no sign (Kubernetes, apimachinery/pkg/util/validation,
 * IsValidLabelValue); NFD drops others.
 */
#include <ctype.h>
#include <string.h>

#include "report/formats.h"

#define LABEL_MAX 63

/* What is not allowed becomes '_'; signs at both ends go. */
static void feature(struct text *t, const char *name, const char *s)
{
	struct text out = { 0 };
	size_t len;

	while (*s && !isalnum((unsigned char)*s))
		s++;
	len = strnlen(s, LABEL_MAX);
	while (len && !isalnum((unsigned char)s[len - 1]))
		len--;
	text_addf(t, "nestcheck.%s=", name);
	for (size_t i = 0; i < len; i++)
		text_addf(&out, "%c",
			  isalnum((unsigned char)s[i]) || strchr("-_.", s[i]) ? s[i] : '_');
	text_append(t, &out);
	text_free(&out);
	text_add(t, "\n");
}

void format_nfd(struct text *t, const struct report *r)
{
	feature(t, "verdict", format_verdict(r));
	feature(t, "grade", format_grade(r));
	feature(t, "pass", r->verdict.result == VERDICT_PASS ? "true" : "false");
	if (r->kvm.module)
		feature(t, "module", r->kvm.module);
}
