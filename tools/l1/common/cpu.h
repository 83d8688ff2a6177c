/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One CPU of L1's: stacks, descriptor tables, and where to jump back to. Shared with the
 * assembly; what cases need of it is in l1.h.
 */
#ifndef NESTCHECK_L1_COMMON_CPU_H
#define NESTCHECK_L1_COMMON_CPU_H

#define CPU_MAX	       8
#define CPU_STACK_SIZE 16384

#ifndef __ASSEMBLER__

#include "l1/common/l1.h"

/* What a jump back needs; offsets are used in context.S. */
struct context {
	uint64_t rbx, rbp, r12, r13, r14, r15, rsp, rip;
};

/* 0 at first, and 1 when context_jump() comes back here. */
int context_save(struct context *c) __attribute__((returns_twice));
void context_jump(struct context *c) __attribute__((noreturn));

enum cpu_done {
	CPU_RUNS = 0,
	CPU_DONE = 1,
	CPU_GAVE_UP = 2,
};

struct cpu {
	struct context case_end; /* the runner, for expect_failed() and skip() */
	struct context catch_end;
	struct trap caught;
	bool catching;
	bool in_l2;
	bool failed; /* an expectation failed in L2 */
	volatile enum cpu_done done;
};

struct cpu *cpu_at(unsigned int index);

/* Before a case; whether an expectation has failed since, on any CPU (expect.c). */
void expect_reset(void);
bool expect_any_failed(void);

/* Ends this CPU's part of a case that has failed, from L1 or L2. */
void case_over(void) __attribute__((noreturn));

/* By the task register, which L2 shares: right in both. */
struct cpu *this_cpu(void);
unsigned int this_cpu_index(void);

void desc_init(uint64_t cpu); /* GDT, TSS and IDT; paging with L1's own tables */
void heap_mark(void);	      /* what is allocated now stays */
void heap_reset(void);	      /* what was allocated since goes */
void traps_reset(void);
void lapic_init(void);

/* From trap.S. */
void trap_dispatch(struct trap_frame *frame);
extern uint8_t trap_stubs[]; /* 256 of TRAP_STUB_SIZE bytes */

#endif

#define TRAP_STUB_SIZE 16

#endif
