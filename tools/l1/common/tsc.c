// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2 writes the time stamp counter, which nobody intercepts: it is L1's counter, too. The offset
 * is added when L2 reads (SDM Vol. 3 26.3; APM Vol. 2 15.5.1), and IA32_TSC_ADJUST has what the
 * write changed (SDM Vol. 3 18.17.3).
 */
#include "l1/common/case.h"
#include "l1/common/l2_ops.h"

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
 * KVM without TSC scaling takes 0 for the factor if the kernel measured the TSC anew since KVM was
 * loaded and found it slower (x86.c, set_tsc_khz(): catch-up leaves l1_tsc_scaling_ratio alone): all
 * that it reckons with is wrong then, nested or not. So it is in VMs that are made late in QEMU.
 */
static bool sane(void)
{
	uint64_t before = rdtsc(), msr = rdmsr(MSR_IA32_TSC);

	return msr >= before && msr <= rdtsc();
}

struct seen {
	uint64_t before, after, in_l2; /* RDTSC */
	uint64_t moved;		       /* IA32_TSC_ADJUST's change */
	uint64_t back;		       /* RDTSC, that undone */
};

static struct seen write_in_l2(void)
{
	struct l2 *l2 = l2_ops()->create(l2_sets_clock);
	uint64_t adjust = rdmsr(MSR_IA32_TSC_ADJUST);
	struct seen s;

	l2_ops()->set_tsc_offset(l2, OFFSET);
	s.before = rdtsc();
	l2_run_to_call(l2, L2_RETURNED);
	s.after = rdtsc();
	s.in_l2 = now_in_l2;
	s.moved = rdmsr(MSR_IA32_TSC_ADJUST) - adjust;
	/* What runs next has its clock again, whatever comes out. */
	wrmsr(MSR_IA32_TSC_ADJUST, adjust);
	s.back = rdtsc();
	return s;
}

/*
 * Where L0's own TSC is not stable, KVM goes on from what the counter was at the last exit when it was
 * preempted, and a write in between is lost: once more then.
 */
static void tsc_write(void)
{
	struct seen s;

	if (!(cpuid(CPUID_STRUCTURED, 0).ebx & CPUID_7_EBX_TSC_ADJUST))
		skip("KVM does not offer IA32_TSC_ADJUST to L1");
	if (!sane())
		skip("L1's RDMSR of IA32_TSC is not what its RDTSC is: L0 reckons wrongly");
	for (int tries = 0; tries < 4; tries++) {
		s = write_in_l2();
		if (s.after - MOVED - s.before < MOMENT && s.back - s.before < MOMENT)
			break;
	}
	EXPECT(s.in_l2 - OFFSET - MOVED - s.before < MOMENT, "SDM 26.3, APM 15.5.1");
	EXPECT(s.after - MOVED - s.before < MOMENT, "SDM 26.3, APM 15.5.1");
	EXPECT(MOVED - s.moved < MOMENT, "SDM 18.17.3");
	EXPECT(s.back - s.before < MOMENT, "SDM 18.17.3");
}

/* Early: a VM that is made late in QEMU would skip it, see sane(). */
L1_CASE_ROW(vmx, early, vmx_tsc_write, 0, 1, L1_NEEDS(MSR_BITMAP), tsc_write);
L1_CASE_ROW(svm, early, svm_tsc_write, 0, 1, 0, tsc_write);
