// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emulators: found out from the facts, with what is known about their defects.
 */
#include "selftest/emulator.h"

#include <string.h>

#include "lib/hw/cpuid.h"

static const struct xfail {
	enum emulator emulator;
	const char *case_name;
	const char *reason;
	bool crashes; /* the emulator: such a case is not run */
} xfails[] = {
	/* QEMU 7.2, target/i386/tcg/: translate.c, INVD and WBINVD share a test that never
	 * tells them apart. */
	{ EMULATOR_TCG, "svm_invd", "TCG takes INVD for WBINVD when it looks for an intercept",
	  false },
	/* translate.c, opcode F1 is compiled in with WANT_ICEBP only. */
	{ EMULATOR_TCG, "svm_icebp", "TCG does not know the instruction ICEBP", false },
	/* svm_helper.c, helper_vmrun() does not read VMCB offset 068h. */
	{ EMULATOR_TCG, "svm_virq_shadow", "TCG's VMRUN does not load the interrupt shadow",
	  false },
	/* misc_helper.c, helper_rdtscp() is helper_rdtsc() and TSC_AUX. */
	{ EMULATOR_TCG, "svm_rdtscp", "TCG looks for RDTSC's intercept at RDTSCP, not for its own",
	  false },
	/* excp_helper.c, raise_interrupt2() treats INT3 as INT n. */
	{ EMULATOR_TCG, "svm_breakpoint", "TCG does not look for the #BP intercept at INT3",
	  false },
	/* Bochs 2.7, svm.cc: CR2 is saved at #VMEXIT and not loaded at VMRUN. */
	{ EMULATOR_BOCHS, "svm_cr2", "Bochs' VMRUN does not load CR2", false },
	/* So is a page fault's that L0 injects, where it pages without NPT. */
	{ EMULATOR_BOCHS, "svm_page_fault_own", "Bochs' VMRUN does not load CR2", false },
	/* svm.cc, SvmInjectEvents() pushes RIP. */
	{ EMULATOR_BOCHS, "svm_inject_soft", "Bochs injects a software interrupt without nRIP",
	  false },
	/* Interrupts are unmasked when RFLAGS.IF changes, which VMRUN does not count as. */
	{ EMULATOR_BOCHS, "svm_virq_shadow",
	  "Bochs' VMRUN with RFLAGS.IF set does not let a pending V_IRQ in", false },
	/* The same for L0's own: its request for an immediate exit comes an instruction late. */
	{ EMULATOR_BOCHS, "svm_intr_pending",
	  "Bochs takes an interrupt that is pending at VMRUN after L2's first instruction", false },
	/* The pending trap outlives the #VMEXIT, and L0's kernel triple-faults. */
	{ EMULATOR_BOCHS, "svm_single_step", "Bochs carries L2's single-step trap over into L0",
	  true },
	/* vmx.cc never reads the control; an MTF exit is made only for an injected one. */
	{ EMULATOR_BOCHS, "vmx_monitor_trap", "Bochs ignores the control monitor trap flag",
	  false },
	/* vmx.cc, VM entry: setEFlags(), which masks interrupts, comes before in_vmx_guest is set,
	 * by which external-interrupt exiting would be looked at. */
	{ EMULATOR_BOCHS, "vmx_external_interrupt_masked",
	  "Bochs' VM entry with RFLAGS.IF clear masks interrupts that are to exit", false },
	{ EMULATOR_NONE, NULL, NULL, false },
};

static bool is_tcg(const struct facts *f)
{
	const struct cpuid_fact *features, *hypervisor;
	char signature[12];

	if (!f->n_cpus)
		return false;
	features = cpu_cpuid(f, &f->cpus[0], CPUID_FEATURES, 0);
	hypervisor = cpu_cpuid(f, &f->cpus[0], CPUID_HYPERVISOR, 0);
	if (!features || !(features->ecx & CPUID_1_ECX_HYPERVISOR) || !hypervisor)
		return false;
	memcpy(signature, &hypervisor->ebx, 4);
	memcpy(signature + 4, &hypervisor->ecx, 4);
	memcpy(signature + 8, &hypervisor->edx, 4);
	return !memcmp(signature, "TCGTCGTCGTCG", sizeof(signature));
}

enum emulator emulator_of(const struct facts *f)
{
	const char *bios = kv_get(&f->firmware.dmi, "bios_vendor");

	if (is_tcg(f))
		return EMULATOR_TCG;
	if (bios && !strcmp(bios, "The Bochs Project"))
		return EMULATOR_BOCHS;
	return EMULATOR_NONE;
}

unsigned int emulator_slowness(enum emulator e)
{
	return e == EMULATOR_NONE ? 1 : 5;
}

const char *emulator_xfail(enum emulator e, const char *case_name, bool *crashes)
{
	*crashes = false;
	for (const struct xfail *x = xfails; x->case_name; x++) {
		if (x->emulator == e && !strcmp(x->case_name, case_name)) {
			*crashes = x->crashes;
			return x->reason;
		}
	}
	return NULL;
}
