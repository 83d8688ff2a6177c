// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PAUSE filter (APM 15.14.4): with a count, L2 may pause so often before it exits.
 */
#include "l1/svm/svm.h"

#define PAUSES 1000000
#define FILTER 16
#define REST   100

static volatile uint64_t paused;

static void l2_pauses(void)
{
	for (paused = 0; paused < PAUSES; paused = paused + 1)
		pause();
}

static struct l2 *with_filter(uint16_t count, uint16_t threshold)
{
	struct l2 *l2 = svm_l2_create(l2_pauses);

	svm_l2_intercept(l2, SVM_EXIT_PAUSE);
	l2->vmcb->control.pause_filter_count = count;
	l2->vmcb->control.pause_filter_threshold = threshold;
	return l2;
}

/* No count, no filter: the first one exits, and the next one again. */
SVM_CASE(svm_pause_unfiltered, 0, 3, L1_NEEDS(PAUSE_FILTER))
{
	struct l2 *l2 = with_filter(0, 0);

	for (uint64_t i = 0; i < 3; i++) {
		svm_l2_run_to(l2, SVM_EXIT_PAUSE, "APM 15.14.4");
		EXPECT_EQ(paused, i, "APM 15.14.4");
		svm_l2_skip(l2, 2);
	}
}

/*
 * With one, it is a while until it exits; how long is L0's to say: KVM counts with a window of its
 * own (nested.c, nested_vmcb02_prepare_control()), some thousands. What is left for the run without
 * the intercept is less: exits of L0's own would make the window grow, beyond what fits between two
 * interrupts of the host's, each of which starts the count anew.
 */
SVM_CASE(svm_pause_filter, 0, 2, L1_NEEDS(PAUSE_FILTER))
{
	struct l2 *l2 = with_filter(FILTER, 0);

	svm_l2_run_to(l2, SVM_EXIT_PAUSE, "APM 15.14.4");
	EXPECT(paused >= FILTER / 2, "APM 15.14.4");
	EXPECT(paused < PAUSES, "APM 15.14.4");
	svm_l2_no_intercept(l2, SVM_EXIT_PAUSE);
	paused = PAUSES - REST;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(paused, PAUSES, "APM 15.14.4");
}
