// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nested paging (APM 15.25): what a fault reports, and that changes of the table take effect.
 */
#include "l1/svm/npt.h"

volatile uint64_t *npt_target;
volatile uint64_t npt_seen;

void npt_l2_loads(void)
{
	npt_seen = *npt_target;
}

void npt_l2_stores(void)
{
	*npt_target = NPT_MAGIC_B;
}

void npt_l2_jumps(void)
{
	((void (*)(void))(uintptr_t)npt_target)();
}

/* For a fetch only the page is compared: which byte is fetched first is up to the processor. */
void npt_expect_fault(const struct l2 *l2, uint64_t info, uint64_t address)
{
	uint64_t mask = info & PF_I ? ~(PAGE_SIZE - 1) : ~0ULL;

	svm_l2_expect(l2, SVM_EXIT_NPF, "APM 15.25.6");
	EXPECT_EQ(l2->vmcb->control.exit_info_1, info, "APM 15.25.6");
	EXPECT_BITS(l2->vmcb->control.exit_info_2, mask, address & mask, "APM 15.25.6");
}

/* A page of L2's with a known word at an odd place, and its own 4 KiB leaf. */
#define WORD 0x528

static uint64_t *data_page(struct l2 *l2)
{
	uint8_t *page = page_alloc();

	svm_l2_own_npt(l2);
	npt_target = (volatile uint64_t *)(page + WORD);
	*npt_target = NPT_MAGIC_A;
	npt_seen = 0;
	return pt_leaf_4k(&l2->npt, phys(page));
}

/* A page that is not there, for a load and a store; then it is, and L2 goes on. */
SVM_CORE_CASE(svm_npt_violation, 4, L1_NEEDS(NPT))
{
	struct l2 *l2 = svm_l2_create(npt_l2_loads);
	uint64_t *leaf = data_page(l2), entry = *leaf;

	*leaf = 0;
	svm_l2_run(l2);
	npt_expect_fault(l2, SVM_NPF_FINAL | PF_U, phys(npt_target));
	EXPECT_EQ(npt_seen, 0, "APM 15.25.6");
	*leaf = entry;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(npt_seen, NPT_MAGIC_A, "APM 15.25.3");

	l2 = svm_l2_create(npt_l2_stores);
	leaf = data_page(l2);
	entry = *leaf;
	*leaf = 0;
	svm_l2_run(l2);
	npt_expect_fault(l2, SVM_NPF_FINAL | PF_U | PF_W, phys(npt_target));
	EXPECT_EQ(*npt_target, NPT_MAGIC_A, "APM 15.25.6");
	*leaf = entry;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(*npt_target, NPT_MAGIC_B, "APM 15.25.3");
}

/* Read-only: loads pass, a store does not. */
SVM_CASE(svm_npt_readonly, 0, 3, L1_NEEDS(NPT))
{
	struct l2 *l2 = svm_l2_create(npt_l2_loads);
	uint64_t *leaf = data_page(l2), entry = *leaf;

	*leaf &= ~PTE_W;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(npt_seen, NPT_MAGIC_A, "APM 15.25.5");

	l2->vmcb->save.rip = code(npt_l2_stores);
	l2->vmcb->save.rsp = l2_stack();
	svm_l2_run(l2);
	npt_expect_fault(l2, SVM_NPF_FINAL | PF_P | PF_W | PF_U, phys(npt_target));
	EXPECT_EQ(*npt_target, NPT_MAGIC_A, "APM 15.25.5");
	*leaf = entry;
	l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(*npt_target, NPT_MAGIC_B, "APM 15.25.5");
}

/* No-execute: loads pass, a fetch does not. */
SVM_CASE(svm_npt_exec, 0, 3, L1_NEEDS(NPT))
{
	struct l2 *l2 = svm_l2_create(npt_l2_loads);
	uint64_t *leaf = data_page(l2), entry = *leaf;

	*(volatile uint8_t *)npt_target = 0xc3; /* RET */
	*leaf |= PTE_NX;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(npt_seen & 0xff, 0xc3, "APM 15.25.5");

	l2->vmcb->save.rip = code(npt_l2_jumps);
	l2->vmcb->save.rsp = l2_stack();
	svm_l2_run(l2);
	npt_expect_fault(l2, SVM_NPF_FINAL | PF_P | PF_U | PF_I, phys(npt_target));
	EXPECT_EQ(l2->vmcb->save.rip, phys(npt_target), "APM 15.25.6");
	*leaf = entry;
	l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
	svm_l2_run_to_end(l2);
}

/* Nested accesses are user accesses, whatever L2's CPL. */
SVM_CASE(svm_npt_user, 0, 2, L1_NEEDS(NPT))
{
	struct l2 *l2 = svm_l2_create(npt_l2_loads);
	uint64_t *leaf = data_page(l2);

	*leaf &= ~PTE_U;
	svm_l2_run(l2);
	npt_expect_fault(l2, SVM_NPF_FINAL | PF_P | PF_U, phys(npt_target));
	*leaf |= PTE_U;
	l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(npt_seen, NPT_MAGIC_A, "APM 15.25.5");
}

/* Address bits of a large page below its size must be zero (APM 5.3.3). */
SVM_CASE(svm_npt_reserved, 0, 2, L1_NEEDS(NPT))
{
	struct l2 *l2 = svm_l2_create(npt_l2_loads);
	uint8_t *large = pages_alloc_aligned(1, LARGE_PAGE);
	uint64_t *leaf;

	svm_l2_own_npt(l2);
	leaf = pt_leaf(&l2->npt, phys(large));
	npt_target = (volatile uint64_t *)(large + WORD);
	*npt_target = NPT_MAGIC_A;
	*leaf |= 1ULL << 13;
	svm_l2_run(l2);
	npt_expect_fault(l2, SVM_NPF_FINAL | PF_P | PF_U | PF_RSVD, phys(npt_target));
	*leaf &= ~(1ULL << 13);
	l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(npt_seen, NPT_MAGIC_A, "APM 15.25.5");
}

/*
 * A page of L2's own page tables is not there: another bit, the table's address, and a write,
 * because the walk may set A and D. The low bits of EXITINFO2 are the entry's on hardware.
 */
#define FAR_ADDRESS 0x40000000ULL

SVM_CASE(svm_npt_guest_walk, 0, 2, L1_NEEDS(NPT))
{
	struct l2 *l2 = svm_l2_create(npt_l2_loads);
	struct page_table guest = pt_identity(PT_CR3);
	uint64_t table, entry, *leaf;
	void *page = page_alloc();

	*(uint64_t *)page = NPT_MAGIC_A;
	npt_target = (volatile uint64_t *)FAR_ADDRESS;
	npt_seen = 0;
	pt_map(&guest, FAR_ADDRESS, phys(page), PAGE_SIZE, PT_CR3_ALL, PAGE_SIZE);
	svm_l2_own_npt(l2);
	table = phys(pt_entry(&guest, FAR_ADDRESS, 1)) & ~(PAGE_SIZE - 1);
	leaf = pt_leaf_4k(&l2->npt, table);
	entry = *leaf;
	*leaf = 0;
	l2->vmcb->save.cr3 = guest.root;
	svm_l2_run_to(l2, SVM_EXIT_NPF, "APM 15.25.6");
	EXPECT_EQ(l2->vmcb->control.exit_info_1, SVM_NPF_GUEST_WALK | PF_U | PF_W, "APM 15.25.6");
	EXPECT_BITS(l2->vmcb->control.exit_info_2, ~(PAGE_SIZE - 1), table, "APM 15.25.6");
	*leaf = entry;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(npt_seen, NPT_MAGIC_A, "APM 15.25.3");
}

static void l2_loads_twice(void)
{
	npt_seen = *npt_target;
	l2_call(1);
	npt_seen = *npt_target;
}

/* L2's page is another one from now on, behind the flush that is asked for. */
static void remap(const char *how, uint8_t tlb_control, uint64_t new_asid, bool large)
{
	struct l2 *l2 = svm_l2_create(l2_loads_twice);
	uint64_t align = large ? LARGE_PAGE : PAGE_SIZE;
	uint8_t *a = pages_alloc_aligned(1, align);
	uint8_t *b = pages_alloc_aligned(1, align);

	expect_at("%s, %s pages: ", how, large ? "2 MiB" : "4 KiB");
	*(uint64_t *)(a + WORD) = NPT_MAGIC_A;
	*(uint64_t *)(b + WORD) = NPT_MAGIC_B;
	npt_target = (volatile uint64_t *)(a + WORD);
	svm_l2_own_npt(l2);
	if (!large)
		pt_leaf_4k(&l2->npt, phys(a));
	svm_l2_run_to_call(l2, 1);
	EXPECT_EQ(npt_seen, NPT_MAGIC_A, "APM 15.25.3");
	pt_map(&l2->npt, phys(a), phys(b), align, PT_NPT_ALL, align);
	l2->vmcb->control.tlb_control = tlb_control;
	l2->vmcb->control.guest_asid = (uint32_t)new_asid;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(npt_seen, NPT_MAGIC_B, "APM 15.16");
}

SVM_CASE(svm_npt_remap, 0, 6, L1_NEEDS(NPT))
{
	remap("flush of all", VMCB_TLB_FLUSH_ALL, 1, false);
	remap("flush of all", VMCB_TLB_FLUSH_ALL, 1, true);
	remap("another ASID", VMCB_TLB_NOTHING, 2, false);
}

SVM_CASE(svm_npt_flush_asid, 0, 4, L1_NEEDS(NPT) | L1_NEEDS(FLUSH_BY_ASID))
{
	remap("flush of the ASID", VMCB_TLB_FLUSH_ASID, 1, false);
	remap("flush of the ASID", VMCB_TLB_FLUSH_ASID, 1, true);
}

/* The walk sets A at a load, D at a store (APM 15.25.5, 5.4.2). */
SVM_CASE(svm_npt_accessed, 0, 2, L1_NEEDS(NPT))
{
	struct l2 *l2 = svm_l2_create(npt_l2_loads);
	uint64_t *leaf = data_page(l2);

	*leaf &= ~(PTE_A | PTE_D);
	svm_l2_run_to_end(l2);
	EXPECT_BITS(*leaf, PTE_A | PTE_D, PTE_A, "APM 15.25.5");
	l2->vmcb->save.rip = code(npt_l2_stores);
	l2->vmcb->save.rsp = l2_stack();
	l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
	svm_l2_run_to_end(l2);
	EXPECT_BITS(*leaf, PTE_A | PTE_D, PTE_A | PTE_D, "APM 15.25.5");
}
