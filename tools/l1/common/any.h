/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An L2 of whichever vendor, for cases that are about something else than the vendor's own
 * features: being moved, several CPUs, costs. Written once, they are rows of both tables
 * (MACHINE_CASES); vmx/any.c and svm/any.c have what differs.
 *
 *	void *l2 = any()->make(l2_function);
 *	any()->run(l2);				one entry, which has to be a legal one
 *	any()->expect_call(l2, 1, 0);		it left by l2_call(1); its answer is 0
 *
 * A fresh L2 leaves by l2_call() and nothing else; its interrupts, MSRs and ports are its own.
 */
#ifndef NESTCHECK_L1_COMMON_ANY_H
#define NESTCHECK_L1_COMMON_ANY_H

#include "l1/common/l1.h"

struct any_ops {
	void *(*make)(void (*fn)(void));
	void (*run)(void *l2);
	void (*expect_call)(void *l2, uint64_t value, uint64_t answer);

	/* Exits that are asked for, and stay. expect_cpuid() also goes past the instruction. */
	void (*exit_by_interrupt)(void *l2);
	void (*expect_interrupt)(void *l2); /* not acknowledged: irq_window() takes it */
	void (*exit_by_cpuid)(void *l2);
	void (*expect_cpuid)(void *l2);
	void (*exit_by_msr)(void *l2, uint32_t msr); /* RDMSR of one in the first 8192 */
	void (*expect_msr)(void *l2);		     /* and goes past it */
	void (*exit_by_port)(void *l2, uint16_t port);
	void (*expect_out)(void *l2); /* OUT to an immediate port; goes past it */
	void (*exit_by_undefined)(void *l2);
	void (*expect_undefined)(void *l2); /* UD2; goes past it */

	void (*sleep_in_hlt)(void *l2); /* HLT does not exit; expect_interrupt() wakes it */
	void (*tsc_offset)(void *l2, uint64_t offset);

	/* From one CPU to another: park() on the old one, fetch() on the new one. */
	void (*park)(void *l2);
	void (*fetch)(void *l2);

	/* NPT or EPT: a page that L2 cannot reach, and the exit by reaching for it; not skipped. */
	void (*exit_by_page)(void *l2, uint64_t address);
	void (*expect_page)(void *l2);
	void (*skip)(void *l2, uint64_t n); /* RIP past an instruction of n bytes */

	/* How L2 was left last on this CPU, for a failure's report; must not fail. */
	void (*describe)(char *buf, size_t size);
};

extern const struct any_ops vmx_any, svm_any;
const struct any_ops *any(void);

/* any()->run(), then any()->expect_call(). */
void any_run_to_call(void *l2, uint64_t value);

/* --- requests to the driver (abi.h); from L1 and from L2 ---------------------------------- */

/* Into a fresh VM; checks that it happened, and where KVM said that the vCPU was. */
void ask_move(enum l1_level level);

/* For loops that wait for another CPU: lets the host run it. */
void ask_yield(void);

void ask_leave(void);

/* --- the cases, for both tables ------------------------------------------------------------ */

/* clang-format off */
#define MACHINE_CASES(v)                                          \
	{ v "_state_off", L1_MOVES, 2, 0, state_off },             \
	{ v "_state_on", L1_MOVES, 1, 0, state_on },               \
	{ v "_state_l1", L1_MOVES, 6, 0, state_l1 },               \
	{ v "_state_l2", L1_MOVES, 2, 0, state_l2 },               \
	{ v "_state_l2_cr2", L1_MOVES, 1, 0, state_l2_cr2 },       \
	{ v "_state_l2_controls", L1_MOVES, 5, 0, state_l2_controls }, \
	{ v "_state_l2_interrupt", L1_MOVES, 2, 0, state_l2_interrupt }, \
	{ v "_state_l2_own_interrupt", L1_MOVES, 1, 0, state_l2_own_interrupt }, \
	{ v "_state_l2_nmi", L1_MOVES, 1, 0, state_l2_nmi },       \
	{ v "_state_l2_asleep", L1_MOVES, 1, 0, state_l2_asleep }, \
	{ v "_state_l2_often", L1_MOVES, 4, 0, state_l2_often },   \
	{ v "_smp_l2", L1_SMP, 40, 0, smp_l2 },                    \
	{ v "_smp_ipi", L1_SMP, 2, 0, smp_ipi },                   \
	{ v "_smp_ipi_exit", L1_SMP, 5, 0, smp_ipi_exit },        \
	{ v "_smp_migrate", L1_SMP, 8, 0, smp_migrate },          \
	{ v "_leave_closed", L1_CLOSED, 3, 0, leave_l2 },        \
	{ v "_leave_killed", L1_KILLED, 3, 0, leave_l2 }
/* clang-format on */

/* state.c */
void state_off(void);
void state_on(void);
void state_l1(void);
void state_l2_controls(void);
void state_l2_interrupt(void);
void state_l2_own_interrupt(void);
void state_l2_nmi(void);
void state_l2_asleep(void);
void state_l2_often(void);

/* tsc.c; rows of their own, early ones: see there */
void tsc_write(void);

/* leave.c */
void leave_l2(void);

/* smp_cases.c */
void smp_l2(void);
void smp_ipi(void);
void smp_ipi_exit(void);
void smp_migrate(void);

/* state_registers.c */
void state_l2(void);
void state_l2_cr2(void);

#endif
