// SPDX-License-Identifier: GPL-2.0-only
/*
 * What rules add findings with, and ask of the record; see rules.h.
 */
#include "diagnose/rules.h"

#include <stdarg.h>
#include <string.h>

char *format(struct situation *s, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = arena_vprintf(&s->r->arena, fmt, ap);
	va_end(ap);
	return text;
}

struct finding *finding_add(struct situation *s, const struct rule *rule)
{
	struct finding *f = arena_push(&s->r->arena, &s->r->findings, &s->r->n_findings);

	f->id = rule->id;
	f->severity = rule->severity;
	f->unsupported = rule->unsupported;
	f->title = s->guest == TRI_YES && rule->title_guest ? rule->title_guest : rule->title;
	f->remedy = rule->remedy;
	if (s->guest == TRI_YES && rule->guest)
		f->remedy = rule->below ? format(s, "%s. %s", rule->guest, below_remedy(s)) :
					  rule->guest;
	return f;
}

void finding_cpu(struct situation *s, struct finding *f, int cpu)
{
	*arena_push(&s->r->arena, &f->cpus, &f->n_cpus) = cpu;
}

bool finding_exists(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (!strcmp(r->findings[i].id, id))
			return true;
	return false;
}

bool blocker_exists(const struct report *r)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].severity == SEVERITY_BLOCKER)
			return true;
	return false;
}

bool kvm_runs(const struct situation *s)
{
	const char *state = s->module ? kv_get(&s->f->kernel.module_files, s->module) : NULL;

	/* A built-in module is in /sys/module even if it could not start. */
	return s->f->kvm.nested_cpuid != TRI_UNKNOWN ||
	       (s->module_loaded == TRI_YES && state && !strcmp(state, "file"));
}

const char *log_line(const struct situation *s, const char *part)
{
	const struct strings *log = &s->f->kernel.log;

	for (size_t i = log->n; i-- > 0;)
		if (strstr(log->s[i], part))
			return log->s[i];
	return NULL;
}
