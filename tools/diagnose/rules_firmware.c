// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about what the firmware switches: VMX, SVM, NX. They look at the registers or, if those
 * were not read, at what Linux reports.
 */
#include <inttypes.h>
#include <string.h>

#include "diagnose/firmware_menus.h"
#include "diagnose/refusals.h"
#include "diagnose/rules.h"
#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"
#include "lib/vendor.h"

#define GUEST_VMX                                                                                 \
	"This is a virtual machine, in which the hypervisor below or its virtual firmware locks " \
	"VMX off (QEMU's own firmware sets the register as QEMU tells it)"
#define CAUSE_GUEST_VMX "VT-x is switched off by the hypervisor below, or by the virtual firmware"
#define GUEST_SVM	"This is a virtual machine, in which the hypervisor below switches SVM off"

/* On hardware: adds where this machine's maker has put the option. */
static void add_menu(struct situation *s, struct finding *f, enum firmware_option option)
{
	const char *menu = NULL;

	if (f && s->guest != TRI_YES)
		menu = firmware_menu_text(&s->r->arena, &s->f->firmware, option);
	/* Where there is no setup with such an option, what the rule says of one does not hold. */
	if (menu && firmware_menu_find(&s->f->firmware)->note)
		f->remedy = menu;
	else if (menu)
		f->remedy = format(s, "%s. %s", f->remedy, menu);
}

/*
 * A kernel without KVM leaves VMX off if the firmware left it unlocked; Xen hides it from its dom0.
 */
static bool flag_cleared_otherwise(const struct situation *s)
{
	const char *state = kv_get(&s->f->kernel.module_files, s->module);
	const char *clock = s->f->kernel.clocksource;

	return (state && !strcmp(state, "absent")) || (clock && !strcmp(clock, "xen"));
}

/* The newest line that contains part and is not the other vendor's module's. */
static const char *own_line(const struct situation *s, const char *part)
{
	const struct strings *log = &s->f->kernel.log;

	for (size_t i = log->n; i-- > 0;) {
		const char *author = line_author(log->s[i]);

		if (strstr(log->s[i], part) && !(author && strcmp(author, s->module) != 0))
			return log->s[i];
	}
	return NULL;
}

/*
 * If the register was not read (no root, no msr driver), use what Linux reports: its log, or the
 * flag that it removes from /proc/cpuinfo (arch/x86/kernel/cpu/feat_ctl.c, amd.c). NULL if it
 * reports nothing.
 */
static const char *linux_evidence(struct situation *s, uint32_t msr, const char *const *lines)
{
	const char *cmdline = s->f->kernel.cmdline, *seen = NULL;
	const char *flag = vendor_has_svm(s->vendor) ? "svm" : "vmx";

	if (s->virt != TRI_YES || kvm_runs(s) || cpu_msr(s->f, s->cpu, msr))
		return NULL;
	for (; *lines && !seen; lines++)
		seen = own_line(s, *lines);
	if (seen)
		return format(s, "kernel log: %s", seen);
	if (s->f->kernel.virt_flag != TRI_NO || (cmdline && strstr(cmdline, "clearcpuid")) ||
	    flag_cleared_otherwise(s))
		return NULL;
	return format(s,
		      "CPUID says that the CPU has it, but /proc/cpuinfo has no %s flag: Linux "
		      "removes it if the firmware has it off (MSR 0x%" PRIx32 " was not read)",
		      flag, msr);
}

static void add_by_linux(struct situation *s, const struct rule *rule, uint32_t msr,
			 const char *const *lines, enum firmware_option option)
{
	const char *evidence = linux_evidence(s, msr, lines);
	struct finding *f;

	if (!evidence)
		return;
	f = finding_add(s, rule);
	f->evidence = evidence;
	if (s->guest != TRI_YES && vendor_has_svm(s->vendor))
		f->remedy = "In the firmware setup switch \"SVM Mode\" (or AMD-V, Virtualization) "
			    "on, under CPU or Advanced settings; save, then power off and on";
	add_menu(s, f, option);
}

/*
 * The lines with which Linux says that the firmware has it off, newest kernel first: the CPU setup
 * code (arch/x86/kernel/cpu/{feat_ctl,amd}.c), KVM's module since Linux 6.3, and kvm_arch_init()
 * before (arch/x86/kvm/x86.c). "disabled by bios" is said only by the module whose feature the CPU
 * has.
 */
static const char *const vmx_lines[] = {
	"VMX (outside TXT) disabled by BIOS",
	"VMX not enabled (by BIOS) in MSR_IA32_FEAT_CTL",
	" disabled by bios",
	NULL,
};
static const char *const svm_lines[] = {
	"SVM disabled (by BIOS) in MSR_VM_CR",
	"SVM not supported by CPU",
	" disabled by bios",
	NULL,
};

/*
 * IA32_FEATURE_CONTROL on every CPU: a finding for those whose three relevant bits equal `want`. A
 * running KVM proves that VMX was allowed in the way the kernel was booted (tboot).
 */
static void check_feat_ctl(struct situation *s, const struct rule *rule, uint64_t want,
			   enum firmware_option option)
{
	const uint64_t mask = FEAT_CTL_LOCKED | FEAT_CTL_VMX_INSIDE_SMX | FEAT_CTL_VMX_OUTSIDE_SMX;
	struct finding *f = NULL;

	if (!vendor_has_vmx(s->vendor) || s->virt != TRI_YES || kvm_runs(s))
		return;
	for (size_t i = 0; i < s->f->n_cpus; i++) {
		const struct msr_fact *m = cpu_msr(s->f, &s->f->cpus[i], MSR_IA32_FEAT_CTL);

		if (!m || m->refused || (m->value & mask) != want)
			continue;
		if (!f) {
			f = finding_add(s, rule);
			f->evidence =
				format(s,
				       "MSR 0x3a IA32_FEATURE_CONTROL is 0x%" PRIx64
				       ": bit 0 (locked) is %u, bit 1 (VMX inside SMX) is %u, "
				       "bit 2 (VMX outside SMX) is %u",
				       m->value, (unsigned int)(m->value & 1),
				       (unsigned int)(m->value >> 1 & 1),
				       (unsigned int)(m->value >> 2 & 1));
		}
		finding_cpu(s, f, s->f->cpus[i].id);
	}
	add_menu(s, f, option);
}

/* If tboot started it, Linux needs the other of the two bits (init_ia32_feat_ctl()). */
#define INSIDE_TXT "VMX (inside TXT) disabled by BIOS"

static void check_locked_off(struct situation *s, const struct rule *rule)
{
	check_feat_ctl(s, rule, FEAT_CTL_LOCKED, FIRMWARE_VMX);
	if (vendor_has_vmx(s->vendor) && !log_line(s, INSIDE_TXT))
		add_by_linux(s, rule, MSR_IA32_FEAT_CTL, vmx_lines, FIRMWARE_VMX);
}

static void check_txt_only(struct situation *s, const struct rule *rule)
{
	const char *line = log_line(s, INSIDE_TXT);
	struct finding *f;

	check_feat_ctl(s, rule, FEAT_CTL_LOCKED | FEAT_CTL_VMX_INSIDE_SMX, FIRMWARE_SETUP);
	if (!line || !vendor_has_vmx(s->vendor) || s->virt != TRI_YES || kvm_runs(s) ||
	    finding_exists(s->r, "vmx-locked-off") || finding_exists(s->r, rule->id))
		return;
	f = finding_add(s, rule);
	f->title = "VT-x (VMX) is not allowed inside the measured launch (tboot)";
	f->evidence = format(s, "kernel log: %s", line);
	if (s->guest != TRI_YES)
		f->remedy = "In the firmware setup switch Intel TXT and VT-x on both, so that VMX "
			    "is allowed inside SMX, or boot without tboot. Save, then disconnect "
			    "the power completely";
}

/*
 * Apple's firmware leaves it unlocked when a disk is chosen with the Option key, and never gets a
 * setting for it: acidanthera/bugtracker#1870; rEFInd's refind.conf, enable_and_lock_vmx.
 */
static bool is_apple(const struct situation *s)
{
	const char *vendor = kv_get(&s->f->firmware.dmi, "sys_vendor");

	return vendor && strstr(vendor, "Apple");
}

/*
 * Our own kernel locks the register before any program runs: only recordings of other systems show
 * this.
 */
static void check_unlocked(struct situation *s, const struct rule *rule)
{
	struct finding *f = NULL;

	if (!s->r->replayed || !vendor_has_vmx(s->vendor) || s->virt != TRI_YES)
		return;
	for (size_t i = 0; i < s->f->n_cpus; i++) {
		const struct msr_fact *m = cpu_msr(s->f, &s->f->cpus[i], MSR_IA32_FEAT_CTL);

		if (!m || m->refused || m->value & FEAT_CTL_LOCKED)
			continue;
		if (!f) {
			f = finding_add(s, rule);
			f->evidence = format(s,
					     "MSR 0x3a IA32_FEATURE_CONTROL is 0x%" PRIx64
					     ": bit 0 (locked) is 0",
					     m->value);
			if (is_apple(s) && s->guest != TRI_YES)
				f->remedy =
					"Linux with KVM sets and locks the register itself, so "
					"nesting works; other systems find VMX off. Apple's "
					"firmware sets it only for the startup disk: choose the "
					"system there (System Preferences, Startup Disk; in Linux "
					"efibootmgr, or bless in macOS) instead of with the Option "
					"key, or start it with rEFInd and enable_and_lock_vmx true "
					"in refind.conf";
		}
		finding_cpu(s, f, s->f->cpus[i].id);
	}
}

static void check_svm_disabled(struct situation *s, const struct rule *rule)
{
	struct finding *f = NULL;

	if (!vendor_has_svm(s->vendor) || s->virt != TRI_YES)
		return;
	for (size_t i = 0; i < s->f->n_cpus; i++) {
		const struct msr_fact *m = cpu_msr(s->f, &s->f->cpus[i], MSR_VM_CR);
		bool locked;

		if (!m || m->refused || !(m->value & VM_CR_SVMDIS))
			continue;
		locked = m->value & VM_CR_LOCK;
		if (!f) {
			f = finding_add(s, rule);
			f->evidence = format(s,
					     "MSR 0xc0010114 VM_CR is 0x%" PRIx64
					     ": bit 4 (SVMDIS) is 1, bit 3 (LOCK) is %u",
					     m->value, locked);
			if (!locked && s->guest != TRI_YES)
				f->remedy =
					"Switch \"SVM Mode\" (or AMD-V, Virtualization) on in the "
					"firmware setup, under CPU or Advanced settings, then "
					"power off and on. The bit is not locked: firmware without "
					"such a setting leaves it set by mistake; look for a "
					"firmware update";
		}
		finding_cpu(s, f, s->f->cpus[i].id);
	}
	add_menu(s, f, FIRMWARE_SVM);
	if (!f)
		add_by_linux(s, rule, MSR_VM_CR, svm_lines, FIRMWARE_SVM);
}

/* kvm_amd never loads without NX; kvm_intel does not if EPT is off as well (vmx_hardware_setup). */
static void check_no_nx(struct situation *s, const struct rule *rule)
{
	const struct cpuid_fact *ext;
	const struct msr_fact *misc;
	struct finding *f;

	if (s->virt != TRI_YES || s->r->caps[CAP_NX] != TRI_NO)
		return;
	f = finding_add(s, rule);
	ext = cpu_cpuid(s->f, s->cpu, CPUID_EXT_FEATURES, 0);
	misc = cpu_msr(s->f, s->cpu, MSR_IA32_MISC_ENABLE);
	f->evidence = ext ? format(s, "CPUID 0x80000001 EDX is 0x%08" PRIx32 ": bit 20 (NX) is 0",
				   ext->edx) :
			    "there is no CPUID 0x80000001, so no NX";
	if (s->vendor == VENDOR_INTEL && misc && !misc->refused)
		f->evidence = format(s, "%s; MSR 0x1a0 IA32_MISC_ENABLE bit 34 (XD disable) is %u",
				     f->evidence,
				     (unsigned int)(misc->value >> MISC_ENABLE_XD_DISABLE_BIT & 1));
	if (vendor_has_svm(s->vendor) || s->r->caps[CAP_EPT] == TRI_NO)
		f->severity = SEVERITY_BLOCKER;
	add_menu(s, f, FIRMWARE_NX);
}

static const struct rule rules[] = {
	{ .id = "vmx-locked-off",
	  .severity = SEVERITY_BLOCKER,
	  .title = "VT-x (VMX) is switched off and locked by the firmware",
	  .title_guest = "VT-x (VMX) is switched off and locked in this virtual machine",
	  .cause = "VT-x, the CPU's virtualization, is switched off by the firmware (BIOS, UEFI)",
	  .cause_guest = CAUSE_GUEST_VMX,
	  .check = check_locked_off,
	  .remedy = "In the firmware setup switch \"Intel Virtualization Technology\" (VT-x, VMX) "
		    "on, under CPU, Advanced or Security settings. Save, then disconnect the power "
		    "completely for some seconds: the lock holds until a real reset",
	  .guest = GUEST_VMX,
	  .below = true,
	  .explain = "The CPU has VMX, and the firmware decides in MSR 0x3a, "
		     "IA32_FEATURE_CONTROL, whether it may be used: bit 2 allows it, and bit 0 "
		     "locks the register until the next reset. Here it is locked with VMX not "
		     "allowed, and no software can change that. Linux says \"x86/cpu: VMX "
		     "(outside TXT) disabled by BIOS\", and loading kvm_intel fails with "
		     "\"Operation not supported\". nestcheck.after=firmware reboots "
		     "into the firmware setup." },
	{ .id = "vmx-txt-only",
	  .severity = SEVERITY_BLOCKER,
	  .title = "VT-x (VMX) is allowed only inside Intel TXT",
	  .cause = "The firmware's settings of Intel TXT keep KVM from using VT-x",
	  .cause_guest = CAUSE_GUEST_VMX,
	  .check = check_txt_only,
	  .remedy = "In the firmware setup switch Intel TXT (Trusted Execution Technology) off, or "
		    "allow VT-x outside of it as well. Save, then disconnect the power completely",
	  .guest = GUEST_VMX,
	  .below = true,
	  .explain = "MSR 0x3a, IA32_FEATURE_CONTROL, is locked with bit 1 set (VMX inside SMX "
		     "operation, which a measured launch with tboot enters) and bit 2 clear (VMX "
		     "outside of it). A kernel that was booted normally cannot use VMX then." },
	{ .id = "svm-disabled",
	  .severity = SEVERITY_BLOCKER,
	  .title = "AMD-V (SVM) is switched off by the firmware",
	  .title_guest = "AMD-V (SVM) is switched off in this virtual machine",
	  .cause = "AMD-V, the CPU's virtualization, is switched off by the firmware (BIOS, UEFI)",
	  .cause_guest = "AMD-V is switched off by the hypervisor below this virtual machine",
	  .check = check_svm_disabled,
	  .remedy =
		  "In the firmware setup switch \"SVM Mode\" (or AMD-V, Virtualization) on, under "
		  "CPU or Advanced settings; save, then power off and on. The bit is locked: "
		  "only the firmware can do it",
	  .guest = GUEST_SVM,
	  .below = true,
	  .explain =
		  "The CPU has SVM, and MSR 0xc0010114, VM_CR, has bit 4 (SVMDIS) set: EFER.SVME "
		  "cannot be set, so KVM cannot start. Bit 3 (LOCK) says whether the firmware also "
		  "locked it. Linux says \"SVM disabled (by BIOS) in MSR_VM_CR\" and removes the "
		  "svm flag from /proc/cpuinfo. nestcheck.after=firmware reboots into the firmware "
		  "setup." },
	{ .id = "vmx-unlocked",
	  .severity = SEVERITY_ADVICE,
	  .title = "The firmware left IA32_FEATURE_CONTROL unlocked",
	  .check = check_unlocked,
	  .remedy = "Linux with KVM sets and locks the register itself, so nesting works; other "
		    "systems may find VMX off. Update the firmware",
	  .guest = "Linux with KVM sets and locks the register itself, so nesting works; other "
		   "systems may find VMX off. The virtual firmware should set it: QEMU passes it "
		   "the value in fw_cfg etc/msr_feature_control",
	  .explain = "MSR 0x3a, IA32_FEATURE_CONTROL, should be set and locked by the firmware. If "
		     "it is not, Linux built with KVM for Intel enables VMX and locks it to 5 "
		     "(arch/x86/kernel/cpu/feat_ctl.c); Windows, Hyper-V and ESXi do not, and "
		     "report VT-x as unavailable. Seen only in recordings of other systems: our "
		     "own kernel locks it before any program can read it." },
	{ .id = "no-nx",
	  .severity = SEVERITY_DEGRADED,
	  .title = "NX (Execute Disable) is off",
	  .cause = "NX (Execute Disable), which KVM relies on, is switched off",
	  .check = check_no_nx,
	  .remedy =
		  "In the firmware setup switch \"Execute Disable Bit\" (XD, NX, No-Execute Memory "
		  "Protection) on; save, and power off and on",
	  .guest = "The hypervisor below hides NX from this virtual machine",
	  .below = true,
	  .explain = "CPUID leaf 0x80000001 EDX bit 20 says that pages cannot be marked as not "
		     "executable; on Intel, firmware switches NX off with MSR 0x1a0 bit 34. "
		     "Without NX kvm_amd never loads, and kvm_intel does not if EPT is missing as "
		     "well: \"NX (Execute Disable) not supported\". Then it is a blocker; with EPT "
		     "it only weakens the guests' protection." },
};

const struct rule_table firmware_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
