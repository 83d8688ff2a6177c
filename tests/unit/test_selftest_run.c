// SPDX-License-Identifier: GPL-2.0-only
/*
 * The self-test's order of things, beside a played L1: what it tells its guard, what it keeps, when
 * it looks at the kernel's log.
 */
#include "machine.h"

#include <errno.h>
#include <stdio.h>

#include "selftest/cases.h"
#include "selftest/nudge.h"
#include "selftest/pace.h"
#include "selftest/session.h"

#define CASES  3
#define ROUNDS 400
#define DETAIL 4000 /* what a case leaves in the report's memory */

static struct l1_page page;

static struct {
	unsigned int starts, fails_at; /* l1_start() fails at that one, from 1; 0: never */
	unsigned int rounds, last_round, last_cpu;
	unsigned int looks; /* since the last start of a VM */
	enum case_result result;
	unsigned int warns_at; /* the kernel warns at that start */
} played;

/* --- the machine ------------------------------------------------------------------------------ */

int l1_start(struct l1 *l1, unsigned int timeout_ms, char *why, size_t why_size)
{
	(void)timeout_ms;
	page.vendor = L1_VMX;
	l1->page = &page;
	played.looks = 0;
	if (++played.starts != played.fails_at)
		return 0;
	snprintf(why, why_size, "KVM_CREATE_VM: played");
	return -EIO;
}

void l1_stop(struct l1 *l1)
{
	l1->up = false;
}

bool l1_nested_run(struct l1 *l1, uint64_t *value)
{
	(void)l1;
	*value = 0;
	return true;
}

int l1_command(struct l1 *l1, enum l1_command command, uint32_t index, uint32_t flags,
	       unsigned int timeout_ms, struct vcpu_exit *exit)
{
	(void)l1;
	(void)command;
	(void)index;
	(void)flags;
	(void)timeout_ms;
	(void)exit;
	return -EIO;
}

void vcpu_describe(struct vcpu *vcpu, char *buf, size_t size)
{
	(void)vcpu;
	snprintf(buf, size, "nowhere");
}

size_t l1_cases(struct arena *a, enum l1_vendor vendor, struct selftest_case **cases)
{
	static const char *const names[CASES] = { "vmx_a", "vmx_b", "vmx_c" };
	size_t n = 0;

	(void)vendor;
	*cases = NULL;
	for (size_t i = 0; i < CASES; i++)
		arena_push(a, cases, &n)->name = names[i];
	return n;
}

int run_or_skip_case(struct session *s, size_t index, struct case_outcome *out)
{
	char detail[DETAIL];

	memset(detail, 'a' + (int)index, sizeof(detail) - 1);
	detail[sizeof(detail) - 1] = '\0';
	out->result = played.result;
	out->detail = arena_strdup(&s->r->arena, detail);
	s->needs_fresh_vm = played.result == CASE_FAIL;
	return 0;
}

bool host_is_healthy(struct session *s, struct case_outcome *out, const char *after)
{
	(void)out;
	played.looks++;
	if (!played.warns_at || played.starts < played.warns_at)
		return true;
	s->r->selftest.warned = "played";
	s->r->selftest.error = arena_printf(&s->r->arena, "stopped after %s: played", after);
	return false;
}

bool pace_measure(struct l1 *l1, struct pace *p)
{
	(void)l1;
	(void)p;
	return true;
}

void nudge_start(struct nudge *n, enum emulator e)
{
	(void)n;
	(void)e;
}

void nudge_stop(struct nudge *n)
{
	(void)n;
}

void health_start(struct health *h)
{
	(void)h;
}

void health_end(struct health *h)
{
	(void)h;
}

/* --- the guard -------------------------------------------------------------------------------- */

void guard_at(struct guard *g, const struct report *r, const char *what, unsigned int limit_ms)
{
	(void)g;
	(void)r;
	(void)what;
	assert_true(limit_ms > 0);
}

void guard_case(struct guard *g, const struct report *r, const struct case_outcome *c,
		unsigned int limit_ms)
{
	(void)g;
	(void)r;
	assert_true(limit_ms > 0 && c->name);
	/* A case is of the round that was told before. */
	assert_true(!played.last_round || played.last_round == played.rounds);
}

void guard_round(struct guard *g, unsigned int round, unsigned int cpu)
{
	(void)g;
	played.rounds++;
	played.last_round = round;
	played.last_cpu = cpu;
}

/* ---------------------------------------------------------------------------------------------- */

static int quiet(void **state)
{
	(void)state;
	memset(&played, 0, sizeof(played));
	played.result = CASE_PASS;
	return 0;
}

/* For the error's text, if the child does not return. */
static void a_guard_knows_the_round(void **state)
{
	struct selftest_options o = { .repeat = 5 };
	struct report r;

	(void)state;
	report_init(&r);
	assert_int_equal(selftest_run(&r, &o), 0);
	assert_int_equal(played.rounds, 5);
	assert_int_equal(played.last_round, 5);
	assert_int_equal(r.selftest.passes, 5);
	report_free(&r);
	quiet(state);
	report_init(&r);
	o.repeat = 0;
	assert_int_equal(selftest_run(&r, &o), 0);
	assert_int_equal(played.rounds, 0);
	assert_int_equal(r.selftest.n_cases, CASES);
	report_free(&r);
}

/* As under a guard: its memory is a mapping of one size, whose end is the program's. */
static void rounds_without_end_take_no_memory(void **state)
{
	const struct selftest_options o = { .repeat = ROUNDS };
	struct report r;
	size_t used;

	(void)state;
	/* An emulator's defect has the same text in each round. */
	played.result = CASE_XFAIL;
	report_init(&r);
	assert_int_equal(arena_share(&r.arena, 2 * (size_t)ROUNDS * CASES * DETAIL), 0);
	used = arena_mark(&r.arena).used;
	assert_int_equal(selftest_run(&r, &o), 0);
	assert_int_equal(r.selftest.passes, ROUNDS);
	/* The first round's details, and those of the case that is compared. */
	used = arena_mark(&r.arena).used - used;
	assert_true(used >= CASES * DETAIL);
	if (used > 4 * CASES * DETAIL)
		fail_msg("%zu bytes for %d rounds", used, ROUNDS);
	for (size_t i = 0; i < CASES; i++)
		assert_int_equal(r.selftest.cases[i].detail[DETAIL - 2], 'a' + (int)i);
	arena_unshare(&r.arena);
	report_free(&r);
}

/* If there is no other VM because the kernel is damaged, its log says so, and that is the reason. */
static void no_fresh_vm_and_a_warning(void **state)
{
	const struct selftest_options o = { .repeat = 1 };
	struct report r;

	(void)state;
	played.result = CASE_FAIL;
	played.fails_at = 2;
	report_init(&r);
	assert_true(selftest_run(&r, &o) < 0);
	assert_int_equal(r.selftest.n_cases, 1);
	assert_string_equal(r.selftest.error, "no VM for L1: KVM_CREATE_VM: played");
	assert_int_equal(played.looks, 1);
	report_free(&r);
	quiet(state);
	played.result = CASE_FAIL;
	played.fails_at = 2;
	played.warns_at = 2;
	report_init(&r);
	assert_true(selftest_run(&r, &o) < 0);
	assert_string_equal(r.selftest.error, "stopped after vmx_a: played");
	assert_string_equal(r.selftest.warned, "played");
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_guard_knows_the_round, quiet),
		cmocka_unit_test_setup(rounds_without_end_take_no_memory, quiet),
		cmocka_unit_test_setup(no_fresh_vm_and_a_warning, quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
