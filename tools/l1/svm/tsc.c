// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2's time: TSC_OFFSET, and the RDTSC intercept (APM 15.5, 15.9).
 */
#include "l1/svm/cases.h"

static volatile uint64_t seen;

static void l2_reads_tsc(void)
{
	seen = rdtsc();
}

static void expect_offset(uint64_t offset)
{
	struct l2 *l2 = svm_l2(l2_reads_tsc);
	uint64_t before, after;

	expect_at("TSC_OFFSET %#lx: ", offset);
	l2->vmcb->control.tsc_offset = offset;
	before = rdtsc();
	svm_run_to_end(l2);
	after = rdtsc();
	EXPECT(seen - offset >= before, "APM 15.5.1");
	EXPECT(seen - offset <= after, "APM 15.5.1");
}

void svm_case_tsc_offset(void)
{
	expect_offset(0);
	expect_offset(1ULL << 44);
	expect_offset(-(1ULL << 30));
}
