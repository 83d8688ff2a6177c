// SPDX-License-Identifier: GPL-2.0-only
/*
 * The known defects of nested KVM, each established from the kernel's source and history: what
 * which function does, which commits introduced and fixed it, and which stable releases have the
 * fix.
 */
#include "diagnose/kvm_defects.h"
#include "l1/abi.h"
#include "lib/hw/svm.h"
#include "lib/hw/vmx.h"
#include "lib/hw/x86.h"

const struct kvm_defect kvm_defects[] = {
	/*
	 * svm_enter_smm() leaves L2 by nested_svm_simple_vmexit(), whose svm_set_cr4() puts the
	 * host's CR4.MCE into vmcb01's CR4. That value is saved behind HSAVE, svm_leave_smm()
	 * copies it back, and the next nested_svm_vmexit() takes it for L1's. Since 37be407b2ce8
	 * ("Fix L1 state corruption upon return from SMM"). A host booted with mce=off does not
	 * show it.
	 */
	{ .name = "nsvm-smi-host-mce",
	  .kernels = { .since = { 5, 14 } },
	  .what = "sets CR4.MCE in L1, as the host has it, after an SMI in L2",
	  .harm = "Guest hypervisors set that bit themselves at boot, so they see no change.",
	  .harmful = false,
	  .seen = { { "svm_smi_in_l2", SAW_VALUE("read_cr4()", 0x20, 0x60) } } },
	/*
	 * svm_enable_irq_window() calls svm_set_vintr(): svm_set_intercept(VINTR) ends in
	 * recalc_intercepts(), which removes the VINTR intercept again if vmcb12 has
	 * V_INTR_MASKING. V_IRQ with vector 0 and priority 15 is still written to vmcb02, and L2
	 * takes it once IF and GIF are set. No stable series has the fix. Before 5.17
	 * nsvm-interrupt-livelock hides it.
	 */
	{ .name = "nsvm-vintr-vector-0",
	  .kernels = { .since = { 5, 8 }, .fixed = { 6, 4 } },
	  .commit = "7334ede457c6",
	  .what = "delivers an interrupt that is pending for L1 to L2, as vector 0 (#DE)",
	  .harm = "A hypervisor that enters its guest with its own interrupts off (RFLAGS.IF), or "
		  "lets its guest execute CLGI, sees that guest die of a divide error. KVM, Xen, "
		  "bhyve and VirtualBox enter with IF set and do not notice.",
	  .harmful = true,
	  .seen = { { "svm_intr_host_masked", SAW_TRAP("L2", X86_DE) },
		    { "svm_gif_in_l2_exit", SAW_TRAP("L2", X86_DE) } } },
	/*
	 * svm_interrupt_allowed() returns -EBUSY for an injection before it calls
	 * svm_interrupt_blocked(), and inject_pending_event() requests an immediate exit, for ever.
	 * A signal ends the loop, so the host is not harmed. Not applied to any stable series.
	 */
	{ .name = "nsvm-interrupt-livelock",
	  .kernels = { .since = { 5, 8 }, .fixed = { 5, 17 } },
	  .commit = "2b0ecccb5531",
	  .what = "stops L2 from making progress while an interrupt for L1 waits for RFLAGS.IF or "
		  "GIF",
	  .harm = "A hypervisor that intercepts interrupts without V_INTR_MASKING, or enters its "
		  "guest with its own interrupts off, sees the guest hang. KVM as L1 does neither.",
	  .harmful = true,
	  .seen = { { "svm_intr_host_masked", SAW_TIMEOUT },
		    { "svm_intr_guest_if", SAW_TIMEOUT },
		    { "svm_gif_exit", SAW_TIMEOUT },
		    { "svm_gif_in_l2_exit", SAW_TIMEOUT } } },
	/* svm_leave_smm() does not reload vmcb12's controls: nested_cr3 is 0 when L2 resumes. */
	{ .name = "nsvm-smi-nested-cr3",
	  .kernels = { .since = { 5, 8 }, .fixed = { 5, 14 } },
	  .commit = "bb00bd9c0862",
	  .what = "loses L2's nested page table at a system-management interrupt",
	  .harm = "L2 does not survive an SMI. Only virtual machines with SMM get one, such as those "
		  "with OVMF and Secure Boot.",
	  .harmful = true,
	  .seen = { { "svm_smi_in_l2", SAW_VALUE("exit", SVM_EXIT_CPUID, SVM_EXIT_NPF) } } },
	/*
	 * walk_addr_generic() leaves fault.async_page_fault uninitialised on the stack; if it is
	 * not 0, CR2 is not updated.
	 */
	{ .name = "nsvm-emulated-fault-cr2",
	  .kernels = { .since = { 4, 13 }, .fixed = { 5, 13 } },
	  .commit = "422e2e17066c",
	  .what = "injects the page fault of an emulated instruction into L2 without the address, "
		  "depending on the host's stack",
	  .harm = "L2's kernel handles a page fault at a wrong address, and kills the program or "
		  "itself.",
	  .harmful = true,
	  .seen = { { "svm_page_fault_emulated", SAW_VALUE("trap.cr2", 0x50000123, 0x1234567) } } },
	/*
	 * Since cc3ed80ae69f (separate VMCBs) the emulation of VMLOAD and VMSAVE uses the current
	 * VMCB, L2's: VMSAVE finds there what L2's VMLOAD left, not what L2 has written since. The
	 * stable releases are those of CVE-2026-43133's record.
	 */
	{ .name = "nsvm-vmsave-vmcb02",
	  .kernels = { .since = { 5, 13 },
		       .fixed = { 7, 0 },
		       .in = { { 6, 19, 0, 6 },
			       { 6, 18, 0, 16 },
			       { 6, 12, 0, 75 },
			       { 6, 6, 0, 128 },
			       { 6, 1, 0, 165 },
			       { 5, 15, 0, 202 } } },
	  .commit = "127ccae2c185",
	  .what = "uses the wrong copy of the registers for a VMSAVE or VMLOAD in L2 that L1 does "
		  "not intercept",
	  .harm = "It affects only a hypervisor that lets its guest execute these at host "
		  "addresses, which would give the guest the host's memory.",
	  .harmful = false,
	  .seen = { { "svm_vmsave_host_address",
		      SAW_VALUE("page->save.lstar", 0x2222000, 0x4444000) } } },
	/* nested_svm_vmrun() and nested_svm_vmexit() write exit_code but not exit_code_hi. */
	{ .name = "nsvm-invalid-exit-code",
	  .kernels = { .fixed = { 6, 19 },
		       .in = { { 6, 18, 0, 3 },
			       { 6, 12, 0, 64 },
			       { 6, 6, 0, 120 },
			       { 6, 1, 0, 160 },
			       { 5, 15, 0, 198 },
			       { 5, 10, 0, 248 } } },
	  .commit = "f402ecd7a8b6",
	  .what = "reports half of the exit code of a VMRUN that was refused: 0xffffffff, not -1",
	  .harm = "Hypervisors look at the low half, or stop the guest at any unknown code, as "
		  "they would at this one.",
	  .harmful = false,
	  .seen = { { "svm_mode_bad_cr3", SAW_VALUE("*exit", SVM_EXIT_INVALID, 0xffffffff) },
		    { "svm_invalid_control", SAW_VALUE("*exit", SVM_EXIT_INVALID, 0xffffffff) },
		    { "svm_invalid_state", SAW_VALUE("*exit", SVM_EXIT_INVALID, 0xffffffff) } } },
	{ .name = "nsvm-gif-after-invalid",
	  .kernels = { .fixed = { 7, 1 },
		       .in = { { 7, 0, 0, 4 },
			       { 6, 18, 0, 27 },
			       { 6, 12, 0, 86 },
			       { 6, 6, 0, 140 },
			       { 6, 1, 0, 175 },
			       { 5, 15, 0, 209 },
			       { 5, 10, 0, 258 } } },
	  .commit = "f85a6ce06e4a",
	  .what = "leaves GIF set after a VMRUN that was refused",
	  .harm = "Hypervisors have GIF clear before VMRUN.",
	  .harmful = false,
	  .seen = { { "svm_gif_invalid", SAW_VALUE("taken_behind_vmexit(l2)", 0, 1) } } },
	/*
	 * The outcome: kvm_vcpu_is_visible_gfn() in mmu_check_root() returns false, and a triple
	 * fault is requested, for L1 before 5.13 and for L2 since (cb6a32c2b877). From 6.6 on the
	 * root is a dummy in which every access faults (0e3223d8d00a). From 6.8 on the bits beyond
	 * 51 are dropped, and L2 runs (a130066f7400). Only the first sighting is limited to its
	 * releases: distribution kernels have KVM code of later ones, and a shutdown of L1 says
	 * little about its cause.
	 */
	{ .name = "nsvm-ncr3-unchecked",
	  .kernels = { .fixed = { 7, 1 },
		       .in = { { 7, 0, 0, 4 },
			       { 6, 18, 0, 27 },
			       { 6, 12, 0, 86 },
			       { 6, 6, 0, 140 },
			       { 6, 1, 0, 175 },
			       { 5, 15, 0, 209 } } },
	  .commit = "b71138fcc362",
	  .what = "accepts a nested CR3 beyond physical memory at VMRUN",
	  .harm = "Hypervisors pass a page of their own.",
	  .harmful = false,
	  .seen = { { "svm_invalid_npt", SAW_VALUE("nested CR3 beyond physical memory: exit",
						   SVM_EXIT_INVALID, SVM_EXIT_VMMCALL) },
		    { "svm_invalid_npt", SAW_VALUE("nested CR3 beyond physical memory: exit",
						   SVM_EXIT_INVALID, SVM_EXIT_NPF) },
		    { "svm_invalid_npt", SAW_VALUE("nested CR3 beyond physical memory: exit",
						   SVM_EXIT_INVALID, SVM_EXIT_SHUTDOWN) },
		    { "svm_invalid_npt", SAW_SHUTDOWN_AT("nested CR3 beyond physical memory"),
		      .kernels = { .fixed = { 5, 13 } } } } },
	{ .name = "nsvm-lmsw-selective",
	  .kernels = { .fixed = { 6, 19 },
		       .in = { { 6, 18, 0, 3 },
			       { 6, 12, 0, 64 },
			       { 6, 6, 0, 120 },
			       { 6, 1, 0, 160 },
			       { 5, 15, 0, 198 },
			       { 5, 10, 0, 248 } } },
	  .commit = "5674a76db021",
	  .what = "does not count an emulated LMSW of TS or MP as a selective write of CR0",
	  .harm = "It happens only while L2 has its caches off, and a hypervisor that asks for "
		  "selective writes is not interested in these bits.",
	  .harmful = false,
	  .seen = { { "svm_cr0_uncached", SAW_VALUE("LMSW of TS, selective: exit",
						    SVM_EXIT_CR0_SEL_WRITE, SVM_EXIT_VMMCALL) } } },
	/*
	 * nested_prepare_vmcb_save() sets L0's own intercept in the VMCB after its controls were
	 * copied; recalc_intercepts() starts from the copy.
	 */
	{ .name = "nsvm-cr0-intercept-lost",
	  .kernels = { .since = { 5, 8 }, .fixed = { 5, 13 } },
	  .commit = "4995a3685f1b",
	  .what = "loses its own intercept of CR0 writes at VMRUN while L2 has its caches off",
	  .harm = "L2 reads CR0 without the CD that it set, and other writes are reported as "
		  "selective ones; guests set CD only briefly.",
	  .harmful = false,
	  .seen = { { "svm_cr0_uncached", SAW_VALUE("MOV of TS, selective: exit", SVM_EXIT_VMMCALL,
						    SVM_EXIT_CR0_SEL_WRITE) } } },
	{ .name = "nsvm-dr7-fixed-bit",
	  .kernels = { .fixed = { 5, 11 } },
	  .commit = "8cce12b3c827",
	  .what = "leaves DR7 at 0 after an exit, without bit 10, which is always 1",
	  .harm = "A processor reads bit 10 as 1 whatever the VMCB says; only an emulator shows it.",
	  .harmful = false,
	  .seen = { { "svm_debug_registers", SAW_VALUE("read_dr7()", 0x400, 0) },
		    { "svm_db_intercept", SAW_VALUE("read_dr7()", 0x400, 0) },
		    { "svm_db_not_host", SAW_VALUE("dr7", 0x400, 0) } } },
	{ .name = "nsvm-vmrun-step-late",
	  .kernels = { .fixed = { 5, 13 } },
	  .commit = "9a7de6ecc3ed",
	  .what = "stops one instruction late when VMRUN is single-stepped",
	  .harm = "Only a debugger of a hypervisor does that.",
	  .harmful = false,
	  .seen = { { "svm_host_trap_flag", SAW_VALUE("trap_rip - behind", 0, 1) } } },
	{ .name = "nsvm-vmload-sysenter",
	  .kernels = { .fixed = { 5, 13 } },
	  .commit = "adc2a23734ac",
	  .what = "returns for SYSENTER_ESP and SYSENTER_EIP what WRMSR wrote last, not what "
		  "VMLOAD loaded",
	  .harm = "A guest that reads these two sees another guest's values; SYSENTER itself "
		  "works.",
	  .harmful = false,
	  .seen = { { "svm_vmload_vmsave",
		      SAW_VALUE("as L2 saw it after VMLOAD: SYSENTER_ESP", 0x2080, 0x1080) } } },
	{ .name = "nsvm-soft-event-lost",
	  .kernels = { .fixed = { 6, 0 } },
	  .commit = "7e5b5ef8dca3",
	  .what = "drops a software interrupt that L1 injects if its delivery faults: EXITINTINFO "
		  "is empty",
	  .harm = "A hypervisor that injects INT n loses it; KVM leaves RIP at the instruction, "
		  "which is executed again.",
	  .harmful = false,
	  .seen = { { "svm_replay_soft_plain",
		      SAW_VALUE("(uint32_t)c->exit_int_info", 0x80000453, 0) } } },
	{ .name = "nsvm-iopm-unchecked",
	  .kernels = { .fixed = { 5, 13 } },
	  .commit = "ee695f22b54a",
	  .what = "accepts an I/O permission map beyond physical memory at VMRUN",
	  .harm = "Hypervisors pass pages of their own.",
	  .harmful = false,
	  .seen = { { "svm_invalid_control",
		      SAW_VALUE("I/O permission map beyond physical memory: exit", SVM_EXIT_INVALID,
				SVM_EXIT_VMMCALL) } } },
	{ .name = "nsvm-hsave-zero",
	  .kernels = { .fixed = { 5, 14 } },
	  .commit = "fb79f566e4c9",
	  .what = "executes VMRUN without a host save area",
	  .harm = "Hypervisors set one.",
	  .harmful = false,
	  .seen = { { "svm_hsave_zero",
		      SAW_VALUE("VMRUN with VM_HSAVE_PA = 0: catch_trap(insn, (void *)address).vector",
				X86_GP, TRAP_NONE) } } },
	{ .name = "nsvm-hsave-unchecked",
	  .kernels = { .fixed = { 5, 14 }, .in = { { 5, 10, 0, 52 } } },
	  .commit = "fce7e152ffc8",
	  .what = "accepts any value for VM_HSAVE_PA",
	  .harm = "Hypervisors write the address of a page of their own.",
	  .harmful = false,
	  .seen = { { "svm_enable",
		      SAW_VALUE("catch_trap(odd_hsave, page_alloc()).vector", X86_GP, TRAP_NONE) },
		    { "svm_address_far",
		      SAW_VALUE("VM_HSAVE_PA beyond physical memory: catch_trap(insn, (void *)address).vector",
				X86_GP, TRAP_NONE) } } },
	/*
	 * No fix is known. From 5.19 on KVM offers vGIF and VLS, and then the case does not check
	 * this.
	 */
	{ .name = "nsvm-clgi-without-svme",
	  .kernels = { .since = { 4, 14 } },
	  .commit = NULL,
	  .what = "lets CLGI and VMSAVE execute with EFER.SVME clear if it uses vGIF and virtual "
		  "VMSAVE",
	  .harm = "Hypervisors set EFER.SVME first.",
	  .harmful = false,
	  .seen = { { "svm_enable", SAW_VALUE("catch_trap(clgi, NULL).vector", X86_UD, TRAP_NONE),
		      .kernels = { .fixed = { 5, 19 } } },
		    { "svm_enable",
		      SAW_VALUE("catch_trap(vmsave, page_alloc()).vector", X86_UD, TRAP_NONE),
		      .kernels = { .fixed = { 5, 19 } } } } },
	/*
	 * nested_vmx_prepare_msr_bitmap() removes intercepts from vmcs02's bitmap and never
	 * restores one; vmcs02 exists from VMXON to VMXOFF. FS_BASE, GS_BASE, KERNEL_GS_BASE since
	 * 5.2 (d69129b4e46a), SPEC_CTRL and PRED_CMD since 4.16. The fix was sent to 5.10 and did
	 * not apply (stable list, 2021-11-14); 5.4 and 5.10 never got it.
	 */
	{ .name = "nvmx-msr-intercept-lost",
	  .kernels = { .since = { 5, 2 }, .fixed = { 5, 16 }, .in = { { 5, 15, 0, 3 } } },
	  .commit = "67f4b9969c30",
	  .what = "lets L2 access FS_BASE, GS_BASE, KERNEL_GS_BASE and SPEC_CTRL once L1 allowed "
		  "it, even after L1 intercepts them again",
	  .harm = "A guest hypervisor that runs several guests on one CPU, or changes its mind, does "
		  "not see accesses that it asked to see: KVM as L1 loses a guest's SPEC_CTRL that "
		  "way.",
	  .harmful = true,
	  .seen = { { "vmx_msr_bitmap_read", SAW_VALUE("MSR 0xc0000100, read: exit reason",
						       VMX_REASON_RDMSR, VMX_REASON_VMCALL) },
		    { "vmx_msr_bitmap_write", SAW_VALUE("MSR 0xc0000100, write: exit reason",
							VMX_REASON_WRMSR, VMX_REASON_VMCALL) } } },
	/*
	 * Until the fix load_vmcs12_host_state() did not write LDTR, from the first nested VMX on
	 * (3.1, 4704d0befb07). No stable series got the fix.
	 */
	{ .name = "nvmx-ldtr-kept",
	  .kernels = { .fixed = { 5, 15 } },
	  .commit = "afc8de0118be",
	  .what = "leaves LDTR unchanged at a VM exit to L1, though the exit must clear it",
	  .harm = "A hypervisor loads the LDT that it needs after each exit, as a CPU requires.",
	  .harmful = false,
	  .seen = { { "vmx_host_tr_ldtr", SAW_VALUE("read_ldtr()", 0, 0x100) } } },
	/*
	 * prepare_vmcs02() passes vmcs12's DEBUGCTL to the CPU unchecked. The CPU refuses bits that
	 * it does not have, and KVM passes the failure on. Bochs (to 3.1) ignores the field (vmx.cc
	 * reads it and does nothing with it), so the entry succeeds there. The fix did not apply to
	 * 5.15 (stable list, 2025-08-12).
	 */
	{ .name = "nvmx-debugctl-unchecked",
	  .kernels = { .fixed = { 6, 17 },
		       .fixed_rc = 1,
		       .in = { { 6, 12, 0, 43 }, { 6, 6, 0, 103 }, { 6, 1, 0, 149 } } },
	  .commit = "095686e6fcb4",
	  .what = "leaves it to the CPU to check L2's DEBUGCTL at VM entry",
	  .harm = "An entry that must fail succeeds if the CPU does not refuse the value; no "
		  "hypervisor makes such an entry.",
	  .harmful = false,
	  .seen = { { "vmx_bad_guest_debugctl",
		      SAW_VALUE("DEBUGCTL with a reserved bit: exit reason",
				VMX_REASON_ENTRY_FAILED | VMX_REASON_INVALID_GUEST_STATE,
				VMX_REASON_VMCALL) } } },
};

const size_t n_kvm_defects = sizeof(kvm_defects) / sizeof(kvm_defects[0]);
