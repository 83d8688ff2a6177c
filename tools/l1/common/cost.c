// SPDX-License-Identifier: GPL-2.0-only
/*
 * What exits cost, in TSC cycles. The method:
 *
 * Each operation is timed by itself, LFENCE and RDTSC before and behind, page->samples times after
 * COST_WARMUP times unrecorded, which bring caches, TLBs and KVM's own lazily made structures to
 * where they stay. The same loop around nothing is timed first, and its median taken off. Reported
 * are the median and the quartiles: an interrupt of the host's, or L0's scheduler, makes single
 * samples huge, so a mean would show those, and a minimum luck.
 *
 * In L1, the exit is to KVM and back: CPUID; a read of the interrupt controller's port 21h, which
 * KVM answers in the kernel; and the vendor's instructions. Those show the hardware: with
 * VMCS shadowing VMREAD of a shadowed field does not exit and costs a small part of a CPUID, and
 * without it about as much. Likewise VMLOAD with VLS, and STGI with vGIF.
 *
 * In L2, from L1's VM entry to its next: L2 exits, L0 hands the exit to L1, which reads the reason,
 * moves RIP past the instruction, and enters again. The loop ends in L2, at the next instruction of
 * the same kind, so a sample is a whole round. For a violation of EPT or NPT, L2 reads a page
 * that stays absent.
 */
#include "l1/common/cost.h"
#include "l1/common/l2_ops.h"

#define PIC_PORT 0x21
#define PORT	 0xe8

static void sort(uint64_t *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		for (size_t j = i; j > 0 && v[j - 1] > v[j]; j--) {
			uint64_t t = v[j];

			v[j] = v[j - 1];
			v[j - 1] = t;
		}
	}
}

static uint64_t less(uint64_t v, uint64_t by)
{
	return v > by ? v - by : 1; /* 0 says that nothing was measured */
}

static struct l1_cost summary(uint64_t *samples, uint32_t n, uint64_t overhead)
{
	sort(samples, n);
	return (struct l1_cost){ .median = less(samples[n / 2], overhead),
				 .low = less(samples[n / 4], overhead),
				 .high = less(samples[n * 3 / 4], overhead) };
}

static uint64_t overhead;

static struct l1_cost time_loop(void (*operation)(void))
{
	uint64_t samples[L1_SAMPLES_MAX];
	int n = (int)l1_page->samples;

	for (int i = -COST_WARMUP; i < n; i++) {
		uint64_t start = rdtsc();

		operation();
		if (i >= 0)
			samples[i] = rdtsc() - start;
	}
	return summary(samples, (uint32_t)n, overhead);
}

void cost_of(enum l1_cost_id id, void (*operation)(void))
{
	l1_page->costs[id] = time_loop(operation);
}

static void nothing(void)
{
	asm volatile("" : : : "memory");
}

static void op_cpuid(void)
{
	cpuid(0, 0);
}

static void op_io(void)
{
	inb(PIC_PORT);
}

/* --- L2 ---------------------------------------------------------------------------------- */

static struct l2 *l2;

static uint8_t *absent;

static void l2_cpuid(void)
{
	for (;;)
		cpuid(0, 0);
}

static void l2_out(void)
{
	for (;;)
		asm volatile("outb %%al, %0" : : "i"(PORT));
}

/* The exit's RIP is the instruction's; it is gone past by its two bytes. */
static void l2_reads(void)
{
	for (;;)
		asm volatile("movb (%%rax), %%cl" : : "a"(absent) : "rcx", "memory");
}

static void round_cpuid(void)
{
	l2_ops()->run(l2);
	l2_ops()->expect_cpuid(l2);
}

static void round_io(void)
{
	l2_ops()->run(l2);
	l2_ops()->expect_out(l2);
}

static void round_paging(void)
{
	l2_ops()->run(l2);
	l2_ops()->expect_page(l2);
	l2_ops()->skip(l2, 2);
}

void measure_costs(void)
{
	overhead = 0;
	overhead = time_loop(nothing).median;
	cost_of(L1_COST_L1_CPUID, op_cpuid);
	cost_of(L1_COST_L1_IO, op_io);
	l2_ops()->costs();

	l2 = l2_ops()->create(l2_cpuid);
	l2_ops()->intercept_cpuid(l2);
	cost_of(L1_COST_L2_CPUID, round_cpuid);

	l2 = l2_ops()->create(l2_out);
	l2_ops()->intercept_port(l2, PORT);
	cost_of(L1_COST_L2_IO, round_io);

	if (!l1_offers(l2_ops()->nested_paging))
		return;
	absent = page_alloc();
	l2 = l2_ops()->create(l2_reads);
	l2_ops()->intercept_page(l2, phys(absent));
	cost_of(L1_COST_L2_PAGING, round_paging);
}
