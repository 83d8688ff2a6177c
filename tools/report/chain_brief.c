// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why the chain did not pass, in a few words; the findings have the details.
 */
#include <stdio.h>
#include <string.h>

#include "report/sections.h"

/*
 * The first blocker that the failed level found itself. If it was not offered virtualization, the
 * cause is the level below, which the reason names.
 */
static const struct finding *level_blocker(const struct chain_state *c)
{
	for (size_t i = 0; i < c->n_levels; i++) {
		const struct chain_level *l = &c->levels[i];

		for (size_t k = 0; l->level == c->level && k < l->n_findings; k++)
			if (l->findings[k].severity == SEVERITY_BLOCKER &&
			    !l->findings[k].unsupported)
				return &l->findings[k];
	}
	return NULL;
}

/* The length of s up to the first mark that introduces details. */
static size_t clause(const char *s)
{
	static const char *const marks[] = { ": ", "; ", " (" };
	size_t n = strlen(s);

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const char *mark = strstr(s, marks[i]);

		if (mark && (size_t)(mark - s) < n)
			n = (size_t)(mark - s);
	}
	return n;
}

static void add_failure(struct text *t, const struct chain_state *c)
{
	const struct finding *f = level_blocker(c);
	const char *why = c->reason ? c->reason : "failed";
	char level[16];

	snprintf(level, sizeof(level), "L%u", c->level);
	if (f) {
		text_addf(t, "%s: %s: %s", level, f->id, f->title);
		return;
	}
	if (c->level && !strstr(why, level))
		text_addf(t, "%s: ", level);
	if (t->len + strlen(why) <= CHAIN_BRIEF_MAX)
		text_value(t, why);
	else
		text_addf(t, "%.*s", (int)clause(why), why);
	if (c->stage && !strstr(t->s, c->stage))
		text_addf(t, ", stage %.20s", c->stage);
}

const char *chain_brief(struct arena *a, const struct chain_state *c)
{
	struct text t = { .raw = true };
	const char *brief;

	if (c->result == CASE_FAIL)
		add_failure(&t, c);
	else if (c->result == CASE_PASS)
		text_add(&t, "KVM counted no entry into L2 during its proof");
	else
		text_value(&t, c->reason ? c->reason : "no reason was reported");
	if (t.len <= CHAIN_BRIEF_MAX)
		brief = arena_strdup(a, t.s);
	else
		brief = arena_printf(a, "%.*s...", CHAIN_BRIEF_MAX - 3, t.s);
	text_free(&t);
	return brief;
}
