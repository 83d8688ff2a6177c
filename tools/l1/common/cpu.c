// SPDX-License-Identifier: GPL-2.0-only
/*
 * L1's CPUs, distinguished by the task register, which L2 shares.
 */
#include "l1/common/cpu.h"

static struct cpu cpus[CPU_MAX];

unsigned int this_cpu_index(void)
{
	uint16_t index = (read_tr() - SEL_TSS) / 16;

	return index < CPU_MAX ? index : 0;
}

struct cpu *cpu_at(unsigned int index)
{
	return &cpus[index];
}

struct cpu *this_cpu(void)
{
	return &cpus[this_cpu_index()];
}
