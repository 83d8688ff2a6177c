// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules for every guest: a confidential one, one without a register, a CPU model without
 * virtualization, an emulator. Rules for one hypervisor or cloud are in rules_guest_vendor.c.
 */
#include <inttypes.h>
#include <string.h>

#include "diagnose/rules.h"
#include "lib/emulator.h"
#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"
#include "lib/vendor.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* --- confidential virtual machines --------------------------------------------------------- */

/* Hyper-V TLFS "Isolation Configuration": EBX[3:0] is the type, 2 SEV-SNP, 3 TDX. */
#define HV_ISOLATION_CONFIG 0x4000000c

/* APM Vol. 2 15.34.10: SEV_STATUS; it exists if bit 1 of the leaf is set. */
static const char *sev_evidence(struct situation *s)
{
	const struct cpuid_fact *leaf = cpu_cpuid(s->f, s->cpu, CPUID_SEV, 0);
	const struct msr_fact *sev = cpu_msr(s->f, s->cpu, MSR_SEV_STATUS);

	if (!leaf || !(leaf->eax & CPUID_SEV_EAX_SEV) || !sev || sev->refused || !(sev->value & 1))
		return NULL;
	return format(s, "MSR 0xc0010131 SEV_STATUS is 0x%" PRIx64 ": bit 0 (SEV active) is 1",
		      sev->value);
}

/* Linux arch/x86/include/asm/shared/tdx.h: TDX_IDENT, in EBX EDX ECX. */
static const char *tdx_evidence(struct situation *s)
{
	const struct cpuid_fact *leaf = cpu_cpuid(s->f, s->cpu, CPUID_TDX, 0);

	if (!leaf || memcmp(&leaf->ebx, "Inte", 4) || memcmp(&leaf->edx, "lTDX", 4) ||
	    memcmp(&leaf->ecx, "    ", 4))
		return NULL;
	return "CPUID 0x00000021 says \"IntelTDX\"";
}

static const char *isolation_evidence(struct situation *s)
{
	const struct cpuid_fact *leaf = cpu_cpuid(s->f, s->cpu, HV_ISOLATION_CONFIG, 0);
	uint32_t type = leaf ? leaf->ebx & 0xf : 0;

	if (!s->signature || strcmp(s->signature, "Microsoft Hv") != 0 || (type != 2 && type != 3))
		return NULL;
	return format(s,
		      "CPUID 0x4000000c EBX is 0x%08" PRIx32 ": bits 3:0 (isolation) are %" PRIu32
		      ", that is %s",
		      leaf->ebx, type, type == 2 ? "SEV-SNP" : "TDX");
}

/* arch/x86/kvm/svm/svm.c, arch/x86/mm/mem_encrypt.c; an SME host's line has neither word. */
static const char *encryption_line(struct situation *s)
{
	const struct strings *log = &s->f->kernel.log;

	for (size_t i = 0; i < log->n; i++) {
		const char *active = strstr(log->s[i], "Memory Encryption Features active:");

		if ((!vendor_has_vmx(s->vendor) &&
		     (strstr(log->s[i], "unsupported when running as an SEV guest") ||
		      (active && strstr(active, " SEV")))) ||
		    (!vendor_has_svm(s->vendor) && active && strstr(active, "Intel TDX")))
			return format(s, "kernel log: %s", log->s[i]);
	}
	return NULL;
}

static void check_confidential(struct situation *s, const struct rule *rule)
{
	const char *evidence = NULL;

	if (s->cpu && s->guest == TRI_YES) {
		evidence = sev_evidence(s);
		if (!evidence)
			evidence = tdx_evidence(s);
		if (!evidence)
			evidence = isolation_evidence(s);
	}
	/* In such a guest KVM does not run, whatever the log says. */
	if (!evidence && !kvm_runs(s))
		evidence = encryption_line(s);
	if (evidence)
		finding_add(s, rule)->evidence = evidence;
}

/* --- a hypervisor that shows VMX but not its control register ------------------------------ */

static void check_feat_ctl_refused(struct situation *s, const struct rule *rule)
{
	struct finding *f = NULL;

	if (s->guest != TRI_YES || !vendor_has_vmx(s->vendor) || s->virt != TRI_YES ||
	    kvm_runs(s) || s->f->msr_access == MSR_ACCESS_EPERM)
		return;
	for (size_t i = 0; i < s->f->n_cpus; i++) {
		const struct msr_fact *m = cpu_msr(s->f, &s->f->cpus[i], MSR_IA32_FEAT_CTL);

		if (!m || !m->refused)
			continue;
		if (!f) {
			f = finding_add(s, rule);
			f->evidence = "CPUID 0x00000001 ECX bit 5 (VMX) is 1, but reading MSR 0x3a "
				      "IA32_FEATURE_CONTROL is refused";
		}
		finding_cpu(s, f, s->f->cpus[i].id);
	}
	if (f && s->hypervisor && s->hypervisor->partial)
		f->remedy = format(
			s,
			"The hypervisor below this machine, %s, shows VMX without the register that allows it. %s",
			s->hypervisor->name, s->hypervisor->partial);
}

/* --- CPU models ---------------------------------------------------------------------------- */

/* QEMU target/i386/cpu.c, builtin_x86_defs[].model_id: no real processor has such a name. */
static const char *const named_models[] = {
	"QEMU Virtual CPU",
	"Common KVM processor",
	"Common 32-bit KVM processor",
	"Intel Core Processor (",
	"Intel Xeon Processor (",
	"Class Core",
	"Class Opteron",
	"Intel Xeon E312xx (",
	"Westmere E56xx/L56xx/X56xx",
	"AMD Opteron 62xx class",
	"AMD Opteron 63xx class",
	"AMD EPYC Processor",
	"AMD EPYC-",
	"Hygon Dhyana Processor",
	"Zhaoxin YongFeng Processor",
};

/* Of plain KVM, the VM's owner chooses the model on QEMU's or libvirt's level. */
static const char *model_remedy(struct situation *s)
{
	const char *flag = vendor_has_svm(s->vendor) ? "svm" : "vmx";

	if (s->hypervisor && strcmp(s->hypervisor->name, "KVM") != 0)
		return format(s, "%s chose that model; hidden-by-hypervisor says what changes it",
			      s->hypervisor->name);
	return format(s,
		      "Give the VM the host's CPU (QEMU -cpu host, libvirt <cpu "
		      "mode='host-passthrough'/>), or add the flag to the model: QEMU -cpu "
		      "MODEL,+%s, libvirt <feature policy='require' name='%s'/>; then power it off "
		      "and on",
		      flag, flag);
}

static void check_cpu_model(struct situation *s, const struct rule *rule)
{
	const char *brand = s->r->cpu.brand;
	struct finding *f;
	bool named = false;

	if (s->guest != TRI_YES || s->virt != TRI_NO || !brand || !s->signature ||
	    strcmp(s->signature, "KVMKVMKVM") != 0)
		return;
	for (size_t i = 0; i < COUNT(named_models); i++)
		named |= strstr(brand, named_models[i]) != NULL;
	if (!named)
		return;
	f = finding_add(s, rule);
	f->evidence = format(s, "the CPU calls itself \"%s\"", brand);
	f->remedy = model_remedy(s);
}

/* --- emulators ----------------------------------------------------------------------------- */

static void check_emulated(struct situation *s, const struct rule *rule)
{
	const char *evidence = emulator_evidence(s->f, &s->r->arena);

	if (evidence)
		finding_add(s, rule)->evidence = evidence;
}

static void check_claimed(struct situation *s, const struct rule *rule)
{
	const char *claim = emulator_claim(s->f, &s->r->arena);

	if (claim)
		finding_add(s, rule)->evidence = claim;
}

static const struct rule rules[] = {
	{ .id = "confidential-guest",
	  .severity = SEVERITY_BLOCKER,
	  .unsupported = true,
	  .title = "This is a confidential virtual machine, which cannot nest",
	  .cause = "This is a confidential virtual machine (SEV or TDX): none of them can nest",
	  .check = check_confidential,
	  .remedy = "Use an ordinary virtual machine: no SEV, SEV-ES, SEV-SNP or TDX. In clouds "
		    "you choose that when you create the machine (Azure: security type Standard; "
		    "Google: without --confidential-compute-type; EC2: without AmdSevSnp); with "
		    "QEMU omit -machine confidential-guest-support, with libvirt <launchSecurity>",
	  .explain =
		  "The memory of a confidential virtual machine is encrypted with a key that even "
		  "the hypervisor does not have, and its CPU offers no nesting: kvm_amd refuses to "
		  "load with \"KVM is unsupported when running as an SEV guest\", and a TDX guest "
		  "has no VMX. It is found by MSR 0xc0010131 (SEV_STATUS) bit 0, by CPUID leaf "
		  "0x21, which says \"IntelTDX\", by Hyper-V's CPUID leaf 0x4000000c, or by the "
		  "kernel's \"Memory Encryption Features active\" line with SEV or TDX in it. The "
		  "verdict is UNSUPPORTED." },
	{ .id = "guest-feat-ctl",
	  .severity = SEVERITY_BLOCKER,
	  .title = "The hypervisor shows VMX but not the register that allows it",
	  .cause = "The hypervisor below shows VT-x to this machine, but not what enables it",
	  .check = check_feat_ctl_refused,
	  .remedy = "Update the hypervisor below this machine and give this one the host's CPU "
		    "(QEMU -cpu host), then power it off and on",
	  .explain =
		  "A CPU with VMX has MSR 0x3a, IA32_FEATURE_CONTROL, with which firmware allows "
		  "it. Here CPUID reports VMX, but reading the register fails. Linux then clears "
		  "the vmx flag (arch/x86/kernel/cpu/feat_ctl.c) and kvm_intel says \"VMX not "
		  "enabled (by BIOS) in MSR_IA32_FEAT_CTL\". The virtual machine's BIOS cannot "
		  "help: the hypervisor below must emulate the register." },
	{ .id = "guest-cpu-model",
	  .severity = SEVERITY_ADVICE,
	  .title = "This virtual machine's CPU is one of QEMU's named models, without "
		   "virtualization",
	  .check = check_cpu_model,
	  .remedy = "Give the VM the host's CPU, then power it off and on",
	  .explain =
		  "QEMU's named CPU models (qemu64, kvm64, Skylake-Server, EPYC ...) lack vmx, and "
		  "QEMU switches svm off for them under KVM, even if the real CPU of that model "
		  "has it. They are recognised by the CPU's brand string. libvirt's host-model "
		  "omitted svm for a time, too (kubevirt/kubevirt#10508). Messages of libvirt and "
		  "vagrant-libvirt about it: \"CPU feature 'vmx' specified more than once\": drop "
		  "cpu_feature beside nested = true. \"Host CPU does not provide required "
		  "features: svm\" (or vmx): that is the other vendor's flag, or the host's KVM "
		  "has nested=0. \"Non-empty feature list specified without CPU model\": add a "
		  "cpu_model, or use cpu_mode host-passthrough." },
	{ .id = "emulated-machine",
	  .severity = SEVERITY_ADVICE,
	  .title = "This machine is emulated",
	  .check = check_emulated,
	  .remedy = "Times and costs mean nothing here",
	  .explain =
		  "QEMU without KVM (TCG) and Bochs interpret or translate each instruction: their "
		  "virtualization is emulated, a hundred times slower, and has neither the faults "
		  "nor the speed of a real CPU. TCG names itself in CPUID leaf 0x40000000, Bochs in "
		  "DMI, and both are recognised only if instructions also compute and take time as "
		  "they do there. The same can silently happen to an L2 guest: QEMU started with -accel "
		  "kvm:tcg, or by tools that fall back, uses TCG if /dev/kvm cannot be opened. "
		  "Inside it lscpu or leaf 0x40000000 says TCGTCGTCGTCG, and on the host KVM's "
		  "counter nested_run does not rise. Use only -accel kvm." },
	{ .id = "emulator-claimed",
	  .severity = SEVERITY_ADVICE,
	  .title = "This machine has an emulator's name, but nothing proves it",
	  .check = check_claimed,
	  .remedy = "None is needed: the results here are judged as a real machine's. If you did "
		    "not choose that name, remove it: QEMU's -smbios type=0,vendor= or -cpu "
		    "hv-vendor-id=, libvirt's <sysinfo> or <vendor_id>",
	  .explain =
		  "Some failures are known defects of QEMU's TCG or of Bochs, and are excused "
		  "there (xfail). So an emulator must prove itself: anybody who starts a virtual "
		  "machine can give it Bochs' BIOS vendor or TCG's CPUID leaf by one option, but "
		  "cannot change what FSIN and RCPSS compute or how many ticks a NOP takes "
		  "(facts.behaviour in the report). Without that, nothing is excused, and no case "
		  "is left out. A recording of an earlier version does not have the measurements." },
};

const struct rule_table guest_rules = { rules, COUNT(rules) };
