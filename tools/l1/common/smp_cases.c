// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2 on all CPUs of L1's at once, and interrupts between them.
 */
#include "l1/common/case.h"
#include "l1/common/cpu.h"
#include "l1/common/l2_ops.h"
#include "l1/common/smp.h"

#define VECTOR(cpu) ((uint8_t)(0x80 + (cpu)))
#define MANUALS	    "SDM 26.2, APM 15.13.1"

static volatile uint64_t got[CPU_MAX], served[CPU_MAX];
static volatile bool here[CPU_MAX];

static uint64_t pattern(unsigned int cpu, uint64_t i)
{
	return (uint64_t)(cpu + 1) << 32 | i;
}

#define CALLS 20

/* All are in L2 when the barrier lets them go: none leaves it before. */
static void l2_together(void)
{
	unsigned int cpu = this_cpu_index();

	smp_barrier();
	for (uint64_t i = 0; i < CALLS; i++) {
		got[cpu] = l2_call(pattern(cpu, i));
		EXPECT_EQ(got[cpu], ~pattern(cpu, i), "SDM 28.4, APM 15.6");
		EXPECT_EQ(this_cpu_index(), cpu, "SDM 27.3.2, APM 15.5.1");
	}
}

static void each_together(void)
{
	unsigned int cpu = this_cpu_index();
	struct l2 *l2 = l2_ops()->create(l2_together);

	for (uint64_t i = 0; i < CALLS; i++) {
		l2_ops()->run(l2);
		l2_ops()->expect_call(l2, pattern(cpu, i), ~pattern(cpu, i));
	}
	l2_run_to_call(l2, L2_RETURNED);
}

BOTH_LATE_CASE(smp_l2, L1_SMP, 40)
{
	smp_run(each_together);
}

static void count_and_end(struct trap_frame *frame)
{
	(void)frame;
	served[this_cpu_index()]++;
	lapic_eoi();
}

static void reset_counts(void)
{
	for (unsigned int i = 0; i < CPU_MAX; i++) {
		served[i] = got[i] = 0;
		here[i] = false;
		irq_handler(VECTOR(i), count_and_end);
	}
}

#define IPIS 20

/* Round a ring: each L2 sends to the next CPU's, and waits for the one before. No exit. */
static void l2_ring(void)
{
	unsigned int cpu = this_cpu_index(), next = (cpu + 1) % smp_cpus();

	smp_barrier();
	for (uint64_t i = 1; i <= IPIS; i++) {
		lapic_ipi(next, VECTOR(next));
		/* Both ways: two that wait at once in a LAPIC are one. */
		while (served[cpu] < i || served[next] < i) {
			irq_window();
			smp_wait();
		}
	}
	smp_barrier();
	irq_window();
}

static void each_in_ring(void)
{
	struct l2 *l2 = l2_ops()->create(l2_ring);

	l2_run_to_call(l2, L2_RETURNED);
	EXPECT_EQ(served[this_cpu_index()], IPIS, "SDM 11.6.1, APM 16.5");
}

BOTH_LATE_CASE(smp_ipi, L1_SMP, 2)
{
	reset_counts();
	smp_run(each_in_ring);
}

#define KICKS 5

static void l2_waits(void)
{
	unsigned int cpu = this_cpu_index();

	for (;;) {
		here[cpu] = true;
		smp_wait();
	}
}

/* CPU 0 gets each of the others' L2s out to its L1, one after the other, and again. */
static void kick_all(void)
{
	for (uint64_t round = 1; round <= KICKS; round++) {
		for (unsigned int cpu = 1; cpu < smp_cpus(); cpu++) {
			while (!here[cpu])
				smp_wait();
			lapic_ipi(cpu, VECTOR(cpu));
			while (got[cpu] < round)
				smp_wait();
		}
	}
}

static void each_kicked(void)
{
	unsigned int cpu = this_cpu_index();
	struct l2 *l2;

	if (!cpu) {
		kick_all();
		return;
	}
	l2 = l2_ops()->create(l2_waits);
	l2_ops()->intercept_interrupt(l2);
	for (uint64_t i = 1; i <= KICKS; i++) {
		l2_ops()->run(l2);
		l2_ops()->expect_interrupt(l2);
		EXPECT_EQ(served[cpu], i - 1, MANUALS);
		irq_wait(VECTOR(cpu));
		EXPECT_EQ(served[cpu], i, MANUALS);
		here[cpu] = false;
		got[cpu] = i;
	}
}

BOTH_LATE_CASE(smp_ipi_exit, L1_SMP, 5)
{
	reset_counts();
	smp_run(each_kicked);
}

#define TURNS 8

static void *traveller;
static volatile uint64_t turn, seen_on[TURNS];

static void l2_travels(void)
{
	for (uint64_t i = 0;; i++) {
		seen_on[i % TURNS] = this_cpu_index();
		l2_call(i);
	}
}

/* One L2 goes from CPU to CPU, as a scheduler moves a VM's vCPU about. */
static void each_in_turn(void)
{
	unsigned int cpu = this_cpu_index(), n = smp_cpus();

	for (uint64_t i = cpu; i < TURNS; i += n) {
		while (turn != i)
			smp_wait();
		l2_ops()->load(traveller);
		l2_ops()->run(traveller);
		l2_ops()->expect_call(traveller, i, 0);
		EXPECT_EQ(seen_on[i], cpu, "SDM 25.11.3, APM 15.5.1");
		l2_ops()->put(traveller);
		turn = i + 1;
	}
}

BOTH_LATE_CASE(smp_migrate, L1_SMP, 8)
{
	turn = 0;
	traveller = l2_ops()->create(l2_travels);
	l2_ops()->put(traveller);
	smp_run(each_in_turn);
	EXPECT_EQ(turn, TURNS, "SDM 25.11.3, APM 15.5.1");
}
