// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rule about what KVM asks of a CPU (kvm_needs.c) and does not get, where no other rule has a
 * better word for it.
 */
#include <string.h>

#include "diagnose/rules.h"
#include "lib/output.h"
#include "lib/vendor.h"

#define NAMED_MAX 6

/* Those with rules of their own: firmware's switches, confidential guests, NX. */
static bool is_explained(const struct situation *s, const struct kvm_need *need)
{
	if (strstr(need->name, "by the firmware"))
		return finding_exists(s->r, "vmx-locked-off") ||
		       finding_exists(s->r, "vmx-txt-only") ||
		       finding_exists(s->r, "svm-disabled") ||
		       finding_exists(s->r, "guest-feat-ctl");
	if (!strncmp(need->name, "no SEV", 6))
		return finding_exists(s->r, "confidential-guest");
	if (!strcmp(need->name, SAME_VMX))
		return finding_exists(s->r, "cpus-differ") ||
		       finding_exists(s->r, "hybrid-cores-differ");
	return !strncmp(need->name, "NX", 2) && finding_exists(s->r, "no-nx");
}

static void check_kvm_needs(struct situation *s, const struct rule *rule)
{
	struct text names = { 0 }, evidence = { 0 };
	const char *last = NULL;
	size_t n = 0;
	struct finding *f;

	/* KVM that has loaded has what it needs, whatever we think: an older one asks for less. */
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
	f->title = say(s, "%s cannot load: something that it needs is not there", s->module);
	f->evidence = say(s, "missing: %s%s; %s", names.s, n > NAMED_MAX ? " and more" : "",
			  evidence.s ? evidence.s : "by CPUID");
	if (s->guest == TRI_YES && s->hypervisor && s->hypervisor->partial)
		f->remedy = say(s,
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
	  .title = "KVM's module cannot load: something that it needs is not there",
	  .check = check_kvm_needs,
	  .remedy = "On hardware this is a fault of the firmware or its microcode: update both. It "
		    "should not happen on a CPU that is sold with VT-x or AMD-V",
	  .explain =
		  "Before kvm_intel or kvm_amd is loaded, nestcheck works out from the registers "
		  "whether it can be: Linux wants a number of VMX controls to be settable (MSRs "
		  "0x481 to 0x484: each control's bit in the high half), a VMCS of at most one "
		  "page in write-back memory (0x480), controls that load a register at entry and "
		  "at exit in pairs, and of any CPU an FPU with FXSAVE and write-back in entry 0 "
		  "of the PAT. What is missing is named with its register. Real CPUs have all of "
		  "it; hypervisors that emulate VMX in part do not, and then modprobe says "
		  "\"Input/output error\". kvm_intel.error_on_inconsistent_vmcs_config=0 lets it "
		  "pass where only a pair is inconsistent." },
};

const struct rule_table needs_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
