/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SVM's own cases about a VM that is moved (state.c) and about several CPUs (sipi.c); those of
 * both vendors are in common/any.h.
 */
#ifndef NESTCHECK_L1_SVM_MACHINE_H
#define NESTCHECK_L1_SVM_MACHINE_H

/* clang-format off */
#define SVM_MACHINE_CASES                                                     \
	{ "svm_state_gif", L1_MOVES, 0, 0, svm_case_state_gif },               \
	{ "svm_state_virq", L1_MOVES, 2, 0, svm_case_state_virq },             \
	{ "svm_state_area", L1_MOVES, 2, 0, svm_case_state_area },             \
	{ "svm_smp_init_sipi", L1_SMP, 2, 0, svm_case_smp_init_sipi }
/* clang-format on */

void svm_case_state_gif(void);
void svm_case_state_virq(void);
void svm_case_state_area(void);
void svm_case_smp_init_sipi(void);

#endif
