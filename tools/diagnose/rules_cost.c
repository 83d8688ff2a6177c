// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about what works but is slower than necessary, or fragile: interrupts without APICv,
 * mitigations, clocks.
 */
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/rules.h"
#include "lib/vendor.h"

/* What an emulated CPU costs or leaks does not matter. */
static bool is_emulated(const struct situation *s)
{
	return finding_exists(s->r, "emulated-machine");
}

static void check_no_apicv(struct situation *s, const struct rule *rule)
{
	bool intel = vendor_has_vmx(s->vendor);
	const char *parameter = intel ? "enable_apicv" : "avic";
	const char *line = log_line(s, "Cannot support x2AVIC due to AVIC is disabled");
	struct finding *f;

	if (s->virt != TRI_YES || !s->module)
		return;
	if (!intel && line) {
		f = finding_add(s, rule);
		f->title = "The firmware switched AVIC off";
		f->evidence = format(s, "kernel log: %s", line);
		f->remedy = s->guest == TRI_YES ?
				    "The hypervisor below hides AVIC, which KVM never passes on" :
				    "Look for AVIC in the firmware setup, or for an update of it";
		return;
	}
	/* On Zen AVIC is off by default, which is no fault. */
	if (!intel || s->r->caps[CAP_APICV] != TRI_YES ||
	    kvm_parameter_of(s->r, s->module, parameter) != TRI_NO)
		return;
	f = finding_add(s, rule);
	f->evidence =
		format(s,
		       "the CPU has it (MSRs 0x48b, 0x481), but /sys/module/%s/parameters/%s is "
		       "off",
		       s->module, parameter);
}

static void check_l1tf(struct situation *s, const struct rule *rule)
{
	const char *l1tf = kv_get(&s->f->kernel.vulnerabilities, "l1tf");
	struct finding *f;

	if (is_emulated(s) || !l1tf || !strstr(l1tf, "VMX:") || strstr(l1tf, "flush not necessary"))
		return;
	f = finding_add(s, rule);
	f->evidence = format(s, "/sys/devices/system/cpu/vulnerabilities/l1tf: %s", l1tf);
	if (strstr(l1tf, "VMX: vulnerable")) {
		f->title = "Guests can read the host's memory (L1TF)";
		f->remedy =
			"Remove l1tf=off, mitigations=off and kvm-intel.vmentry_l1d_flush=never "
			"from the kernel's command line unless you trust every guest";
		if (s->guest != TRI_YES)
			f->remedy = format(s, "%s; update the microcode", f->remedy);
	} else if (strstr(l1tf, "EPT disabled")) {
		f->title = "EPT is off because of L1TF: guests are slow, nested ones very slow";
		f->remedy = "Use l1tf=flush instead of switching EPT off (ept=0)";
	}
}

static void check_huge_pages(struct situation *s, const struct rule *rule)
{
	const char *itlb = kv_get(&s->f->kernel.vulnerabilities, "itlb_multihit");

	if (is_emulated(s) || !itlb || !strstr(itlb, "Split huge pages"))
		return;
	finding_add(s, rule)->evidence =
		format(s, "/sys/devices/system/cpu/vulnerabilities/itlb_multihit: %s", itlb);
}

/* hpet, acpi_pm, jiffies: reading any of them exits to the level below. */
static void check_tsc(struct situation *s, const struct rule *rule)
{
	static const char *const slow[] = { "hpet", "acpi_pm", "refined-jiffies", "jiffies",
					    "pit" };
	const char *now = s->f->kernel.clocksource, *line = log_line(s, "Marking TSC unstable");
	bool is_slow = false;

	if (!line)
		line = log_line(s, "TSC unstable");
	for (size_t i = 0; now && i < sizeof(slow) / sizeof(slow[0]); i++)
		is_slow |= !strcmp(now, slow[i]);
	if (!is_slow || is_emulated(s))
		return;
	finding_add(s, rule)->evidence = format(s, "current_clocksource is %s%s%s", now,
						line ? "; kernel log: " : "", line ? line : "");
}

/* Cases of the self-test show whether a running L2 survives being saved. */
static void check_state(struct situation *s, const struct rule *rule)
{
	const struct selftest_state *t = &s->r->selftest;
	const char *first = NULL;

	for (size_t i = 0; i < t->n_cases && !first; i++)
		if (t->cases[i].result == CASE_FAIL && strstr(t->cases[i].name, "_state_"))
			first = t->cases[i].name;
	if (first)
		finding_add(s, rule)->evidence = format(s, "self-test case %s failed", first);
}

static const struct rule rules[] = {
	{ .id = "no-apicv",
	  .severity = SEVERITY_ADVICE,
	  .title = "KVM does not use the CPU's virtual APIC (APICv)",
	  .check = check_no_apicv,
	  .remedy = "Remove enable_apicv=0 from /etc/modprobe.d and the kernel's command line, and "
		    "load the module again; KVM also needs the in-kernel APIC in each VM",
	  .explain =
		  "With APICv (Intel) or AVIC (AMD) a guest takes and acknowledges interrupts "
		  "without exits to the hypervisor. On Intel the CPU offers it by PROCBASED_CTLS2 "
		  "bits 8 and 9 and PINBASED_CTLS bit 7, and kvm_intel uses it by default; here "
		  "its parameter enable_apicv is off. KVM 5.6 to 5.18 switched AVIC off with "
		  "nesting; since 5.19 it does so only while a vCPU runs an L2." },
	{ .id = "l1tf-cost",
	  .severity = SEVERITY_ADVICE,
	  .title = "Each entry into a guest flushes the L1 data cache (L1TF)",
	  .check = check_l1tf,
	  .remedy = "If you trust every guest, nothing has to be done: the default "
		    "(vmentry_l1d_flush=cond) is enough. For guests that you do not trust, switch "
		    "SMT off as well: l1tf=full on the kernel's command line, or nosmt. CPUs from "
		    "2019 on do not need it",
	  .explain =
		  "CPUs with the vulnerability L1TF (Foreshadow) let a guest read the L1 data "
		  "cache. KVM flushes it at VM entry, which costs about a microsecond each time, "
		  "and nesting enters guests twice as often. The setting in force is in "
		  "/sys/devices/system/cpu/vulnerabilities/l1tf, but only after kvm_intel has been "
		  "loaded." },
	{ .id = "huge-pages-split",
	  .severity = SEVERITY_ADVICE,
	  .title = "Executable huge pages of guests are split (iTLB multihit)",
	  .check = check_huge_pages,
	  .remedy = "Nothing has to be done. A host that trusts all its guests can load kvm with "
		    "nx_huge_pages=off; a guest hypervisor on a patched host need not do it again",
	  .explain =
		  "On CPUs with the erratum iTLB multihit a guest can hang the machine by changing "
		  "the size of a page that it executes. KVM therefore maps what guests execute in "
		  "small pages, \"KVM: Mitigation: Split huge pages\". That costs more page "
		  "faults, most of all with nesting." },
	{ .id = "slow-clock",
	  .severity = SEVERITY_ADVICE,
	  .title = "The kernel does not use the TSC as its clock",
	  .check = check_tsc,
	  .remedy = "Look up in the kernel's log why the TSC was found unstable, and update the "
		    "firmware",
	  .guest = "If the host's own clock is the TSC, put tsc=reliable on the kernel's command "
		   "line here and remove the HPET from the VM's definition",
	  .explain =
		  "Reading the HPET or the ACPI timer costs a guest an exit, and an L2 guest an "
		  "exit through two levels, thousands of times a second. The kernel falls back to "
		  "them if it finds the TSC unstable: \"clocksource: timekeeping watchdog\", "
		  "\"Marking TSC unstable\"." },
	{ .id = "nested-state",
	  .severity = SEVERITY_DEGRADED,
	  .title = "A guest hypervisor cannot be saved or migrated while its guest runs",
	  .cause = "A guest hypervisor here cannot be saved or migrated while its guest runs",
	  .check = check_state,
	  .remedy =
		  "Shut L2 guests down before L1 is saved, restored or migrated; update the kernel "
		  "(Intel needs 5.3 at least, with QEMU 4.2 or later)",
	  .explain =
		  "Live migration and savevm of a VM with nested guests use KVM_GET_NESTED_STATE "
		  "and KVM_SET_NESTED_STATE. The self-test saves a running L2, destroys the VM and "
		  "resumes it in a fresh one; a case that does this has failed. The kernel's own "
		  "documentation (running-nested-guests.rst) warns of it on AMD." },
};

const struct rule_table cost_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
