// SPDX-License-Identifier: GPL-2.0-only
/*
 * A triple fault in L2 is an exit to L1 and does nothing else; if L1 does not intercept it, it is
 * L1's own shutdown (APM 15.14.3).
 */
#include "l1/svm/svm.h"

static volatile uint64_t ran;

static void l2_dies(void)
{
	ran++;
	asm volatile("ud2");
	ran = 99;
}

static void expect_shutdown(struct l2 *l2)
{
	svm_l2_run_to(l2, SVM_EXIT_SHUTDOWN, "APM 15.14.3");
	EXPECT_EQ(ran, 1, "APM 15.14.3");

	l2 = svm_l2_create(l2_call_once);
	svm_l2_run_to_call(l2, 1);
}

SVM_CASE(svm_triple_fault, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_dies);

	ran = 0;
	l2->vmcb->save.idtr.limit = 0;
	expect_shutdown(l2);
}

#define UNMAPPED 0x60000000

/* By page faults, which L0 has to combine itself if it pages without NPT. */
SVM_CASE(svm_triple_fault_paging, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_dies);

	ran = 0;
	l2->vmcb->save.idtr.base = UNMAPPED;
	expect_shutdown(l2);
}

/* L1 cannot report its own end: the driver decides that these two passed (abi.h). */
static void expect_own_shutdown(struct l2 *l2)
{
	const char *name;

	svm_l2_no_intercept(l2, SVM_EXIT_SHUTDOWN);
	svm_l2_run(l2);
	name = svm_exit_name(l2->vmcb->control.exit_code);
	expect_differs("L1's own shutdown", SVM_EXIT_SHUTDOWN, l2->vmcb->control.exit_code,
		       "L2's shutdown is not intercepted: expected L1's own shutdown, seen exit %s "
		       "(APM 15.14.3)",
		       name ? name : "of no known name");
}

SVM_CASE(svm_shutdown_own, L1_SHUTS_DOWN | L1_NEEDS_FRESH_VM | L1_SLOW, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_dies);

	l2->vmcb->save.idtr.limit = 0;
	expect_own_shutdown(l2);
}

/* By page faults, as above. */
SVM_CASE(svm_shutdown_own_paging, L1_SHUTS_DOWN | L1_NEEDS_FRESH_VM | L1_SLOW, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_dies);

	l2->vmcb->save.idtr.base = UNMAPPED;
	expect_own_shutdown(l2);
}
