// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2 writes the time stamp counter, and nobody intercepts that: it is L1's counter, too. The offset
 * is added where L2 reads (SDM Vol. 3 26.3; APM Vol. 2 15.5.1), and IA32_TSC_ADJUST has what the
 * write changed (SDM Vol. 3 18.17.3).
 */
#include "l1/common/any.h"

/* A moment is longer than anything here takes, and shorter than the others. */
#define MOMENT (1ULL << 38)
#define MOVED  (1ULL << 44)
#define OFFSET (1ULL << 46)

static volatile uint64_t now_in_l2;

static void l2_sets_clock(void)
{
	wrmsr(MSR_IA32_TSC, rdtsc() - OFFSET + MOVED);
	now_in_l2 = rdtsc();
}

/*
 * KVM without TSC scaling takes 0 for the factor where the kernel measured the TSC anew since KVM was
 * loaded and found it slower (x86.c, set_tsc_khz(): catch-up leaves l1_tsc_scaling_ratio alone): all
 * that it reckons with is wrong then, nested or not. So it is in VMs that are made late in QEMU.
 */
static bool sane(void)
{
	uint64_t before = rdtsc(), msr = rdmsr(MSR_IA32_TSC);

	return msr >= before && msr <= rdtsc();
}

void tsc_write(void)
{
	uint64_t before, after, adjust, moved, back;
	void *l2;

	if (!(cpuid(CPUID_STRUCTURED, 0).ebx & CPUID_7_EBX_TSC_ADJUST))
		skip("KVM does not offer IA32_TSC_ADJUST to L1");
	if (!sane())
		skip("L1's RDMSR of IA32_TSC is not what its RDTSC is: L0 reckons wrongly");
	l2 = any()->make(l2_sets_clock);
	any()->tsc_offset(l2, OFFSET);
	adjust = rdmsr(MSR_IA32_TSC_ADJUST);
	before = rdtsc();
	any_run_to_call(l2, L2_RETURNED);
	after = rdtsc();
	moved = rdmsr(MSR_IA32_TSC_ADJUST) - adjust;
	/* What runs next has its clock again, whatever comes out. */
	wrmsr(MSR_IA32_TSC_ADJUST, adjust);
	back = rdtsc();
	EXPECT(now_in_l2 - OFFSET - MOVED - before < MOMENT, "SDM 26.3, APM 15.5.1");
	EXPECT(after - MOVED - before < MOMENT, "SDM 26.3, APM 15.5.1");
	EXPECT(MOVED - moved < MOMENT, "SDM 18.17.3");
	EXPECT(back - before < MOMENT, "SDM 18.17.3");
}
