// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the cases one by one, each held against KVM's nested_run, and survives any of them.
 */
#include "selftest/selftest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "selftest/cases.h"
#include "selftest/emulator.h"
#include "selftest/l1.h"

#define CASE_TIMEOUT_MS 2000
#define DETAIL_MAX	800

/* One self-test under way. */
struct session {
	struct report *r;
	const struct selftest_options *o;
	struct l1 l1;
	enum emulator emulator;
	unsigned int timeout_ms;
	struct selftest_case *cases;
	size_t n_cases;
	size_t fault_index; /* the case that the fault is played in; n_cases for none */
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static bool is_selected(const struct session *s, const struct selftest_case *c)
{
	const char *only = s->o->only, *skip = s->o->skip;

	if (only && *only && !glob_list_matches(only, c->name))
		return false;
	return !(skip && *skip && glob_list_matches(skip, c->name));
}

static const char *missing_features(struct session *s, const struct selftest_case *c)
{
	uint64_t missing = c->requires & ~s->l1.page->features;
	const char *text = NULL;

	for (unsigned int f = 0; f < L1_F_COUNT; f++) {
		if (!(missing >> f & 1))
			continue;
		text = text ? arena_printf(&s->r->arena, "%s, %s", text, l1_feature_name(f))
			    : arena_printf(&s->r->arena, "KVM does not offer %s to L1",
					   l1_feature_name(f));
	}
	return text;
}

/* What L1 said of a case that it came back from. */
static void judge_answer(struct session *s, struct case_outcome *out, char *detail, size_t size)
{
	l1_detail(&s->l1, detail, size);
	switch (s->l1.page->result) {
	case L1_PASS:
		out->result = CASE_PASS;
		detail[0] = 0;
		break;
	case L1_SKIP:
		out->result = CASE_SKIP;
		break;
	case L1_FAIL:
		out->result = CASE_FAIL;
		break;
	default:
		out->result = CASE_FAIL;
		snprintf(detail, size, "L1 came back without a result");
	}
}

/* KVM's counter is the proof that L2 ran; L1's word alone is not enough for a pass. */
static void hold_against_kvm(struct session *s, struct case_outcome *out, uint64_t before,
			     char *detail, size_t size)
{
	uint64_t after;
	bool known = l1_nested_run(&s->l1, &after);

	out->nested_run = known ? after - before : 0;
	if (out->result != CASE_PASS || (known && out->nested_run >= out->entries))
		return;
	out->result = CASE_FAIL;
	if (!known) {
		snprintf(detail, size, "KVM's counter nested_run cannot be read");
		return;
	}
	snprintf(detail, size,
		 "L1 reports pass, but KVM counted %llu entries into L2 where at least %llu are due",
		 (unsigned long long)out->nested_run, (unsigned long long)out->entries);
}

static enum l1_command command_for(const struct session *s, size_t index)
{
	if (index != s->fault_index)
		return L1_RUN_CASE;
	return strcmp(s->o->fault, "l1-hang") ? L1_FAULT_TRIPLE : L1_FAULT_HANG;
}

/* Runs one case in the present VM. Negative errno where KVM itself failed. */
static int run_case(struct session *s, size_t index, struct case_outcome *out)
{
	char detail[DETAIL_MAX] = "";
	uint64_t before, start = now_us();
	struct vcpu_exit exit;
	const char *reason;
	int ret;

	l1_nested_run(&s->l1, &before);
	ret = l1_command(&s->l1, command_for(s, index), (uint32_t)index, s->timeout_ms, &exit);
	out->us = now_us() - start;
	out->result = CASE_FAIL;
	if (ret < 0) {
		snprintf(detail, sizeof(detail), "%s: %s", s->l1.vm.failed, strerror(-ret));
	} else if (exit.stop == VCPU_DOORBELL && exit.value == L1_DONE) {
		judge_answer(s, out, detail, sizeof(detail));
	} else {
		l1_describe_end(&s->l1, &exit, s->timeout_ms, detail, sizeof(detail));
	}
	hold_against_kvm(s, out, before, detail, sizeof(detail));
	reason = emulator_xfail(s->emulator, out->name);
	if (out->result == CASE_FAIL && reason) {
		out->result = CASE_XFAIL;
		out->detail = arena_printf(&s->r->arena, "%s: %s", reason, detail);
	} else if (detail[0]) {
		out->detail = arena_strdup(&s->r->arena, detail);
	}
	return ret;
}

/* After a failure nothing that L1 or KVM's nested state holds is trusted: a fresh VM. */
static int restart(struct session *s)
{
	char why[DETAIL_MAX];
	int ret;

	l1_stop(&s->l1);
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
		int ret = 0;

		if (!is_selected(s, c))
			continue;
		out = arena_push(&s->r->arena, &st->cases, &st->n_cases);
		*out = (struct case_outcome){ .name = c->name, .core = c->core,
					      .unproven = c->unproven, .entries = c->entries };
		out->detail = missing_features(s, c);
		if (out->detail)
			out->result = CASE_SKIP;
		else
			ret = run_case(s, i, out);
		st->nested_run += out->nested_run;
		if (s->o->progress)
			s->o->progress(out, ++done, total, s->o->data);
		if (ret < 0 || out->result == CASE_FAIL || out->result == CASE_XFAIL)
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
		st->partial = st->partial ? arena_printf(&s->r->arena, "%s skip=%s", st->partial, skip)
					  : arena_printf(&s->r->arena, "skip=%s", skip);
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
