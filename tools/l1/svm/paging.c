// SPDX-License-Identifier: GPL-2.0-only
/*
 * Paging that L2 does itself, with and without nested paging under it: its own tables, INVLPG and
 * CR3; and INVLPGA, by which L1 does it for L2 (APM 5.5.2, 15.16.2).
 */
#include "l1/svm/svm.h"

#define FAR_ADDRESS 0x40000000ULL
#define VALUE(i)    (0x7700 + (i))

static volatile uint64_t *const window = (volatile uint64_t *)FAR_ADDRESS;
static volatile uint64_t seen[4], faults;
static uint64_t *volatile leaf;
static uint64_t entries[2];
static uint64_t roots[2];

static uint64_t page_with(uint64_t value)
{
	uint64_t *page = page_alloc();

	*page = value;
	return phys(page);
}

static struct l2 *own_tables(void (*fn)(void), bool nested_paging)
{
	struct l2 *l2 = svm_l2_create(fn);

	if (!nested_paging)
		svm_l2_no_npt(l2);
	for (uint64_t i = 0; i < 2; i++) {
		struct page_table own = pt_identity(PT_CR3);

		entries[i] = page_with(VALUE(i)) | PT_CR3_ALL;
		pt_map(&own, FAR_ADDRESS, entries[i] & PTE_ADDR, PAGE_SIZE, PT_CR3_ALL, PAGE_SIZE);
		roots[i] = own.root;
		if (i == 0)
			leaf = pt_leaf(&own, FAR_ADDRESS);
	}
	l2->vmcb->save.cr3 = roots[0];
	memset((void *)seen, 0, sizeof(seen));
	expect_at("nested paging %s: ", nested_paging ? "on" : "off");
	return l2;
}

static void touch(void *unused)
{
	(void)unused;
	*window = VALUE(9);
}

/* Another page, no page, a read-only page (CR0.WP is on), and the first again. */
static void l2_edits(void)
{
	seen[0] = *window;
	*leaf = entries[1];
	invlpg(FAR_ADDRESS);
	seen[1] = *window;
	*leaf = 0;
	invlpg(FAR_ADDRESS);
	faults = catch_trap(touch, NULL).error;
	*leaf = entries[1] & ~PTE_W;
	invlpg(FAR_ADDRESS);
	faults = faults << 16 | catch_trap(touch, NULL).error;
	*leaf = entries[0];
	invlpg(FAR_ADDRESS);
	seen[2] = *window;
}

static void edits(bool nested_paging)
{
	struct l2 *l2 = own_tables(l2_edits, nested_paging);

	faults = 0;
	l2->vmcb->save.cr0 |= CR0_WP;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(seen[0], VALUE(0), "APM 5.5.2");
	EXPECT_EQ(seen[1], VALUE(1), "APM 5.5.2");
	EXPECT_EQ(faults, PF_W << 16 | PF_W | PF_P, "APM 8.4.2");
	EXPECT_EQ(seen[2], VALUE(0), "APM 5.5.2");
}

SVM_CASE(svm_paging_invlpg, 0, 1, 0)
{
	edits(false);
	if (l1_offers(L1_F_NPT))
		edits(true);
}

/* Between two tables, one of which it has changed meanwhile. */
static void l2_switches(void)
{
	seen[0] = *window;
	write_cr3(roots[1]);
	seen[1] = *window;
	*leaf = entries[1];
	write_cr3(roots[0]);
	seen[2] = *window;
	*leaf = entries[0];
	write_cr3(roots[0]);
	seen[3] = *window;
	write_cr3(roots[1]); /* another than it began with, for #VMEXIT to save */
}

static void switches(bool nested_paging)
{
	struct l2 *l2 = own_tables(l2_switches, nested_paging);

	svm_l2_run_to_end(l2);
	EXPECT_EQ(seen[0], VALUE(0), "APM 5.5.2");
	EXPECT_EQ(seen[1], VALUE(1), "APM 5.5.2");
	EXPECT_EQ(seen[2], VALUE(1), "APM 5.5.2");
	EXPECT_EQ(seen[3], VALUE(0), "APM 5.5.2");
	EXPECT_EQ(l2->vmcb->save.cr3, roots[1], "APM 15.6");
}

SVM_CASE(svm_paging_cr3, 0, 1, 0)
{
	switches(false);
	if (l1_offers(L1_F_NPT))
		switches(true);
}

static void l2_sets_dirty(void)
{
	seen[0] = *window;
	seen[1] = *leaf;
	*window = VALUE(5);
	seen[2] = *leaf;
}

/* The accessed and dirty bits of L2's own entries. */
static void accessed(bool nested_paging)
{
	struct l2 *l2 = own_tables(l2_sets_dirty, nested_paging);

	*leaf &= ~(PTE_A | PTE_D);
	svm_l2_run_to_end(l2);
	EXPECT_BITS(seen[1], PTE_A | PTE_D, PTE_A, "APM 5.4.2");
	EXPECT_BITS(seen[2], PTE_A | PTE_D, PTE_A | PTE_D, "APM 5.4.2");
}

SVM_CASE(svm_paging_accessed, 0, 1, 0)
{
	accessed(false);
	if (l1_offers(L1_F_NPT))
		accessed(true);
}

static void l2_loads(void)
{
	seen[0] = *window;
}

/* L1 changes the entry that L2 has just used, and invalidates that address of that ASID. */
SVM_CASE(svm_invlpga, 0, 6, 0)
{
	struct l2 *l2 = own_tables(l2_loads, false);

	for (uint64_t i = 0; i < 6; i++) {
		expect_at("round %lu: ", i);
		*leaf = entries[i & 1];
		asm volatile("invlpga %%rax, %%ecx" : : "a"(FAR_ADDRESS), "c"(1) : "memory");
		svm_l2_restart(l2, l2_loads);
		svm_l2_run_to_end(l2);
		EXPECT_EQ(seen[0], VALUE(i & 1), "APM 15.16.2");
	}
}
