/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A case, written once: its row of the driver's table (abi.h) and its function.
 *
 *	VMX_CASE(vmx_tpr_threshold, L1_SLOW, 2, L1_NEEDS(TPR_SHADOW))
 *	{
 *		...
 *	}
 *
 * That is: name, flags, entries, what L1 must be offered. An entry counts if it is a legal one that
 * happens on every CPU which offers what the case requires. l1.lds collects the rows, and their
 * order is the one in which the cases run:
 *
 *	*_CORE_CASE	what PASS needs (L1_CORE is implied)
 *	rank early	tsc.c, which says why
 *	*_CASE		all the others
 *	*_LATE_CASE	those that are moved, use several CPUs, or end with the VM
 *
 * and in each rank by the file's path, then as they stand in the file.
 */
#ifndef NESTCHECK_L1_COMMON_CASE_H
#define NESTCHECK_L1_COMMON_CASE_H

#include "l1/common/l1.h"

/*
 * The tables, by the linker script. A case is run only if the features that it requires are
 * offered.
 */
extern const struct l1_case vmx_cases[], svm_cases[];
extern const uint64_t n_vmx_cases, n_svm_cases;

#define L1_LATE (L1_MIGRATES | L1_SMP | L1_VM_CLOSED | L1_VMM_KILLED)

_Static_assert(sizeof(struct l1_case) == 32, "l1.lds: L1_CASE_SIZE");

/* gcc may turn a file's variables round; clang does not, and has no such attribute. */
#ifdef __clang__
#define L1_IN_ORDER
#else
#define L1_IN_ORDER __attribute__((no_reorder))
#endif

/* One row. The alignment is the structure's own: gcc would round a larger one's up: a gap. */
#define L1_CASE_ROW(vendor, rank, id, row_flags, row_entries, row_requires, function) \
	static const struct l1_case row_##id L1_IN_ORDER                              \
		__attribute__((used, section(".l1_cases." #vendor "." #rank),         \
			       aligned(_Alignof(struct l1_case)))) = {                \
			.name = #id,                                                  \
			.flags = (row_flags),                                         \
			.entries = (row_entries),                                     \
			.requires = (row_requires),                                   \
			.run = (function),                                            \
		}

#define L1_CASE(vendor, rank, id, flags, entries, requires)                 \
	static void case_##id(void);                                        \
	L1_CASE_ROW(vendor, rank, id, flags, entries, requires, case_##id); \
	static void case_##id(void)

#define L1_PLAIN_CASE(vendor, id, flags, entries, requires)                             \
	_Static_assert(!((flags) & (L1_CORE | L1_LATE)), #id " has a rank of its own"); \
	L1_CASE(vendor, plain, id, flags, entries, requires)

#define L1_LATE_CASE(vendor, id, flags, entries, requires)                  \
	_Static_assert(L1_LATE & (flags), #id " does not have to be late"); \
	L1_CASE(vendor, late, id, flags, entries, requires)

#define VMX_CORE_CASE(id, entries, requires)	    L1_CASE(vmx, core, id, L1_CORE, entries, requires)
#define VMX_CASE(id, flags, entries, requires)	    L1_PLAIN_CASE(vmx, id, flags, entries, requires)
#define VMX_LATE_CASE(id, flags, entries, requires) L1_LATE_CASE(vmx, id, flags, entries, requires)

#define SVM_CORE_CASE(id, entries, requires)	    L1_CASE(svm, core, id, L1_CORE, entries, requires)
#define SVM_CASE(id, flags, entries, requires)	    L1_PLAIN_CASE(svm, id, flags, entries, requires)
#define SVM_LATE_CASE(id, flags, entries, requires) L1_LATE_CASE(svm, id, flags, entries, requires)

/* A case of both vendors, on the L2 of l2_ops.h: vmx_ID and svm_ID. */
#define BOTH_LATE_CASE(id, flags, entries)                                  \
	_Static_assert(L1_LATE & (flags), #id " does not have to be late"); \
	static void case_##id(void);                                        \
	L1_CASE_ROW(vmx, late, vmx_##id, flags, entries, 0, case_##id);     \
	L1_CASE_ROW(svm, late, svm_##id, flags, entries, 0, case_##id);     \
	static void case_##id(void)

#endif
