// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about the chain, Linux in Linux in Linux: one for each kind of failure (chain_kind.h).
 */
#include <string.h>

#include "diagnose/chain_kind.h"
#include "diagnose/diagnose.h"
#include "diagnose/rules.h"

static const struct chain_level *level_of(const struct chain_state *c, unsigned int level)
{
	for (size_t i = 0; i < c->n_levels; i++)
		if (c->levels[i].level == level)
			return &c->levels[i];
	return NULL;
}

static struct finding *check(struct situation *s, const struct rule *rule, enum chain_kind kind)
{
	const struct chain_state *c = &s->r->selftest.chain;
	struct finding *f;

	if (chain_kind_of(c) != kind)
		return NULL;
	f = finding_add(s, rule);
	f->evidence = c->result == CASE_PASS ?
			      "L2 reported success, but KVM's counter of entries into nested "
			      "guests (nested_run) did not rise" :
		      c->reason ? c->reason :
				  format(s, "L%u failed at stage %s", c->level,
					 c->stage ? c->stage : "not known");
	return f;
}

static void check_too_small(struct situation *s, const struct rule *rule)
{
	check(s, rule, CHAIN_IS_TOO_SMALL);
}

static void check_l1_kernel(struct situation *s, const struct rule *rule)
{
	check(s, rule, CHAIN_IS_L1_KERNEL);
}

/* Adds what nestcheck in L1 found, and whether KVM here offers VMX or SVM. */
static void check_l1_no_vmx(struct situation *s, const struct rule *rule)
{
	const struct chain_level *l1 = level_of(&s->r->selftest.chain, 1);
	bool amd = s->module && !strcmp(s->module, "kvm_amd");
	enum cap cap = amd ? CAP_SVM : CAP_VMX;
	struct finding *f = check(s, rule, CHAIN_IS_L1_NO_VMX);

	if (!f || !l1)
		return;
	if (l1->caps[cap] == TRI_NO)
		f->evidence =
			format(s, "%s; L1's CPU has no %s%s", f->evidence, amd ? "SVM" : "VMX",
			       s->f->kvm.nested_cpuid == TRI_YES ? ", which KVM offers here" : "");
	for (size_t i = 0; i < l1->n_findings; i++) {
		const struct finding *there = &l1->findings[i];

		if (there->severity != SEVERITY_BLOCKER)
			continue;
		/* The reason may already name it. */
		if (!strstr(f->evidence, there->id))
			f->evidence = format(s, "%s; found in L1: %s: %s", f->evidence, there->id,
					     there->title);
		if (there->evidence)
			f->evidence = format(s, "%s (%s)", f->evidence, there->evidence);
		f->remedy = format(s, "%s. nestcheck's remedy in L1: %s", rule->remedy,
				   there->remedy ? there->remedy : "nothing");
		break;
	}
}

static void check_l1_died(struct situation *s, const struct rule *rule)
{
	check(s, rule, CHAIN_IS_L1_DIED);
}

static void check_l2_entry(struct situation *s, const struct rule *rule)
{
	check(s, rule, CHAIN_IS_L2_ENTRY);
}

static void check_l2_died(struct situation *s, const struct rule *rule)
{
	check(s, rule, CHAIN_IS_L2_DIED);
}

static void check_l2_hung(struct situation *s, const struct rule *rule)
{
	check(s, rule, CHAIN_IS_L2_HUNG);
}

static void check_wrong_digest(struct situation *s, const struct rule *rule)
{
	check(s, rule, CHAIN_IS_WRONG_DIGEST);
}

static void check_other(struct situation *s, const struct rule *rule)
{
	check(s, rule, CHAIN_IS_OTHER);
}

static void check_deeper(struct situation *s, const struct rule *rule)
{
	static const char proved[] = "L3 proved itself";
	const struct chain_state *c = &s->r->selftest.chain;

	if (c->deeper && !chain_failed(c) && strncmp(c->deeper, proved, strlen(proved)) != 0)
		finding_add(s, rule)->evidence = c->deeper;
}

static const struct rule rules[] = {
	{ .id = "chain-too-small",
	  .severity = SEVERITY_BLOCKER,
	  .title = "A guest of the chain has too little memory",
	  .cause = "A guest of the test has too little memory",
	  .check = check_too_small,
	  .remedy = "Give L1 more (nestcheck chain --memory), or drop that option: L1 then gets "
		    "what it needs. If the option is not set, this machine has too little free "
		    "memory: stop other programs, or add memory",
	  .explain = "Each level of the chain holds a kernel, a root in memory, and the virtual "
		     "machine of the next level with the same inside. One of them ran out of "
		     "memory. That says nothing about nesting, which cannot be tested until there "
		     "is enough." },
	{ .id = "chain-l1-kernel",
	  .severity = SEVERITY_BLOCKER,
	  .title = "Linux does not start as a guest of this machine (L1)",
	  .cause = "Linux does not start as a guest of this machine",
	  .check = check_l1_kernel,
	  .remedy = "Read L1's last lines in the report (nestcheck report FILE). If you passed a "
		    "kernel of your own, try nestcheck's. Else update the kernel here, and check "
		    "whether another KVM guest starts",
	  .explain = "The chain starts Linux as L1, in nestcheck's own virtual machine, with a "
		     "root made from the running system. Its kernel did not reach its first "
		     "program. Nothing is nested at that point: an ordinary KVM guest does not "
		     "work here, or this kernel does not run in that virtual machine." },
	{ .id = "chain-l1-no-vmx",
	  .severity = SEVERITY_BLOCKER,
	  .title = "KVM cannot be used in the guest (L1)",
	  .cause = "KVM cannot be used inside a guest of this machine",
	  .check = check_l1_no_vmx,
	  .remedy = "Check that KVM here runs with nested=1 and offers VMX or SVM to guests "
		    "(nestcheck probe). If registers of L1 were preset (nestcheck chain --l1-msr), "
		    "this is the requested result",
	  .explain = "Linux runs as L1, where it examined its CPU and loaded KVM, as a guest "
		     "hypervisor must. That failed. VMX or SVM does not reach the guest, or the "
		     "guest's registers say that its firmware has it switched off, or its KVM "
		     "found something missing. L1's own findings are in the report, by level; the "
		     "first is quoted." },
	{ .id = "chain-l1-died",
	  .severity = SEVERITY_BLOCKER,
	  .title = "The guest hypervisor (L1) did not survive its own guest",
	  .cause = "A guest of this machine died when it ran a guest of its own",
	  .check = check_l1_died,
	  .remedy = "Update the kernel here, and the firmware and its microcode (in a virtual "
		    "machine: the hypervisor below). If it persists, attach this report to a bug "
		    "report: L1's last lines are in it",
	  .explain = "L1 had loaded KVM and was about to start L2, or was running it, when L1 "
		     "itself panicked, hung or was reset. A guest must not be able to do that to "
		     "its hypervisor: the cause is in the nested part of KVM here, in the CPU, or "
		     "in the hypervisor below." },
	{ .id = "chain-l2-entry",
	  .severity = SEVERITY_BLOCKER,
	  .title = "The nested guest (L2) cannot be entered",
	  .cause = "A guest of this machine cannot start a guest of its own",
	  .check = check_l2_entry,
	  .remedy = "Update the kernel here, which checks and merges what L1 asks for; in a "
		    "virtual machine: the hypervisor below. If it persists, attach this report to "
		    "a bug report: the hardware's reason is in it",
	  .explain = "L1's KVM entered its guest, and the entry failed before the guest executed "
		     "an instruction. VMX reports a number for that (SDM Vol. 3, VM-instruction "
		     "errors and exit reasons 33, 34 and 41), SVM the exit code VMEXIT_INVALID. If "
		     "it was reported, the evidence explains it." },
	{ .id = "chain-l2-died",
	  .severity = SEVERITY_BLOCKER,
	  .title = "The nested guest (L2) died",
	  .cause = "The guest inside a guest of this machine died",
	  .check = check_l2_died,
	  .remedy = "Update the kernel here, and the firmware and its microcode (in a virtual "
		    "machine: the hypervisor below). If it persists, attach this report to a bug "
		    "report: L2's last lines are in it",
	  .explain = "Linux was started as L2, inside L1, and panicked, took a triple fault, or "
		     "ended before its work was done. The same kernel runs as L1, so nesting "
		     "corrupted something: memory, registers or interrupts." },
	{ .id = "chain-l2-hung",
	  .severity = SEVERITY_BLOCKER,
	  .title = "The nested guest (L2) hung",
	  .cause = "The guest inside a guest of this machine hung",
	  .check = check_l2_hung,
	  .remedy = "Update the kernel here, and the firmware and its microcode (in a virtual "
		    "machine: the hypervisor below). If it persists, attach this report to a bug "
		    "report: L2's last lines are in it",
	  .explain = "Linux was started as L2, inside L1, and was silent for longer than its "
		     "limit. The stage says where it stopped. Usual causes are a timer or an "
		     "interrupt that does not reach L2, a second CPU that does not start, or an "
		     "entry and exit that repeat for ever." },
	{ .id = "chain-wrong-digest",
	  .severity = SEVERITY_BLOCKER,
	  .title = "The nested guest (L2) did not compute what it should",
	  .cause = "The guest inside a guest of this machine computed a wrong result",
	  .check = check_wrong_digest,
	  .remedy = "Do not trust guests on this machine. Test its memory, update firmware and "
		    "microcode, run it without overclocking; then run this again. If it persists, "
		    "attach this report to a bug report",
	  .explain = "L2 hashes a number that this machine chose at random (SHA-256, many times "
		     "over), and the same is computed here. Meanwhile KVM's counter nested_run "
		     "must rise here. The results differ, or L2 returned none, or the counter "
		     "shows that no nested guest did the work." },
	{ .id = "chain-failed",
	  .severity = SEVERITY_BLOCKER,
	  .title = "Linux in Linux in Linux does not work as it should",
	  .cause = "Linux in Linux in Linux does not work here as it should",
	  .check = check_other,
	  .remedy = "The evidence says what went wrong, and the levels' last lines are in the "
		    "report (nestcheck report FILE). Update the kernel here; if it persists, "
		    "attach this report to a bug report",
	  .explain = "The chain (selftest=full) starts Linux as L1, which loads KVM and starts "
		     "Linux again as L2. L2 proves that it works by work on each CPU, a timer and "
		     "a hash. One of them reported a failure: a virtual machine that could not be "
		     "created, a timer that fired late, a CPU that did not respond." },
	{ .id = "chain-deeper",
	  .severity = SEVERITY_ADVICE,
	  .title = "A third level (L3) does not work here",
	  .check = check_deeper,
	  .remedy = "Nothing has to be done: the verdict is about two levels, which work. If you "
		    "need the third, a newer kernel on each level may help",
	  .explain =
		  "depth=3 was requested: L2 loads KVM itself and starts Linux once more. That "
		  "failed, which does not change the verdict: guests in guests work. Each level "
		  "multiplies the cost of an exit, so a slow L3 may just have run out of time." },
};

const struct rule_table chain_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
