// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emulators: found out from the facts, with what is known about their defects.
 */
#include "selftest/emulator.h"

#include <string.h>

#include "lib/hw/cpuid.h"

/* Does the case end the emulator, or the machine in it? Then it is not run. */
enum harm {
	HARM_NONE = false,
	HARM_ALWAYS = true,
	HARM_UNDER_NPT, /* where L0 uses nested paging; elsewhere it has to pass */
};

static const struct xfail {
	enum emulator emulator;
	const char *case_name;
	const char *reason;
	enum harm crashes;
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
	/* translate.c, 0F 01 D1 is executed without a look at the intercepts; Bochs looks. */
	{ EMULATOR_TCG, "svm_xsetbv", "TCG does not look for the intercept of XSETBV", false },
	/* excp_helper.c, raise_interrupt2() treats INT3 as INT n. */
	{ EMULATOR_TCG, "svm_breakpoint", "TCG does not look for the #BP intercept at INT3",
	  false },
	/* misc_helper.c, helper_write_crN(): LMSW comes here too, and TS and MP are left out. */
	{ EMULATOR_TCG, "svm_lmsw_selective",
	  "TCG does not take LMSW of TS alone for a selective write of CR0", false },
	/* bpt_helper.c, helper_get_dr() reads whatever DR7 says. */
	{ EMULATOR_TCG, "svm_db_general_detect", "TCG does not look at DR7.GD", false },
	/* excp_helper.c, raise_interrupt2() asks for the intercept before check_exception(). */
	{ EMULATOR_TCG, "svm_double_fault",
	  "TCG looks for an exception's intercept before it makes a double fault of two", false },
	/* seg_helper.c, do_interrupt64(): raise_exception_err(env, EXCP0D_GPF, intno * 16 + 2). */
	{ EMULATOR_TCG, "svm_delivery_error_code",
	  "TCG counts bytes, not gates, in the error code of a gate past the IDT's end", false },
	/* Bochs 2.7, svm.cc: CR2 is saved at #VMEXIT and not loaded at VMRUN. */
	{ EMULATOR_BOCHS, "svm_cr2", "Bochs' VMRUN does not load CR2", false },
	{ EMULATOR_BOCHS, "svm_state_l2_cr2", "Bochs' VMRUN does not load CR2", false },
	/* Zambezi: the panic is "3rd (14) exception", right behind SIPI; not so without NPT. */
	{ EMULATOR_BOCHS, "svm_smp_init_sipi",
	  "Bochs ends itself where a CPU of L1's starts in real mode under NPT", HARM_UNDER_NPT },
	/* KVM steps over L2's IRET to know when NMIs open. In a VM that is new to it the IRET has a
	 * nested page fault, at which svm.cc, Svm_Vmexit(), leaves the step's trap pending: L0 takes
	 * the #DB. An exception's intercept, as without NPT, drops it. */
	{ EMULATOR_BOCHS, "svm_state_l2_nmi",
	  "Bochs carries a single-step trap over into L0 at a nested page fault", HARM_UNDER_NPT },
	/* So is a page fault's that L0 injects, where it pages without NPT. */
	{ EMULATOR_BOCHS, "svm_page_fault_own", "Bochs' VMRUN does not load CR2", false },
	{ EMULATOR_BOCHS, "svm_page_fault_emulated", "Bochs' VMRUN does not load CR2", false },
	/* svm.cc, SvmInjectEvents() pushes RIP. */
	{ EMULATOR_BOCHS, "svm_inject_soft", "Bochs injects a software interrupt without nRIP",
	  false },
	/* Interrupts are unmasked when RFLAGS.IF changes, which VMRUN does not count as. */
	{ EMULATOR_BOCHS, "svm_virq_shadow",
	  "Bochs' VMRUN with RFLAGS.IF set does not let a pending V_IRQ in", false },
	/* The same for L0's own: its request for an immediate exit comes an instruction late. */
	{ EMULATOR_BOCHS, "svm_intr_pending",
	  "Bochs takes an interrupt that is pending at VMRUN after L2's first instruction", false },
	{ EMULATOR_BOCHS, "svm_nmi_pending",
	  "Bochs takes an NMI that is pending at VMRUN after L2's first instruction", false },
	/* The pending trap outlives the #VMEXIT, and L0's kernel triple-faults. */
	{ EMULATOR_BOCHS, "svm_single_step", "Bochs carries L2's single-step trap over into L0",
	  true },
	{ EMULATOR_BOCHS, "svm_raised_step", "Bochs carries L2's single-step trap over into L0",
	  true },
	/* svm.cc: the intercept of VMLOAD and VMSAVE comes first, and KVM drops the low bits. */
	{ EMULATOR_BOCHS, "svm_address_unaligned",
	  "Bochs looks for VMLOAD's intercept before it looks at RAX", false },
	/* No model of Bochs' has the registers; they read as 0. */
	{ EMULATOR_BOCHS, "svm_lbr_switch", "Bochs has no last-branch registers", false },
	{ EMULATOR_BOCHS, "svm_lbr_record", "Bochs has no last-branch registers", false },
	/* crregs.cc: LMSW is compared bit by bit as MOV is. */
	{ EMULATOR_BOCHS, "svm_lmsw_selective",
	  "Bochs does not take LMSW of TS alone for a selective write of CR0", false },
	/* exception.cc: the intercept is looked for, and DR6 saved, before it is set. */
	{ EMULATOR_BOCHS, "svm_db_intercept", "Bochs sets DR6 behind the #DB intercept", false },
	{ EMULATOR_BOCHS, "svm_db_own", "Bochs sets DR6 behind the #DB intercept", false },
	{ EMULATOR_BOCHS, "svm_db_general_detect", "Bochs sets DR6 behind the #DB intercept",
	  false },
	{ EMULATOR_BOCHS, "svm_replay_soft", "Bochs injects a software interrupt without nRIP",
	  false },
	/* exception.cc: a triple fault by #GP is looked for in the intercepts, one by #PF is not. */
	{ EMULATOR_BOCHS, "svm_triple_fault_paging",
	  "Bochs ends itself at a triple fault by page faults", true },
	{ EMULATOR_BOCHS, "svm_shutdown_own_paging",
	  "Bochs ends itself at a triple fault by page faults", true },
	/* As with svm_single_step. */
	{ EMULATOR_BOCHS, "svm_host_trap_flag", "Bochs carries L1's single-step trap over into L0",
	  true },
	/* vmx.cc never reads the control; an MTF exit is made only for an injected one. */
	{ EMULATOR_BOCHS, "vmx_monitor_trap", "Bochs ignores the control monitor trap flag",
	  false },
	/* vmx.cc, VM entry: setEFlags(), which masks interrupts, comes before in_vmx_guest is set,
	 * by which external-interrupt exiting would be looked at. */
	{ EMULATOR_BOCHS, "vmx_external_interrupt_masked",
	  "Bochs' VM entry with RFLAGS.IF clear masks interrupts that are to exit", false },
	/* cpu.cc, prefetch(): getHostMemAddr() says no for that page, which is a panic there. */
	{ EMULATOR_BOCHS, "vmx_apic_access_fetch",
	  "Bochs ends itself at an instruction fetch from the APIC-access page", true },
	/* The list is stored while RDMSR is still a guest's: 2^50 came out, the case's offset. */
	{ EMULATOR_BOCHS, "vmx_msr_store_tsc",
	  "Bochs stores the time stamp counter at VM exit with the guest's offset", false },
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

/* Bochs' time goes by its instructions: there an exit is a tenth of a tick. */
unsigned int emulator_slow_clock(enum emulator e)
{
	return e == EMULATOR_TCG ? 6 : 1;
}

const char *emulator_xfail(enum emulator e, const char *case_name, bool npt, bool *crashes)
{
	*crashes = false;
	for (const struct xfail *x = xfails; x->case_name; x++) {
		if (x->emulator != e || strcmp(x->case_name, case_name) ||
		    (x->crashes == HARM_UNDER_NPT && !npt))
			continue;
		*crashes = x->crashes != HARM_NONE;
		return x->reason;
	}
	return NULL;
}

static bool is_bochs(const struct facts *f)
{
	return emulator_of(f) == EMULATOR_BOCHS && f->n_cpus;
}

static bool has_svm(const struct facts *f)
{
	return is_bochs(f) && cpu_vendor_of(f, &f->cpus[0]) == VENDOR_AMD;
}

static bool clock_lies(const struct facts *f)
{
	const struct cpuid_fact *tsc;

	if (!is_bochs(f))
		return false;
	tsc = cpu_cpuid(f, &f->cpus[0], CPUID_TSC, 0);
	return tsc && tsc->ebx;
}

static bool has_svm_without_npt(const struct facts *f)
{
	const struct cpuid_fact *svm;

	if (!has_svm(f))
		return false;
	svm = cpu_cpuid(f, &f->cpus[0], CPUID_SVM, 0);
	return !svm || !(svm->edx & CPUID_SVM_EDX_NPT);
}

static bool is_before_sandy_bridge(const struct facts *f)
{
	const struct cpuid_fact *features;

	if (!is_bochs(f))
		return false;
	features = cpu_cpuid(f, &f->cpus[0], CPUID_FEATURES, 0);
	return !features || !(features->ecx & CPUID_1_ECX_TSC_DEADLINE);
}

/* The first row that fits counts. Bochs 2.7. */
static const struct chain_defect {
	bool (*fits)(const struct facts *f);
	unsigned int cpus;
	const char *reason;
} chain_defects[] = {
	/* Models from Skylake on answer leaf 0x15 (SDM Vol. 2, CPUID: EBX/EAX is the ratio of the TSC
	 * to the crystal) as the real CPU does, and count 50 million TSC ticks a second: Linux takes a
	 * second to be sixty. What sleeps, sleeps for minutes; of two CPUs, one waits for the other. */
	{ clock_lies, 1, "this emulator's clock is far slower than its CPU says" },
	/* The page faults of a guest that L0 pages itself are injected; svm_cr2 in the table above. */
	{ has_svm_without_npt, 0,
	  "this emulator's VMRUN does not load CR2: L1's page faults are elsewhere" },
	/* As svm_smp_init_sipi in the table above. */
	{ has_svm, 1, "this emulator ends where a guest's CPU starts in real mode under NPT" },
	/* Lynnfield, which has no unrestricted guest, and Arrandale, which has it: L2 puts its second CPU
	 * online for longer than anybody waited, four minutes. */
	{ is_before_sandy_bridge, 1,
	  "on this emulator's older models L2's second CPU takes minutes, and it is not known why" },
};

const char *emulator_chain_defect(const struct facts *f, unsigned int *cpus)
{
	for (size_t i = 0; i < sizeof(chain_defects) / sizeof(chain_defects[0]); i++) {
		if (!chain_defects[i].fits(f))
			continue;
		*cpus = chain_defects[i].cpus;
		return chain_defects[i].reason;
	}
	return NULL;
}
