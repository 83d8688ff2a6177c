// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an L2 exit costs that L1 handles: CPUID in L2, from VMRUN to VMRUN.
 */
#include "l1/svm/svm.h"

static void l2_cpuids(void)
{
	for (;;)
		cpuid(0, 0);
}

void svm_cost(void)
{
	uint64_t samples[COST_SAMPLES];
	struct l2 *l2 = svm_l2(l2_cpuids);

	svm_intercept(l2, SVM_EXIT_CPUID);
	for (int i = -COST_WARMUP; i < COST_SAMPLES; i++) {
		uint64_t start = rdtsc();

		svm_run(l2);
		EXPECT_EXIT(l2, SVM_EXIT_CPUID, "APM 15.9");
		svm_skip(l2, 2);
		if (i >= 0)
			samples[i] = rdtsc() - start;
	}
	l1_page->l2_exit_cycles = median(samples, COST_SAMPLES);
}
