// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2's side of things: its stack, its way out, and whose turn it is.
 */
#include "l1/common/cpu.h"
#include "l1/common/l2_ops.h"

#define STACK_SIZE 16384

/*
 * By CPU. In the image, so that no start needs pages that L2 has not touched before; whole pages, so
 * that a case may take the stack out of NPT and nothing else.
 */
static uint64_t stacks[CPU_MAX][STACK_SIZE / 8] __attribute__((aligned(PAGE_SIZE)));

uint64_t l2_call(uint64_t value)
{
	return l2_ops()->call(value);
}

/* As if L2's function had been called: the return address is on top (System V ABI 3.2.2). */
uint64_t l2_stack(void)
{
	uint64_t *top = stacks[this_cpu_index()] + ARRAY_SIZE(stacks[0]);

	top[-2] = code(l2_ops()->returned);
	return phys(&top[-2]);
}

void l2_reads_tables(void)
{
	struct descriptor_ptr tables[] = { read_gdtr(), read_idtr() };

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		for (uint64_t at = 0; at <= tables[i].limit; at += 256)
			*(volatile uint8_t *)(tables[i].base + at);
		*(volatile uint8_t *)(tables[i].base + tables[i].limit);
	}
}

void l2_before(void)
{
	struct cpu *cpu = this_cpu();

	cpu->failed = false;
	cpu->in_l2 = true;
}

void l2_after(void)
{
	struct cpu *cpu = this_cpu();

	cpu->in_l2 = false;
	if (cpu->failed) {
		if (!l1_page->last_exit[0])
			l2_ops()->describe(l1_page->last_exit, L1_EXIT_MAX);
		l1_page->result = L1_FAIL;
		context_jump(&cpu->case_end);
	}
}
