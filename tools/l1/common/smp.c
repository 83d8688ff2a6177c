// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting the other CPUs for a case, and waiting for each other.
 */
#include "l1/common/smp.h"
#include "l1/common/cpu.h"

/* Where smp_sipi_vector() puts the code: a page below 1 MiB that nothing else uses. */
#define SIPI_PAGE 0x8000

static void (*volatile work)(void), (*volatile sipi_work)(void);
static volatile uint32_t arrived, round;

/* sipi.S */
extern uint8_t sipi_code[], sipi_code_end[];
extern uint64_t sipi_cpu, sipi_entry;

unsigned int smp_cpus(void)
{
	return l1_page->n_cpus ? l1_page->n_cpus : 1;
}

void smp_reset(void)
{
	arrived = round = 0;
	for (unsigned int i = 0; i < CPU_MAX; i++)
		cpu_at(i)->done = CPU_RUNS;
}

/* One that came back by SIPI has work of its own; the others may only now begin with theirs. */
void smp_work(void)
{
	if (sipi_work && this_cpu_index() == sipi_cpu)
		sipi_work();
	else
		work();
}

void smp_wait(void)
{
	if (expect_any_failed())
		case_over();
	spin_or_yield();
}

void smp_barrier(void)
{
	uint32_t mine = round;

	if (__atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST) == smp_cpus()) {
		arrived = 0;
		__atomic_add_fetch(&round, 1, __ATOMIC_SEQ_CST);
		return;
	}
	while (round == mine)
		smp_wait();
}

void smp_run(void (*fn)(void))
{
	work = fn;
	sipi_work = NULL;
	doorbell(L1_START_CPUS);
	fn();
	for (unsigned int i = 1; i < smp_cpus(); i++) {
		while (cpu_at(i)->done == CPU_RUNS)
			smp_wait();
		if (cpu_at(i)->done == CPU_GAVE_UP)
			case_over();
	}
}

uint8_t smp_sipi_vector(unsigned int cpu, void (*fn)(void))
{
	sipi_work = fn;
	sipi_cpu = cpu;
	sipi_entry = ((const struct l1_header *)L1_BASE)->entry;
	memcpy((void *)SIPI_PAGE, sipi_code, (size_t)(sipi_code_end - sipi_code));
	return SIPI_PAGE >> 12;
}
