// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about what the self-test saw.
 */
#include <inttypes.h>

#include "diagnose/rules.h"
#include "lib/output.h"

#define MAX_NAMED 8

static bool case_failed(const struct case_outcome *c, bool unproven)
{
	return c->unproven == unproven &&
	       (c->result == CASE_FAIL ||
		(c->result == CASE_PASS && !unproven && c->nested_run < c->entries));
}

/* "svm_vmmcall: detail; ..." of the cases that failed; NULL where none did. */
static const char *failures(struct situation *s, bool unproven)
{
	const struct selftest_state *t = &s->r->selftest;
	const char *evidence = NULL;
	struct text text = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < t->n_cases; i++) {
		const struct case_outcome *c = &t->cases[i];

		if (!case_failed(c, unproven) || n++ >= MAX_NAMED)
			continue;
		text_addf(&text, "%s%s: ", text.len ? "; " : "", c->name);
		if (c->result == CASE_PASS)
			text_addf(&text,
				  "KVM counted %" PRIu64 " entries into L2, and the case made "
				  "at least %" PRIu64,
				  c->nested_run, c->entries);
		else
			text_add(&text, c->detail ? c->detail : "failed");
	}
	if (n > MAX_NAMED)
		text_addf(&text, "; and %zu more", n - MAX_NAMED);
	if (n)
		evidence = arena_strdup(&s->r->arena, text.s);
	text_free(&text);
	return evidence;
}

static void check_failed(struct situation *s, const struct rule *rule)
{
	const char *evidence = failures(s, false);

	if (evidence)
		finding_add(s, rule)->evidence = evidence;
}

static void check_unproven(struct situation *s, const struct rule *rule)
{
	const char *evidence = failures(s, true);

	if (evidence)
		finding_add(s, rule)->evidence = evidence;
}

static void check_taint(struct situation *s, const struct rule *rule)
{
	const struct selftest_state *t = &s->r->selftest;

	if (t->taint_known != TRI_YES || t->taint_before == t->taint_after)
		return;
	finding_add(s, rule)->evidence =
		say(s, "/proc/sys/kernel/tainted was %" PRIu64 " before and is %" PRIu64 " after",
		    t->taint_before, t->taint_after);
}

static const struct rule rules[] = {
	{ .id = "selftest-failed",
	  .severity = SEVERITY_BLOCKER,
	  .title = "Nested guests do not run as they should",
	  .check = check_failed,
	  .remedy = "Update the kernel, the firmware and its microcode (in a virtual machine: the "
		    "hypervisor below), and run this again. If it stays, report it with this "
		    "report: the named cases say what goes wrong",
	  .explain = "nestcheck started a guest hypervisor (L1) that started guests of its own "
		     "(L2), and the cases named did not go as the processor's manual says; or "
		     "they claim to, and KVM's own counter of entries into nested guests did not "
		     "rise as far as it must have. The cause is in KVM, in the CPU or in the "
		     "hypervisor below." },
	{ .id = "case-unproven",
	  .severity = SEVERITY_DEGRADED,
	  .title = "A case that has never run elsewhere failed",
	  .check = check_unproven,
	  .remedy = "This may be the machine or the case: please report it with this report",
	  .explain = "Some cases of the self-test need what no emulator has, so they could not be "
		     "tried before they met this machine. Others try what some installed "
		     "kernels are known to get wrong, and what no guest hypervisor that keeps to "
		     "the manual notices. Their failure does not fail the machine." },
	{ .id = "kernel-warned",
	  .severity = SEVERITY_DEGRADED,
	  .title = "The kernel warned during the self-test",
	  .check = check_taint,
	  .remedy = "Read the warning in the kernel log (dmesg), and report it with this report",
	  .explain = "The kernel's taint says what has gone wrong since it started: bit 9 (512) a "
		     "warning, bit 7 (128) an oops. It changed between loading KVM and the end of "
		     "the self-test, so KVM is not well whatever the cases say: such a run gives "
		     "no PASS." },
};

const struct rule_table selftest_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
