// SPDX-License-Identifier: GPL-2.0-only
/*
 * Verdicts of a run with the chain, and of the chain alone (design.md, "Verdict").
 */
#include "run.h"

/* Shown on every console: verdicts must be readable at a glance. */
static void check_line(const struct report *r)
{
	char text[512];

	verdict_text(text, sizeof(text), r);
	assert_true(strlen("nestcheck: VERDICT ") + strlen(text) < 160);
}

static void a_chain_has_to_pass(void **state)
{
	static const struct {
		unsigned int level;
		const char *stage, *reason, *expected;
	} ways[] = {
		{ 2, "cpus",
		  "L2 hung: nothing was said for 15 s; rip 0xffffffff81000123 on vCPU 0; its "
		  "console's last line: smp: Bringing up secondary CPUs ... (after stage timer: a "
		  "timer fired in time)",
		  "chain: L2 hung, stage cpus" },
		{ 1, "kernel", "L1's kernel did not start: L1 hung: nothing was said",
		  "chain: L1's kernel did not start: L1 hung: nothing was said" },
		{ 2, "cpus", "CPU 1 did not answer",
		  "chain: L2: CPU 1 did not answer, stage cpus" },
		{ 1, NULL, NULL, "chain: L1: failed" },
		{ 0, NULL,
		  "no sense in it at all, and so long that no line would ever have room "
		  "for the whole of it",
		  "chain: no sense in it at all, and so long that no line would ever have room ..." },
	};
	struct report r;

	(void)state;
	good_run(&r);
	good_chain(&r);
	judged(&r, VERDICT_PASS, "all core cases passed, and so did the chain");
	assert_int_equal(r.verdict.grade, GRADE_FAST);
	check_line(&r);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		failed_chain(&r, ways[i].level, ways[i].stage, CHAIN_CAUSE_OTHER, "an end",
			     ways[i].reason);
		judged(&r, VERDICT_FAIL, ways[i].expected);
		assert_string_equal(r.verdict.reason, ways[i].expected);
		check_line(&r);
	}
	/* Other omissions do not change it. */
	r.selftest.partial = "only=vmx*";
	judged(&r, VERDICT_FAIL, "chain: ");
	/* A failed case takes precedence. */
	r.selftest.cases[0].result = CASE_FAIL;
	judged(&r, VERDICT_FAIL, "selftest-failed: vmx_enter");
	report_free(&r);
}

/* L2's report is not enough. */
static void a_chain_is_held_against_nested_run(void **state)
{
	struct report r;

	(void)state;
	good_run(&r);
	good_chain(&r)->nested_run = 0;
	judged(&r, VERDICT_FAIL, "chain: KVM counted no entry into L2");
	check_line(&r);
	report_free(&r);
}

static void what_blocks_l1_is_named(void **state)
{
	struct chain_state *c;
	struct report r;

	(void)state;
	good_run(&r);
	c = failed_chain(&r, 1, "kvm", CHAIN_CAUSE_OTHER, "powered off",
			 "KVM cannot be loaded: Not supported");
	*arena_push(&r.arena, &c->levels[0].findings, &c->levels[0].n_findings) =
		(struct finding){ .id = "vmx-locked-off",
				  .severity = SEVERITY_BLOCKER,
				  .title =
					  "VT-x (VMX) is switched off and locked by the firmware" };
	judged(&r, VERDICT_FAIL, "chain: L1: vmx-locked-off: VT-x (VMX) is switched off");
	check_line(&r);
	c->levels[0].findings[0].unsupported = true;
	c->reason = "L1 did not get VMX or SVM: L0's KVM does not offer it; does it run with "
		    "nested=1?; diagnosed there: hidden-by-hypervisor: KVM below hides VMX";
	judged(&r, VERDICT_FAIL, "chain: L1 did not get VMX or SVM, stage kvm");
	c->reason = "KVM cannot be loaded: Not supported";
	c->levels[0].findings[0].severity = SEVERITY_ADVICE;
	judged(&r, VERDICT_FAIL, "chain: L1: KVM cannot be loaded: Not supported, stage kvm");
	/* The machine's blocker is the reason. */
	set_msr(&r, 0, 0x3a, 1);
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	judged(&r, VERDICT_FAIL, "vmx-locked-off: VT-x");
	report_free(&r);
}

/* Requested but not run: no PASS. */
static void a_chain_that_was_not_run(void **state)
{
	struct chain_state *c;
	struct report r;

	(void)state;
	good_run(&r);
	c = &r.selftest.chain;
	c->result = CASE_SKIP;
	c->reason = "there is no /lib/vmlinux here";
	judged(&r, VERDICT_ERROR, "partial: chain skipped: there is no /lib/vmlinux here");
	c->reason = "L2 proved itself, but this kernel's KVM has no counter nested_run (Linux 5.14 "
		    "and later) to prove that it was nested";
	judged(&r, VERDICT_ERROR, "partial: chain skipped: L2 proved itself");
	check_line(&r);
	c->reason = NULL;
	judged(&r, VERDICT_ERROR, "partial: chain skipped: no reason was reported");
	c->result = CASE_XFAIL;
	judged(&r, VERDICT_ERROR, "partial: chain xfail");
	/* A core case that is missing is the better reason. */
	r.selftest.cases[0].result = CASE_SKIP;
	judged(&r, VERDICT_ERROR, "partial: core case vmx_enter");
	report_free(&r);
}

static void deeper_decides_nothing(void **state)
{
	struct chain_state *c;
	struct report r;

	(void)state;
	good_run(&r);
	c = good_chain(&r);
	c->depth = 3;
	c->deeper = "L3 hung: nothing was said for 15 s";
	judged(&r, VERDICT_PASS, "and so did the chain");
	assert_int_equal(r.verdict.grade, GRADE_FAST);
	report_free(&r);
}

static void chain_judged(struct report *r, enum verdict_result wanted, const char *reason)
{
	diagnose(r);
	judge_chain(r);
	assert_int_equal(r->verdict.result, wanted);
	assert_int_equal(r->verdict.grade, GRADE_NONE);
	assert_contains(r->verdict.reason, reason);
}

/* nestcheck chain: no case is run. */
static void the_chain_alone(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	chain_judged(&r, VERDICT_ERROR, "did not complete");
	good_chain(&r);
	chain_judged(&r, VERDICT_PASS, "the chain passed");
	r.selftest.taint_known = TRI_YES;
	r.selftest.taint_after = 512;
	chain_judged(&r, VERDICT_ERROR, "taint 0 became 512");
	r.selftest.taint_before = 512;
	r.selftest.warned = "this machine's kernel says: BUG: x";
	chain_judged(&r, VERDICT_ERROR, "kernel-warned: this machine's kernel says: BUG: x");
	r.selftest.taint_known = TRI_UNKNOWN;
	chain_judged(&r, VERDICT_ERROR, "kernel-warned: this machine's kernel says: BUG: x");
	r.selftest.chain.nested_run = 0;
	chain_judged(&r, VERDICT_FAIL, "chain: KVM counted no entry");
	failed_chain(&r, 2, "hashed", CHAIN_CAUSE_PROOF, "powered off",
		     "L2 reported a wrong digest: 00 instead of 11");
	chain_judged(&r, VERDICT_FAIL, "chain: L2 reported a wrong digest");
	r.selftest.chain.result = CASE_SKIP;
	chain_judged(&r, VERDICT_ERROR, "partial: chain skipped");
	set_msr(&r, 0, 0x3a, 1);
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	chain_judged(&r, VERDICT_FAIL, "vmx-locked-off");
	flip_cpuid(&r, 0, 1, ECX, 5);
	chain_judged(&r, VERDICT_UNSUPPORTED, "no-virtualization");
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_has_to_pass),
		cmocka_unit_test(a_chain_is_held_against_nested_run),
		cmocka_unit_test(what_blocks_l1_is_named),
		cmocka_unit_test(a_chain_that_was_not_run),
		cmocka_unit_test(deeper_decides_nothing),
		cmocka_unit_test(the_chain_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
