// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMLOAD and VMSAVE that L2 executes itself: with physical addresses that are the host's, or, if
 * they are virtualized, L2's own (APM 15.33.1).
 */
#include "l1/svm/svm.h"

#define L2_PAGE	   0x40000000ULL /* guest-physical, mapped only for L2 */
#define LSTAR_L1   0x1111000
#define LSTAR_L2   0x2222000
#define LSTAR_LOAD 0x3333000
#define LSTAR_OLD  0x4444000

static volatile uint64_t address, old, seen;

static void l2_saves(void)
{
	wrmsr(MSR_LSTAR, LSTAR_L2);
	asm volatile("vmsave %%rax" : : "a"(address) : "memory");
}

/* LSTAR twice: what was loaded is not what is to be saved. */
static void l2_loads_and_saves(void)
{
	asm volatile("vmload %%rax" : : "a"(old) : "memory");
	l2_saves();
}

static void l2_loads(void)
{
	asm volatile("vmload %%rax" : : "a"(address) : "memory");
	seen = rdmsr(MSR_LSTAR);
}

/* L1's page, and what L2 calls it. */
static struct vmcb *shared_page(struct l2 *l2)
{
	struct vmcb *page = page_alloc();

	svm_l2_own_npt(l2);
	pt_map(&l2->npt, L2_PAGE, phys(page), PAGE_SIZE, PT_NPT_ALL, PAGE_SIZE);
	return page;
}

static void save_and_load(struct l2 *l2, struct vmcb *page, uint64_t name)
{
	struct vmcb *own = page_alloc();

	asm volatile("vmsave %%rax" : : "a"(phys(own)) : "memory");
	wrmsr(MSR_LSTAR, LSTAR_L1);
	address = name;
	svm_l2_run(l2);
	asm volatile("vmload %%rax" : : "a"(phys(own)) : "memory");
	svm_l2_expect_call(l2, L2_RETURNED, 0);
	EXPECT_EQ(page->save.lstar, LSTAR_L2, "APM 15.33.1");
	EXPECT_EQ(page->save.tr.base, tss_base(), "APM 15.5.2");

	*page = *own;
	page->save.lstar = LSTAR_LOAD;
	svm_l2_restart(l2, l2_loads);
	svm_l2_run(l2);
	asm volatile("vmload %%rax" : : "a"(phys(own)) : "memory");
	svm_l2_expect_call(l2, L2_RETURNED, 0);
	EXPECT_EQ(seen, LSTAR_LOAD, "APM 15.33.1");
}

/* Not virtualized and not intercepted: RAX is the host's physical address, whatever NPT says. */
SVM_CASE(svm_vmsave_host_address, 0, 2, L1_NEEDS(NPT))
{
	struct l2 *l2 = svm_l2_create(l2_loads_and_saves);
	struct vmcb *page = page_alloc(), *loaded = page_alloc();

	asm volatile("vmsave %%rax" : : "a"(phys(loaded)) : "memory");
	loaded->save.lstar = LSTAR_OLD;
	old = phys(loaded);
	svm_l2_own_npt(l2);
	pt_map(&l2->npt, phys(page), phys(page_alloc()), PAGE_SIZE, PT_NPT_ALL, PAGE_SIZE);
	save_and_load(l2, page, phys(page));
}

/* L1_UNPROVEN: no emulator has virtual VMLOAD and VMSAVE; Bochs to 3.1 (cpudb/amd/ryzen.cc). */
SVM_CASE(svm_vls, L1_UNPROVEN, 2, L1_NEEDS(NPT) | L1_NEEDS(VLS))
{
	struct l2 *l2 = svm_l2_create(l2_saves);
	struct vmcb *page = shared_page(l2);

	l2->vmcb->control.virt_ext = VMCB_VLS_ENABLE;
	save_and_load(l2, page, L2_PAGE);
}

/* Virtualized, with the page taken away: a nested page fault and nothing else. */
SVM_CASE(svm_vls_fault, L1_UNPROVEN, 1, L1_NEEDS(NPT) | L1_NEEDS(VLS))
{
	struct l2 *l2 = svm_l2_create(l2_saves);

	l2->vmcb->control.virt_ext = VMCB_VLS_ENABLE;
	address = L2_PAGE;
	svm_l2_run_to(l2, SVM_EXIT_NPF, "APM 15.33.1");
	EXPECT_EQ(l2->vmcb->control.exit_info_2 & ~(PAGE_SIZE - 1), L2_PAGE, "APM 15.25.6");
}

/* The intercepts go first. */
SVM_CASE(svm_vls_intercept, L1_UNPROVEN, 2, L1_NEEDS(NPT) | L1_NEEDS(VLS))
{
	struct l2 *l2 = svm_l2_create(l2_saves);

	l2->vmcb->control.virt_ext = VMCB_VLS_ENABLE;
	svm_l2_intercept(l2, SVM_EXIT_VMSAVE);
	svm_l2_intercept(l2, SVM_EXIT_VMLOAD);
	address = L2_PAGE;
	svm_l2_run_to(l2, SVM_EXIT_VMSAVE, "APM 15.33.1");
	svm_l2_restart(l2, l2_loads);
	svm_l2_run_to(l2, SVM_EXIT_VMLOAD, "APM 15.33.1");
}
