/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SVM cases by theme, each described where it is written; the table is in cases.c.
 */
#ifndef NESTCHECK_L1_SVM_CASES_H
#define NESTCHECK_L1_SVM_CASES_H

#include "l1/svm/svm.h"

/* The plainest L2: l2_call(1). */
void l2_call_once(void);

/* enter.c */
void svm_case_enter_leave(void);
void svm_case_vmmcall(void);
void svm_case_cpuid(void);
void svm_case_hlt(void);
void svm_case_enable(void);
void svm_case_cpuid_passed(void);
void svm_case_hlt_wake(void);

/* check.c */
void svm_case_invalid_control(void);
void svm_case_invalid_npt(void);
void svm_case_invalid_state(void);

/* regs.c */
void svm_case_registers(void);
void svm_case_control_registers(void);
void svm_case_cr2(void);
void svm_case_debug_registers(void);
void svm_case_flags(void);

/* segments.c */
void svm_case_segments(void);
void svm_case_vmload_vmsave(void);
void svm_case_vmload_hidden(void);

/* intercept.c */
void svm_case_intercepts(void);
void svm_case_table_intercepts(void);
void svm_case_monitor_mwait(void);
void svm_case_icebp(void);
void svm_case_invd(void);
void svm_case_rdtscp(void);
void svm_case_rsm(void);
void svm_case_xsetbv(void);

/* crdr.c */
void svm_case_cr_dr(void);
void svm_case_cr0_selective(void);
void svm_case_cr0_other(void);
void svm_case_lmsw_selective(void);

/* exception.c */
void svm_case_exceptions(void);
void svm_case_single_step(void);
void svm_case_breakpoint(void);
void svm_case_exceptions_own(void);
void svm_case_page_fault_own(void);
void svm_case_double_fault(void);
void svm_case_exception_in_delivery(void);

/* msr.c */
void svm_case_msr_read(void);
void svm_case_msr_write(void);
void svm_case_msr_outside(void);
void svm_case_map_address(void);

/* io.c */
void svm_case_io_sizes(void);
void svm_case_io_straddle(void);
void svm_case_io_string(void);

/* npt.c */
void svm_case_npt_violation(void);
void svm_case_npt_readonly(void);
void svm_case_npt_exec(void);
void svm_case_npt_user(void);
void svm_case_npt_reserved(void);
void svm_case_npt_guest_walk(void);
void svm_case_npt_remap(void);
void svm_case_npt_flush_asid(void);
void svm_case_npt_accessed(void);

/* shadow.c */
void svm_case_shadow_fault(void);
void svm_case_shadow_remap(void);

/* inject.c */
void svm_case_inject_interrupt(void);
void svm_case_inject_exception(void);
void svm_case_inject_nmi(void);
void svm_case_inject_soft(void);
void svm_case_inject_soft_plain(void);
void svm_case_inject_replay(void);

/* intr.c */
void svm_case_intr_exit(void);
void svm_case_intr_pending(void);
void svm_case_intr_host_masked(void);
void svm_case_intr_guest_if(void);
void svm_case_intr_direct(void);
void svm_case_nmi_exit(void);
void svm_case_gif(void);
void svm_case_gif_exit(void);
void svm_case_gif_invalid(void);

/* virq.c */
void svm_case_virq(void);
void svm_case_virq_intercept(void);
void svm_case_virq_priority(void);
void svm_case_virq_ignore_tpr(void);
void svm_case_virtual_tpr(void);
void svm_case_virq_shadow(void);
void svm_case_vgif(void);
void svm_case_shadow_saved(void);
void svm_case_virq_and_interrupt(void);
void svm_case_tpr_shared(void);

/* shutdown.c */
void svm_case_triple_fault(void);
void svm_case_triple_fault_paging(void);
void svm_case_shutdown_own(void);
void svm_case_shutdown_own_paging(void);

/* raised.c */
void svm_case_raised_write(void);
void svm_case_raised_step(void);
void svm_case_delivery_error_code(void);

/* init.c */
void svm_case_init(void);

/* tsc.c */
void svm_case_tsc_offset(void);
void svm_case_tsc_monotonic(void);
void svm_case_tsc_ratio(void);

/* address.c */
void svm_case_address_far(void);
void svm_case_address_unaligned(void);
void svm_case_hsave_zero(void);
void svm_case_svme_guarded(void);

/* clean.c */
void svm_case_clean_two(void);
void svm_case_clean_changed(void);
void svm_case_clean_svme(void);

/* modes.c */
void svm_case_real_mode(void);
void svm_case_real_mode_npt(void);
void svm_case_paged_real_mode(void);
void svm_case_mode_pse(void);
void svm_case_mode_pse_npt(void);
void svm_case_mode_pae(void);
void svm_case_mode_pae_npt(void);
void svm_case_mode_compatibility(void);
void svm_case_mode_bad_cr3(void);

/* cpl.c */
void svm_case_cpl(void);
void svm_case_cpl_privileged(void);
void svm_case_cpl_change(void);

/* host.c */
void svm_case_host_trap_flag(void);

/* pat.c */
void svm_case_pat(void);

/* vls.c */
void svm_case_vmsave_host_address(void);
void svm_case_vls(void);
void svm_case_vls_fault(void);
void svm_case_vls_intercept(void);

/* lbr.c */
void svm_case_lbr_switch(void);
void svm_case_lbr_debugctl(void);
void svm_case_lbr_record(void);

/* pause.c */
void svm_case_pause_unfiltered(void);
void svm_case_pause_filter(void);

/* debug.c */
void svm_case_db_intercept(void);
void svm_case_db_own(void);
void svm_case_db_not_host(void);
void svm_case_db_general_detect(void);

/* npt_levels.c */
void svm_case_npt_rights(void);
void svm_case_npt_1g(void);
void svm_case_npt_upper(void);
void svm_case_npt_address_bits(void);
void svm_case_npt_stale(void);
void svm_case_npt_walk_readonly(void);
void svm_case_npt_emulated(void);

/* paging.c */
void svm_case_paging_invlpg(void);
void svm_case_paging_cr3(void);
void svm_case_paging_accessed(void);
void svm_case_invlpga(void);

/* replay.c */
void svm_case_replay_exception(void);
void svm_case_replay_interrupt(void);
void svm_case_replay_nmi(void);
void svm_case_replay_soft(void);
void svm_case_replay_soft_plain(void);
void svm_case_replay_own(void);
void svm_case_inject_not_intercepted(void);

/* gif.c */
void svm_case_gif_in_l2(void);
void svm_case_gif_in_l2_exit(void);
void svm_case_vgif_clear(void);
void svm_case_vgif_physical(void);

/* nmi.c */
void svm_case_nmi_pending(void);
void svm_case_gif_nmi(void);
void svm_case_nmi_direct(void);
void svm_case_nmi_window(void);
void svm_case_vnmi_check(void);
void svm_case_vnmi(void);
void svm_case_vnmi_masked(void);
void svm_case_vnmi_physical(void);

/* emulated.c */
void svm_case_cr4_neighbours(void);
void svm_case_cr0_uncached(void);
void svm_case_exception_emulated(void);
void svm_case_page_fault_emulated(void);
void svm_case_fault_emulated(void);

/* smi.c */
void svm_case_smi_exit(void);
void svm_case_smi_in_l2(void);
void svm_case_smi_gif(void);

#endif
