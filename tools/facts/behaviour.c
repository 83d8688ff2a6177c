// SPDX-License-Identifier: GPL-2.0-only
/*
 * What instructions compute here and how long they take: an emulator shows by it, whatever names it
 * gives itself. Only instructions that no hypervisor intercepts, in user mode.
 */
#include <string.h>
#include <sys/prctl.h>

#include "facts/collect.h"

/* The first run of each loop faults its code in; an interrupt lengthens one. */
#define TRIES 6

/* The 80-bit format of SDM Vol. 1, 4.2.2. */
struct extended {
	uint64_t significand;
	uint16_t exponent;
} __attribute__((packed));

static const struct extended one = { 0x8000000000000000, 0x3fff };
/* The nearest to pi. */
static const struct extended pi = { 0xc90fdaa22168c235, 0x4000 };

static uint64_t fsin_significand(const struct extended *x)
{
	struct extended y;

	__asm__ volatile("fldt %1\n\tfsin\n\tfstpt %0" : "=m"(y) : "m"(*x) : "st");
	return y.significand;
}

static uint64_t fsin_double(const struct extended *x)
{
	uint64_t y;

	__asm__ volatile("fldt %1\n\tfsin\n\tfstpl %0" : "=m"(y) : "m"(*x) : "st");
	return y;
}

static uint32_t rcpss(float x)
{
	uint32_t bits;
	float y;

	__asm__ volatile("rcpss %1, %0" : "=x"(y) : "x"(x));
	memcpy(&bits, &y, sizeof(bits));
	return bits;
}

static uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
}

#define REPEATED_(n, insn) ".rept " #n "\n\t" insn "\n\t.endr"
#define REPEATED(n, insn)  REPEATED_(n, insn)

static uint64_t nops(void)
{
	uint64_t begin = ticks();

	__asm__ volatile(REPEATED(BEHAVIOUR_INSTRUCTIONS, "nop")::: "memory");
	return ticks() - begin;
}

/* Each waits for the result of the one before. */
static uint64_t sines(void)
{
	uint64_t begin, took;

	__asm__ volatile("fld1" ::: "memory");
	begin = ticks();
	__asm__ volatile(REPEATED(BEHAVIOUR_INSTRUCTIONS, "fsin")::: "memory");
	took = ticks() - begin;
	__asm__ volatile("fstp %%st(0)" ::: "memory");
	return took;
}

static uint64_t least(uint64_t (*loop)(void))
{
	uint64_t min = UINT64_MAX;

	for (int i = 0; i < TRIES; i++) {
		uint64_t took = loop();

		if (took < min)
			min = took;
	}
	return min;
}

void collect_behaviour(struct behaviour_facts *b)
{
	int tsc = 0;

	b->known = TRI_YES;
	b->fsin_one = fsin_significand(&one);
	b->fsin_pi = fsin_double(&pi);
	b->rcpss_three = rcpss(3.0F);
	/* A process for which RDTSC is off dies of it. */
	if (prctl(PR_GET_TSC, &tsc) || tsc != PR_TSC_ENABLE)
		return;
	b->ticks_nop = least(nops);
	b->ticks_fsin = least(sines);
}
