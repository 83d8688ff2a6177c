/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several CPUs in one case.
 *
 *	static void on_each(void)		which one: this_cpu_index()
 *	{
 *		struct l2 *l2 = l2_ops()->create(l2_function);
 *		...
 *		smp_barrier();
 *	}
 *	void case(void)				a row with L1_SMP
 *	{
 *		smp_run(on_each);		here too, as CPU 0; back when all are done
 *	}
 *
 * Each CPU has VMX or SVM turned on, its own stack, TSS and LAPIC. Handlers, irq_count and
 * expect_at() are everybody's: a vector belongs to one CPU. The first expectation that fails on
 * any CPU ends the case on all: those that wait in smp_barrier() or smp_wait() see it there.
 */
#ifndef NESTCHECK_L1_COMMON_SMP_H
#define NESTCHECK_L1_COMMON_SMP_H

#include "l1/common/l1.h"

unsigned int smp_cpus(void);
unsigned int this_cpu_index(void);

void smp_run(void (*fn)(void));

/* Until every CPU is here; from L1 or L2. */
void smp_barrier(void);

/* To be called in every turn of a loop that waits for another CPU; from L1 or L2. */
void smp_wait(void);

/*
 * What a CPU does that comes back to its entry by INIT and SIPI; the page of the vector to send,
 * made ready with the way there from real mode.
 */
uint8_t smp_sipi_vector(unsigned int cpu, void (*fn)(void));

/* For the runner. */
void smp_reset(void);
void smp_work(void);

#endif
