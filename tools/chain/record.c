// SPDX-License-Identifier: GPL-2.0-only
/* What each level reported; see record.h. */
#include "chain/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void chain_end_format(const struct chain_end *e, char *text, size_t size)
{
	snprintf(text, size, "%d %u %" PRIu64 " %" PRIu64 " %" PRIu64 " %d %s", -e->error,
		 (unsigned int)e->end, e->us, e->exits, e->nested_run, e->counted, e->what);
}

bool chain_end_parse(const char *text, struct chain_end *e)
{
	unsigned int error, end;
	int counted, at = 0;

	*e = (struct chain_end){ 0 };
	if (sscanf(text, "%3u %2u %18" SCNu64 " %18" SCNu64 " %18" SCNu64 " %1d %n", &error, &end,
		   &e->us, &e->exits, &e->nested_run, &counted, &at) < 6 ||
	    !at || end > MACHINE_TIMEOUT || memchr(text, '-', (size_t)at))
		return false;
	e->error = -(int)error;
	e->end = (enum machine_end)end;
	e->counted = counted == 1;
	snprintf(e->what, sizeof(e->what), "%s", text + at);
	chain_clean(e->what);
	return true;
}

bool chain_record_stage(struct chain_record *rec, unsigned int level, enum chain_stage stage,
			uint64_t us)
{
	struct chain_seen *s = &rec->levels[level];

	if (stage <= s->reached)
		return false;
	s->reached = stage;
	s->stage_us[stage] = us;
	return true;
}

void chain_record_console(struct chain_record *rec, unsigned int level, const char *text)
{
	struct chain_seen *s = &rec->levels[level];
	const char *panic = strstr(text, "Kernel panic");

	snprintf(s->console[s->n_console++ % CHAIN_CONSOLE_KEPT], sizeof(s->console[0]), "%s",
		 text);
	/* init/initramfs.c; "write error" is a lack of memory. */
	if (strstr(text, "Initramfs unpacking failed") && !strstr(text, "write error"))
		s->unpacking_failed = true;
	if (panic && !s->panic[0])
		snprintf(s->panic, sizeof(s->panic), "%s", panic);
}

void chain_record_end(struct chain_record *rec, unsigned int level, const struct chain_end *e)
{
	struct chain_seen *s = &rec->levels[level];

	if (s->ended)
		return;
	s->ended = true;
	s->end = *e;
	if (!e->error)
		chain_record_stage(rec, level, CHAIN_ENTERED, 0);
}

static bool record_named_stage(struct chain_record *rec, const struct chain_line *line)
{
	for (int i = CHAIN_INIT; i < CHAIN_OFF; i++)
		if (!strcmp(chain_stage_names[i], line->rest))
			return chain_record_stage(rec, line->level, (enum chain_stage)i, line->us);
	return false;
}

static void record_self(struct chain_seen *s, const char *text)
{
	int at = 0;

	if (sscanf(text, "%6" SCNu64 " %15" SCNu64 " %n", &s->cpus, &s->memory_kb, &at) < 2 || !at)
		return;
	snprintf(s->kernel, sizeof(s->kernel), "%s", text + at);
	chain_clean(s->kernel);
}

static void record_digest(struct chain_seen *s, const char *text)
{
	if (strlen(text) == SHA256_HEX - 1 && !s->digest[0])
		memcpy(s->digest, text, SHA256_HEX);
	chain_clean(s->digest);
}

static void record_failed(struct chain_seen *s, const char *text)
{
	size_t n = strlen(CHAIN_FAILED_SMALL);
	bool small = !strncmp(text, CHAIN_FAILED_SMALL, n);

	if (s->failed[0])
		return;
	s->failed_cause = small ? CHAIN_CAUSE_MEMORY : CHAIN_CAUSE_OTHER;
	snprintf(s->failed, sizeof(s->failed), "%s", small ? text + n : text);
	chain_clean(s->failed);
}

/* Only the first line of each kind counts: a level cannot change what it reported. */
bool chain_record_line(struct chain_record *rec, const struct chain_line *line)
{
	struct chain_seen *s = &rec->levels[line->level];
	struct chain_end end;

	switch (line->verb) {
	case CHAIN_SAYS_STAGE:
		return record_named_stage(rec, line);
	case CHAIN_SAYS_SELF:
		record_self(s, line->rest);
		return false;
	case CHAIN_SAYS_REPORT:
		if (!s->report)
			s->report = strdup(line->rest);
		return false;
	case CHAIN_SAYS_HASHED:
		record_digest(s, line->rest);
		return chain_record_stage(rec, line->level, CHAIN_HASHED, line->us);
	case CHAIN_SAYS_FAILED:
		record_failed(s, line->rest);
		return false;
	case CHAIN_SAYS_CONSOLE:
		chain_record_console(rec, line->level, line->rest);
		return chain_record_stage(rec, line->level, CHAIN_KERNEL_UP, line->us);
	case CHAIN_SAYS_ENDED:
		if (chain_end_parse(line->rest, &end))
			chain_record_end(rec, line->level, &end);
		return false;
	case CHAIN_VERBS:
		break;
	}
	return false;
}

void chain_record_free(struct chain_record *rec)
{
	for (size_t i = 0; i <= CHAIN_DEPTH_MAX; i++) {
		free(rec->levels[i].report);
		rec->levels[i].report = NULL;
	}
}
