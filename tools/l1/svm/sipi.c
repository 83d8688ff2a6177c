// SPDX-License-Identifier: GPL-2.0-only
/*
 * INIT to a CPU that runs L2: with the intercept it is an exit (APM Vol. 2 15.13.4), after which
 * it is still pending behind GIF; once GIF is on, the CPU starts over and SIPI brings it back.
 */
#include "l1/svm/svm.h"

#include "l1/common/l2_ops.h"
#include "l1/common/smp.h"

#define VECTOR 0x75

static volatile uint64_t stage;
static struct l2 *volatile victim;

static void l2_waits(void)
{
	stage = 1;
	for (;;)
		smp_wait();
}

/* STGI, in svm_l2_run(), lets INIT in. KVM with vGIF looks at it again at the next event. */
static void struck(void)
{
	struct l2 *l2 = svm_l2_create(l2_waits);

	svm_l2_intercept(l2, SVM_EXIT_INIT);
	victim = l2;
	svm_l2_run_to(l2, SVM_EXIT_INIT, "APM 15.13.4");
	for (;;) {
		lapic_self_ipi(VECTOR);
		smp_wait();
	}
}

/* Again at L1's entry, by SIPI; main.c has set EFER.SVME again. */
static void restarted(void)
{
	struct l2 *l2 = svm_l2_create(l2_call_once);

	svm_l2_run_to_call(l2, 1);
	stage = 2;
}

static void each(void)
{
	uint8_t vector;

	switch (this_cpu_index()) {
	case 0:
		while (stage < 1)
			smp_wait();
		vector = smp_sipi_vector(1, restarted);
		lapic_ipi(1, ICR_INIT);
		while (victim->vmcb->control.exit_code != SVM_EXIT_INIT)
			smp_wait();
		while (stage < 2) {
			lapic_ipi(1, ICR_SIPI(vector));
			for (int i = 0; i < 50 && stage < 2; i++)
				smp_wait();
		}
		break;
	case 1:
		struck();
		break;
	}
}

SVM_LATE_CASE(svm_smp_init_sipi, L1_SMP, 2, 0)
{
	stage = 0;
	victim = NULL;
	smp_run(each);
}
