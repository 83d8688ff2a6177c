// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about what nesting lacks to be good or fast: EPT and NPT, unrestricted guest, shadow VMCS.
 * Either the CPU does not have it, or it is switched off in KVM.
 */
#include <inttypes.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/rules.h"
#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"
#include "lib/hw/vmx.h"
#include "lib/vendor.h"

/* Linux turns EPT off without these, arch/x86/kvm/vmx/vmx.c vmx_hardware_setup(). */
#define EPT_NEEDED (VMX_CAP_WALK_4 | VMX_CAP_WRITE_BACK | VMX_CAP_INVEPT_ALL)

static bool has_vmx(const struct situation *s)
{
	return vendor_has_vmx(s->vendor) && s->virt == TRI_YES;
}

/* "MSR 0x48b IA32_VMX_PROCBASED_CTLS2 is 0x...: bit 33 (may be 1: enable EPT) is 0" */
static const char *proc2_evidence(struct situation *s, unsigned int control, const char *name)
{
	const struct msr_fact *m = cpu_msr(s->f, s->cpu, MSR_IA32_VMX_PROCBASED_CTLS2);
	const struct msr_fact *primary = cpu_msr(s->f, s->cpu, MSR_IA32_VMX_PROCBASED_CTLS);

	if (primary && !primary->refused && !(primary->value >> 63))
		return format(s,
			      "MSR 0x482 IA32_VMX_PROCBASED_CTLS is 0x%016" PRIx64
			      ": bit 63 is 0, so there are no secondary controls and no %s",
			      primary->value, name);
	return m && !m->refused ? format(s,
					 "MSR 0x48b IA32_VMX_PROCBASED_CTLS2 is 0x%016" PRIx64
					 ": bit %u (%s may be 1) is 0",
					 m->value, 32 + control, name) :
				  format(s, "the CPU has no %s", name);
}

/* A CPU that lacks what the first one has: KVM uses only what all have. NULL if all have it. */
static const struct cpu_facts *cpu_without(const struct situation *s, enum cap cap)
{
	enum tri caps[CAP_COUNT];

	for (size_t i = 1; i < s->f->n_cpus; i++) {
		decode_caps_from(s->f, &s->f->cpus[i], caps);
		if (caps[cap] == TRI_NO)
			return &s->f->cpus[i];
	}
	return NULL;
}

/* The hardware has it but KVM does not use it. */
static bool switched_off(struct situation *s, enum cap cap, const char *parameter)
{
	return s->r->caps[cap] == TRI_YES && kvm_parameter(s->r, parameter) == TRI_NO;
}

/* Reports it: it was switched off, or one CPU lacks it. */
static void add_switched_off(struct situation *s, const struct rule *rule, enum cap cap,
			     const char *parameter, const char *name)
{
	const struct cpu_facts *without = cpu_without(s, cap);
	struct finding *f = finding_add(s, rule);

	if (without) {
		f->title = format(s, "KVM does not use %s, because not every CPU has it", name);
		f->evidence =
			format(s,
			       "/sys/module/%s/parameters/%s is off; CPU %d does not have it, "
			       "CPU %d has",
			       s->module, parameter, without->id, s->cpu->id);
		f->remedy = "First solve that the CPUs differ: see that finding";
		return;
	}
	f->title = format(s, "%s is switched off in KVM", name);
	f->evidence = format(s, "the CPU has it, but /sys/module/%s/parameters/%s is off",
			     s->module, parameter);
	f->remedy = format(s,
			   "Remove %s=0 (or N) from /etc/modprobe.d and from the kernel's command "
			   "line, and load %s again",
			   parameter, s->module);
}

static void check_no_ept(struct situation *s, const struct rule *rule)
{
	const struct msr_fact *m;
	struct finding *f;

	if (!has_vmx(s) || finding_exists(s->r, "virtualbox-no-ept"))
		return;
	if (s->r->caps[CAP_EPT] == TRI_NO) {
		finding_add(s, rule)->evidence = proc2_evidence(s, 1, "EPT");
		return;
	}
	m = cpu_msr(s->f, s->cpu, MSR_IA32_VMX_EPT_VPID_CAP);
	if (s->r->caps[CAP_EPT] == TRI_YES && m && !m->refused &&
	    (m->value & EPT_NEEDED) != EPT_NEEDED) {
		f = finding_add(s, rule);
		f->title = "The CPU's EPT lacks what KVM needs";
		f->evidence = format(s,
				     "MSR 0x48c IA32_VMX_EPT_VPID_CAP is 0x%016" PRIx64
				     ": bit 6 (page walk of 4) is %u, bit 14 (write-back) is %u, "
				     "bit 26 (INVEPT all-context) is %u",
				     m->value, (unsigned int)(m->value >> 6 & 1),
				     (unsigned int)(m->value >> 14 & 1),
				     (unsigned int)(m->value >> 26 & 1));
	} else if (switched_off(s, CAP_EPT, "ept")) {
		add_switched_off(s, rule, CAP_EPT, "ept", "EPT");
	}
}

static void check_no_npt(struct situation *s, const struct rule *rule)
{
	const struct cpuid_fact *leaf;
	struct finding *f;

	if (!vendor_has_svm(s->vendor) || s->virt != TRI_YES)
		return;
	if (s->r->caps[CAP_NPT] == TRI_NO) {
		leaf = cpu_cpuid(s->f, s->cpu, CPUID_SVM, 0);
		f = finding_add(s, rule);
		f->evidence = leaf ? format(s,
					    "CPUID 0x8000000a EDX is 0x%08" PRIx32
					    ": bit 0 (NPT) is 0",
					    leaf->edx) :
				     "there is no CPUID 0x8000000a, so no NPT";
	} else if (switched_off(s, CAP_NPT, "npt")) {
		add_switched_off(s, rule, CAP_NPT, "npt", "NPT");
	}
}

static void check_no_unrestricted_guest(struct situation *s, const struct rule *rule)
{
	if (!has_vmx(s))
		return;
	if (s->r->caps[CAP_UNRESTRICTED_GUEST] == TRI_NO) {
		finding_add(s, rule)->evidence = proc2_evidence(s, 7, "unrestricted guest");
		return;
	}
	/* Without EPT KVM switches it off as well: then EPT is the finding. */
	if (switched_off(s, CAP_UNRESTRICTED_GUEST, "unrestricted_guest") &&
	    !finding_exists(s->r, "no-ept")) {
		add_switched_off(s, rule, CAP_UNRESTRICTED_GUEST, "unrestricted_guest",
				 "Unrestricted guest");
	}
}

static void check_no_shadow_vmcs(struct situation *s, const struct rule *rule)
{
	const struct msr_fact *proc2, *misc;
	struct finding *f;

	if (!has_vmx(s))
		return;
	if (s->r->caps[CAP_SHADOW_VMCS] == TRI_NO) {
		f = finding_add(s, rule);
		proc2 = cpu_msr(s->f, s->cpu, MSR_IA32_VMX_PROCBASED_CTLS2);
		misc = cpu_msr(s->f, s->cpu, MSR_IA32_VMX_MISC);
		if (proc2 && !proc2->refused && proc2->value >> 46 & 1 && misc)
			f->evidence = format(s,
					     "MSR 0x485 IA32_VMX_MISC is 0x%016" PRIx64
					     ": bit 29 (VMWRITE to any field) is 0",
					     misc->value);
		else
			f->evidence = proc2_evidence(s, 14, "VMCS shadowing");
	} else if (switched_off(s, CAP_SHADOW_VMCS, "enable_shadow_vmcs")) {
		add_switched_off(s, rule, CAP_SHADOW_VMCS, "enable_shadow_vmcs", "VMCS shadowing");
	}
}

static void check_below_functional(struct situation *s, const struct rule *rule)
{
	struct grade_item items[GRADE_ITEMS];
	size_t n = grade_items(s->r, items);
	const char *missing = NULL;

	if (s->virt != TRI_YES)
		return;
	for (size_t i = 0; i < n; i++) {
		if (items[i].grade != GRADE_FUNCTIONAL || items[i].state != TRI_NO)
			continue;
		missing = format(s, "%s%s%s (%s%s)", missing ? missing : "", missing ? ", " : "",
				 items[i].name,
				 items[i].parameter ? "KVM's parameter " : "the CPU has none",
				 items[i].parameter ? items[i].parameter : "");
	}
	if (missing)
		finding_add(s, rule)->evidence = format(s, "missing: %s", missing);
}

#define NEWER_CPU "Use a newer CPU"

static const struct rule rules[] = {
	{ .id = "no-ept",
	  .severity = SEVERITY_DEGRADED,
	  .title = "The CPU has no EPT (second-level address translation)",
	  .cause = "Nested guests are very slow here: EPT (nested paging) is missing or not used",
	  .check = check_no_ept,
	  .remedy = "Nesting works with shadow paging, but is very slow. " NEWER_CPU,
	  .guest = "Nesting works with shadow paging, but is very slow: the hypervisor below does "
		   "not show it to this virtual machine",
	  .below = true,
	  .explain = "With EPT the CPU itself translates guest addresses; without it KVM keeps "
		     "shadow page tables, which an L2 guest pays for twice. Found in MSR 0x48b bit "
		     "33; KVM also needs a page walk of 4, write-back structures and INVEPT "
		     "all-context in MSR 0x48c. Intel CPUs have it from Nehalem on. kvm_intel's "
		     "parameter ept switches it off." },
	{ .id = "no-npt",
	  .severity = SEVERITY_DEGRADED,
	  .title = "The CPU has no NPT (nested paging)",
	  .cause = "Nested guests are very slow here: NPT (nested paging) is missing or not used",
	  .check = check_no_npt,
	  .remedy = "Nesting works with shadow paging, but is very slow. " NEWER_CPU,
	  .guest = "Nesting works with shadow paging, but is very slow: the hypervisor below does "
		   "not show it to this virtual machine",
	  .below = true,
	  .explain = "With NPT the CPU itself translates guest addresses; without it KVM keeps "
		     "shadow page tables, which an L2 guest pays for twice. Found in CPUID "
		     "0x8000000a EDX bit 0. AMD CPUs have it from family 0x10 on. kvm_amd's "
		     "parameter npt switches it off." },
	{ .id = "no-unrestricted-guest",
	  .severity = SEVERITY_DEGRADED,
	  .title = "The CPU has no unrestricted guest mode",
	  .cause = "Some nested guests fail here: unrestricted guest is missing or not used",
	  .check = check_no_unrestricted_guest,
	  .remedy =
		  "Guests in real mode are emulated, and some L2 firmware fails (entry failed, "
		  "hardware error 0x80000021): start L2 with UEFI or directly with a kernel. " NEWER_CPU,
	  .guest = "Guests in real mode are emulated, and some L2 firmware fails (entry failed, "
		   "hardware error 0x80000021): start L2 with UEFI or directly with a kernel. The "
		   "hypervisor below does not show it to this virtual machine",
	  .below = true,
	  .explain = "Unrestricted guest lets a guest run in real mode and without paging directly "
		     "on the CPU, as every BIOS does at first. Without it KVM emulates that code, "
		     "and L2's first steps may fail with 0x80000021. Found in MSR 0x48b bit 39; "
		     "Intel CPUs have it from Westmere on; kvm_intel's parameter "
		     "unrestricted_guest shows what KVM uses." },
	{ .id = "no-shadow-vmcs",
	  .severity = SEVERITY_DEGRADED,
	  .title = "The CPU has no VMCS shadowing",
	  .cause = "Nested guests are slower here: VMCS shadowing is missing or not used",
	  .check = check_no_shadow_vmcs,
	  .remedy = "Nesting works, but every exit of L2 costs several times more, because each "
		    "VMREAD and VMWRITE in L1 exits too. " NEWER_CPU,
	  .guest = "Nesting works, but every exit of L2 costs several times more, because each "
		   "VMREAD and VMWRITE in L1 exits too. The hypervisor below does not show it to "
		   "this virtual machine",
	  .below = true,
	  .explain = "With VMCS shadowing the guest hypervisor reads and writes its VMCS without "
		     "exits to the host. Without it each exit of L2 causes dozens of exits of L1. "
		     "Found in MSR 0x48b bit 46 and MSR 0x485 bit 29; Intel CPUs have it from "
		     "Haswell on; kvm_intel's parameter enable_shadow_vmcs shows what KVM uses." },
	{ .id = "below-functional",
	  .severity = SEVERITY_DEGRADED,
	  .title = "Nesting here lacks what today's guests expect",
	  .cause = "Nesting here lacks what today's guests expect",
	  .check = check_below_functional,
	  .remedy = "Use it for experiments, not for production. " NEWER_CPU,
	  .guest = "Use it for experiments, not for production: the hypervisor below does not show "
		   "it to this virtual machine",
	  .below = true,
	  .explain =
		  "The grade `functional` needs EPT, VPID and unrestricted guest on Intel, NPT on "
		  "AMD; KVM's own parameter decides if it has one, else the hardware. A machine "
		  "without them can pass the self-test, but gets no grade." },
};

const struct rule_table feature_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
