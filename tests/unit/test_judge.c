// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every path to every verdict (design.md, "Verdict"), starting from a run that passes and in which
 * one thing is changed.
 */
#include "run.h"

static void pass_is_earned(void **state)
{
	struct report r;

	(void)state;
	good_run(&r);
	judged(&r, VERDICT_PASS, "all core cases passed");
	assert_int_equal(r.verdict.grade, GRADE_FAST);
	add_case(&r, "vmx_vmfunc", false, CASE_XFAIL);
	judged(&r, VERDICT_PASS, "1 case failed as this emulator's defects make it");
	report_free(&r);
}

/* Every verdict names the source of below=, by which defects are excused. */
static void below_is_named(void **state)
{
	struct report r;

	(void)state;
	good_run(&r);
	r.selftest.below = "tcg";
	judged(&r, VERDICT_PASS, "all core cases passed; below=tcg, set by a test");
	add_case(&r, "vmx_vmfunc", false, CASE_FAIL);
	judged(&r, VERDICT_FAIL, "below=tcg, set by a test");
	report_free(&r);
}

static void an_empty_record_is_an_error(void **state)
{
	struct report r;

	(void)state;
	report_init(&r);
	judge_run(&r);
	assert_int_equal(r.verdict.result, VERDICT_ERROR);
	assert_contains(r.verdict.reason, "did not run");
	report_free(&r);
}

static void unsupported(void **state)
{
	struct report r;

	(void)state;
	good_run(&r);
	flip_cpuid(&r, 0, 1, ECX, 5);
	judged(&r, VERDICT_UNSUPPORTED, "no-virtualization: ");
	/* It precedes any failure: the cause, not its consequences. */
	r.selftest.cases[0].result = CASE_FAIL;
	judged(&r, VERDICT_UNSUPPORTED, "no-virtualization: ");
	report_free(&r);
}

static void blockers_fail(void **state)
{
	struct report r;

	(void)state;
	good_run(&r);
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	set_msr(&r, 0, 0x3a, 1);
	r.selftest.ran = false;
	r.selftest.n_cases = 0;
	judged(&r, VERDICT_FAIL, "vmx-locked-off: ");
	/* Without the self-test it is not an error. */
	r.selftest.partial = "selftest=off";
	judged(&r, VERDICT_FAIL, "vmx-locked-off: ");
	r.selftest.error = "KVM_CREATE_VM: No such device";
	judged(&r, VERDICT_FAIL, "vmx-locked-off: ");
	report_free(&r);
	/* Findings that are not blockers do not cause FAIL. */
	good_run(&r);
	set_msr(&r, 0, 0x48b, 0x00003cff00000000);
	strings_add(&r.arena, &r.param_problems, "x");
	judged(&r, VERDICT_PASS, "");
	assert_true(r.n_findings >= 2);
	report_free(&r);
}

static void failed_cases_fail(void **state)
{
	struct report r;

	(void)state;
	for (int i = 0; i < 3; i++) {
		good_run(&r);
		r.selftest.cases[i].result = CASE_FAIL;
		judged(&r, VERDICT_FAIL, r.selftest.cases[i].name);
		/* Also if the rest was not run. */
		r.selftest.partial = "only=vmx*";
		judged(&r, VERDICT_FAIL, "selftest-failed");
		r.selftest.error = "KVM_RUN: Bad address";
		judged(&r, VERDICT_FAIL, "selftest-failed");
		report_free(&r);
	}
	good_run(&r);
	for (int i = 0; i < 5; i++)
		add_case(&r, "vmx_more", false, CASE_FAIL);
	judged(&r, VERDICT_FAIL, "selftest-failed: vmx_more, vmx_more, vmx_more and 2 more");
	report_free(&r);
}

/* A listed case without a result has not passed. */
static void not_run_is_no_pass(void **state)
{
	struct report r;

	(void)state;
	good_run(&r);
	r.selftest.cases[1].result = CASE_NOT_RUN;
	judged(&r, VERDICT_ERROR, "was not run");
	r.selftest.cases[1] = (struct case_outcome){ .name = "vmx_zeroed", .core = true };
	judged(&r, VERDICT_ERROR, "partial: core case vmx_zeroed was not run");
	report_free(&r);
}

static void nested_run_is_held_against_entries(void **state)
{
	struct report r;

	(void)state;
	for (int i = 0; i < 3; i++) {
		good_run(&r);
		r.selftest.cases[i].nested_run = 3;
		judged(&r, VERDICT_PASS, "");
		r.selftest.cases[i].nested_run = 2;
		judged(&r, VERDICT_FAIL, r.selftest.cases[i].name);
		report_free(&r);
	}
	/* A skipped case declares entries, but made none. */
	good_run(&r);
	assert_int_equal(r.selftest.cases[3].result, CASE_SKIP);
	r.selftest.cases[3].entries = 5;
	r.selftest.cases[3].nested_run = 0;
	judged(&r, VERDICT_PASS, "");
	report_free(&r);
}

static void unproven_cases(void **state)
{
	struct report r;

	(void)state;
	good_run(&r);
	add_case(&r, "vmx_new", false, CASE_FAIL)->unproven = true;
	judged(&r, VERDICT_PASS, "");
	assert_non_null(finding_of(&r, "case-unproven"));
	/* A core case has to pass, proven or not. */
	r.selftest.cases[4].core = true;
	judged(&r, VERDICT_ERROR, "partial: core case vmx_new");
	report_free(&r);
}

static void partial(void **state)
{
	struct report r;

	(void)state;
	good_run(&r);
	r.selftest.partial = "skip=vmx_pml";
	judged(&r, VERDICT_ERROR, "partial: skip=vmx_pml");
	report_free(&r);
	good_run(&r);
	r.selftest.ran = false;
	r.selftest.n_cases = 0;
	r.selftest.partial = "selftest=off";
	judged(&r, VERDICT_ERROR, "partial: selftest=off");
	r.selftest.partial = NULL;
	judged(&r, VERDICT_ERROR, "did not run");
	/* Started, but no case has a result. */
	r.selftest.ran = true;
	judged(&r, VERDICT_ERROR, "partial: no core case");
	report_free(&r);
	/* None of them core. */
	good_run(&r);
	r.selftest.cases[0].core = r.selftest.cases[1].core = false;
	judged(&r, VERDICT_ERROR, "partial: no core case");
	report_free(&r);
}

static void core_cases_have_to_pass(void **state)
{
	struct report r;

	(void)state;
	good_run(&r);
	r.selftest.cases[0].result = CASE_SKIP;
	r.selftest.cases[0].detail = "KVM does not offer msr_bitmap to L1";
	judged(&r, VERDICT_ERROR, "partial: core case vmx_enter was skipped: KVM does not");
	r.selftest.cases[0].result = CASE_XFAIL;
	judged(&r, VERDICT_ERROR, "partial: core case vmx_enter was expected to fail");
	report_free(&r);
}

static void error_of_the_selftest(void **state)
{
	struct report r;

	(void)state;
	good_run(&r);
	r.selftest.error = "KVM_CREATE_VM: Cannot allocate memory";
	judged(&r, VERDICT_ERROR, "Cannot allocate memory");
	report_free(&r);
}

/* "A paging violation where EPT/NPT is offered." */
static void paging_case_without_ept(void **state)
{
	struct case_outcome *c;
	struct report r;

	(void)state;
	good_run(&r);
	c = &r.selftest.cases[1];
	c->result = CASE_SKIP;
	c->detail = "KVM does not offer ept to L1";
	c->lacks = 1ULL << CAP_EPT;
	/* The hardware has it, and nothing reports that KVM does not offer it. */
	judged(&r, VERDICT_ERROR, "partial: core case vmx_ept_violation");
	/* The hardware has none. */
	r.facts.kernel.n_modules = 0;
	set_msr(&r, 0, 0x48b, 0x00007cfd00000000);
	judged(&r, VERDICT_PASS, "");
	assert_int_equal(r.verdict.grade, GRADE_NONE);
	assert_non_null(finding_of(&r, "below-functional"));
	/* Whatever the text. */
	c->detail = NULL;
	judged(&r, VERDICT_PASS, "");
	c->detail = "KVM does not offer ept to L1";
	/* This does not excuse another skip. */
	c->lacks = 1ULL << CAP_EPT_AD | 1ULL << CAP_VPID;
	judged(&r, VERDICT_ERROR, "partial");
	c->lacks = 0;
	judged(&r, VERDICT_ERROR, "partial");
	c->lacks = 1ULL << CAP_EPT;
	c->result = CASE_XFAIL;
	judged(&r, VERDICT_ERROR, "partial");
	c->result = CASE_SKIP;
	/* The others are still required. */
	r.selftest.cases[0].core = false;
	judged(&r, VERDICT_ERROR, "partial: no core case");
	report_free(&r);
}

/* KVM's offer overrides the hardware: EPT may be present but disabled in KVM. */
static void paging_case_where_kvm_does_not_offer(void **state)
{
	struct cpuid_fact leaves[] = {
		{ 0x80000001, 0, 0, 0, 1 << 2, 1 << 20 },
		{ 0x8000000a, 0, 1, 8, 0, 0 },
	};
	struct case_outcome *c;
	struct report r;

	(void)state;
	zen(&r, 1);
	r.selftest.ran = true;
	r.selftest.taint_known = TRI_YES;
	add_case(&r, "svm_enter", true, CASE_PASS);
	/* The text does not matter. */
	c = add_case(&r, "svm_npt_violation", true, CASE_SKIP);
	c->detail = "KVM does not offer npt to L1";
	c->lacks = 1ULL << CAP_NPT;
	judged(&r, VERDICT_ERROR, "partial");
	r.facts.kvm.cpuid = leaves;
	r.facts.kvm.n_cpuid = 2;
	judged(&r, VERDICT_PASS, "");
	c->lacks = 1ULL << CAP_NRIPS;
	judged(&r, VERDICT_ERROR, "partial");
	c->lacks = 1ULL << CAP_NPT;
	/* Offered, but skipped. */
	leaves[1].edx = 1;
	judged(&r, VERDICT_ERROR, "partial");
	report_free(&r);
}

static void taint(void **state)
{
	struct report r;

	(void)state;
	good_run(&r);
	r.selftest.taint_before = r.selftest.taint_after = 512;
	judged(&r, VERDICT_PASS, "");
	r.selftest.taint_after = 640;
	judged(&r, VERDICT_ERROR, "taint 512 became 640");
	/* The log counts, on a kernel that was tainted before as well. */
	r.selftest.taint_after = 512;
	r.selftest.warned = "this machine's kernel says: WARNING: x";
	judged(&r, VERDICT_ERROR, "kernel-warned: this machine's kernel says: WARNING: x");
	r.selftest.warned = NULL;
	r.selftest.taint_known = TRI_UNKNOWN;
	judged(&r, VERDICT_ERROR, "taint was not read");
	report_free(&r);
}

/* Whether there is VMX or SVM decides everything: without it nothing is known. */
static void facts_that_say_nothing(void **state)
{
	struct report r;

	(void)state;
	for (int i = 0; i < 3; i++) {
		report_init(&r);
		if (i) {
			r.facts.cpus = arena_alloc(&r.arena, sizeof(r.facts.cpus[0]));
			r.facts.n_cpus = 1;
		}
		/* The maker, and not what it made. */
		if (i == 2)
			set_cpuid(&r, 0, 0, 0x16, 0x756e6547, 0x6c65746e, 0x49656e69);
		diagnose(&r);
		judge_findings(&r);
		assert_int_equal(r.verdict.result, VERDICT_ERROR);
		assert_contains(r.verdict.reason, "not known whether the CPU has VMX or SVM");
		report_free(&r);
	}
}

/* A stored PASS has to be one by what is stored with it. */
static void stored(void **state)
{
	struct report r;

	(void)state;
	report_init(&r);
	assert_contains(judge_stored(&r), "has no verdict");
	r.verdict.result = VERDICT_PASS;
	assert_contains(judge_stored(&r), "did not run");
	r.verdict.result = VERDICT_FAIL;
	assert_null(judge_stored(&r));
	report_free(&r);

	good_run(&r);
	r.cpu.vendor = VENDOR_INTEL;
	judged(&r, VERDICT_PASS, "all core cases passed");
	assert_null(judge_stored(&r));
	assert_int_equal(r.verdict.grade, GRADE_FAST);
	r.replayed = true;
	assert_contains(judge_stored(&r), "replay");
	r.replayed = false;
	r.selftest.error = "no";
	assert_contains(judge_stored(&r), "could not go on");
	r.selftest.error = NULL;
	for (size_t i = 0; i < r.selftest.n_cases; i++) {
		const enum case_result before = r.selftest.cases[i].result;

		if (!r.selftest.cases[i].core)
			continue;
		r.selftest.cases[i].result = CASE_FAIL;
		assert_contains(judge_stored(&r), r.selftest.cases[i].name);
		r.selftest.cases[i].result = CASE_SKIP;
		assert_contains(judge_stored(&r), r.selftest.cases[i].name);
		assert_int_equal(r.verdict.result, VERDICT_PASS);
		r.selftest.cases[i].result = before;
	}
	/* Without its paging for L1, a skipped core case is excused (design.md, "Verdict"). */
	r.selftest.cases[0].result = CASE_SKIP;
	assert_non_null(judge_stored(&r));
	r.kvm.offered[CAP_EPT] = TRI_NO;
	assert_null(judge_stored(&r));
	r.selftest.cases[0].result = CASE_PASS;
	/* Of a version that did not record which are core. */
	for (size_t i = 0; i < r.selftest.n_cases; i++)
		r.selftest.cases[i].core = false;
	assert_null(judge_stored(&r));
	r.selftest.cases[0].result = CASE_FAIL;
	assert_non_null(judge_stored(&r));
	report_free(&r);
}

static void replays_know_no_selftest(void **state)
{
	struct report r;

	(void)state;
	good_run(&r);
	diagnose(&r);
	judge_findings(&r);
	assert_int_equal(r.verdict.result, VERDICT_NONE);
	assert_null(r.verdict.reason);
	assert_int_equal(verdict_exit_status(r.verdict.result), 0);
	/* Recorded facts never pass, whatever the record contains. */
	r.replayed = true;
	judge_run(&r);
	assert_int_equal(r.verdict.result, VERDICT_NONE);
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	set_msr(&r, 0, 0x3a, 1);
	diagnose(&r);
	judge_findings(&r);
	assert_int_equal(r.verdict.result, VERDICT_FAIL);
	assert_int_equal(verdict_exit_status(r.verdict.result), 1);
	flip_cpuid(&r, 0, 1, ECX, 5);
	diagnose(&r);
	judge_findings(&r);
	assert_int_equal(r.verdict.result, VERDICT_UNSUPPORTED);
	assert_int_equal(verdict_exit_status(r.verdict.result), 3);
	assert_int_equal(verdict_exit_status(VERDICT_ERROR), 4);
	assert_int_equal(verdict_exit_status((enum verdict_result)77), 4);
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(below_is_named),
		cmocka_unit_test(pass_is_earned),
		cmocka_unit_test(an_empty_record_is_an_error),
		cmocka_unit_test(unsupported),
		cmocka_unit_test(blockers_fail),
		cmocka_unit_test(failed_cases_fail),
		cmocka_unit_test(not_run_is_no_pass),
		cmocka_unit_test(nested_run_is_held_against_entries),
		cmocka_unit_test(unproven_cases),
		cmocka_unit_test(partial),
		cmocka_unit_test(core_cases_have_to_pass),
		cmocka_unit_test(error_of_the_selftest),
		cmocka_unit_test(paging_case_without_ept),
		cmocka_unit_test(paging_case_where_kvm_does_not_offer),
		cmocka_unit_test(taint),
		cmocka_unit_test(facts_that_say_nothing),
		cmocka_unit_test(stored),
		cmocka_unit_test(replays_know_no_selftest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
