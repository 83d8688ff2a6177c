// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules about the chain: each kind of failure fires only its own rule, whatever the text of the
 * reason.
 */
#include "chain.h"
#include "rules.h"

static const char *const ids[] = {
	"chain-too-small", "chain-l1-kernel", "chain-l1-no-vmx", "chain-l1-died",
	"chain-l2-entry",  "chain-l2-died",   "chain-l2-hung",	 "chain-wrong-digest",
	"chain-failed",	   "chain-deeper",
};

/* One finding about the chain, which is the only blocker. */
static const struct finding *only_finding(struct report *r, const char *id)
{
	diagnose(r);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (strcmp(ids[i], id) != 0 && finding_of(r, ids[i]))
			fail_msg("%s fired, not only %s", ids[i], id);
	return finding_of(r, id);
}

/* The finding if the chain failed at this stage with this reason. */
static void fails(const char *id, unsigned int level, const char *stage, enum chain_cause cause,
		  const char *reason)
{
	const struct finding *f;
	struct report r;

	haswell(&r, 2);
	failed_chain(&r, level, stage, cause, "an end", reason);
	f = only_finding(&r, id);
	if (!f)
		fail_msg("no %s of L%u at %s: %s", id, level, stage, reason);
	assert_int_equal(f->severity, SEVERITY_BLOCKER);
	assert_contains(f->evidence, reason);
	assert_true(f->remedy && *f->remedy);
	report_free(&r);
}

static void a_chain_that_is_well_has_no_findings(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 2);
	good_chain(&r);
	must_not(&r, "chain-too-small");
	must_not(&r, "chain-l1-kernel");
	must_not(&r, "chain-l1-no-vmx");
	must_not(&r, "chain-l1-died");
	must_not(&r, "chain-l2-entry");
	must_not(&r, "chain-l2-died");
	must_not(&r, "chain-l2-hung");
	must_not(&r, "chain-wrong-digest");
	must_not(&r, "chain-failed");
	must_not(&r, "chain-deeper");
	nothing(&r);
	/* Nor has one that was not run. */
	r.selftest.chain = (struct chain_state){ .result = CASE_SKIP, .reason = "L2 hung: no" };
	nothing(&r);
	report_free(&r);
}

static void l1_kernel(void **state)
{
	struct report r;

	(void)state;
	fails("chain-l1-kernel", 1, "entered", CHAIN_CAUSE_NOT_STARTED,
	      "L1 could not be started: 64 MiB are too little for kernel and initrd");
	fails("chain-l1-kernel", 1, "kernel", CHAIN_CAUSE_DIED,
	      "L1's kernel did not start: L1 shut down in a triple fault: on vCPU 0; rip 0x0");
	fails("chain-l1-kernel", 1, "init", CHAIN_CAUSE_DIED,
	      "L1's kernel did not start init: L1 panicked: Kernel panic - not syncing: No "
	      "working init found");
	haswell(&r, 1);
	failed_chain(&r, 1, "init", CHAIN_CAUSE_HUNG, "silent",
		     "L1's kernel did not start init: L1 hung: 15 s");
	must(&r, "chain-l1-kernel");
	/* It had reached a later stage. */
	r.selftest.chain.stage = "facts";
	must_not(&r, "chain-l1-kernel");
	/* It was another level's kernel. */
	r.selftest.chain.stage = "init";
	r.selftest.chain.level = 2;
	must_not(&r, "chain-l1-kernel");
	report_free(&r);
}

static void too_small(void **state)
{
	struct report r;

	(void)state;
	fails("chain-too-small", 1, "init", CHAIN_CAUSE_MEMORY,
	      "L1's kernel did not start init: L1 panicked for lack of memory: Kernel panic - "
	      "not syncing: System is deadlocked on memory");
	fails("chain-too-small", 1, "done", CHAIN_CAUSE_MEMORY,
	      "L1 is too small: 64 MiB do not hold the next level");
	haswell(&r, 1);
	failed_chain(&r, 2, "init", CHAIN_CAUSE_MEMORY, "panic",
		     "L2 panicked for lack of memory: Kernel panic");
	assert_contains(must(&r, "chain-too-small")->remedy, "--memory");
	r.selftest.chain.reason = "L2 panicked: Kernel panic - not syncing: for lack of memory";
	r.selftest.chain.cause = CHAIN_CAUSE_DIED;
	must_not(&r, "chain-too-small");
	report_free(&r);
}

static void l1_no_vmx(void **state)
{
	const struct finding *f;
	struct chain_state *c;
	struct report r;

	(void)state;
	fails("chain-l1-no-vmx", 1, "kvm", CHAIN_CAUSE_HUNG,
	      "L1 hung: nothing was said for 15 s (after stage facts)");
	haswell(&r, 1);
	c = failed_chain(&r, 1, "kvm", CHAIN_CAUSE_OTHER, "powered off",
			 "kvm_intel cannot be loaded; diagnosed there: vmx-locked-off: a title");
	*arena_push(&r.arena, &c->levels[0].findings, &c->levels[0].n_findings) =
		(struct finding){ .id = "slow-clock", .severity = SEVERITY_ADVICE, .title = "t" };
	*arena_push(&r.arena, &c->levels[0].findings, &c->levels[0].n_findings) =
		(struct finding){ .id = "vmx-locked-off",
				  .severity = SEVERITY_BLOCKER,
				  .title = "a title",
				  .evidence = "MSR 0x3a is 0x1",
				  .remedy = "switch it on" };
	f = must(&r, "chain-l1-no-vmx");
	assert_string_equal(f->evidence, "kvm_intel cannot be loaded; diagnosed there: "
					 "vmx-locked-off: a title (MSR 0x3a is 0x1)");
	assert_contains(f->remedy, "nestcheck's remedy in L1: switch it on");
	/* Named if the reason does not; and what L1's CPU lacks although it is offered. */
	c->reason = "kvm_intel cannot be loaded";
	c->levels[0].caps[CAP_VMX] = TRI_NO;
	assert_string_equal(must(&r, "chain-l1-no-vmx")->evidence,
			    "kvm_intel cannot be loaded; L1's CPU has no VMX, which KVM offers "
			    "here; found in L1: vmx-locked-off: a title (MSR 0x3a is 0x1)");
	/* KVM was loaded there. */
	c->stage = "next";
	must_not(&r, "chain-l1-no-vmx");
	report_free(&r);
	zen(&r, 1);
	failed_chain(&r, 1, "kvm", CHAIN_CAUSE_OTHER, "powered off", "kvm_amd cannot be loaded");
	r.selftest.chain.levels[0].caps[CAP_SVM] = TRI_NO;
	assert_contains(must(&r, "chain-l1-no-vmx")->evidence, "no SVM, which KVM offers here");
	report_free(&r);
}

static void l1_died(void **state)
{
	struct report r;

	(void)state;
	fails("chain-l1-died", 1, "done", CHAIN_CAUSE_HUNG,
	      "L1 hung: nothing was said for 15 s (after stage next: it starts the next level), "
	      "while L2 was at stage kernel");
	fails("chain-l1-died", 1, "next", CHAIN_CAUSE_DIED,
	      "L1 panicked: Kernel panic - not syncing: Oops");
	haswell(&r, 1);
	failed_chain(&r, 1, "powered-off", CHAIN_CAUSE_DIED, "reset",
		     "L1 reset itself (after stage done: all done)");
	must(&r, "chain-l1-died");
	/* Its own message means that it did not die. */
	r.selftest.chain.reason = "L1: /dev/kvm: Cannot allocate memory";
	r.selftest.chain.cause = CHAIN_CAUSE_OTHER;
	must_not(&r, "chain-l1-died");
	must(&r, "chain-failed");
	report_free(&r);
}

static void l2_entry(void **state)
{
	struct report r;

	(void)state;
	fails("chain-l2-entry", 2, "kernel", CHAIN_CAUSE_ENTRY,
	      "L2's kernel did not start: the entry into L2 failed: exit reason 33, invalid guest "
	      "state");
	fails("chain-l2-entry", 2, "kernel", CHAIN_CAUSE_KVM,
	      "L2's kernel did not start: L1's KVM gave up on L2: KVM_EXIT_INTERNAL_ERROR");
	haswell(&r, 1);
	failed_chain(&r, 2, "cpus", CHAIN_CAUSE_ENTRY, "entry failed",
		     "the entry into L2 failed: VMEXIT_INVALID");
	must(&r, "chain-l2-entry");
	/* It had already been running. */
	r.selftest.chain.reason = "L1's KVM gave up on L2: KVM_EXIT_INTERNAL_ERROR";
	r.selftest.chain.cause = CHAIN_CAUSE_KVM;
	must_not(&r, "chain-l2-entry");
	must(&r, "chain-l2-died");
	report_free(&r);
}

static void l2_died(void **state)
{
	struct report r;

	(void)state;
	fails("chain-l2-died", 2, "init", CHAIN_CAUSE_DIED,
	      "L2's kernel did not start init: L2 panicked: Kernel panic - not syncing: L2 hung");
	fails("chain-l2-died", 2, "hashing", CHAIN_CAUSE_DIED,
	      "L2 reset itself; its console's last line: watchdog");
	fails("chain-l2-died", 2, "timer", CHAIN_CAUSE_DIED,
	      "L2 powered off early (after stage hashed)");
	haswell(&r, 1);
	failed_chain(&r, 2, "hashed", CHAIN_CAUSE_DIED, "triple fault",
		     "L2 shut down in a triple fault: on vCPU 1; rip 0xfff0");
	must(&r, "chain-l2-died");
	/* The last line of a console is not the cause. */
	r.selftest.chain.reason = "L2 hung: 15 s; its console's last line: it panicked";
	r.selftest.chain.cause = CHAIN_CAUSE_HUNG;
	must_not(&r, "chain-l2-died");
	report_free(&r);
}

static void l2_hung(void **state)
{
	struct report r;

	(void)state;
	fails("chain-l2-hung", 2, "cpus", CHAIN_CAUSE_HUNG, "L2 hung: nothing was said for 15 s");
	fails("chain-l2-hung", 2, "timer", CHAIN_CAUSE_HUNG,
	      "L2 did not end in time: 60 s; rip 0xffffffff81000123");
	haswell(&r, 1);
	failed_chain(&r, 2, "cpus", CHAIN_CAUSE_HUNG, "silent",
		     "L2 hung: nothing was said for 15 s");
	must(&r, "chain-l2-hung");
	r.selftest.chain.level = 1;
	must_not(&r, "chain-l2-hung");
	report_free(&r);
}

static void wrong_digest(void **state)
{
	struct report r;

	(void)state;
	fails("chain-wrong-digest", 2, "hashed", CHAIN_CAUSE_PROOF,
	      "L2 reported a wrong digest: 00 instead of ff");
	fails("chain-wrong-digest", 2, "hashed", CHAIN_CAUSE_PROOF,
	      "L2 continued without a digest");
	fails("chain-wrong-digest", 2, "hashed", CHAIN_CAUSE_PROOF,
	      "L2 hashed the nonce, but KVM's nested_run rose only by 0 meanwhile, not by 100: it was no "
	      "nested guest");
	haswell(&r, 1);
	good_chain(&r);
	r.selftest.chain.nested_run = 0;
	assert_contains(must(&r, "chain-wrong-digest")->evidence, "did not rise");
	r.selftest.chain.nested_run = 1;
	must_not(&r, "chain-wrong-digest");
	report_free(&r);
}

static void failed_otherwise(void **state)
{
	struct report r;

	(void)state;
	fails("chain-failed", 2, "timer", CHAIN_CAUSE_OTHER, "the timer came after 9 s");
	fails("chain-failed", 2, "entered", CHAIN_CAUSE_NOT_STARTED,
	      "L2 could not be started: KVM_CREATE_VCPU: no memory");
	fails("chain-failed", 0, "none", CHAIN_CAUSE_OTHER, "the kernel cannot be read");
	haswell(&r, 1);
	failed_chain(&r, 2, NULL, CHAIN_CAUSE_NONE, NULL, NULL);
	assert_contains(must(&r, "chain-failed")->evidence, "L2 failed at stage not known");
	r.selftest.chain.result = CASE_SKIP;
	must_not(&r, "chain-failed");
	report_free(&r);
}

static void deeper(void **state)
{
	struct chain_state *c;
	struct report r;

	(void)state;
	haswell(&r, 1);
	c = good_chain(&r);
	c->depth = 3;
	c->deeper = "L3 proved itself, too";
	must_not(&r, "chain-deeper");
	c->deeper = "L3's kernel did not start: the entry into L3 failed: exit reason 33";
	assert_int_equal(must(&r, "chain-deeper")->severity, SEVERITY_ADVICE);
	assert_int_equal(r.n_findings, 1);
	/* If level 2 failed, nothing is reported for level 3. */
	c->result = CASE_FAIL;
	c->level = 2;
	must_not(&r, "chain-deeper");
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_that_is_well_has_no_findings),
		cmocka_unit_test(too_small),
		cmocka_unit_test(l1_kernel),
		cmocka_unit_test(l1_no_vmx),
		cmocka_unit_test(l1_died),
		cmocka_unit_test(l2_entry),
		cmocka_unit_test(l2_died),
		cmocka_unit_test(l2_hung),
		cmocka_unit_test(wrong_digest),
		cmocka_unit_test(failed_otherwise),
		cmocka_unit_test(deeper),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
