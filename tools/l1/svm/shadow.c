// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2 without nested paging: L1 keeps L2's page tables itself, as hypervisors do on CPUs that
 * have no NPT. L2's page faults are L1's (APM 15.12.15), its CR3 is the table in use.
 */
#include "l1/svm/svm.h"

#define FAR_ADDRESS 0x40000000ULL
#define MAGIC_A	    0xaaaa3333aaaa3333
#define MAGIC_B	    0xbbbb4444bbbb4444

static volatile uint64_t seen;

static void l2_loads_far(void)
{
	seen = *(volatile uint64_t *)(FAR_ADDRESS + 0x18);
}

static struct l2 *shadowed(struct page_table *guest)
{
	struct l2 *l2 = svm_l2_create(l2_loads_far);

	*guest = pt_identity(PT_CR3);
	svm_l2_no_npt(l2);
	svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_PF));
	l2->vmcb->save.cr3 = guest->root;
	seen = 0;
	return l2;
}

static uint64_t page_with(uint64_t value)
{
	uint64_t *page = page_alloc();

	page[0x18 / 8] = value;
	return phys(page);
}

SVM_CASE(svm_shadow_fault, 0, 2, 0)
{
	struct page_table guest;
	struct l2 *l2 = shadowed(&guest);

	svm_l2_run_to(l2, SVM_EXIT_EXCP(X86_PF), "APM 15.12.15");
	EXPECT_EQ((uint32_t)l2->vmcb->control.exit_info_1, 0, "APM 15.12.15");
	EXPECT_EQ(l2->vmcb->control.exit_info_2, FAR_ADDRESS + 0x18, "APM 15.12.15");
	pt_map(&guest, FAR_ADDRESS, page_with(MAGIC_A), PAGE_SIZE, PT_CR3_ALL, PAGE_SIZE);
	svm_l2_run_to_end(l2);
	EXPECT_EQ(seen, MAGIC_A, "APM 15.16");
}

/*
 * The same address by another table, which has an ASID of its own (APM 15.16), and by the same table
 * changed and flushed.
 */
SVM_CASE(svm_shadow_remap, 0, 5, 0)
{
	struct page_table guest, other = pt_identity(PT_CR3);
	struct l2 *l2 = shadowed(&guest);

	pt_map(&guest, FAR_ADDRESS, page_with(MAGIC_A), PAGE_SIZE, PT_CR3_ALL, PAGE_SIZE);
	pt_map(&other, FAR_ADDRESS, page_with(MAGIC_B), PAGE_SIZE, PT_CR3_ALL, PAGE_SIZE);
	for (int i = 0; i < 4; i++) {
		expect_at("round %d: ", i);
		l2->vmcb->save.cr3 = i & 1 ? other.root : guest.root;
		l2->vmcb->control.guest_asid = i & 1 ? 2 : 1;
		l2->vmcb->save.rip = code(l2_loads_far);
		l2->vmcb->save.rsp = l2_stack();
		svm_l2_run_to_end(l2);
		EXPECT_EQ(seen, i & 1 ? MAGIC_B : MAGIC_A, "APM 15.5.1");
	}
	expect_at("%s", "changed table: ");
	pt_map(&other, FAR_ADDRESS, page_with(MAGIC_A), PAGE_SIZE, PT_CR3_ALL, PAGE_SIZE);
	l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
	l2->vmcb->save.rip = code(l2_loads_far);
	l2->vmcb->save.rsp = l2_stack();
	svm_l2_run_to_end(l2);
	EXPECT_EQ(seen, MAGIC_A, "APM 15.16");
}
