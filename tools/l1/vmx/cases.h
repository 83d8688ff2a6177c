/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VMX cases, by the file that has them; the table is in cases.c.
 */
#ifndef NESTCHECK_L1_VMX_CASES_H
#define NESTCHECK_L1_VMX_CASES_H

#include "l1/vmx/vm.h"

/* delivery.c */
void vmx_exception_in_delivery(void);
void vmx_double_fault(void);
void vmx_triple_fault_paging(void);

/* raised.c */
void vmx_raised_fault(void);
void vmx_raised_step(void);

/* entry.c */
void vmx_enter_leave(void);
void vmx_vmcall(void);
void vmx_launch_state(void);
void vmx_launch_mov_ss(void);
void vmx_triple_fault(void);

/* gprs.c */
void vmx_cpuid(void);

/* hlt.c */
void vmx_hlt(void);
void vmx_hlt_activity(void);
void vmx_hlt_window(void);
void vmx_hlt_saved(void);
void vmx_hlt_wake(void);

/* operation.c */
void vmx_vmxon(void);
void vmx_operation_rules(void);
void vmx_no_current_vmcs(void);
void vmx_vmptrld_errors(void);
void vmx_vmclear_errors(void);
void vmx_vmcs_switch(void);

/* fields.c */
void vmx_fields_all(void);
void vmx_state_fields(void);
void vmx_fields_high(void);
void vmx_fields_errors(void);
void vmx_fields_enum(void);

/* shadow.c */
void vmx_shadow_vmcs(void);
void vmx_shadow_bitmaps(void);
void vmx_shadow_no_link(void);
void vmx_shadow_link_checks(void);

/* checks.c */
void vmx_bad_controls(void);
void vmx_bad_host_state(void);
void vmx_bad_guest_state(void);
void vmx_bad_guest_debugctl(void);
void vmx_failed_entry(void);

/* intercepts.c */
void vmx_instructions_controlled(void);
void vmx_instructions_always(void);
void vmx_xsetbv(void);
void vmx_invept_in_l2(void);
void vmx_invvpid_in_l2(void);
void vmx_tsc_offset(void);
void vmx_monitor_trap(void);

/* control_registers.c */
void vmx_cr0_mask(void);
void vmx_lmsw(void);
void vmx_clts(void);
void vmx_cr4_mask(void);
void vmx_cr3_access(void);
void vmx_cr3_pass(void);
void vmx_cr8_access(void);
void vmx_dr_access(void);

/* exceptions.c */
void vmx_exception_bitmap(void);
void vmx_exception_pass(void);
void vmx_page_fault_mask(void);

/* msr.c */
void vmx_msr_bitmap_read(void);
void vmx_msr_bitmap_write(void);
void vmx_msr_bitmap_pass_read(void);
void vmx_msr_bitmap_pass_write(void);
void vmx_msr_no_bitmap(void);
void vmx_msr_lists(void);

/* io.c */
void vmx_io_bitmap(void);
void vmx_io_straddle(void);
void vmx_io_pass(void);
void vmx_io_unconditional(void);
void vmx_io_string(void);

/* ept.c */
void vmx_ept_violation(void);
void vmx_ept_permissions(void);
void vmx_ept_upper_permissions(void);
void vmx_ept_walk(void);
void vmx_ept_misconfig(void);
void vmx_ept_remap(void);
void vmx_ept_remap_2m(void);
void vmx_ept_1g(void);
void vmx_invept_errors(void);

/* ept_features.c */
void vmx_ept_accessed_dirty(void);
void vmx_pml(void);
void vmx_vmfunc_eptp(void);

/* inject.c */
void vmx_inject_interrupt(void);
void vmx_inject_exception(void);
void vmx_inject_soft_interrupt(void);
void vmx_inject_nmi(void);
void vmx_idt_vectoring(void);

/* interrupts.c */
void vmx_interrupt_window(void);
void vmx_nmi_window(void);
void vmx_external_interrupt(void);
void vmx_external_interrupt_masked(void);
void vmx_external_interrupt_no_ack(void);
void vmx_interrupt_in_l2(void);
void vmx_nmi_exit(void);

/* regs.c */
void vmx_regs_rflags(void);
void vmx_regs_unswitched(void);
void vmx_regs_dr7(void);
void vmx_regs_segments(void);
void vmx_regs_sysenter(void);
void vmx_regs_efer(void);
void vmx_regs_pat(void);

/* modes.c */
void vmx_real_mode(void);
void vmx_protected_32(void);
void vmx_compat_mode(void);
void vmx_protected_pae(void);
void vmx_invvpid(void);
void vmx_invvpid_errors(void);

/* timer.c */
void vmx_timer_zero(void);
void vmx_timer_expires(void);
void vmx_timer_hlt(void);
void vmx_timer_save(void);

/* tpr.c */
void vmx_tpr_shadow(void);
void vmx_tpr_threshold(void);
void vmx_tpr_threshold_check(void);
void vmx_tpr_threshold_entry(void);

/* apic.c */
void vmx_apic_access(void);
void vmx_apic_access_fetch(void);
void vmx_apic_access_tpr(void);
void vmx_apic_registers(void);

/* x2apic.c */
void vmx_x2apic_tpr(void);
void vmx_x2apic_bitmap(void);
void vmx_x2apic_registers(void);

/* virtual_interrupts.c */
void vmx_virtual_interrupt(void);
void vmx_virtual_interrupt_tpr(void);
void vmx_virtual_interrupt_entry(void);
void vmx_virtual_eoi(void);
void vmx_virtual_self_ipi(void);
void vmx_virtual_apic_access(void);
void vmx_posted_interrupt(void);

/* enabled.c */
void vmx_rdtscp(void);
void vmx_invpcid(void);
void vmx_xsaves(void);
void vmx_umwait(void);

/* insn_info.c */
void vmx_instruction_info(void);

/* pending.c */
void vmx_pending_debug(void);
void vmx_blocking_window(void);
void vmx_blocking_saved(void);

/* pae.c */
void vmx_pae_pdptes(void);

/* msr_lists.c */
void vmx_msr_list_errors(void);
void vmx_msr_store_tsc(void);

/* rare.c */
void vmx_tsc_scaling(void);
void vmx_perf_global_ctrl(void);
void vmx_ept_5level(void);

/* state.c */
void vmx_state_no_vmcs(void);
void vmx_state_window(void);
void vmx_state_pointers(void);
void vmx_state_linked(void);
void vmx_state_timer(void);

/* sipi.c */
void vmx_smp_init_sipi(void);

/* operands.c */
void vmx_operand_forms(void);
void vmx_operand_faults(void);
void vmx_privilege(void);

/* capabilities.c */
void vmx_capability_controls(void);
void vmx_capability_offered(void);
void vmx_capability_cr_fixed(void);

/* features.c */
void vmx_rdtscp_feature(void);
void vmx_invpcid_feature(void);
void vmx_xsaves_feature(void);

/* segments.c */
void vmx_segments_loaded(void);
void vmx_segments_saved(void);
void vmx_host_tr_ldtr(void);

/* events.c */
void vmx_blocking_loaded(void);
void vmx_blocking_both(void);
void vmx_pending_debug_loaded(void);
void vmx_nmi_exit_blocks(void);
void vmx_iret_unblocks_nmi(void);
void vmx_idt_vectoring_soft(void);

/* unswitched.c */
void vmx_debug_unswitched(void);
void vmx_debugctl(void);
void vmx_pat_unswitched(void);
void vmx_efer_unswitched(void);
void vmx_host_rflags(void);

/* lists.c */
void vmx_msr_list_entries(void);
void vmx_msr_list_places(void);

/* modes_l2.c */
void vmx_long_mode_off(void);
void vmx_pae_fields(void);
void vmx_pae_without_ept(void);
void vmx_task_switch(void);
void vmx_alignment_check(void);

#endif
