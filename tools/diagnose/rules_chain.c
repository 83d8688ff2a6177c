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
			      "L2 says that it proved itself, and KVM's counter of entries into "
			      "nested guests (nested_run) did not rise meanwhile" :
		      c->reason ? c->reason :
				  say(s, "L%u failed at stage %s", c->level,
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

/* What L1's own nestcheck found, and whether the level below offers it. */
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
			say(s, "%s; L1's CPU has no %s%s", f->evidence, amd ? "SVM" : "VMX",
			    s->f->kvm.nested_cpuid == TRI_YES ? ", which KVM offers here" : "");
	for (size_t i = 0; i < l1->n_findings; i++) {
		const struct finding *there = &l1->findings[i];

		if (there->severity != SEVERITY_BLOCKER)
			continue;
		/* The reason may have named it already. */
		if (!strstr(f->evidence, there->id))
			f->evidence = say(s, "%s; found in L1: %s: %s", f->evidence, there->id,
					  there->title);
		if (there->evidence)
			f->evidence = say(s, "%s (%s)", f->evidence, there->evidence);
		f->remedy = say(s, "%s. What nestcheck says to that in L1: %s", rule->remedy,
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

static void check_otherwise(struct situation *s, const struct rule *rule)
{
	check(s, rule, CHAIN_IS_OTHERWISE);
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
	  .check = check_too_small,
	  .remedy = "Give L1 more (nestcheck chain --memory), or leave that out: then it gets what "
		    "it needs. Where it does, this machine has no more to give: stop what else "
		    "runs here, or add memory",
	  .explain = "Each level of the chain holds a kernel, a root in memory, and the machine of "
		     "the level above with the same inside. One of them ran out of memory. That "
		     "says nothing about nesting, and nothing can be said of it before there is "
		     "enough." },
	{ .id = "chain-l1-kernel",
	  .severity = SEVERITY_BLOCKER,
	  .title = "Linux does not start as a guest of this machine (L1)",
	  .check = check_l1_kernel,
	  .remedy =
		  "Read L1's last lines in the report (nestcheck report FILE). With a kernel of "
		  "your own, try nestcheck's. Else update the kernel here, and see whether another "
		  "guest of KVM starts",
	  .explain = "The chain starts Linux in a virtual machine of nestcheck's own, L1, with a "
		     "root made of the running system. Its kernel did not come as far as its "
		     "first program. Nothing is nested at that point: an ordinary guest of KVM "
		     "does not work here, or this kernel does not go with that machine." },
	{ .id = "chain-l1-no-vmx",
	  .severity = SEVERITY_BLOCKER,
	  .title = "KVM cannot be used in the guest (L1)",
	  .check = check_l1_no_vmx,
	  .remedy = "See that KVM here runs with nested=1 and hands VMX or SVM on to guests "
		    "(nestcheck probe). Where registers of L1 were preset (nestcheck chain "
		    "--l1-msr), that is what was asked for",
	  .explain = "Linux runs as L1, looked at its own CPU there and loaded KVM, as a guest "
		     "hypervisor has to; and that failed. Either VMX or SVM does not come "
		     "through to the guest, or the guest's registers say that its firmware has "
		     "it switched off, or its KVM found something missing. L1's own "
		     "findings are in the report, by level, and the first of them is quoted." },
	{ .id = "chain-l1-died",
	  .severity = SEVERITY_BLOCKER,
	  .title = "The guest hypervisor (L1) did not survive its own guest",
	  .check = check_l1_died,
	  .remedy = "Update the kernel here, and the firmware and its microcode (in a virtual "
		    "machine: the hypervisor below). If it stays, report it with this report: "
		    "L1's last lines are in it",
	  .explain = "L1's KVM was loaded and L2 was to be started, or ran; then L1 itself "
		     "panicked, hung or was reset. A guest must not be able to do that to its "
		     "hypervisor: the cause is in the nested part of KVM here, in the CPU, or "
		     "in the hypervisor below." },
	{ .id = "chain-l2-entry",
	  .severity = SEVERITY_BLOCKER,
	  .title = "The nested guest (L2) cannot be entered",
	  .check = check_l2_entry,
	  .remedy = "Update the kernel here, which checks and merges what L1 asks for; in a "
		    "virtual machine: the hypervisor below. If it stays, report it with this "
		    "report: the reason that the hardware gave is in it",
	  .explain = "L1's KVM entered its guest, and the entry failed before an instruction of "
		     "it ran. VMX gives a number for that (SDM Vol. 3, VM-instruction errors and "
		     "exit reasons 33, 34 and 41), SVM the exit code VMEXIT_INVALID; what they "
		     "mean is in the evidence where it was told." },
	{ .id = "chain-l2-died",
	  .severity = SEVERITY_BLOCKER,
	  .title = "The nested guest (L2) died",
	  .check = check_l2_died,
	  .remedy = "Update the kernel here, and the firmware and its microcode (in a virtual "
		    "machine: the hypervisor below). If it stays, report it with this report: "
		    "L2's last lines are in it",
	  .explain = "Linux was started as L2, inside L1, and panicked, took a triple fault, or "
		     "ended before it had done its work. The same kernel runs as L1, so nesting "
		     "did something to it: memory, registers or interrupts that are not as they "
		     "should be." },
	{ .id = "chain-l2-hung",
	  .severity = SEVERITY_BLOCKER,
	  .title = "The nested guest (L2) hung",
	  .check = check_l2_hung,
	  .remedy = "Update the kernel here, and the firmware and its microcode (in a virtual "
		    "machine: the hypervisor below). If it stays, report it with this report: L2's "
		    "last lines are in it",
	  .explain = "Linux was started as L2, inside L1, and said nothing more for as long as it "
		     "may take. The stage says what it was at: what often goes wrong there is "
		     "a timer or an interrupt that does not reach L2, a second CPU that "
		     "does not start, or an entry and exit that repeat for ever." },
	{ .id = "chain-wrong-digest",
	  .severity = SEVERITY_BLOCKER,
	  .title = "The nested guest (L2) did not compute what it should",
	  .check = check_wrong_digest,
	  .remedy = "Do not trust guests on this machine. Test its memory, update firmware and "
		    "microcode, run it without overclocking; then run this again. If it stays, "
		    "report it with this report",
	  .explain = "L2 hashes a number that this machine chose at random (SHA-256, many times "
		     "over), and the same is computed here; meanwhile KVM's counter nested_run "
		     "here has to rise. The results were not the same, or none was "
		     "told, or the counter says that what computed was no nested guest." },
	{ .id = "chain-failed",
	  .severity = SEVERITY_BLOCKER,
	  .title = "Linux in Linux in Linux does not work as it should",
	  .check = check_otherwise,
	  .remedy = "The evidence says what went wrong, and the levels' last lines are in the "
		    "report (nestcheck report FILE). Update the kernel here; if it stays, report "
		    "it with this report",
	  .explain = "The chain (selftest=full) starts Linux as L1, which loads KVM and starts "
		     "Linux again as L2, which proves itself by work on each CPU, a timer and a "
		     "hash. One of them told that a part of this failed: a machine that could "
		     "not be made, a timer that came late, a CPU that did not answer." },
	{ .id = "chain-deeper",
	  .severity = SEVERITY_ADVICE,
	  .title = "A third level (L3) does not work here",
	  .check = check_deeper,
	  .remedy =
		  "Nothing has to be done: the verdict is about two levels, which work. Who needs "
		  "the third may find that a newer kernel on each level helps",
	  .explain = "depth=3 was asked for: L2 loads KVM itself and starts Linux once more. That "
		     "failed, and decides nothing: the verdict is about guests in guests, which "
		     "work. Each level multiplies the cost of an exit, so a slow L3 may just have "
		     "run out of time." },
};

const struct rule_table chain_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
