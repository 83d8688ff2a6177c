// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about the results of the self-test.
 */
#include <inttypes.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/kvm_defects.h"
#include "diagnose/rules.h"
#include "lib/output.h"
#include "lib/procfs.h"
#include "selftest/emulator.h"

#define MAX_NAMED 8

/*
 * "svm_vmmcall: detail; ..." for the failures of this kind (and of this row); NULL if there are
 * none.
 */
static const char *failures(struct situation *s, enum case_failure kind,
			    const struct kvm_defect *defect)
{
	const struct selftest_state *t = &s->r->selftest;
	const char *evidence = NULL;
	struct text text = { .raw = true };
	size_t n = 0;

	for (size_t i = 0; i < t->n_cases; i++) {
		const struct case_outcome *c = &t->cases[i];
		const struct kvm_defect *is;

		if (case_failure_of(s->r, c, &is) != kind || is != defect || n++ >= MAX_NAMED)
			continue;
		text_addf(&text, "%s%s: ", text.len ? "; " : "", c->name);
		if (c->result == CASE_PASS)
			text_addf(&text,
				  "KVM counted %" PRIu64 " entries into L2, but the case made at "
				  "least %" PRIu64,
				  c->nested_run, c->entries);
		else
			text_value(&text, c->detail ? c->detail : "failed");
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
	const char *evidence = failures(s, FAILURE_UNKNOWN, NULL);

	if (evidence)
		finding_add(s, rule)->evidence = evidence;
}

static void check_unproven(struct situation *s, const struct rule *rule)
{
	const char *evidence = failures(s, FAILURE_UNPROVEN, NULL);

	if (evidence)
		finding_add(s, rule)->evidence = evidence;
}

/* KVM's parameter decides or, if it was not recorded, the hardware. */
static bool has_npt(const struct report *r)
{
	enum tri npt = kvm_parameter(r, "npt");

	return (npt == TRI_UNKNOWN ? r->caps[CAP_NPT] : npt) != TRI_NO;
}

static void check_emulator_fault(struct situation *s, const struct rule *rule)
{
	const struct selftest_state *t = &s->r->selftest;
	enum emulator emulator = emulator_of(s->f);
	bool npt = has_npt(s->r);

	for (size_t i = 0; i < t->n_cases; i++) {
		const struct emulator_fault *fault = emulator_fault_of(emulator, npt, &t->cases[i]);
		struct finding *f;

		if (!fault)
			continue;
		f = finding_add(s, rule);
		f->title = format(s, "This emulator %s", fault->reason);
		f->evidence = format(s, "%s: %s", t->cases[i].name, t->cases[i].detail);
		f->remedy = fault->remedy;
		return;
	}
}

static const char *defect_remedy(struct situation *s, const struct kvm_defect *d)
{
	const struct kernel_facts *k = &s->f->kernel;
	struct kernel_version v;
	struct text t = { .raw = true };
	const char *remedy;

	if (!d->harmful) {
		text_add(&t, "Nothing needs to be done: no guest notices it; ");
	} else if (d->commit) {
		text_add(&t, "Update the kernel: ");
	} else {
		text_add(&t, "Report it to the kernel's maintainers (kvm@vger.kernel.org): ");
	}
	if (kernel_version_of(k->release, k->version, k->version_signature, &v))
		kvm_defect_fixed(d, &v, &t);
	/* The version number says little: a package has fixes that its number does not show. */
	if (d->harmful && d->commit && v.patch_unknown)
		text_add(&t, ", or a newer update of your distribution's kernel");
	remedy = arena_strdup(&s->r->arena, t.s);
	text_free(&t);
	return remedy;
}

/* One finding for each row that a failure matches, whichever cases failed. */
static void check_kvm_defect(struct situation *s, const struct rule *rule)
{
	for (size_t i = 0; i < n_kvm_defects; i++) {
		const struct kvm_defect *d = &kvm_defects[i];
		const char *seen = failures(s, d->harmful ? FAILURE_HARMFUL : FAILURE_HARMLESS, d);
		struct finding *f;

		if (!seen)
			continue;
		f = finding_add(s, rule);
		f->severity = d->harmful ? SEVERITY_BLOCKER : SEVERITY_ADVICE;
		f->title = format(s, "%s: KVM of this kernel %s", d->name, d->what);
		f->evidence = format(s, "%s. %s", seen, d->harm);
		f->remedy = defect_remedy(s, d);
	}
}

static void check_warned(struct situation *s, const struct rule *rule)
{
	const struct selftest_state *t = &s->r->selftest;

	if (t->warned) {
		finding_add(s, rule)->evidence =
			t->error && strstr(t->error, t->warned) ? t->error : t->warned;
		return;
	}
	if (t->taint_known != TRI_YES || t->taint_before == t->taint_after)
		return;
	finding_add(s, rule)->evidence = format(s,
						"/proc/sys/kernel/tainted was %" PRIu64
						" before and is %" PRIu64 " after",
						t->taint_before, t->taint_after);
}

/* Each of the taint's bits is set once. */
static void check_unseen(struct situation *s, const struct rule *rule)
{
	const struct selftest_state *t = &s->r->selftest;

	if (t->log_unread && t->taint_known == TRI_YES && taint_is_defect(t->taint_before))
		finding_add(s, rule)->evidence = format(s,
							"/proc/sys/kernel/tainted was %" PRIu64
							" before, and /dev/kmsg cannot be read",
							t->taint_before);
}

static const struct rule rules[] = {
	{ .id = "emulator-defect",
	  .severity = SEVERITY_BLOCKER,
	  .title = "A defect of this emulator keeps nested guests from running",
	  .cause = "The emulator below has a defect that keeps nested guests from running",
	  .check = check_emulator_fault,
	  .remedy = "Use another release of the emulator, or another CPU model",
	  .explain =
		  "This machine is emulated, and the emulator does not behave as KVM requires: "
		  "nested guests fail here but would not fail on a processor. The finding names "
		  "the defect, which is recognised by how the first case fails. Defects that "
		  "affect only some cases are reported as xfail and do not change the verdict." },
	{ .id = "selftest-failed",
	  .severity = SEVERITY_BLOCKER,
	  .title = "Nested guests do not run as they should",
	  .cause = "Nested guests were started here, and did not run as they should",
	  .check = check_failed,
	  .remedy = "Update the kernel, the firmware and its microcode (in a virtual machine: the "
		    "hypervisor below), and run this again. If it persists, attach this report to "
		    "a bug report: the named cases say what goes wrong",
	  .explain = "nestcheck started a guest hypervisor (L1) that started guests of its own "
		     "(L2), and the named cases did not behave as the processor's manual says. Or "
		     "they report a pass, but KVM's own counter of entries into nested guests rose "
		     "too little. The cause is in KVM, in the CPU or in the hypervisor below." },
	{ .id = "kvm-defect",
	  .severity = SEVERITY_BLOCKER,
	  .title = "KVM of this kernel has a known defect",
	  .cause = "KVM of this kernel has a known defect, and nested guests here meet it",
	  .check = check_kvm_defect,
	  .remedy = "Update the kernel to a release with the fix",
	  .explain =
		  "A case of the self-test failed in exactly the way in which a known defect of "
		  "this kernel's KVM makes it fail. The finding names the defect, its effect on "
		  "guest hypervisors, and the release that fixes it. A defect that no guest "
		  "notices is advice and does not change the verdict; one that breaks guests is "
		  "FAIL. The kernel's version alone never makes this finding: the case must have "
		  "failed. nestcheck diagnose --list names the defects, and --explain NAME "
		  "explains one." },
	{ .id = "case-unproven",
	  .severity = SEVERITY_DEGRADED,
	  .title = "A case that has never run elsewhere failed",
	  .cause = "A test of nesting failed here that has never run on another machine",
	  .check = check_unproven,
	  .remedy = "The machine or the case may be at fault: please attach this report to a bug "
		    "report",
	  .explain = "Some cases of the self-test need features that no emulator has, so they "
		     "could not be tried before this run. Their failure does not make the verdict "
		     "FAIL." },
	{ .id = "kernel-warned",
	  .severity = SEVERITY_DEGRADED,
	  .title = "The kernel warned during the self-test",
	  .cause = "The kernel reported an error of its own while nested guests ran",
	  .check = check_warned,
	  .remedy = "Read the warning in the kernel log (dmesg), and attach this report to a bug "
		    "report",
	  .explain =
		  "The kernel's log is read between the cases. At the first warning or oops the "
		  "self-test stops and names the case that ran before it. The kernel's taint "
		  "records what has gone wrong since boot: bit 9 (512) a warning, bit 7 (128) an "
		  "oops. It changed between loading KVM and the end of the self-test, so KVM may "
		  "be damaged even if the cases passed: such a run does not give PASS. On a "
		  "kernel that was tainted before only the log shows it." },
	{ .id = "warnings-unseen",
	  .severity = SEVERITY_ADVICE,
	  .title = "Another warning of this kernel would not be seen",
	  .check = check_unseen,
	  .remedy = "Run this as root, or allow the log to be read (sysctl "
		    "kernel.dmesg_restrict=0), or reboot first",
	  .explain =
		  "The kernel had warned, oopsed or locked up before this run, so its taint does "
		  "not change at the next such event. Its log would show that, but this user may "
		  "not read it. A run in which KVM warned cannot be told from one in which it did "
		  "not: run it as root." },
};

const struct rule_table selftest_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
