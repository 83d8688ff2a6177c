// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emulators: what is known about their defects.
 */
#include "selftest/emulator.h"

#include <string.h>

#include "l1/abi.h"
#include "lib/hw/cpuid.h"
#include "lib/hw/svm.h"
#include "lib/hw/vmx.h"
#include "lib/hw/x86.h"

const struct emulator_defect emulator_defects[] = {
	/* QEMU 7.2, target/i386/tcg/: translate.c, INVD and WBINVD share a test that does not
	 * distinguish them. */
	{ EMULATOR_TCG, "svm_invd", SAW_VALUE("INVD: exit", SVM_EXIT_INVD, SVM_EXIT_VMMCALL),
	  "TCG checks WBINVD's intercept for INVD", NULL, "10.0" },
	/* translate.c, opcode F1 is only compiled in with WANT_ICEBP. */
	{ EMULATOR_TCG, "svm_icebp", SAW_VALUE("ICEBP: exit", SVM_EXIT_ICEBP, SVM_EXIT_VMMCALL),
	  "TCG does not know the instruction ICEBP", NULL, "10.0" },
	/* svm_helper.c, helper_vmrun() does not read VMCB offset 068h. */
	{ EMULATOR_TCG, "svm_virq_shadow",
	  SAW_VALUE("interrupt shadow = 1: taken_at - code(l2_nops)", 1, 0),
	  "TCG's VMRUN does not load the interrupt shadow", NULL, "10.0" },
	/* The same for a shadow that L0 restores by VMRUN after an interrupt: once in hundreds of runs. */
	{ EMULATOR_TCG, "svm_shadow_saved",
	  SAW_VALUE("l2->vmcb->control.interrupt_shadow & VMCB_INTERRUPT_SHADOW",
		    VMCB_INTERRUPT_SHADOW, 0),
	  "TCG's VMRUN does not load the interrupt shadow", NULL, "10.0" },
	/* misc_helper.c, helper_rdtscp() is helper_rdtsc() and TSC_AUX. */
	{ EMULATOR_TCG, "svm_rdtscp", SAW_VALUE("RDTSCP: exit", SVM_EXIT_RDTSCP, SVM_EXIT_VMMCALL),
	  "TCG checks RDTSC's intercept for RDTSCP, not RDTSCP's", NULL, NULL },
	/* translate.c, 0F 01 D1 is executed without a check of the intercepts; Bochs checks. */
	{ EMULATOR_TCG, "svm_xsetbv", SAW_VALUE("exit", SVM_EXIT_XSETBV, SVM_EXIT_VMMCALL),
	  "TCG does not check the intercept of XSETBV", NULL, "10.0" },
	/* excp_helper.c, raise_interrupt2() treats INT3 as INT n. */
	{ EMULATOR_TCG, "svm_breakpoint",
	  SAW_VALUE("exit", SVM_EXIT_EXCP(X86_BP), SVM_EXIT_VMMCALL),
	  "TCG does not check the #BP intercept at INT3", NULL, NULL },
	/* misc_helper.c, helper_write_crN(): also for LMSW, and it ignores TS and MP. */
	{ EMULATOR_TCG, "svm_lmsw_selective",
	  SAW_VALUE("LMSW, selective: exit", SVM_EXIT_CR0_SEL_WRITE, SVM_EXIT_VMMCALL),
	  "TCG does not treat LMSW of only TS as a selective write of CR0", NULL, NULL },
	/* bpt_helper.c, helper_get_dr() does not check DR7. */
	{ EMULATOR_TCG, "svm_db_general_detect",
	  SAW_VALUE("exit", SVM_EXIT_EXCP(X86_DB), SVM_EXIT_VMMCALL), "TCG does not check DR7.GD",
	  NULL, "10.0" },
	/* excp_helper.c, raise_interrupt2() checks the intercept before check_exception(). */
	{ EMULATOR_TCG, "svm_double_fault", SAW_TRAP("L2", X86_DF),
	  "TCG checks an exception's intercept before it combines two into a double fault", NULL,
	  NULL },
	/* seg_helper.c, do_interrupt64(): raise_exception_err(env, EXCP0D_GPF, intno * 16 + 2). */
	{ EMULATOR_TCG, "svm_delivery_error_code",
	  SAW_VALUE("(uint32_t)l2->vmcb->control.exit_info_1 & ~ERROR_EXT", 0x32, 0x62),
	  "TCG counts bytes, not gates, in the error code of a gate past the IDT's end", NULL,
	  "10.0" },
	/* svm_helper.c before QEMU 10: the exit code of a rejected VMRUN is 32 bits wide. Only for checks
	 * that some KVM leaves to the processor: 5.10 EFER's bits, 6.18.15 CS.L with CS.D. */
	{ EMULATOR_TCG, "svm_invalid_state",
	  SAW_VALUE("EFER with a reserved bit: exit", SVM_EXIT_INVALID, 0xffffffff),
	  "TCG writes half of the exit code of a VMRUN that it rejects", NULL, "10.0" },
	{ EMULATOR_TCG, "svm_invalid_state",
	  SAW_VALUE("CS.L with CS.D: exit", SVM_EXIT_INVALID, 0xffffffff),
	  "TCG writes half of the exit code of a VMRUN that it rejects", NULL, "10.0" },
	/* decode-new: gen_readcr() checks SVM_EXIT_READ_CR0 for every register, so that CR0's intercept
	 * applies to all of them, and their own are ignored. */
	{ EMULATOR_TCG, "svm_cr_dr",
	  SAW_VALUE("MOV from CR2: exit", SVM_EXIT_CR2_READ, SVM_EXIT_VMMCALL),
	  "TCG checks the read intercept of CR0 at every read of a control register", "10.0",
	  NULL },
	{ EMULATOR_TCG, "svm_cr4_neighbours",
	  SAW_VALUE("MOV from CR4: exit", SVM_EXIT_VMMCALL, SVM_EXIT_CR0_READ),
	  "TCG checks the read intercept of CR0 at every read of a control register", "10.0",
	  NULL },
	/* Bochs 2.7, svm.cc: CR2 is saved at #VMEXIT but not loaded at VMRUN. */
	{ EMULATOR_BOCHS, "svm_cr2", SAW_VALUE("seen_cr2", 0x111122223333, 0),
	  "Bochs' VMRUN does not load CR2", NULL, NULL },
	/* L2 sees L0's CR2: after a new VM was created some address in nestcheck, different each time. */
	{ EMULATOR_BOCHS, "svm_state_l2_cr2", SAW_EXPECTED("cr2", 0xc2c2c2),
	  "Bochs' VMRUN does not load CR2", NULL, NULL },
	/* The same for a page fault that L0 injects, with shadow paging. */
	{ EMULATOR_BOCHS, "svm_page_fault_own", SAW_VALUE("traps[0].cr2", 0x50000123, 0),
	  "Bochs' VMRUN does not load CR2", NULL, NULL },
	{ EMULATOR_BOCHS, "svm_page_fault_emulated", SAW_VALUE("trap.cr2", 0x50000123, 0),
	  "Bochs' VMRUN does not load CR2", NULL, NULL },
	/* svm.cc, SvmInjectEvents() clears only EVENTINJ's valid bit, but KVM tests the whole field. */
	{ EMULATOR_BOCHS, "svm_state_l2_nmi", SAW_VALUE("seen", 2, 1),
	  "Bochs leaves the type of a delivered injection in EVENTINJ", NULL, NULL },
	/* svm.cc, SvmInjectEvents() pushes RIP. */
	{ EMULATOR_BOCHS, "svm_inject_soft", SAW_VALUE("irq_count[vector]", 1, 2),
	  "Bochs injects a software interrupt without nRIP", NULL, NULL },
	/*
	 * svm.cc: VMRUN loads RFLAGS before in_svm_guest is set, so that interrupts are masked as if
	 * RFLAGS.IF were the host's, until the guest changes it or exits.
	 */
	{ EMULATOR_BOCHS, "svm_virq_shadow",
	  SAW_VALUE("interrupt shadow = 0: irq_count[VECTOR]", 1, 0),
	  "Bochs' VMRUN with RFLAGS.IF set does not deliver a pending V_IRQ", NULL, NULL },
	/* The same for L0's VMRUN: the interrupt by which KVM asks for an immediate exit waits. */
	{ EMULATOR_BOCHS, "svm_intr_pending", SAW_VALUE("exit", SVM_EXIT_INTR, SVM_EXIT_VMMCALL),
	  "Bochs' VMRUN with RFLAGS.IF clear masks L0's interrupts", NULL, NULL },
	{ EMULATOR_BOCHS, "svm_nmi_pending", SAW_VALUE("exit", SVM_EXIT_NMI, SVM_EXIT_VMMCALL),
	  "Bochs' VMRUN with RFLAGS.IF clear masks L0's interrupts", NULL, NULL },
	/* svm.cc: the intercept of VMLOAD and VMSAVE is checked first, and KVM drops the low bits. */
	{ EMULATOR_BOCHS, "svm_address_unaligned",
	  SAW_VALUE("VMLOAD unaligned: catch_trap(insn, (void *)address).vector", X86_GP,
		    TRAP_NONE),
	  "Bochs checks VMLOAD's intercept before it checks RAX", NULL, NULL },
	/* No model of Bochs has the registers; they read as 0. */
	{ EMULATOR_BOCHS, "svm_lbr_switch", SAW_VALUE("BR_FROM: seen[i]", 0x5000, 0),
	  "Bochs has no last-branch registers", NULL, NULL },
	/* The expected value is an address in L1. */
	{ EMULATOR_BOCHS, "svm_lbr_record", SAW_SEEN("rdmsr(MSR_IA32_LASTBRANCHFROMIP)", 0),
	  "Bochs has no last-branch registers", NULL, NULL },
	/* crregs.cc: LMSW is compared bit by bit, like MOV. */
	{ EMULATOR_BOCHS, "svm_lmsw_selective",
	  SAW_VALUE("LMSW, selective: exit", SVM_EXIT_CR0_SEL_WRITE, SVM_EXIT_VMMCALL),
	  "Bochs does not treat LMSW of only TS as a selective write of CR0", NULL, NULL },
	/* exception.cc: the intercept is checked, and DR6 saved, before it is set. */
	{ EMULATOR_BOCHS, "svm_db_intercept",
	  SAW_VALUE("l2->vmcb->save.dr6 & DR6_B | DR6_BS | DR6_BD", DR6_B0, DR6_B3),
	  "Bochs sets DR6 after the #DB intercept", NULL, NULL },
	{ EMULATOR_BOCHS, "svm_db_own", SAW_VALUE("db_dr6 & DR6_B0 | DR6_BS", DR6_B0, 0),
	  "Bochs sets DR6 after the #DB intercept", NULL, NULL },
	{ EMULATOR_BOCHS, "svm_db_general_detect",
	  SAW_VALUE("l2->vmcb->save.dr6 & DR6_BD", DR6_BD, 0),
	  "Bochs sets DR6 after the #DB intercept", NULL, NULL },
	{ EMULATOR_BOCHS, "svm_replay_soft", SAW_VALUE("INT n: irq_count[vector]", 1, 2),
	  "Bochs injects a software interrupt without nRIP", NULL, NULL },
	/* vmx.cc never reads the control; only an injected MTF causes an MTF exit. */
	{ EMULATOR_BOCHS, "vmx_monitor_trap",
	  SAW_VALUE("exit reason", VMX_REASON_MONITOR_TRAP_FLAG, VMX_REASON_VMCALL),
	  "Bochs ignores the control monitor trap flag", NULL, NULL },
	/* vmx.cc, VM entry: setEFlags(), which masks interrupts, is called before in_vmx_guest is
	 * set, without which external-interrupt exiting is not checked. */
	{ EMULATOR_BOCHS, "vmx_external_interrupt_masked", SAW_VALUE("l2->gprs.rbx", 0, 1),
	  "Bochs' VM entry with RFLAGS.IF clear masks interrupts that should exit", NULL, NULL },
	/* The list is stored while RDMSR still counts as the guest's: seen with the case's offset, 2^50. */
	{ EMULATOR_BOCHS, "vmx_msr_store_tsc",
	  SAW_FALSE("store[0].value >= before && store[0].value <= after"),
	  "Bochs stores the time stamp counter at VM exit with the guest's offset", NULL, NULL },
	/* vapic.cc, VMX_Deliver_Virtual_Interrupt() does not set vm->idt_vector_info, up to 3.1: if L2's
	 * IDT or stack has to be faulted in during delivery, the exit names an older event, which L0 then
	 * injects instead. One assignment there fixes all five. Seen only below KVM 6.1: e6722d9211b2. */
	{ EMULATOR_BOCHS, "vmx_virtual_interrupt", SAW_VALUE("L2's call", 1 << 8, 0),
	  "Bochs loses a virtual interrupt whose delivery exits", NULL, NULL },
	{ EMULATOR_BOCHS, "vmx_virtual_interrupt_tpr", SAW_VALUE("L2's call", 1, 0),
	  "Bochs loses a virtual interrupt whose delivery exits", NULL, NULL },
	{ EMULATOR_BOCHS, "vmx_virtual_interrupt_entry", SAW_VALUE("*: L2's call", 1, 0),
	  "Bochs loses a virtual interrupt whose delivery exits", NULL, NULL },
	{ EMULATOR_BOCHS, "vmx_virtual_self_ipi", SAW_VALUE("L2's call", 1, 0),
	  "Bochs loses a virtual interrupt whose delivery exits", NULL, NULL },
	{ EMULATOR_BOCHS, "vmx_virtual_apic_access", SAW_VALUE("L2's call", 1, 0),
	  "Bochs loses a virtual interrupt whose delivery exits", NULL, NULL },
};

const size_t n_emulator_defects = sizeof(emulator_defects) / sizeof(emulator_defects[0]);

/*
 * Bochs 3.0's AMD models set EBX[9] in CPUID 80000008h, which is 0 in 2.7 (from both sources,
 * cpu/cpuid/); the releases between are not known.
 */
static bool is_bochs_3(const struct facts *f)
{
	const struct cpuid_fact *sizes = f->n_cpus ? cpu_cpuid(f, &f->cpus[0], 0x80000008, 0) :
						     NULL;

	return sizes && sizes->ebx & 1u << 9;
}

/*
 * Cases that end the emulator, or the machine in it: they are not run there. fixed_in: whether the
 * facts show an emulator that is newer than the defect; NULL if no release is known to be.
 * under_npt: only if L0 uses nested paging.
 */
static const struct forbidden {
	enum emulator emulator;
	const char *case_name;
	const char *reason;
	bool (*fixed_in)(const struct facts *f);
	bool under_npt;
} forbidden[] = {
	/* Zambezi on 2.7: the panic is "3rd (14) exception", right after SIPI; not without NPT. Ryzen on
	 * 3.0: no panic, but the CPU does not get beyond the first exit in real mode. */
	{ EMULATOR_BOCHS, "svm_smp_init_sipi",
	  "Bochs panics or hangs if a CPU of L1 starts in real mode under NPT", NULL, true },
	/* KVM single-steps L2's IRET to find when NMIs are unmasked. In a fresh VM the IRET causes a
	 * nested page fault, at which svm.cc, Svm_Vmexit(), leaves the step's trap pending: L0 takes
	 * the #DB. An exception's intercept, as without NPT, drops it. */
	{ EMULATOR_BOCHS, "svm_state_l2_nmi",
	  "Bochs carries a single-step trap over into L0 at a nested page fault", NULL, true },
	/* The pending trap outlives the #VMEXIT, and L0's kernel triple-faults. */
	{ EMULATOR_BOCHS, "svm_single_step", "Bochs carries L2's single-step trap over into L0",
	  NULL, false },
	{ EMULATOR_BOCHS, "svm_raised_step", "Bochs carries L2's single-step trap over into L0",
	  NULL, false },
	/* exception.cc: the intercept is checked for a triple fault by #GP, but not for one by #PF. */
	{ EMULATOR_BOCHS, "svm_triple_fault_paging",
	  "Bochs panics at a triple fault by page faults", is_bochs_3, false },
	{ EMULATOR_BOCHS, "svm_shutdown_own_paging",
	  "Bochs panics at a triple fault by page faults", is_bochs_3, false },
	/* As with svm_single_step. */
	{ EMULATOR_BOCHS, "svm_host_trap_flag", "Bochs carries L1's single-step trap over into L0",
	  NULL, false },
	/* cpu.cc, prefetch(): getHostMemAddr() fails for that page, which is a panic there. */
	{ EMULATOR_BOCHS, "vmx_apic_access_fetch",
	  "Bochs panics at an instruction fetch from the APIC-access page", NULL, false },
};

/* Bochs' time goes by its instructions: there an exit is a tenth of a tick. */
unsigned int emulator_slow_clock(enum emulator e)
{
	return e == EMULATOR_TCG ? 6 : 1;
}

const char *emulator_defect(enum emulator e, const char *case_name, const struct observation *saw)
{
	for (size_t i = 0; i < n_emulator_defects; i++) {
		const struct emulator_defect *d = &emulator_defects[i];

		if (d->emulator == e && !strcmp(d->case_name, case_name) &&
		    observation_matches(&d->saw, saw))
			return d->reason;
	}
	return NULL;
}

static const struct emulator_fault faults[] = {
	/* QEMU 10, gen_readcr() (above): KVM's shadow paging has to intercept L1's reads of CR3; without
	 * that L1 reads the shadow's. */
	{ EMULATOR_TCG, "svm_enter_leave", SAW_VALUE("exit", SVM_EXIT_VMMCALL, SVM_EXIT_SHUTDOWN),
	  true,
	  "does not check the read intercept of CR3, without which KVM cannot run a guest "
	  "hypervisor if there is no NPT",
	  "Use a CPU model with NPT (QEMU: -cpu max without -npt), or QEMU before 10.0" },
};

const struct emulator_fault *emulator_fault_of(enum emulator e, bool npt,
					       const struct case_outcome *c)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		const struct emulator_fault *f = &faults[i];

		if (f->emulator == e && !(f->without_npt && npt) && c->result == CASE_FAIL &&
		    !strcmp(f->case_name, c->name) && observation_matches(&f->saw, &c->saw))
			return f;
	}
	return NULL;
}

const char *emulator_forbids(enum emulator e, const char *case_name, bool npt,
			     const struct facts *facts)
{
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
		const struct forbidden *f = &forbidden[i];

		if (f->emulator == e && !strcmp(f->case_name, case_name) &&
		    (npt || !f->under_npt) && !(f->fixed_in && f->fixed_in(facts)))
			return f->reason;
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

static bool has_slow_clock(const struct facts *f)
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

/* The first matching row counts. Bochs 2.7. */
static const struct chain_defect {
	bool (*fits)(const struct facts *f);
	unsigned int cpus;
	const char *reason;
} chain_defects[] = {
	/* Models from Skylake on have leaf 0x15 (SDM Vol. 2, CPUID: EBX/EAX is the ratio of the TSC to
	 * the crystal) like the real CPU, but count 50 million TSC ticks a second: a second for Linux
	 * takes sixty. A sleep takes minutes; with two CPUs, one waits for the other. */
	{ has_slow_clock, 1, "this emulator's clock is far slower than its CPU reports" },
	/* With shadow paging L0 injects a guest's page faults; svm_cr2 in the table above. */
	{ has_svm_without_npt, 0,
	  "this emulator's VMRUN does not load CR2: L1's page faults have a wrong address" },
	/* 2.7: as svm_smp_init_sipi in the table above. 3.0: VMRUN masks external interrupts by the
	 * guest's IF before it sets in_svm_guest (svm.cc, VMRUN(); flag_ctrl_pro.cc,
	 * handleInterruptMaskChange()). L2's second CPU spins with IF clear (the kernel's
	 * cpuhp_ap_sync_alive()), so L0 never gets its timer interrupt, and L2's first CPU never runs. */
	{ has_svm, 1,
	  "this emulator cannot start a guest's second CPU: it panics, or L0 loses its interrupts" },
	/* Lynnfield, without unrestricted guest, and Arrandale, with it: bringing L2's second CPU online
	 * takes longer than anybody waited, four minutes. */
	{ is_before_sandy_bridge, 1,
	  "on this emulator's older models L2's second CPU takes minutes, for an unknown reason" },
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
