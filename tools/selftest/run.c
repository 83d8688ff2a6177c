// SPDX-License-Identifier: GPL-2.0-only
/*
 * The self-test as a whole: a VM, the cases one by one, a fresh VM after a failure.
 */
#include "selftest/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/emulator.h"
#include "lib/glob_list.h"
#include "selftest/cases.h"
#include "selftest/nudge.h"
#include "selftest/pace.h"

/* Samples of each cost: as many as fit into COST_MS; on an emulator they mean little. */
#define SAMPLES	    201
#define SAMPLES_MIN 7
#define COST_MS	    50

/* Several times a case's own limit: it may start other VMs, and wait for them. */
#define GUARD_TIMES 8
#define GUARD_MS    60000

_Static_assert((int)EXIT_COSTS == (int)L1_COST_COUNT, "report.h: exit_cost_names");

static bool is_single_round(const struct session *s)
{
	return !s->o->soak_s && s->o->repeat < 2;
}

static void guard_step(const struct session *s, const char *what)
{
	guard_at(s->o->guard, s->r, what,
		 GUARD_TIMES * (s->timeout_ms ? s->timeout_ms : START_TIMEOUT_MS) + GUARD_MS);
}

static void guard_next_case(const struct session *s, const struct selftest_case *c)
{
	const struct case_outcome known = {
		.name = c->name, .core = c->core, .unproven = c->unproven, .entries = c->entries
	};

	guard_case(s->o->guard, s->r, &known, GUARD_TIMES * s->timeout_ms + GUARD_MS);
}

static bool is_selected(const struct session *s, const struct selftest_case *c)
{
	const char *only = s->o->only, *skip = s->o->skip;

	if (only && *only && !glob_list_matches(only, c->name))
		return false;
	return !(skip && *skip && glob_list_matches(skip, c->name));
}

/* quick skips expensive and unproven cases on an emulator, unless only= selects cases. */
static bool is_left_out(const struct session *s, const struct selftest_case *c)
{
	return s->o->quick && s->emulator != EMULATOR_NONE &&
	       c->flags & (L1_EXPENSIVE | L1_UNPROVEN) && !(s->o->only && *s->o->only);
}

/*
 * After a failure neither L1's nor KVM's state is trusted: start a fresh VM. If that harms the kernel,
 * with or without success, it is because of the step before: out, which may be NULL, named by after.
 */
static int restart(struct session *s, struct case_outcome *out, const char *after)
{
	char why[DETAIL_MAX];
	int ret;

	l1_stop(&s->l1);
	s->needs_fresh_vm = false;
	ret = l1_start(&s->l1, s->timeout_ms, why, sizeof(why));
	if (ret < 0)
		s->r->selftest.error = arena_printf(&s->r->arena, "no VM for L1: %s", why);
	host_is_healthy(s, out, after);
	return ret;
}

/* A case that was skipped in an earlier round is not tried again. */
static bool stays_skipped(const struct session *s, const struct case_outcome *c)
{
	return s->rounds.done && c->result == CASE_SKIP;
}

static struct case_outcome *outcome_of(struct session *s, const struct selftest_case *c,
				       size_t slot)
{
	struct selftest_state *st = &s->r->selftest;
	struct case_outcome *out;

	if (slot < st->n_cases)
		return &st->cases[slot];
	out = arena_push(&s->r->arena, &st->cases, &st->n_cases);
	*out = (struct case_outcome){
		.name = c->name,
		.core = c->core,
		.unproven = c->unproven,
		.entries = c->entries,
	};
	return out;
}

/* Adds the CPU and the round, for a failure that is rare. */
static void add_cpu_and_round(struct session *s, struct case_outcome *out)
{
	char registers[320];

	if (is_single_round(s) && !s->o->pin)
		return;
	registers[0] = 0;
	if (s->l1.up && s->l1.n_vcpus)
		vcpu_describe(&s->l1.vcpus[0], registers, sizeof(registers));
	out->detail = arena_printf(&s->r->arena, "%s; on CPU %u, pass %u; L1 then at %s",
				   out->detail ? out->detail : "failed", s->rounds.cpu,
				   s->rounds.done + 1, registers[0] ? registers : "nothing");
}

/* 1 if a case failed and the rounds end with it. */
static int run_cases(struct session *s)
{
	struct selftest_state *st = &s->r->selftest;
	bool one_round = is_single_round(s);
	size_t total = 0, done = 0;

	st->left_out = 0;
	for (size_t i = 0; i < s->n_cases; i++) {
		total += is_selected(s, &s->cases[i]);
		st->left_out += is_selected(s, &s->cases[i]) && is_left_out(s, &s->cases[i]);
	}
	total -= st->left_out;
	for (size_t i = 0; i < s->n_cases; i++) {
		const struct selftest_case *c = &s->cases[i];
		struct case_outcome *out, before;
		struct arena_mark mark;
		int ret;

		if (!is_selected(s, c) || is_left_out(s, c))
			continue;
		guard_next_case(s, c);
		out = outcome_of(s, c, done);
		before = *out;
		mark = arena_mark(&s->r->arena);
		ret = stays_skipped(s, out) ? 0 : run_or_skip_case(s, i, out);
		s->last = out;
		st->nested_run += out->nested_run;
		if (out->result == CASE_FAIL)
			add_cpu_and_round(s, out);
		if (!st->error && (ret < 0 || s->needs_fresh_vm || c->needs_fresh_vm))
			ret = restart(s, out, c->name);
		done++;
		if (s->o->progress)
			s->o->progress(out, done, total, s->o->data);
		if (st->error)
			return ret < 0 ? ret : 1;
		if (out->result == CASE_FAIL && !one_round &&
		    !(s->o->tolerated && s->o->tolerated(s->r, out)))
			return 1;
		/* Rounds without end must not fill the memory with the same text. */
		if (s->rounds.done && rounds_keep_worst(out, &before))
			arena_release(&s->r->arena, mark);
	}
	return 0;
}

static int run_rounds(struct session *s)
{
	int ret = 0;

	while (ret == 0 && rounds_next(&s->rounds, (uint64_t)(monotonic_ms() / 1000))) {
		if (rounds_pin(&s->rounds) < 0) {
			s->r->selftest.error =
				arena_printf(&s->r->arena, "there is no CPU %u", s->rounds.cpu);
			return -EINVAL;
		}
		if (!is_single_round(s))
			guard_round(s->o->guard, s->rounds.done + 1, s->rounds.cpu);
		if (s->o->round)
			s->o->round(s->rounds.done + 1, s->rounds.cpu, s->o->data);
		ret = run_cases(s);
		s->r->selftest.passes = ++s->rounds.done;
	}
	rounds_unpin(&s->rounds);
	return ret < 0 ? ret : 0;
}

static uint32_t cost_samples(const struct pace *p)
{
	uint64_t n = p->l2_ns ? COST_MS * 1000000ULL / (p->l2_ns * L1_COST_COUNT) : 0;

	return n < SAMPLES_MIN ? SAMPLES_MIN : n > SAMPLES ? SAMPLES : (uint32_t)n;
}

/* A cost that cannot be measured stays 0, unknown: the results of the cases do not change. */
static void measure_cost(struct session *s)
{
	struct vcpu_exit exit;
	uint64_t before, after;

	l1_nested_run(&s->l1, &before);
	s->l1.page->samples = cost_samples(&s->r->selftest.pace);
	if (l1_command(&s->l1, L1_MEASURE_COST, 0, 0, s->timeout_ms, &exit) < 0 ||
	    exit.stop != VCPU_DOORBELL || exit.value != L1_DONE || s->l1.page->result != L1_PASS)
		return;
	for (size_t i = 0; i < L1_COST_COUNT; i++)
		s->r->selftest.costs[i] = (struct exit_cost){
			s->l1.page->costs[i].median,
			s->l1.page->costs[i].low,
			s->l1.page->costs[i].high,
		};
	s->r->selftest.l1_exit_cycles = s->l1.page->costs[L1_COST_L1_CPUID].median;
	s->r->selftest.l2_exit_cycles = s->l1.page->costs[L1_COST_L2_CPUID].median;
	if (l1_nested_run(&s->l1, &after))
		s->r->selftest.nested_run += after - before;
}

/* The chain is no case: skip=chain skips no case. */
static bool skips_a_case(const struct session *s)
{
	for (size_t i = 0; i < s->n_cases; i++)
		if (glob_list_matches(s->o->skip, s->cases[i].name))
			return true;
	return false;
}

static void note_partial(struct session *s)
{
	struct selftest_state *st = &s->r->selftest;
	const char *only = s->o->only, *skip = s->o->skip;

	if (only && *only)
		st->partial = arena_printf(&s->r->arena, "only=%s", only);
	if (skip && *skip && skips_a_case(s))
		st->partial = st->partial ?
				      arena_printf(&s->r->arena, "%s skip=%s", st->partial, skip) :
				      arena_printf(&s->r->arena, "skip=%s", skip);
}

static size_t second_core_case(const struct session *s)
{
	size_t seen = 0;

	for (size_t i = 0; i < s->n_cases; i++) {
		if (s->cases[i].core && is_selected(s, &s->cases[i]) && ++seen == 2)
			return i;
	}
	return s->n_cases;
}

/* Measures the pace, and derives the limit for a case unless the user set one. */
static int find_pace(struct session *s)
{
	struct pace *p = &s->r->selftest.pace;
	bool back = pace_measure(&s->l1, p);
	int ret;

	if (!host_is_healthy(s, NULL, "the measurement of an exit's time"))
		return -EIO;

	if (!s->timeout_ms)
		s->timeout_ms = CASE_TIMEOUT_MS * pace_scale(p);
	if (s->o->paced)
		s->o->paced(pace_scale(p), s->o->data);
	ret = back ? 0 : restart(s, NULL, "the measurement of an exit's time");
	return !ret && s->r->selftest.error ? -EIO : ret;
}

static int start(struct session *s)
{
	struct report *r = s->r;
	char why[DETAIL_MAX];
	int ret;

	ret = l1_start(&s->l1, s->timeout_ms ? s->timeout_ms : START_TIMEOUT_MS, why, sizeof(why));
	if (!host_is_healthy(s, NULL, "the start of a VM"))
		return -EIO;
	if (ret < 0) {
		r->selftest.error = arena_strdup(&r->arena, why);
		return ret;
	}
	if (!s->l1.page->vendor) {
		r->selftest.error = "KVM offers neither VMX nor SVM to its guests";
		return -EOPNOTSUPP;
	}
	s->n_cases = l1_cases(&r->arena, (enum l1_vendor)s->l1.page->vendor, &s->cases);
	s->fault_index = s->n_cases;
	if (s->o->fault)
		s->fault_index = second_core_case(s);
	return find_pace(s);
}

int selftest_run(struct report *r, const struct selftest_options *o)
{
	struct session s = { .r = r, .o = o };
	struct nudge nudge;
	int ret;

	s.emulator = emulator_below(&r->facts, o->below);
	kernel_version_of(r->facts.kernel.release, r->facts.kernel.version,
			  r->facts.kernel.version_signature, &s.kernel);
	s.timeout_ms = o->case_timeout_ms;
	r->selftest.ran = true;
	rounds_start(&s.rounds, o, (uint64_t)(monotonic_ms() / 1000));
	/*
	 * TCG keeps breakpoints per CPU, and its VMRUN and #VMEXIT change DR7 without updating them (QEMU
	 * 7.2, svm_helper.c; not 10.0). So L1's vCPU has to disarm a breakpoint on the CPU where it armed
	 * it: on another CPU it does not trigger, and QEMU later takes the leftover watchpoint for a
	 * breakpoint and crashes with a segmentation fault (bpt_helper.c, hw_breakpoint_remove()).
	 */
	if (s.emulator == EMULATOR_TCG)
		s.rounds.pin = true;
	health_start(&s.health);
	nudge_start(&nudge, s.emulator);
	guard_step(&s, "the start of a VM");
	ret = start(&s);
	note_partial(&s);
	if (ret == 0)
		ret = run_rounds(&s);
	if (ret == 0 && o->cost && !r->selftest.error) {
		guard_step(&s, "the measurement of exits' costs");
		measure_cost(&s);
		host_is_healthy(&s, s.last, "the measurement of exits' costs");
	}
	guard_step(&s, "the end of the last VM");
	l1_stop(&s.l1);
	nudge_stop(&nudge);
	if (!r->selftest.error)
		host_is_healthy(&s, s.last, "the end of the last VM");
	health_end(&s.health);
	return ret;
}
