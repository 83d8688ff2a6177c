// SPDX-License-Identifier: GPL-2.0-only
/*
 * L1's user mode, for what needs CPL 3.
 */
#include "l1/vmx/vmx.h"

struct page_table pt_user_identity(void)
{
	struct page_table tables = pt_identity(PT_CR3);

	for (uint64_t at = 0; at < L1_MEMORY; at += LARGE_PAGE)
		*pt_leaf(&tables, at) |= PTE_U;
	return tables;
}

static void go(void *fn)
{
	asm volatile("pushq %0; pushq %1; pushq %2; pushq %3; pushq %4; iretq"
		     :
		     : "i"(SEL_UDATA), "r"(l2_stack()), "i"(RFLAGS_FIXED), "i"(SEL_UCODE), "r"(fn)
		     : "memory");
}

/* An exception in user mode leaves SS null: SDM Vol. 3 7.14.4. */
struct trap catch_user(void (*fn)(void))
{
	uint64_t cr3 = read_cr3();
	struct trap t;

	write_cr3(pt_user_identity().root);
	t = catch_trap(go, (void *)(uintptr_t)code(fn));
	write_cr3(cr3);
	asm volatile("mov %0, %%ss; mov %0, %%ds; mov %0, %%es" : : "r"(SEL_DATA));
	return t;
}
