// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the messages of each level to the finding and the verdict: diagnose/ determines the kind
 * of failure by the cause that chain/judge.c sets.
 */
#include "chain.h"
#include "rules.h"

#include "chain/record.h"
#include "lib/status.h"
#include "report/judge.h"

static const struct chain_wanted wanted = {
	.depth = 2,
	.cpus = 2,
	.digest = "1111111111111111111111111111111111111111111111111111111111111111",
	.entries = 100,
};

/* The last stage of a level, its last line, its end. */
struct level_result {
	enum chain_stage reached;
	const char *failed, *console;
	bool ended;
	struct chain_end end;
};

static void play_level(struct chain_record *rec, unsigned int level, const struct level_result *t)
{
	struct chain_line failed = { level, 0, CHAIN_SAYS_FAILED, t->failed };

	chain_record_stage(rec, level, t->reached, 1000);
	if (t->console)
		chain_record_console(rec, level, t->console);
	if (t->failed)
		chain_record_line(rec, &failed);
	if (t->ended)
		chain_record_end(rec, level, &t->end);
}

/* Added to r, judged and diagnosed; digest: from L2. */
static void play(struct report *r, const struct level_result *l1, const struct level_result *l2,
		 const char *digest)
{
	static struct chain_record rec;
	struct chain_line hashed = { 2, 0, CHAIN_SAYS_HASHED, digest };
	struct case_outcome *c;

	memset(&rec, 0, sizeof(rec));
	rec.counted = true;
	rec.hashed = 500;
	haswell(r, 2);
	r->selftest.ran = true;
	r->selftest.taint_known = TRI_YES;
	c = arena_push(&r->arena, &r->selftest.cases, &r->selftest.n_cases);
	*c = (struct case_outcome){ .name = "vmx_enter", .core = true, .result = CASE_PASS };
	play_level(&rec, 1, l1);
	if (digest)
		chain_record_line(&rec, &hashed);
	play_level(&rec, 2, l2);
	chain_levels(r, &rec);
	chain_judge(r, &rec, &wanted);
	chain_record_free(&rec);
	diagnose(r);
	judge_run(r);
}

/* The result of L1's end if the user named the kernel, or the initrd. */
static enum verdict_result with_files(const char *kernel, const char *initrd,
				      const struct level_result *l1, enum case_result *result)
{
	static struct chain_record rec;
	struct chain_wanted w = wanted;
	enum verdict_result verdict;
	struct report r;

	memset(&rec, 0, sizeof(rec));
	w.kernel = kernel;
	w.initrd = initrd;
	haswell(&r, 2);
	r.selftest.taint_known = TRI_YES;
	play_level(&rec, 1, l1);
	chain_levels(&r, &rec);
	chain_judge(&r, &rec, &w);
	chain_record_free(&rec);
	diagnose(&r);
	judge_chain(&r);
	*result = r.selftest.chain.result;
	if (*result == CASE_SKIP && kernel)
		assert_non_null(strstr(r.verdict.reason, kernel));
	if (*result == CASE_SKIP && initrd)
		assert_non_null(strstr(r.verdict.reason, initrd));
	verdict = r.verdict.result;
	report_free(&r);
	return verdict;
}

#define END(how, ...) .ended = true, .end = { .end = MACHINE_##how, .us = 7000, __VA_ARGS__ }

#define FINE                                           \
	{                                              \
		.reached = CHAIN_OFF, END(POWERED_OFF) \
	}

static const struct level_result well = FINE;
static const struct level_result running = { .reached = CHAIN_NEXT, END(POWERED_OFF) };
static const struct level_result no_message = { .reached = CHAIN_NOT_STARTED };

static void all_is_well(void **state)
{
	struct report r;

	(void)state;
	play(&r, &well, &well, wanted.digest);
	assert_int_equal(r.verdict.result, VERDICT_PASS);
	assert_int_equal(r.n_findings, 0);
	assert_int_equal(r.selftest.chain.n_levels, 2);
	report_free(&r);
}

/* A file that the user named may be to blame: FAIL is only for what the machine did. */
static void files_of_the_user(void **state)
{
	static const struct {
		const char *kernel, *initrd;
		enum case_result result;
		struct level_result l1;
	} rows[] = {
		{ "/k", NULL, CASE_SKIP, { .reached = CHAIN_ENTERED, END(TRIPLE_FAULT) } },
		{ "/k", NULL, CASE_SKIP, { .reached = CHAIN_ENTERED, END(SILENT) } },
		{ "/k",
		  NULL,
		  CASE_SKIP,
		  { .reached = CHAIN_KERNEL_UP,
		    .console = "Kernel panic - not syncing: no init",
		    END(RESET) } },
		{ NULL, NULL, CASE_FAIL, { .reached = CHAIN_ENTERED, END(TRIPLE_FAULT) } },
		{ "/k", NULL, CASE_FAIL, { .reached = CHAIN_ENTERED, END(ENTRY_FAILED) } },
		{ "/k", NULL, CASE_FAIL, { .reached = CHAIN_ENTERED, END(KVM_ERROR) } },
		{ "/k", NULL, CASE_FAIL, { .reached = CHAIN_FACTS, .failed = "L1 has no VMX" } },
		{ "/k",
		  NULL,
		  CASE_FAIL,
		  { .reached = CHAIN_KERNEL_UP,
		    .console = "Kernel panic - not syncing: System is deadlocked on memory",
		    END(RESET) } },
		{ NULL,
		  "/i",
		  CASE_SKIP,
		  { .reached = CHAIN_FACTS,
		    .failed = "L1 has no module",
		    .console = "Initramfs unpacking failed: junk within compressed archive" } },
		{ NULL,
		  "/i",
		  CASE_FAIL,
		  { .reached = CHAIN_FACTS,
		    .failed = "L1 has no module",
		    .console = "Initramfs unpacking failed: write error" } },
		{ NULL, "/i", CASE_FAIL, { .reached = CHAIN_FACTS, .failed = "L1 has no VMX" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool skip = rows[i].result == CASE_SKIP;
		enum case_result result;

		assert_int_equal(with_files(rows[i].kernel, rows[i].initrd, &rows[i].l1, &result),
				 skip ? VERDICT_ERROR : VERDICT_FAIL);
		assert_int_equal(result, rows[i].result);
	}
}

static const struct {
	const char *id, *verdict;
	struct level_result l1, l2;
	const char *digest;
} failures[] = {
	{ "chain-l1-kernel",
	  "chain: L1's kernel did not start",
	  { .reached = CHAIN_ENTERED,
	    END(TRIPLE_FAULT, .what = "triple fault on vCPU 0; rip 0x10") },
	  { .reached = CHAIN_NOT_STARTED },
	  NULL },
	{ "chain-l1-kernel",
	  "chain: L1's kernel did not start init",
	  { .reached = CHAIN_KERNEL_UP,
	    .console = "smpboot: CPU 1 hung",
	    END(SILENT, .what = "not a word for 15000 ms; rip 0xffffffff81000000") },
	  { .reached = CHAIN_NOT_STARTED },
	  NULL },
	{ "chain-too-small",
	  "chain: L1's kernel did not start init",
	  { .reached = CHAIN_KERNEL_UP,
	    .console = "Kernel panic - not syncing: System is deadlocked on memory",
	    END(RESET) },
	  { .reached = CHAIN_NOT_STARTED },
	  NULL },
	{ "chain-too-small",
	  "chain: L1 is too small",
	  { .reached = CHAIN_NEXT,
	    .failed = CHAIN_FAILED_SMALL "L1 is too small: memory for L2: Cannot allocate memory",
	    END(POWERED_OFF) },
	  { .reached = CHAIN_NOT_STARTED },
	  NULL },
	{ "chain-l1-no-vmx",
	  "chain: L1 did not get VMX or SVM, stage kvm",
	  { .reached = CHAIN_FACTS,
	    .failed = "L1 did not get VMX or SVM: L0's KVM does not offer it; does it run with "
		      "nested=1?",
	    END(POWERED_OFF) },
	  { .reached = CHAIN_NOT_STARTED },
	  NULL },
	{ "chain-l1-no-vmx",
	  "chain: L1 hung, stage kvm",
	  { .reached = CHAIN_FACTS, END(SILENT, .what = "not a word for 15000 ms") },
	  { .reached = CHAIN_NOT_STARTED },
	  NULL },
	{ "chain-l1-died",
	  "chain: L1 panicked, stage done",
	  { .reached = CHAIN_NEXT,
	    .console = "Kernel panic - not syncing: Fatal exception",
	    END(RESET) },
	  { .reached = CHAIN_KERNEL_UP },
	  NULL },
	{ "chain-l1-died",
	  "chain: L1 hung, stage done",
	  { .reached = CHAIN_NEXT, END(SILENT, .what = "not a word for 15000 ms") },
	  { .reached = CHAIN_CPUS },
	  "1111111111111111111111111111111111111111111111111111111111111111" },
	{ "chain-l2-entry",
	  "chain: L2's kernel did not start",
	  FINE,
	  { .reached = CHAIN_ENTERED,
	    END(ENTRY_FAILED, .what = "vCPU 0 was not entered: VMX: exit reason 33, "
				      "invalid guest state") },
	  NULL },
	{ "chain-l2-entry",
	  "chain: L2's kernel did not start",
	  FINE,
	  { .reached = CHAIN_ENTERED,
	    END(KVM_ERROR, .what = "KVM gave up on vCPU 0: suberror 1, emulation") },
	  NULL },
	{ "chain-l2-died",
	  "chain: L1's KVM gave up on L2, stage hashed",
	  FINE,
	  { .reached = CHAIN_HASHING,
	    END(KVM_ERROR, .what = "KVM gave up on vCPU 0: suberror 1, emulation") },
	  NULL },
	{ "chain-l2-died",
	  "chain: L2 panicked, stage hashed",
	  FINE,
	  { .reached = CHAIN_HASHING,
	    .console = "Kernel panic - not syncing: Attempted to kill init!",
	    END(RESET) },
	  NULL },
	{ "chain-l2-died",
	  "chain: L2 shut down in a triple fault",
	  FINE,
	  { .reached = CHAIN_HASHING,
	    END(TRIPLE_FAULT, .what = "triple fault on vCPU 1; rip 0x0") },
	  NULL },
	{ "chain-l2-died",
	  "chain: L2 powered off early",
	  FINE,
	  { .reached = CHAIN_INIT, .console = "reboot: Power down", END(POWERED_OFF) },
	  NULL },
	{ "chain-l2-hung",
	  "chain: L2 hung, stage hashed",
	  FINE,
	  { .reached = CHAIN_HASHING,
	    .console = "it panicked, so to speak",
	    END(SILENT, .what = "not a word for 15000 ms; rip 0xffffffff81000000 on vCPU 0") },
	  NULL },
	{ "chain-l2-hung",
	  "chain: L2's kernel did not start init",
	  FINE,
	  { .reached = CHAIN_KERNEL_UP, END(TIMEOUT, .what = "not over after 60000 ms") },
	  NULL },
	{ "chain-wrong-digest", "chain: L2 reported a wrong digest", FINE, FINE,
	  "2222222222222222222222222222222222222222222222222222222222222222" },
	{ "chain-wrong-digest", "chain: L2 continued without a digest", FINE, FINE, NULL },
	{ "chain-failed",
	  "chain: L2: a timer of 1000 us fired after 9000000 us",
	  FINE,
	  { .reached = CHAIN_HASHED,
	    .failed = "L2: a timer of 1000 us fired after 9000000 us",
	    END(POWERED_OFF) },
	  "1111111111111111111111111111111111111111111111111111111111111111" },
	{ "chain-failed",
	  "chain: L2 could not be started",
	  FINE,
	  { .reached = CHAIN_NOT_STARTED,
	    END(KVM_ERROR, .error = -22,
		.what = "KVM_CREATE_VCPU: Invalid "
			"argument") },
	  NULL },
};

static void every_failure_has_its_finding(void **state)
{
	char line[512];

	(void)state;
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		struct report r;

		play(&r, &failures[i].l1, &failures[i].l2, failures[i].digest);
		if (r.n_findings != 1 || strcmp(r.findings[0].id, failures[i].id) != 0)
			fail_msg("%zu findings, the first %s, not %s, of: %s", r.n_findings,
				 r.n_findings ? r.findings[0].id : "none", failures[i].id,
				 r.selftest.chain.reason);
		assert_int_equal(r.verdict.result, VERDICT_FAIL);
		assert_contains(r.verdict.reason, failures[i].verdict);
		assert_true(strlen(verdict_text(line, sizeof(line), &r)) < 140);
		report_free(&r);
	}
}

/* KVM's counter here: L2 reported the digest, but was not a nested guest. */
static void a_level_that_is_none(void **state)
{
	struct chain_record rec;
	struct report r;

	(void)state;
	memset(&rec, 0, sizeof(rec));
	haswell(&r, 2);
	rec.counted = true;
	rec.hashing = 400;
	rec.hashed = 410;
	play_level(&rec, 1, &well);
	chain_record_line(&rec, &(struct chain_line){ 2, 0, CHAIN_SAYS_HASHED, wanted.digest });
	play_level(&rec, 2, &well);
	chain_levels(&r, &rec);
	chain_judge(&r, &rec, &wanted);
	assert_contains(must(&r, "chain-wrong-digest")->evidence, "no nested guest");
	/* A count that was not read, or was read too early, is no proof. */
	rec.hashed = 0;
	chain_judge(&r, &rec, &wanted);
	assert_int_equal(r.selftest.chain.result, CASE_FAIL);
	assert_int_equal(r.selftest.chain.nested_run, 0);
	judge_chain(&r);
	assert_int_equal(r.verdict.result, VERDICT_FAIL);
	chain_record_free(&rec);
	report_free(&r);
}

static void deeper(void **state)
{
	static const struct level_result l3[] = {
		{ .reached = CHAIN_ENTERED, END(ENTRY_FAILED, .what = "VMX: exit reason 33") },
		{ .reached = CHAIN_OFF, END(POWERED_OFF) },
	};
	struct chain_wanted w = wanted;

	(void)state;
	w.depth = 3;
	for (size_t i = 0; i < sizeof(l3) / sizeof(l3[0]); i++) {
		struct chain_record rec;
		struct report r;

		memset(&rec, 0, sizeof(rec));
		haswell(&r, 2);
		rec.counted = true;
		rec.hashed = 500;
		for (unsigned int level = 2; level <= 3; level++)
			chain_record_line(&rec, &(struct chain_line){ level, 0, CHAIN_SAYS_HASHED,
								      wanted.digest });
		play_level(&rec, 1, &well);
		play_level(&rec, 2, i ? &well : &running);
		play_level(&rec, 3, &l3[i]);
		chain_levels(&r, &rec);
		chain_judge(&r, &rec, &w);
		if (i)
			must_not(&r, "chain-deeper");
		else
			must(&r, "chain-deeper");
		judge_chain(&r);
		assert_int_equal(r.verdict.result, VERDICT_PASS);
		chain_record_free(&rec);
		report_free(&r);
	}
}

static void nothing_was_heard(void **state)
{
	struct report r;

	(void)state;
	play(&r, &no_message, &no_message, NULL);
	assert_int_equal(r.verdict.result, VERDICT_FAIL);
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_well),
		cmocka_unit_test(files_of_the_user),
		cmocka_unit_test(every_failure_has_its_finding),
		cmocka_unit_test(a_level_that_is_none),
		cmocka_unit_test(deeper),
		cmocka_unit_test(nothing_was_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
