// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of VMX cases, core ones first; then by theme, what needs least first.
 *
 * The number is how many entries of L2 KVM must have counted at least (abi.h): those that
 * happen on every CPU which offers what the case requires.
 */
#include "l1/vmx/cases.h"

#include "l1/common/any.h"

#define CASE(id, flags, entries, requires)        \
	{                                         \
#id, flags, entries, requires, id \
	}

const struct l1_case vmx_cases[] = {
	CASE(vmx_enter_leave, L1_CORE, 2, 0),
	CASE(vmx_vmcall, L1_CORE, 12, 0),
	CASE(vmx_cpuid, L1_CORE, 20, 0),
	CASE(vmx_hlt, L1_CORE, 4, 0),
	CASE(vmx_inject_interrupt, L1_CORE, 4, 0),
	CASE(vmx_ept_violation, L1_CORE, 6, L1_NEEDS(EPT)),

	CASE(vmx_vmxon, 0, 0, 0),
	CASE(vmx_operation_rules, 0, 0, 0),
	CASE(vmx_no_current_vmcs, 0, 0, 0),
	CASE(vmx_vmptrld_errors, 0, 0, 0),
	CASE(vmx_vmclear_errors, 0, 0, 0),
	CASE(vmx_vmcs_switch, 0, 0, 0),

	{ "vmx_tsc_write", 0, 1, L1_NEEDS(MSR_BITMAP), tsc_write },
	CASE(vmx_launch_state, 0, 3, 0),
	CASE(vmx_launch_mov_ss, 0, 1, 0),
	CASE(vmx_hlt_activity, 0, 1, 0),
	CASE(vmx_hlt_wake, 0, 1, 0),
	CASE(vmx_triple_fault, 0, 2, 0),

	CASE(vmx_fields_all, 0, 0, 0),
	CASE(vmx_fields_high, 0, 0, 0),
	CASE(vmx_fields_errors, 0, 0, 0),
	CASE(vmx_fields_enum, 0, 0, 0),
	CASE(vmx_shadow_vmcs, 0, 18, L1_NEEDS(SHADOW_VMCS)),
	CASE(vmx_shadow_bitmaps, 0, 34, L1_NEEDS(SHADOW_VMCS)),
	CASE(vmx_shadow_no_link, 0, 2, L1_NEEDS(SHADOW_VMCS)),
	CASE(vmx_shadow_link_checks, 0, 1, L1_NEEDS(SHADOW_VMCS)),

	CASE(vmx_bad_controls, 0, 1, 0),
	CASE(vmx_bad_host_state, 0, 1, 0),
	CASE(vmx_bad_guest_state, 0, 1, 0),
	CASE(vmx_failed_entry, 0, 1, 0),

	CASE(vmx_instructions_controlled, 0, 14, 0),
	CASE(vmx_instructions_always, 0, 10, 0),
	CASE(vmx_xsetbv, 0, 1, 0),
	CASE(vmx_invept_in_l2, 0, 1, L1_NEEDS(EPT)),
	CASE(vmx_invvpid_in_l2, 0, 1, L1_NEEDS(VPID)),
	CASE(vmx_tsc_offset, 0, 1, 0),
	CASE(vmx_monitor_trap, L1_UNPROVEN, 4, 0),

	CASE(vmx_cr0_mask, 0, 6, 0),
	CASE(vmx_clts, 0, 2, 0),
	CASE(vmx_cr4_mask, 0, 5, 0),
	CASE(vmx_cr3_access, 0, 3, 0),
	CASE(vmx_cr3_pass, 0, 3, L1_NEEDS(EPT)),
	CASE(vmx_cr8_access, 0, 3, 0),
	CASE(vmx_dr_access, 0, 5, 0),

	CASE(vmx_exception_bitmap, 0, 14, 0),
	CASE(vmx_exception_pass, 0, 7, 0),
	CASE(vmx_page_fault_mask, 0, 24, 0),
	CASE(vmx_raised_fault, 0, 3, 0),
	CASE(vmx_raised_step, 0, 1, L1_NEEDS(MSR_BITMAP)),
	CASE(vmx_exception_in_delivery, 0, 2, 0),
	CASE(vmx_double_fault, 0, 2, 0),
	CASE(vmx_triple_fault_paging, 0, 2, 0),

	CASE(vmx_msr_bitmap_read, 0, 30, L1_NEEDS(MSR_BITMAP)),
	CASE(vmx_msr_bitmap_write, 0, 30, L1_NEEDS(MSR_BITMAP)),
	CASE(vmx_msr_bitmap_pass_read, 0, 8, L1_NEEDS(MSR_BITMAP)),
	CASE(vmx_msr_bitmap_pass_write, 0, 4, L1_NEEDS(MSR_BITMAP)),
	CASE(vmx_msr_no_bitmap, 0, 24, L1_NEEDS(MSR_BITMAP)),
	CASE(vmx_msr_lists, 0, 2, 0),

	CASE(vmx_io_bitmap, 0, 40, L1_NEEDS(IO_BITMAP)),
	CASE(vmx_io_straddle, 0, 19, L1_NEEDS(IO_BITMAP)),
	CASE(vmx_io_pass, 0, 10, L1_NEEDS(IO_BITMAP)),
	CASE(vmx_io_unconditional, 0, 5, 0),
	CASE(vmx_io_string, 0, 6, L1_NEEDS(IO_BITMAP)),

	CASE(vmx_ept_permissions, 0, 22, L1_NEEDS(EPT)),
	CASE(vmx_ept_walk, 0, 3, L1_NEEDS(EPT)),
	CASE(vmx_ept_misconfig, 0, 8, L1_NEEDS(EPT)),
	CASE(vmx_ept_remap, 0, 3, L1_NEEDS(EPT)),
	CASE(vmx_ept_remap_2m, 0, 3, L1_NEEDS(EPT)),
	CASE(vmx_ept_1g, 0, 2, L1_NEEDS(EPT) | L1_NEEDS(EPT_1G)),
	CASE(vmx_invept_errors, 0, 0, L1_NEEDS(EPT)),
	CASE(vmx_ept_accessed_dirty, 0, 2, L1_NEEDS(EPT_AD)),
	CASE(vmx_pml, 0, 3, L1_NEEDS(EPT_AD) | L1_NEEDS(PML)),
	CASE(vmx_vmfunc_eptp, 0, 2, L1_NEEDS(EPT) | L1_NEEDS(VMFUNC)),

	CASE(vmx_inject_exception, 0, 14, 0),
	CASE(vmx_inject_soft_interrupt, 0, 1, 0),
	CASE(vmx_inject_nmi, 0, 1, 0),
	CASE(vmx_idt_vectoring, 0, 14, L1_NEEDS(EPT)),
	CASE(vmx_interrupt_window, 0, 4, 0),
	CASE(vmx_nmi_window, 0, 3, L1_NEEDS(VIRTUAL_NMIS)),
	CASE(vmx_external_interrupt, 0, 3, 0),
	CASE(vmx_external_interrupt_masked, 0, 3, 0),
	CASE(vmx_external_interrupt_no_ack, 0, 2, 0),
	CASE(vmx_interrupt_in_l2, 0, 2, 0),
	CASE(vmx_nmi_exit, 0, 2, 0),

	CASE(vmx_regs_rflags, 0, 2, 0),
	CASE(vmx_regs_unswitched, 0, 2, 0),
	CASE(vmx_regs_dr7, 0, 2, 0),
	CASE(vmx_regs_segments, 0, 2, 0),
	CASE(vmx_regs_sysenter, 0, 1, 0),
	CASE(vmx_regs_efer, 0, 3, 0),
	CASE(vmx_regs_pat, 0, 2, 0),

	CASE(vmx_real_mode, 0, 1, L1_NEEDS(EPT) | L1_NEEDS(UNRESTRICTED_GUEST)),
	CASE(vmx_protected_32, 0, 1, 0),
	CASE(vmx_compat_mode, 0, 1, 0),
	CASE(vmx_protected_pae, 0, 1, 0),
	CASE(vmx_invvpid, 0, 2, L1_NEEDS(VPID)),
	CASE(vmx_invvpid_errors, 0, 0, L1_NEEDS(VPID)),

	CASE(vmx_timer_zero, 0, 4, L1_NEEDS(PREEMPTION_TIMER)),
	CASE(vmx_timer_expires, 0, 1, L1_NEEDS(PREEMPTION_TIMER)),
	CASE(vmx_timer_hlt, 0, 1, L1_NEEDS(PREEMPTION_TIMER)),
	CASE(vmx_timer_save, 0, 2, L1_NEEDS(PREEMPTION_TIMER)),

	CASE(vmx_tpr_shadow, 0, 3, L1_NEEDS(TPR_SHADOW)),
	CASE(vmx_tpr_threshold, 0, 2, L1_NEEDS(TPR_SHADOW)),
	CASE(vmx_tpr_threshold_check, 0, 1, L1_NEEDS(TPR_SHADOW)),
	CASE(vmx_tpr_threshold_entry, 0, 2, L1_NEEDS(TPR_SHADOW) | L1_NEEDS(APIC_ACCESS)),
	CASE(vmx_apic_access, 0, 10, L1_NEEDS(APIC_ACCESS)),
	CASE(vmx_apic_access_fetch, L1_UNPROVEN, 2, L1_NEEDS(APIC_ACCESS)),
	CASE(vmx_apic_access_tpr, 0, 7, L1_NEEDS(TPR_SHADOW) | L1_NEEDS(APIC_ACCESS)),
	CASE(vmx_apic_registers, 0, 40, L1_NEEDS(APIC_ACCESS) | L1_NEEDS(APIC_REGISTERS)),
	CASE(vmx_x2apic_tpr, 0, 4, L1_NEEDS(X2APIC_VIRT)),
	CASE(vmx_x2apic_bitmap, 0, 3, L1_NEEDS(X2APIC_VIRT)),
	CASE(vmx_x2apic_registers, 0, 13, L1_NEEDS(X2APIC_VIRT) | L1_NEEDS(APIC_REGISTERS)),
	CASE(vmx_virtual_interrupt, 0, 5, L1_NEEDS(VIRTUAL_INTERRUPTS) | L1_NEEDS(X2APIC_VIRT)),
	CASE(vmx_virtual_interrupt_tpr, 0, 2, L1_NEEDS(VIRTUAL_INTERRUPTS)),
	CASE(vmx_virtual_interrupt_entry, 0, 1, L1_NEEDS(VIRTUAL_INTERRUPTS)),
	CASE(vmx_virtual_eoi, L1_UNPROVEN, 4, L1_NEEDS(APICV) | L1_NEEDS(X2APIC_VIRT)),
	CASE(vmx_virtual_self_ipi, 0, 2, L1_NEEDS(VIRTUAL_INTERRUPTS) | L1_NEEDS(X2APIC_VIRT)),
	CASE(vmx_virtual_apic_access, 0, 3, L1_NEEDS(VIRTUAL_INTERRUPTS) | L1_NEEDS(APIC_ACCESS)),
	CASE(vmx_posted_interrupt, L1_UNPROVEN, 2,
	     L1_NEEDS(POSTED_INTERRUPTS) | L1_NEEDS(X2APIC_VIRT)),
	CASE(vmx_rdtscp, 0, 4, 0),
	CASE(vmx_invpcid, 0, 4, 0),
	CASE(vmx_xsaves, L1_UNPROVEN, 2, 0),
	CASE(vmx_umwait, L1_UNPROVEN, 3, 0),
	CASE(vmx_instruction_info, 0, 3, 0),
	CASE(vmx_pending_debug, 0, 6, 0),
	CASE(vmx_blocking_window, 0, 3, 0),
	CASE(vmx_blocking_saved, 0, 3, 0),
	CASE(vmx_pae_pdptes, 0, 3, L1_NEEDS(EPT)),
	CASE(vmx_msr_list_errors, 0, 1, 0),
	CASE(vmx_msr_store_tsc, L1_UNPROVEN, 1, 0),
	CASE(vmx_tsc_scaling, 0, 2, L1_NEEDS(TSC_SCALING)),
	CASE(vmx_perf_global_ctrl, L1_UNPROVEN, 2, 0),
	CASE(vmx_ept_5level, L1_UNPROVEN, 2, L1_NEEDS(EPT) | L1_NEEDS(EPT_5LEVEL)),

	MACHINE_CASES("vmx"),
	CASE(vmx_state_no_vmcs, L1_MOVES, 0, 0),
	CASE(vmx_state_fields, L1_MOVES, 0, 0),
	CASE(vmx_state_window, L1_MOVES, 1, 0),
	CASE(vmx_state_timer, L1_MOVES, 1, L1_NEEDS(PREEMPTION_TIMER)),
	CASE(vmx_smp_init_sipi, L1_SMP, 2, 0),
};

const uint64_t n_vmx_cases = ARRAY_SIZE(vmx_cases);
