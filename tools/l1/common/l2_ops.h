/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An L2 of either vendor, for cases that are not about a vendor's own features: migration, several
 * CPUs, costs. Written once, they are rows of both tables (case.h); vmx/l2_ops.c and svm/l2_ops.c
 * have what differs.
 *
 *	struct l2 *l2 = l2_ops()->create(l2_function);
 *	l2_ops()->run(l2);				one entry, which has to be a legal one
 *	l2_ops()->expect_call(l2, 1, 0);		it left by l2_call(1); its answer is 0
 *
 * A fresh L2 leaves by l2_call() and nothing else; its interrupts, MSRs and ports are its own.
 */
#ifndef NESTCHECK_L1_COMMON_L2_OPS_H
#define NESTCHECK_L1_COMMON_L2_OPS_H

#include "l1/common/l1.h"

/* Each vendor has its own: vmx/vmx.h, svm/svm.h. */
struct l2;

struct l2_ops {
	const struct l1_case *cases;
	const uint64_t *n_cases;

	/*
	 * enable(): VMX or SVM is on when it returns; called before each case.
	 * disable(): whatever the case left, the next enable() ends in the same state; must not
	 * fault.
	 * turn_off(): also what disable() leaves on, VMX operation.
	 * features(): bits of enum l1_feature as KVM offers them; called once, between an enable()
	 * and a disable().
	 */
	void (*enable)(void);
	void (*disable)(void);
	void (*turn_off)(void);
	uint64_t (*features)(void);
	enum l1_feature nested_paging; /* EPT or NPT */

	/* The costs of instructions that only this vendor has (cost.h). */
	void (*costs)(void);

	/* For l2.c: l2_call(), and where an L2 function returns to. */
	uint64_t (*call)(uint64_t value);
	void (*returned)(void);

	struct l2 *(*create)(void (*fn)(void));
	void (*run)(struct l2 *l2);
	void (*expect_call)(struct l2 *l2, uint64_t value, uint64_t answer);

	/* Exits that are asked for, and stay. expect_cpuid() also goes past the instruction. */
	void (*intercept_interrupt)(struct l2 *l2);
	void (*expect_interrupt)(struct l2 *l2); /* not acknowledged: irq_wait() takes it */
	void (*intercept_cpuid)(struct l2 *l2);
	void (*expect_cpuid)(struct l2 *l2);
	void (*intercept_msr)(struct l2 *l2, uint32_t msr); /* RDMSR of one in the first 8192 */
	void (*expect_msr)(struct l2 *l2);		    /* and goes past it */
	void (*intercept_port)(struct l2 *l2, uint16_t port);
	void (*expect_out)(struct l2 *l2); /* OUT to an immediate port; goes past it */
	void (*intercept_undefined)(struct l2 *l2);
	void (*expect_undefined)(struct l2 *l2); /* UD2; goes past it */

	void (*no_intercept_hlt)(struct l2 *l2); /* an interrupt's exit wakes it */
	void (*set_tsc_offset)(struct l2 *l2, uint64_t offset);

	/* From one CPU to another: put() on the old one, load() on the new one. */
	void (*put)(struct l2 *l2);
	void (*load)(struct l2 *l2);

	/* NPT or EPT: a page that L2 cannot reach, and the exit by reaching for it; not skipped. */
	void (*intercept_page)(struct l2 *l2, uint64_t address);
	void (*expect_page)(struct l2 *l2);
	void (*skip)(struct l2 *l2, uint64_t n); /* RIP past an instruction of n bytes */

	/* How L2 was left last on this CPU, for a failure's report; must not fail. */
	void (*describe)(char *buf, size_t size);
};

extern const struct l2_ops vmx_l2_ops, svm_l2_ops;

/* Of the vendor that is offered; main.c says which that is. */
const struct l2_ops *l2_ops(void);
void l2_ops_use(const struct l2_ops *ops);

/*
 * Where L2's functions return to. In assembly, because nothing may be pushed: a stack that is
 * used for a second entry has its return address where the first push would go.
 */
#define L2_RETURNS(name, call)                                     \
	static __attribute__((naked)) void name(void)              \
	{                                                          \
		asm volatile("1: movabs %0, %%rax\n\t" call "\n\t" \
			     "jmp 1b"                              \
			     :                                     \
			     : "i"(L2_RETURNED));                  \
	}

/* l2_ops()->run(), then l2_ops()->expect_call(). */
void l2_run_to_call(struct l2 *l2, uint64_t value);

#endif
