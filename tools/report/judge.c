// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verdict (design.md, "Verdict"): starts as ERROR and must be earned.
 *
 *	1. a finding says that the machine has nothing to nest	UNSUPPORTED
 *	2. a blocker, a failed case, or a failed chain		FAIL
 *	3. the self-test did not get through			ERROR
 *	4. a core case did not pass, or was left out		ERROR, partial
 *	   the chain was asked for, and could not be run	ERROR, partial
 *	5. the kernel warned, its taint changed or was not read	ERROR
 *	6. else							PASS, with its grade
 */
#include "report/judge.h"

#include <inttypes.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/kvm_defects.h"
#include "lib/vendor.h"
#include "report/sections.h"

#define MAX_NAMED 3

static void conclude(struct report *r, enum verdict_result result, const char *reason)
{
	r->verdict.result = result;
	r->verdict.grade = GRADE_NONE;
	r->verdict.reason = reason;
}

/* Findings about the chain are left to conclude_chain(), which adds level and stage. */
static bool is_chain_finding(const struct finding *f)
{
	return !strncmp(f->id, "chain-", 6);
}

static const struct finding *first_blocker(const struct report *r, bool unsupported)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].severity == SEVERITY_BLOCKER &&
		    r->findings[i].unsupported == unsupported && !is_chain_finding(&r->findings[i]))
			return &r->findings[i];
	return NULL;
}

static bool conclude_from(struct report *r, enum verdict_result result, const struct finding *f)
{
	if (f)
		conclude(r, result, arena_printf(&r->arena, "%s: %s", f->id, f->title));
	return f != NULL;
}

/* "a, b, c and 2 more" for the cases with this kind of failure; NULL if there are none. */
static const char *names_of(struct report *r, enum case_failure kind)
{
	const struct selftest_state *s = &r->selftest;
	const char *names = NULL;
	size_t n = 0;

	for (size_t i = 0; i < s->n_cases; i++) {
		if (case_failure_of(r, &s->cases[i], NULL) != kind || n++ >= MAX_NAMED)
			continue;
		names = arena_printf(&r->arena, "%s%s%s", names ? names : "", names ? ", " : "",
				     s->cases[i].name);
	}
	if (n > MAX_NAMED)
		names = arena_printf(&r->arena, "%s and %zu more", names, n - MAX_NAMED);
	return names;
}

static const struct kvm_defect *first_harmful(const struct report *r)
{
	const struct selftest_state *s = &r->selftest;
	const struct kvm_defect *d;

	for (size_t i = 0; i < s->n_cases; i++)
		if (case_failure_of(r, &s->cases[i], &d) == FAILURE_HARMFUL)
			return d;
	return NULL;
}

static const struct finding *emulator_fault(const struct report *r)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (!strcmp(r->findings[i].id, "emulator-defect"))
			return &r->findings[i];
	return NULL;
}

static bool conclude_failures(struct report *r)
{
	const char *unknown = names_of(r, FAILURE_UNKNOWN), *known = names_of(r, FAILURE_HARMFUL);

	if (unknown && conclude_from(r, VERDICT_FAIL, emulator_fault(r)))
		return true;
	if (unknown)
		conclude(r, VERDICT_FAIL, arena_printf(&r->arena, "selftest-failed: %s", unknown));
	else if (known)
		conclude(r, VERDICT_FAIL,
			 arena_printf(&r->arena, "kvm-defect: %s: %s", first_harmful(r)->name,
				      known));
	return unknown || known;
}

static bool conclude_chain(struct report *r)
{
	if (!chain_failed(&r->selftest.chain))
		return false;
	conclude(r, VERDICT_FAIL,
		 arena_printf(&r->arena, "chain: %s", chain_brief(&r->arena, &r->selftest.chain)));
	return true;
}

/* What KVM offers to L1 decides or, if that was not recorded, the hardware. */
static bool is_absent(const struct report *r, enum cap cap)
{
	enum tri t = r->kvm.offered[cap];

	return (t == TRI_UNKNOWN ? r->caps[cap] : t) == TRI_NO;
}

/*
 * "A paging violation if EPT/NPT is offered": a core case that was skipped only because that is
 * missing is not core on this machine.
 */
static bool is_excused(const struct report *r, const struct case_outcome *c)
{
	return c->result == CASE_SKIP && ((c->lacks & 1ULL << CAP_EPT && is_absent(r, CAP_EPT)) ||
					  (c->lacks & 1ULL << CAP_NPT && is_absent(r, CAP_NPT)));
}

/* The first core case that makes the run partial. *passed: how many core cases passed. */
static const struct case_outcome *core_missing(const struct report *r, size_t *passed)
{
	const struct selftest_state *s = &r->selftest;

	*passed = 0;
	for (size_t i = 0; i < s->n_cases; i++) {
		const struct case_outcome *c = &s->cases[i];

		if (!c->core || is_excused(r, c))
			continue;
		if (c->result != CASE_PASS || c->nested_run < c->entries)
			return c;
		++*passed;
	}
	return NULL;
}

/* If the chain was requested and not run, there is no PASS. */
static const char *chain_left_out(struct report *r)
{
	return arena_printf(&r->arena, "partial: chain %s: %s",
			    r->selftest.chain.result == CASE_SKIP ? "skipped" : "xfail",
			    chain_brief(&r->arena, &r->selftest.chain));
}

/* Sets ERROR with its reason; false if the self-test was complete and every core case passed. */
static bool conclude_incomplete(struct report *r)
{
	static const char *const what[] = {
		[CASE_NOT_RUN] = "was not run",
		[CASE_PASS] = "did not enter L2 often enough",
		[CASE_FAIL] = "failed, and is unproven",
		[CASE_SKIP] = "was skipped",
		[CASE_XFAIL] = "was expected to fail here",
	};
	const struct selftest_state *s = &r->selftest;
	const struct case_outcome *missing;
	const char *reason = NULL;
	size_t passed;

	if (s->error)
		reason = arena_printf(&r->arena, "the self-test could not go on: %s", s->error);
	else if (s->partial)
		reason = arena_printf(&r->arena, "partial: %s", s->partial);
	else if (!s->ran)
		reason = "the self-test did not run";
	else if ((missing = core_missing(r, &passed)))
		reason = arena_printf(&r->arena, "partial: core case %s %s%s%s", missing->name,
				      what[missing->result], missing->detail ? ": " : "",
				      missing->detail ? missing->detail : "");
	else if (!passed)
		reason = "partial: no core case was run";
	else if (s->chain.result != CASE_NOT_RUN && s->chain.result != CASE_PASS)
		reason = chain_left_out(r);
	if (reason)
		conclude(r, VERDICT_ERROR, reason);
	return reason != NULL;
}

/* The log counts on a kernel that was tainted before, too: its taint does not change again. */
static bool conclude_tainted(struct report *r)
{
	const struct selftest_state *s = &r->selftest;

	if (s->warned)
		conclude(r, VERDICT_ERROR, arena_printf(&r->arena, "kernel-warned: %s", s->warned));
	else if (s->taint_known != TRI_YES)
		conclude(r, VERDICT_ERROR, "the kernel's taint was not read");
	else if (s->taint_before != s->taint_after)
		conclude(r, VERDICT_ERROR,
			 arena_printf(&r->arena, "kernel-warned: taint %" PRIu64 " became %" PRIu64,
				      s->taint_before, s->taint_after));
	else
		return false;
	return true;
}

/* Why failed cases do not count; "" if all passed. */
static const char *excused_failures(struct report *r)
{
	const struct selftest_state *s = &r->selftest;
	size_t expected = 0, harmless = 0;
	const char *text = "";

	for (size_t i = 0; i < s->n_cases; i++) {
		expected += s->cases[i].result == CASE_XFAIL;
		harmless += case_failure_of(r, &s->cases[i], NULL) == FAILURE_HARMLESS;
	}
	if (expected)
		text = arena_printf(&r->arena,
				    "; %zu case%s failed as this emulator's defects make %s",
				    expected, expected == 1 ? "" : "s",
				    expected == 1 ? "it" : "them");
	if (harmless)
		text = arena_printf(
			&r->arena, "%s; %zu failed by defects of this kernel that no guest notices",
			text, harmless);
	return text;
}

static const char *pass_reason(struct report *r)
{
	const struct chain_state *c = &r->selftest.chain;
	const char *chain = "";

	if (c->result != CASE_NOT_RUN)
		chain = c->limited ? ", and so did the chain, with one CPU in L2" :
				     ", and so did the chain";
	return arena_printf(&r->arena, "all core cases passed%s%s", chain, excused_failures(r));
}

/* The verdict must show that a parameter chose whose defects are excused. */
static void add_below(struct report *r)
{
	if (r->selftest.below)
		r->verdict.reason = arena_printf(&r->arena, "%s; below=%s, set by a test",
						 r->verdict.reason, r->selftest.below);
}

void judge_run(struct report *r)
{
	conclude(r, VERDICT_ERROR, "the run did not complete");
	if (r->replayed)
		judge_findings(r);
	else if (!conclude_from(r, VERDICT_UNSUPPORTED, first_blocker(r, true)) &&
		 !conclude_failures(r) &&
		 !conclude_from(r, VERDICT_FAIL, first_blocker(r, false)) && !conclude_chain(r) &&
		 !conclude_incomplete(r) && !conclude_tainted(r)) {
		conclude(r, VERDICT_PASS, pass_reason(r));
		r->verdict.grade = grade_of(r);
	}
	add_below(r);
}

void judge_chain(struct report *r)
{
	const struct chain_state *c = &r->selftest.chain;

	conclude(r, VERDICT_ERROR,
		 r->selftest.error ? r->selftest.error : "the chain did not complete");
	if (conclude_from(r, VERDICT_UNSUPPORTED, first_blocker(r, true)) ||
	    conclude_from(r, VERDICT_FAIL, first_blocker(r, false)) || conclude_chain(r) ||
	    c->result == CASE_NOT_RUN)
		return;
	if (r->selftest.error)
		return;
	if (c->result != CASE_PASS)
		conclude(r, VERDICT_ERROR, chain_left_out(r));
	else if ((r->selftest.taint_known != TRI_YES && !r->selftest.warned) ||
		 !conclude_tainted(r))
		conclude(r, VERDICT_PASS, "the chain passed");
}

const struct finding *deciding_finding(const struct report *r)
{
	const struct finding *f = first_blocker(r, true);

	return f ? f : first_blocker(r, false);
}

void judge_findings(struct report *r)
{
	const struct finding *f = deciding_finding(r);

	conclude(r, VERDICT_NONE, NULL);
	if (!conclude_from(r, f && f->unsupported ? VERDICT_UNSUPPORTED : VERDICT_FAIL, f) &&
	    machine_has_virtualization(r) == TRI_UNKNOWN)
		conclude(r, VERDICT_ERROR, "it is not known whether the CPU has VMX or SVM");
}

const char *judge_stored(struct report *r)
{
	const struct verdict stored = r->verdict;
	const struct selftest_state *s = &r->selftest;
	const char *problem = NULL;
	bool core = !s->n_cases;

	if (stored.result == VERDICT_NONE)
		return "has no verdict";
	if (stored.result != VERDICT_PASS)
		return NULL;
	for (size_t i = 0; i < s->n_cases; i++) {
		/* Earlier versions did not record what is core, so what is missing is not known. */
		core |= s->cases[i].core;
		/* What a skipped case lacked is not stored; paging excuses it only if it is absent. */
		s->cases[i].lacks |= 1ULL << (vendor_has_vmx(r->cpu.vendor) ? CAP_EPT : CAP_NPT);
	}
	if (s->chain.result != CASE_NOT_RUN && !s->n_cases)
		judge_chain(r);
	else
		judge_run(r);
	if (r->verdict.result != VERDICT_PASS && (core || r->verdict.result != VERDICT_ERROR))
		problem = arena_printf(&r->arena, "says PASS, but not by what is in it: %s",
				       r->verdict.reason ? r->verdict.reason :
							   "it is a replay's, without a self-test");
	r->verdict = stored;
	return problem;
}
