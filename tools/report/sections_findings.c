// SPDX-License-Identifier: GPL-2.0-only
/*
 * The findings, for all text renderers.
 */
#include "report/render.h"
#include "report/sections.h"

static const char *known(const char *s)
{
	return s ? s : "not known";
}

void section_finding(struct text *t, const struct finding *f, bool short_form)
{
	static const char *const labels[] = {
		[SEVERITY_BLOCKER] = "BLOCKER",
		[SEVERITY_DEGRADED] = "degraded",
		[SEVERITY_ADVICE] = "advice",
	};
	struct text head = { 0 };

	text_addf(&head, "%s: %s", f->id, f->title);
	if (f->n_cpus) {
		text_add(&head, " (");
		text_cpus(&head, f->cpus, f->n_cpus);
		text_add(&head, ")");
	}
	text_wrap(t, SECTION_LABEL, labels[f->severity], head.s);
	text_free(&head);
	if (short_form)
		return;
	text_wrap(t, SECTION_LABEL, "  seen", known(f->evidence));
	text_wrap(t, SECTION_LABEL, "  do", known(f->remedy));
}

void section_findings(struct text *t, const struct report *r)
{
	if (!r->n_findings && (r->caps[CAP_VMX] == TRI_YES || r->caps[CAP_SVM] == TRI_YES))
		text_add(t, "No findings.\n");
	else if (!r->n_findings)
		text_add(t, "No findings. Whether this CPU has virtualization is not known.\n");
	for (size_t i = 0; i < r->n_findings; i++) {
		if (i)
			text_add(t, "\n");
		section_finding(t, &r->findings[i], false);
	}
}

void render_findings(struct text *t, const struct report *r)
{
	section_findings(t, r);
}

void render_finding(struct text *t, const struct finding *f)
{
	section_finding(t, f, false);
}
