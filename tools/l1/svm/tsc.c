// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2's time: TSC_OFFSET and TSC_RATIO (APM 15.30.5, 15.5.1).
 */
#include "l1/svm/svm.h"

/* Longer than anything here takes, shorter than any offset. */
#define MOMENT (1ULL << 38)

static volatile uint64_t seen;

static void l2_reads_tsc(void)
{
	seen = rdtsc();
}

static void expect_offset(uint64_t offset)
{
	struct l2 *l2 = svm_l2_create(l2_reads_tsc);
	uint64_t before, after;

	expect_at("TSC_OFFSET %#lx: ", offset);
	l2->vmcb->control.tsc_offset = offset;
	before = rdtsc();
	svm_l2_run_to_end(l2);
	after = rdtsc();
	EXPECT(after - before < MOMENT, "APM 15.6: L1's own time goes on");
	EXPECT(seen - offset >= before, "APM 15.5.1");
	EXPECT(seen - offset <= after, "APM 15.5.1");
}

SVM_CASE(svm_tsc_offset, 0, 3, 0)
{
	expect_offset(0);
	expect_offset(1ULL << 44);
	expect_offset(-(1ULL << 43));
}

/* Fixed point, eight bits before it and 32 behind. The sums are rounded in between. */
#define RATIO_ONE (1ULL << 32)
#define ROUNDING  16

static uint64_t scaled(uint64_t tsc, uint64_t ratio)
{
	return (uint64_t)((unsigned __int128)tsc * ratio >> 32);
}

static void expect_ratio(uint64_t ratio, uint64_t offset)
{
	struct l2 *l2 = svm_l2_create(l2_reads_tsc);
	uint64_t before, after;

	expect_at("TSC_RATIO %#lx, TSC_OFFSET %#lx: ", ratio, offset);
	l2->vmcb->control.tsc_offset = offset;
	wrmsr(MSR_TSC_RATIO, ratio);
	before = rdtsc();
	svm_l2_run_to_end(l2);
	after = rdtsc();
	EXPECT_EQ(rdmsr(MSR_TSC_RATIO), ratio, "APM 15.30.5");
	wrmsr(MSR_TSC_RATIO, RATIO_ONE);
	EXPECT(after - before < MOMENT, "APM 15.30.5: L1's own time goes on");
	EXPECT(seen - offset + ROUNDING >= scaled(before, ratio), "APM 15.30.5");
	EXPECT(seen - offset <= scaled(after, ratio) + ROUNDING, "APM 15.30.5");
}

static void bad_ratio(void *unused)
{
	(void)unused;
	wrmsr(MSR_TSC_RATIO, 1ULL << 40);
}

/* L1_UNPROVEN: no emulator has it; Bochs to 3.1 (cpudb/amd/ryzen.cc). */
SVM_CASE(svm_tsc_ratio, L1_UNPROVEN, 5, L1_NEEDS(TSC_RATE))
{
	EXPECT_EQ(rdmsr(MSR_TSC_RATIO), RATIO_ONE, "APM 15.30.5");
	EXPECT_NAME(catch_trap(bad_ratio, NULL).vector, X86_GP, trap_name, "APM 15.30.5");
	expect_ratio(RATIO_ONE, 0);
	expect_ratio(RATIO_ONE / 2, 0);
	expect_ratio(RATIO_ONE / 2, 1ULL << 44);
	expect_ratio(RATIO_ONE * 3, 0);
	expect_ratio(RATIO_ONE + RATIO_ONE / 4, -(1ULL << 43));
}

static void l2_calls_between(void)
{
	seen = rdtsc();
	l2_call(1);
	seen = rdtsc();
}

/* L2's time does not go back over exits, whichever VMCB is entered. */
SVM_CASE(svm_tsc_monotonic, 0, 8, 0)
{
	struct l2 *l2 = svm_l2_create(l2_calls_between);
	uint64_t last = 0;

	l2->vmcb->control.tsc_offset = 1ULL << 44;
	for (int i = 0; i < 4; i++) {
		expect_at("round %d: ", i);
		svm_l2_restart(l2, l2_calls_between);
		svm_l2_run(l2);
		EXPECT(seen > last, "APM 15.5.1");
		last = seen;
		svm_l2_expect_call(l2, 1, 0);
		svm_l2_run_to_end(l2);
		EXPECT(seen > last && seen - last < MOMENT, "APM 15.5.1");
		last = seen;
	}
}
