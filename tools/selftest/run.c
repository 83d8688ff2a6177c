// SPDX-License-Identifier: GPL-2.0-only
/*
 * The self-test from end to end: a VM, the cases one by one, a fresh VM where one failed.
 */
#include "selftest/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "selftest/cases.h"

#define CASE_TIMEOUT_MS 2000

static bool is_selected(const struct session *s, const struct selftest_case *c)
{
	const char *only = s->o->only, *skip = s->o->skip;

	if (only && *only && !glob_list_matches(only, c->name))
		return false;
	return !(skip && *skip && glob_list_matches(skip, c->name));
}

/* After a failure nothing that L1 or KVM's nested state holds is trusted: a fresh VM. */
static int restart(struct session *s)
{
	char why[DETAIL_MAX];
	int ret;

	l1_stop(&s->l1);
	s->doubtful = false;
	ret = l1_start(&s->l1, s->timeout_ms, why, sizeof(why));
	if (ret < 0)
		s->r->selftest.error = arena_printf(&s->r->arena, "no VM for L1: %s", why);
	return ret;
}

static int run_cases(struct session *s)
{
	struct selftest_state *st = &s->r->selftest;
	size_t total = 0, done = 0;

	for (size_t i = 0; i < s->n_cases; i++)
		total += is_selected(s, &s->cases[i]);
	for (size_t i = 0; i < s->n_cases; i++) {
		const struct selftest_case *c = &s->cases[i];
		struct case_outcome *out;
		int ret;

		if (!is_selected(s, c))
			continue;
		out = arena_push(&s->r->arena, &st->cases, &st->n_cases);
		*out = (struct case_outcome){ .name = c->name,
					      .core = c->core,
					      .unproven = c->unproven,
					      .entries = c->entries };
		ret = settle_case(s, i, out);
		st->nested_run += out->nested_run;
		if (s->o->progress)
			s->o->progress(out, ++done, total, s->o->data);
		if (ret < 0 || s->doubtful)
			ret = restart(s);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* A cost that cannot be had stays 0, not measured: the cases have judged already. */
static void measure_cost(struct session *s)
{
	struct vcpu_exit exit;
	uint64_t before, after;

	l1_nested_run(&s->l1, &before);
	if (l1_command(&s->l1, L1_MEASURE_COST, 0, s->timeout_ms, &exit) < 0 ||
	    exit.stop != VCPU_DOORBELL || exit.value != L1_DONE || s->l1.page->result != L1_PASS)
		return;
	s->r->selftest.l1_exit_cycles = s->l1.page->l1_exit_cycles;
	s->r->selftest.l2_exit_cycles = s->l1.page->l2_exit_cycles;
	if (l1_nested_run(&s->l1, &after))
		s->r->selftest.nested_run += after - before;
}

static void note_partial(struct session *s)
{
	struct selftest_state *st = &s->r->selftest;
	const char *only = s->o->only, *skip = s->o->skip;

	if (only && *only)
		st->partial = arena_printf(&s->r->arena, "only=%s", only);
	if (skip && *skip)
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

static int start(struct session *s)
{
	struct report *r = s->r;
	char why[DETAIL_MAX];
	int ret;

	ret = l1_start(&s->l1, s->timeout_ms, why, sizeof(why));
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
	return 0;
}

/*
 * The taint from before load is the facts' (they are read ahead of it); the one from after
 * all cases is read here.
 */
static void read_taint(struct report *r)
{
	const struct kernel_facts *k = &r->facts.kernel;
	FILE *f = fopen("/proc/sys/kernel/tainted", "re");
	unsigned long long taint;

	if (!f)
		return;
	if (k->taint_known == TRI_YES && fscanf(f, "%llu", &taint) == 1) {
		r->selftest.taint_known = TRI_YES;
		r->selftest.taint_before = k->taint;
		r->selftest.taint_after = taint;
	}
	fclose(f);
}

int selftest_run(struct report *r, const struct selftest_options *o)
{
	struct session s = { .r = r, .o = o };
	int ret;

	s.emulator = emulator_of(&r->facts);
	s.timeout_ms = o->case_timeout_ms;
	if (!s.timeout_ms)
		s.timeout_ms = CASE_TIMEOUT_MS * emulator_slowness(s.emulator);
	r->selftest.ran = true;
	note_partial(&s);
	ret = start(&s);
	if (ret == 0)
		ret = run_cases(&s);
	if (ret == 0 && o->cost)
		measure_cost(&s);
	l1_stop(&s.l1);
	read_taint(r);
	return ret;
}
