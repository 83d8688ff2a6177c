// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which level failed, at which stage and why. Hosts and guests are judged in pairs: first whether
 * the host started the guest, then whether the guest proved itself, then how both ended. If the
 * end of a guest is not reported, its host has failed.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "chain/record.h"

/* The first failure; reason is NULL while there is none. */
struct problem {
	unsigned int level;
	enum chain_stage stage;
	enum chain_cause cause;
	const char *reason;
};

static void set(struct problem *p, unsigned int level, enum chain_stage stage,
		enum chain_cause cause, const char *reason)
{
	*p = (struct problem){ level, stage, cause, reason };
}

static bool proves(unsigned int level)
{
	return level > 1;
}

/* The stage after the one that it reached, among those that this level has to reach. */
static enum chain_stage next_stage(const struct chain_seen *s, unsigned int level,
				   unsigned int depth)
{
	for (int i = (int)s->reached + 1; i < CHAIN_STAGES; i++) {
		if (i >= CHAIN_HASHING && i <= CHAIN_CPUS && !proves(level))
			continue;
		if (i >= CHAIN_FACTS && i <= CHAIN_NEXT && level == depth)
			continue;
		return (enum chain_stage)i;
	}
	return CHAIN_OFF;
}

/* The blocker that the level's own nestcheck found. */
static const struct finding *blocker(const struct report *r, unsigned int level)
{
	const struct chain_state *st = &r->selftest.chain;

	for (size_t i = 0; i < st->n_levels; i++)
		for (size_t j = 0; st->levels[i].level == level && j < st->levels[i].n_findings;
		     j++)
			if (st->levels[i].findings[j].severity == SEVERITY_BLOCKER)
				return &st->levels[i].findings[j];
	return NULL;
}

/* Messages of a kernel that is out of memory; init/initramfs.c, mm/oom_kill.c. */
static bool out_of_memory(const struct chain_seen *s)
{
	static const char *const words[] = {
		"Initramfs unpacking failed: write error",
		"Out of memory",
		"System is deadlocked on memory",
		"out of memory",
	};

	for (size_t i = 0; i < CHAIN_CONSOLE_KEPT; i++)
		for (size_t j = 0; j < sizeof(words) / sizeof(words[0]); j++)
			if (strstr(s->console[i], words[j]))
				return true;
	return false;
}

static const char *last_line(struct arena *a, const struct chain_seen *s)
{
	for (size_t i = s->n_console; i && s->n_console - i < CHAIN_CONSOLE_KEPT; i--) {
		const char *line = s->console[(i - 1) % CHAIN_CONSOLE_KEPT];

		if (line[strspn(line, " ?")])
			return arena_printf(a, "; its console's last line: %s", line);
	}
	return "";
}

static enum chain_cause cause_of_end(const struct chain_seen *s)
{
	static const enum chain_cause causes[] = {
		[MACHINE_POWERED_OFF] = CHAIN_CAUSE_DIED,
		[MACHINE_RESET] = CHAIN_CAUSE_DIED,
		[MACHINE_TRIPLE_FAULT] = CHAIN_CAUSE_DIED,
		[MACHINE_ENTRY_FAILED] = CHAIN_CAUSE_ENTRY,
		[MACHINE_KVM_ERROR] = CHAIN_CAUSE_KVM,
		[MACHINE_SILENT] = CHAIN_CAUSE_HUNG,
		[MACHINE_TIMEOUT] = CHAIN_CAUSE_HUNG,
	};

	if (s->end.error)
		return s->end.error == -ENOMEM ? CHAIN_CAUSE_MEMORY : CHAIN_CAUSE_NOT_STARTED;
	if (s->panic[0])
		return out_of_memory(s) ? CHAIN_CAUSE_MEMORY : CHAIN_CAUSE_DIED;
	return causes[s->end.end];
}

static const char *describe_end(struct arena *a, const struct chain_seen *s, unsigned int level)
{
	const char *what = s->end.what;

	if (s->panic[0])
		return arena_printf(a, "L%u panicked%s: %s", level,
				    out_of_memory(s) ? " for lack of memory" : "", s->panic);
	switch (s->end.end) {
	case MACHINE_POWERED_OFF:
		return arena_printf(a, "L%u powered off early%s", level, last_line(a, s));
	case MACHINE_RESET:
		return arena_printf(a, "L%u reset itself%s", level, last_line(a, s));
	case MACHINE_TRIPLE_FAULT:
		return arena_printf(a, "L%u shut down in a triple fault: %s%s", level, what,
				    last_line(a, s));
	case MACHINE_ENTRY_FAILED:
		return arena_printf(a, "the entry into L%u failed: %s", level, what);
	case MACHINE_KVM_ERROR:
		return arena_printf(a, "L%u's KVM gave up on L%u: %s", level - 1, level, what);
	case MACHINE_SILENT:
		return arena_printf(a, "L%u hung: %s%s", level, what, last_line(a, s));
	case MACHINE_TIMEOUT:
		return arena_printf(a, "L%u did not end in time: %s%s", level, what,
				    last_line(a, s));
	}
	return "its end is not known";
}

/* For a level that ended before it reached all its stages. */
static void set_from_exit(struct problem *p, struct arena *a, const struct chain_seen *s,
			  unsigned int level, unsigned int depth)
{
	enum chain_stage stage = next_stage(s, level, depth);
	const char *how;

	if (s->end.error) {
		set(p, level, CHAIN_ENTERED, cause_of_end(s),
		    arena_printf(a, "L%u %s: %s", level,
				 s->end.error == -ENOMEM ? "is too small" : "could not be started",
				 s->end.what));
		return;
	}
	how = describe_end(a, s, level);
	if (s->reached < CHAIN_KERNEL_UP)
		how = arena_printf(a, "L%u's kernel did not start: %s", level, how);
	else if (s->reached < CHAIN_INIT)
		how = arena_printf(a, "L%u's kernel did not start init: %s", level, how);
	else
		how = arena_printf(a, "%s (after stage %s: %s)", how, chain_stage_names[s->reached],
				   chain_stage_texts[s->reached]);
	set(p, level, stage, cause_of_end(s), how);
}

/* The failure that the level reported, with the blocker that it diagnosed. */
static void set_from_report(struct problem *p, struct report *r, const struct chain_seen *s,
			    unsigned int level, unsigned int depth)
{
	const struct finding *f = blocker(r, level);
	const char *reason = arena_strdup(&r->arena, s->failed);

	if (f)
		reason = arena_printf(&r->arena, "%s; diagnosed there: %s: %s", reason, f->id,
				      f->title);
	set(p, level, next_stage(s, level, depth), s->failed_cause, reason);
}

static void judge_proof(struct problem *p, struct report *r, const struct chain_record *rec,
			const struct chain_wanted *w, unsigned int level)
{
	const struct chain_seen *s = &rec->levels[level];
	bool proved = s->reached >= CHAIN_CPUS;

	if (s->digest[0] && strcmp(s->digest, w->digest))
		set(p, level, CHAIN_HASHED, CHAIN_CAUSE_PROOF,
		    arena_printf(&r->arena, "L%u reported a wrong digest: %s instead of %s", level,
				 s->digest, w->digest));
	else if (s->failed[0] && !proved)
		set_from_report(p, r, s, level, w->depth);
	else if (s->ended && !proved)
		set_from_exit(p, &r->arena, s, level, w->depth);
	else if (proved && !s->digest[0])
		set(p, level, CHAIN_HASHED, CHAIN_CAUSE_PROOF,
		    arena_printf(&r->arena, "L%u continued without a digest", level));
}

static bool is_off(const struct chain_seen *s)
{
	return s->reached >= CHAIN_DONE && s->ended && !s->end.error &&
	       s->end.end == MACHINE_POWERED_OFF;
}

static struct problem judge_pair(struct report *r, const struct chain_record *rec,
				 const struct chain_wanted *w, unsigned int host)
{
	const struct chain_seen *h = &rec->levels[host], *g = &rec->levels[host + 1];
	struct problem p = { .reason = NULL };

	if (h->failed[0])
		set_from_report(&p, r, h, host, w->depth);
	else if (h->reached < CHAIN_NEXT)
		set_from_exit(&p, &r->arena, h, host, w->depth);
	else
		judge_proof(&p, r, rec, w, host + 1);
	if (!p.reason && host + 1 == w->depth && g->ended && !is_off(g))
		set_from_exit(&p, &r->arena, g, host + 1, w->depth);
	if (!p.reason && !is_off(h)) {
		set_from_exit(&p, &r->arena, h, host, w->depth);
		if (!g->ended)
			p.reason = arena_printf(&r->arena, "%s, while L%u was at stage %s",
						p.reason, host + 1, chain_stage_names[g->reached]);
	}
	if (!p.reason && !g->ended)
		set(&p, host + 1, next_stage(g, host + 1, w->depth), CHAIN_CAUSE_OTHER,
		    arena_printf(&r->arena, "L%u did not report how L%u ended", host, host + 1));
	return p;
}

/* KVM's counter in L0 proves that L2 was a nested guest, whatever L1 reports. */
static void judge_counter(struct chain_state *st, struct arena *a, const struct chain_record *rec,
			  const struct chain_wanted *w)
{
	if (!rec->counted) {
		st->result = CASE_SKIP;
		st->reason = "L2 proved itself, but this kernel's KVM has no counter nested_run "
			     "(Linux 5.14 and later) to prove that it was nested";
		return;
	}
	/* 0 if the level reported the hash before it began, or if no count was read. */
	st->nested_run = rec->hashed > rec->hashing ? rec->hashed - rec->hashing : 0;
	if (st->nested_run >= w->entries)
		return;
	st->result = CASE_FAIL;
	st->level = 2;
	st->stage = chain_stage_names[CHAIN_HASHED];
	st->cause = CHAIN_CAUSE_PROOF;
	st->reason = arena_printf(a,
				  "L2 hashed the nonce, but KVM's nested_run rose only by %" PRIu64
				  " meanwhile, not by %" PRIu64 ": it was no nested guest",
				  st->nested_run, w->entries);
}

/* L1 ended as it does if KVM here cannot run it, whatever its kernel is. */
static bool host_refused(const struct chain_seen *l1)
{
	return l1->end.error || l1->end.end == MACHINE_ENTRY_FAILED ||
	       l1->end.end == MACHINE_KVM_ERROR;
}

/*
 * What a failure of L1 says about a file that the user named; NULL: nothing. Nothing is nested
 * before L1's init, and nothing shows whether the machine or the file is to blame.
 */
static const char *blame_input(struct arena *a, const struct chain_record *rec,
			       const struct chain_wanted *w, const struct problem *p)
{
	const struct chain_seen *l1 = &rec->levels[1];

	if (p->level != 1 || p->cause == CHAIN_CAUSE_MEMORY || host_refused(l1))
		return NULL;
	if (w->initrd && l1->unpacking_failed)
		return arena_printf(a, "--initrd %s could not be unpacked: %s", w->initrd,
				    p->reason);
	if (w->kernel && l1->reached < CHAIN_INIT)
		return arena_printf(a, "--kernel %s: %s", w->kernel, p->reason);
	return NULL;
}

void chain_judge(struct report *r, const struct chain_record *rec, const struct chain_wanted *w)
{
	struct chain_state *st = &r->selftest.chain;
	struct problem p = judge_pair(r, rec, w, 1);
	const char *input = p.reason ? blame_input(&r->arena, rec, w, &p) : NULL;

	if (input) {
		st->result = CASE_SKIP;
		st->reason = input;
		return;
	}
	if (p.reason) {
		st->result = CASE_FAIL;
		st->level = p.level;
		st->stage = chain_stage_names[p.stage];
		st->cause = p.cause;
		st->reason = p.reason;
		return;
	}
	st->result = CASE_PASS;
	st->reason = w->cpus > 1 ? "L2 hashed the nonce on two CPUs, its timer fired in time" :
				   "L2 hashed the nonce, its timer fired in time";
	judge_counter(st, &r->arena, rec, w);
	if (w->depth < 3)
		return;
	p = judge_pair(r, rec, w, 2);
	st->deeper = p.reason ? p.reason : "L3 proved itself, too";
}
