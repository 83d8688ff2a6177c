// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rule for a requirement of KVM (kvm_needs.c) that the CPU does not meet, if no other rule
 * explains it better.
 */
#include <string.h>

#include "diagnose/rules.h"
#include "lib/output.h"
#include "lib/vendor.h"

#define NAMED_MAX 6

/* Requirements with rules of their own: firmware settings, confidential guests, NX. */
static bool is_explained(const struct situation *s, const struct kvm_need *need)
{
	if (strstr(need->name, "by the firmware"))
		return finding_exists(s->r, "vmx-locked-off") ||
		       finding_exists(s->r, "vmx-txt-only") ||
		       finding_exists(s->r, "svm-disabled") ||
		       finding_exists(s->r, "guest-feat-ctl");
	if (!strncmp(need->name, "no SEV", 6))
		return finding_exists(s->r, "confidential-guest");
	if (!strcmp(need->name, NEED_CONSISTENT_VMX))
		return finding_exists(s->r, "cpus-differ") ||
		       finding_exists(s->r, "hybrid-cores-differ");
	return !strncmp(need->name, "NX", 2) && finding_exists(s->r, "no-nx");
}

static void check_kvm_needs(struct situation *s, const struct rule *rule)
{
	struct text names = { .raw = true }, evidence = { .raw = true };
	const char *last = NULL;
	size_t n = 0;
	struct finding *f;

	/* If KVM has loaded, it has what it needs: an older one requires less than the table. */
	if (kvm_runs(s))
		return;
	for (size_t i = 0; i < s->n_needs; i++) {
		const struct kvm_need *need = &s->needs[i];

		if (need->state != TRI_NO || is_explained(s, need) || n++ >= NAMED_MAX)
			continue;
		text_addf(&names, "%s%s", names.len ? ", " : "", need->name);
		if (need->evidence && (!last || strcmp(last, need->evidence) != 0))
			text_addf(&evidence, "%s%s", evidence.len ? "; " : "", need->evidence);
		last = need->evidence;
	}
	if (!n)
		return;
	f = finding_add(s, rule);
	f->title = format(s, "%s cannot load: something that it needs is missing", s->module);
	f->evidence = format(s, "missing: %s%s; %s", names.s, n > NAMED_MAX ? " and more" : "",
			     evidence.s ? evidence.s : "by CPUID");
	if (s->guest == TRI_YES && s->hypervisor && s->hypervisor->partial)
		f->remedy =
			format(s,
			       "The hypervisor below this machine, %s, does not emulate all that "
			       "KVM needs. %s",
			       s->hypervisor->name, s->hypervisor->partial);
	else if (s->guest == TRI_YES)
		f->remedy =
			"The hypervisor below this machine does not emulate all that KVM needs: "
			"update it, or give this virtual machine the host's CPU (QEMU -cpu "
			"host), and power it off and on";
	text_free(&names);
	text_free(&evidence);
}

static const struct rule rules[] = {
	{ .id = "kvm-needs",
	  .severity = SEVERITY_BLOCKER,
	  .title = "KVM's module cannot load: something that it needs is missing",
	  .cause = "KVM cannot start on this CPU: something that it needs is missing",
	  .check = check_kvm_needs,
	  .remedy = "On hardware this is a fault of the firmware or its microcode: update both. It "
		    "should not happen on a CPU that is sold with VT-x or AMD-V",
	  .explain =
		  "Before kvm_intel or kvm_amd is loaded, nestcheck works out from the registers "
		  "whether it can load. Linux requires a number of VMX controls to be settable "
		  "(MSRs 0x481 to 0x484: each control's bit in the high half), a VMCS of at most "
		  "one page in write-back memory (0x480), controls that load a register at entry "
		  "and at exit in pairs, and of any CPU an FPU with FXSAVE and write-back in entry "
		  "0 of the PAT. What is missing is named with its register. Real CPUs have "
		  "everything; hypervisors that emulate only part of VMX do not, and modprobe then "
		  "says \"Input/output error\". If only a pair is inconsistent, "
		  "kvm_intel.error_on_inconsistent_vmcs_config=0 lets it load." },
};

const struct rule_table needs_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
