// SPDX-License-Identifier: GPL-2.0-only
/* Copies the record of each level into the report; see record.h. */
#include <string.h>

#include "chain/record.h"
#include "lib/json.h"

/* Parses a level's own report into the arena of ours, which the parser borrows. */
static void take_report(struct report *r, struct chain_level *l, const char *text)
{
	struct report said;
	const char *error;
	int ret;

	report_init(&said);
	said.arena = r->arena;
	ret = report_from_json(&said, text, strlen(text), &error);
	r->arena = said.arena;
	if (ret < 0)
		return;
	memcpy(l->caps, said.caps, sizeof(l->caps));
	l->kvm = said.kvm;
	l->findings = said.findings;
	l->n_findings = said.n_findings;
}

static void take_console(struct arena *a, struct chain_level *l, const struct chain_seen *s)
{
	size_t first = s->n_console > CHAIN_CONSOLE_KEPT ? s->n_console - CHAIN_CONSOLE_KEPT : 0;

	for (size_t i = first; i < s->n_console; i++)
		strings_add(a, &l->console, s->console[i % CHAIN_CONSOLE_KEPT]);
}

static void take_level(struct report *r, struct chain_level *l, const struct chain_seen *s)
{
	struct arena *a = &r->arena;

	l->cpus = (unsigned int)s->cpus;
	l->memory_kb = s->memory_kb;
	l->reached = chain_stage_names[s->reached];
	l->init_us = s->stage_us[CHAIN_INIT];
	if (s->kernel[0])
		l->kernel = arena_strdup(a, s->kernel);
	if (s->ended) {
		l->end = arena_strdup(a,
				      s->end.what[0] ? s->end.what : machine_end_name(s->end.end));
		if (s->end.error)
			l->end = arena_printf(a, "not started: %s", s->end.what);
		l->total_us = s->end.us;
		l->exits = s->end.exits;
		l->nested_run = s->end.nested_run;
	}
	take_console(a, l, s);
	if (s->report)
		take_report(r, l, s->report);
}

void chain_levels(struct report *r, const struct chain_record *rec)
{
	struct chain_state *st = &r->selftest.chain;

	for (unsigned int i = 1; i <= CHAIN_DEPTH_MAX; i++) {
		const struct chain_seen *s = &rec->levels[i];
		struct chain_level *l;

		if (!s->reached && !s->ended)
			continue;
		l = arena_push(&r->arena, &st->levels, &st->n_levels);
		l->level = i;
		take_level(r, l, s);
	}
}
