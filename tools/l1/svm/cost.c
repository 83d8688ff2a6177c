// SPDX-License-Identifier: GPL-2.0-only
/*
 * What VMLOAD and STGI cost L1: no exit with virtual VMLOAD/VMSAVE, with virtual GIF.
 */
#include "l1/common/cost.h"
#include "l1/svm/svm.h"

static void *area;

static void op_vmload(void)
{
	asm volatile("vmload %%rax" : : "a"(area) : "memory");
}

static void op_stgi(void)
{
	asm volatile("stgi" : : : "memory");
}

void svm_costs(void)
{
	area = page_alloc();
	asm volatile("vmsave %%rax" : : "a"(area) : "memory");
	cost_of(L1_COST_L1_VMLOAD, op_vmload);
	cost_of(L1_COST_L1_STGI, op_stgi);
}
