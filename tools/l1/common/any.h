/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An L2 of whichever vendor, for cases that are about something else than the vendor's own
 * features: being moved, several CPUs, costs. Written once, they are rows of both tables
 * (case.h); vmx/any.c and svm/any.c have what differs.
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

#endif
