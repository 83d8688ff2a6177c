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

/* intercept.c */
void svm_case_intercepts(void);
void svm_case_table_intercepts(void);
void svm_case_monitor_mwait(void);
void svm_case_icebp(void);
void svm_case_invd(void);
void svm_case_rdtscp(void);

/* crdr.c */
void svm_case_cr_dr(void);
void svm_case_cr0_selective(void);

/* exception.c */
void svm_case_exceptions(void);
void svm_case_single_step(void);
void svm_case_breakpoint(void);
void svm_case_exceptions_own(void);
void svm_case_page_fault_own(void);

/* msr.c */
void svm_case_msr_read(void);
void svm_case_msr_write(void);
void svm_case_msr_outside(void);

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

/* virq.c */
void svm_case_virq(void);
void svm_case_virq_intercept(void);
void svm_case_virq_priority(void);
void svm_case_virq_ignore_tpr(void);
void svm_case_virtual_tpr(void);
void svm_case_virq_shadow(void);
void svm_case_vgif(void);

/* shutdown.c */
void svm_case_triple_fault(void);

/* tsc.c */
void svm_case_tsc_offset(void);

#endif
