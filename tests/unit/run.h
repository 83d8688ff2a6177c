/* SPDX-License-Identifier: GPL-2.0-only */
/* Made-up runs for the judge's tests: one that passes, in which a test changes one thing. */
#ifndef NESTCHECK_TESTS_UNIT_RUN_H
#define NESTCHECK_TESTS_UNIT_RUN_H

#include "chain.h"

#include "diagnose/diagnose.h"
#include "lib/status.h"
#include "report/judge.h"

HELPER struct case_outcome *add_case(struct report *r, const char *name, bool core,
				     enum case_result result)
{
	struct case_outcome *c = arena_push(&r->arena, &r->selftest.cases, &r->selftest.n_cases);

	c->name = name;
	c->core = core;
	c->result = result;
	c->entries = 3;
	c->nested_run = result == CASE_PASS ? 4 : 0;
	return c;
}

/* Cases 0 and 1 are core. */
HELPER void good_run(struct report *r)
{
	haswell(r, 1);
	r->selftest.ran = true;
	r->selftest.taint_known = TRI_YES;
	add_case(r, "vmx_enter", true, CASE_PASS);
	add_case(r, "vmx_ept_violation", true, CASE_PASS);
	add_case(r, "vmx_msr_bitmap", false, CASE_PASS);
	add_case(r, "vmx_pml", false, CASE_SKIP)->detail = "KVM does not offer pml to L1";
}

HELPER void judged(struct report *r, enum verdict_result wanted, const char *reason)
{
	diagnose(r);
	judge_run(r);
	if (r->verdict.result != wanted)
		fail_msg("verdict %s (%s), wanted %s", verdict_name(r->verdict.result),
			 r->verdict.reason, verdict_name(wanted));
	assert_non_null(r->verdict.reason);
	assert_contains(r->verdict.reason, reason);
	if (wanted != VERDICT_PASS)
		assert_int_equal(r->verdict.grade, GRADE_NONE);
}

#endif
