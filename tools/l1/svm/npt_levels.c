// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nested page tables at each of their levels (APM 15.25.3, 15.25.5): pages of 4 KiB, 2 MiB and
 * 1 GiB, rights of the entries above the leaf, reserved bits, and changes behind a flush.
 */
#include "l1/svm/npt.h"

#define GIB  0x40000000ULL
#define WORD 0x3a8

/*
 * A window of a gibibyte that only L2 has: linear = guest-physical address from GIB on. L2's own
 * tables map it with 2 MiB pages, so that the nested tables decide.
 */
static struct l2 *with_window(void (*fn)(void))
{
	struct l2 *l2 = svm_l2_create(fn);
	struct page_table own = pt_identity(PT_CR3);

	svm_l2_own_npt(l2);
	pt_map(&own, GIB, GIB, 2 * LARGE_PAGE, PT_CR3_ALL, LARGE_PAGE);
	l2->vmcb->save.cr3 = own.root;
	npt_seen = 0;
	return l2;
}

/* Where GIB + offset has to lead to, and how: a page of the heap at that offset of the window. */
static uint64_t *aligned_page(uint64_t align)
{
	uint64_t *page = pages_alloc_aligned(align / PAGE_SIZE, align);

	page[WORD / 8] = NPT_MAGIC_A;
	npt_target = (volatile uint64_t *)(GIB + WORD);
	return page;
}

static void run_again(struct l2 *l2, void (*fn)(void))
{
	svm_l2_restart(l2, fn);
	l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
	svm_l2_run_to_end(l2);
}

/* A load, then the same page read-only, without execute, without user, and not there at all. */
static void rights(const char *size, uint64_t page_size)
{
	struct l2 *l2 = with_window(npt_l2_loads);
	uint64_t *page = aligned_page(page_size), *leaf, entry;
	static const struct {
		const char *name;
		uint64_t clear, set;
		void (*fn)(void);
		uint64_t info;
	} rows[] = {
		{ "no write", PTE_W, 0, npt_l2_stores, PF_P | PF_W | PF_U },
		{ "no execute", 0, PTE_NX, npt_l2_jumps, PF_P | PF_U | PF_I },
		{ "no user", PTE_U, 0, npt_l2_loads, PF_P | PF_U },
		{ "not present, load", PTE_P, 0, npt_l2_loads, PF_U },
		{ "not present, store", PTE_P, 0, npt_l2_stores, PF_U | PF_W },
		{ "not present, fetch", PTE_P, 0, npt_l2_jumps, PF_U | PF_I },
	};

	pt_map(&l2->npt, GIB, phys(page), page_size, PT_NPT_ALL, page_size);
	leaf = pt_leaf(&l2->npt, GIB);
	entry = *leaf;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		expect_at("%s page, %s: ", size, rows[i].name);
		*leaf = entry;
		run_again(l2, npt_l2_loads);
		EXPECT_EQ(npt_seen, NPT_MAGIC_A, "APM 15.25.3");
		*leaf = (entry & ~rows[i].clear) | rows[i].set;
		svm_l2_restart(l2, rows[i].fn);
		l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
		svm_l2_run(l2);
		npt_expect_fault(l2, SVM_NPF_FINAL | rows[i].info, phys(npt_target));
		EXPECT_EQ(page[WORD / 8], NPT_MAGIC_A, "APM 15.25.5");
	}
}

SVM_CASE(svm_npt_rights, L1_SLOW, 24, L1_NEEDS(NPT))
{
	rights("4 KiB", PAGE_SIZE);
	rights("2 MiB", LARGE_PAGE);
}

/*
 * A gibibyte at once: guest-physical GIB and up is L1's memory from 0. Then the same by smaller
 * pages, which lead elsewhere.
 */
SVM_CASE(svm_npt_1g, 0, 3, L1_NEEDS(NPT))
{
	struct l2 *l2 = with_window(npt_l2_loads);
	uint64_t *page = page_alloc(), *other = page_alloc();
	struct page_table own = pt_identity(PT_CR3);

	if (!(cpuid(CPUID_EXT_FEATURES, 0).edx & CPUID_EXT_EDX_PAGE1GB))
		skip("KVM does not offer 1 GiB pages to L1");
	page[WORD / 8] = NPT_MAGIC_A;
	other[WORD / 8] = NPT_MAGIC_B;
	npt_target = (volatile uint64_t *)(GIB + phys(page) + WORD);
	pt_map(&own, GIB, GIB, L1_MEMORY, PT_CR3_ALL, LARGE_PAGE);
	l2->vmcb->save.cr3 = own.root;
	pt_map(&l2->npt, GIB, 0, GIB, PT_NPT_ALL, GIB);
	svm_l2_run_to_end(l2);
	EXPECT_EQ(npt_seen, NPT_MAGIC_A, "APM 15.25.3");

	expect_at("%s", "read-only: ");
	*pt_leaf(&l2->npt, GIB) &= ~PTE_W;
	svm_l2_restart(l2, npt_l2_stores);
	l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
	svm_l2_run(l2);
	npt_expect_fault(l2, SVM_NPF_FINAL | PF_P | PF_W | PF_U, phys(npt_target));

	expect_at("%s", "split: ");
	pt_map(&l2->npt, GIB + phys(page), phys(other), PAGE_SIZE, PT_NPT_ALL, PAGE_SIZE);
	run_again(l2, npt_l2_loads);
	EXPECT_EQ(npt_seen, NPT_MAGIC_B, "APM 15.25.3");
}

/* What an entry above the leaf does not give, the leaf cannot. */
SVM_CASE(svm_npt_upper, 0, 16, L1_NEEDS(NPT))
{
	static const struct {
		const char *name;
		uint64_t clear, set;
		void (*fn)(void);
		uint64_t info;
	} rows[] = {
		{ "not present", PTE_P, 0, npt_l2_loads, PF_U },
		{ "no write", PTE_W, 0, npt_l2_stores, PF_P | PF_W | PF_U },
		{ "no user", PTE_U, 0, npt_l2_loads, PF_P | PF_U },
		{ "no execute", 0, PTE_NX, npt_l2_jumps, PF_P | PF_U | PF_I },
	};
	struct l2 *l2 = with_window(npt_l2_loads);
	uint64_t *page = aligned_page(PAGE_SIZE);

	pt_map(&l2->npt, GIB, phys(page), PAGE_SIZE, PT_NPT_ALL, PAGE_SIZE);
	/* Level 4 holds L2's code as well. */
	for (int level = 2; level <= 3; level++) {
		uint64_t *e = pt_entry(&l2->npt, GIB, level), entry = *e;

		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			expect_at("level %d, %s: ", level, rows[i].name);
			*e = (entry & ~rows[i].clear) | rows[i].set;
			svm_l2_restart(l2, rows[i].fn);
			l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
			svm_l2_run(l2);
			npt_expect_fault(l2, SVM_NPF_FINAL | rows[i].info, phys(npt_target));
			*e = entry;
			run_again(l2, npt_l2_loads);
			EXPECT_EQ(npt_seen, NPT_MAGIC_A, "APM 15.25.3");
		}
	}
}

/* Address bits beyond those of the processor are reserved at every level. */
SVM_CASE(svm_npt_address_bits, 0, 6, L1_NEEDS(NPT))
{
	struct l2 *l2 = with_window(npt_l2_loads);
	uint64_t *page = aligned_page(PAGE_SIZE);
	uint32_t width = cpuid(CPUID_EXT_SIZES, 0).eax & 0xff;

	if (width >= 52)
		skip("all 52 address bits are in use");
	pt_map(&l2->npt, GIB, phys(page), PAGE_SIZE, PT_NPT_ALL, PAGE_SIZE);
	for (int level = 1; level <= 3; level++) {
		uint64_t *e = pt_entry(&l2->npt, GIB, level), entry = *e;

		expect_at("level %d: ", level);
		*e |= 1ULL << 51;
		svm_l2_restart(l2, npt_l2_loads);
		l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
		svm_l2_run(l2);
		npt_expect_fault(l2, SVM_NPF_FINAL | PF_P | PF_U | PF_RSVD, phys(npt_target));
		*e = entry;
		run_again(l2, npt_l2_loads);
		EXPECT_EQ(npt_seen, NPT_MAGIC_A, "APM 15.25.3");
	}
}

/*
 * L2 has a translation in use; L1 takes rights away, changes a table in the middle, or enters
 * with another root. Each is followed by what APM 15.16 asks for, and must be seen.
 */
SVM_CASE(svm_npt_stale, 0, 8, L1_NEEDS(NPT))
{
	struct l2 *l2 = with_window(npt_l2_loads);
	uint64_t *page = aligned_page(PAGE_SIZE), *other = page_alloc();
	uint64_t *table = page_alloc(), *leaf, *e, entry;

	other[WORD / 8] = NPT_MAGIC_B;
	pt_map(&l2->npt, GIB, phys(page), PAGE_SIZE, PT_NPT_ALL, PAGE_SIZE);
	run_again(l2, npt_l2_stores);
	page[WORD / 8] = NPT_MAGIC_A;
	leaf = pt_leaf(&l2->npt, GIB);

	expect_at("%s", "write taken away from a page that was written: ");
	*leaf &= ~PTE_W;
	svm_l2_restart(l2, npt_l2_stores);
	l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
	svm_l2_run(l2);
	npt_expect_fault(l2, SVM_NPF_FINAL | PF_P | PF_W | PF_U, phys(npt_target));
	*leaf |= PTE_W;

	expect_at("%s", "another table at level 2: ");
	e = pt_entry(&l2->npt, GIB, 2);
	entry = *e;
	table[0] = phys(other) | PT_NPT_ALL;
	*e = phys(table) | (entry & ~PTE_ADDR);
	run_again(l2, npt_l2_loads);
	EXPECT_EQ(npt_seen, NPT_MAGIC_B, "APM 15.16");
	*e = entry;
	run_again(l2, npt_l2_loads);
	EXPECT_EQ(npt_seen, NPT_MAGIC_A, "APM 15.16");

	expect_at("%s", "another root, another ASID: ");
	l2->npt = pt_identity(PT_NPT);
	pt_map(&l2->npt, GIB, phys(other), PAGE_SIZE, PT_NPT_ALL, PAGE_SIZE);
	entry = l2->vmcb->control.n_cr3;
	for (uint64_t i = 0; i < 4; i++) {
		l2->vmcb->control.n_cr3 = i & 1 ? entry : l2->npt.root;
		l2->vmcb->control.guest_asid = (uint32_t)(2 - (i & 1));
		svm_l2_restart(l2, npt_l2_loads);
		l2->vmcb->control.tlb_control = VMCB_TLB_NOTHING;
		svm_l2_run_to_end(l2);
		EXPECT_EQ(npt_seen, i & 1 ? NPT_MAGIC_A : NPT_MAGIC_B, "APM 15.16");
	}
}

/*
 * L2's page tables, which nested paging makes read-only: the walk counts as a write, for the
 * accessed and dirty bits (APM 15.25.6), and the fault is the walk's.
 */
SVM_CASE(svm_npt_walk_readonly, 0, 2, L1_NEEDS(NPT))
{
	struct l2 *l2 = with_window(npt_l2_loads);
	uint64_t *page = aligned_page(PAGE_SIZE), *leaf, table;
	struct page_table own = { PT_CR3, l2->vmcb->save.cr3 };

	pt_map(&l2->npt, GIB, phys(page), PAGE_SIZE, PT_NPT_ALL, PAGE_SIZE);
	table = phys(pt_entry(&own, GIB, 2)) & ~(PAGE_SIZE - 1);
	*pt_leaf(&own, GIB) &= ~(PTE_A | PTE_D);
	leaf = pt_leaf_4k(&l2->npt, table);
	*leaf &= ~PTE_W;
	svm_l2_run_to(l2, SVM_EXIT_NPF, "APM 15.25.6");
	EXPECT_EQ(l2->vmcb->control.exit_info_1, SVM_NPF_GUEST_WALK | PF_P | PF_W | PF_U,
		  "APM 15.25.6");
	EXPECT_BITS(l2->vmcb->control.exit_info_2, ~(PAGE_SIZE - 1), table, "APM 15.25.6");
	*leaf |= PTE_W;
	l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(npt_seen, NPT_MAGIC_A, "APM 15.25.3");
	EXPECT_BITS(*pt_leaf(&own, GIB), PTE_A | PTE_D, PTE_A, "APM 5.4.2");
}

static void l2_outs(void)
{
	asm volatile("rep outsb" : : "S"(npt_target), "c"(4), "d"(0x4f0) : "memory");
}

/*
 * An access that L0's emulator makes for L2, a string instruction to a port that L1 does not
 * intercept: the nested fault is found in software, and looks the same, but that KVM gives only
 * its page (nested_svm_inject_npf_exit() has no more).
 */
SVM_CASE(svm_npt_emulated, L1_SLOW, 2, L1_NEEDS(NPT))
{
	struct l2 *l2 = with_window(l2_outs);
	uint64_t *page = aligned_page(PAGE_SIZE);

	svm_l2_run_to(l2, SVM_EXIT_NPF, "APM 15.25.6");
	EXPECT_BITS(l2->vmcb->control.exit_info_1, SVM_NPF_FINAL | SVM_NPF_GUEST_WALK | PF_P | PF_W,
		    SVM_NPF_FINAL, "APM 15.25.6");
	EXPECT_BITS(l2->vmcb->control.exit_info_2, ~(PAGE_SIZE - 1), GIB, "APM 15.25.6");
	pt_map(&l2->npt, GIB, phys(page), PAGE_SIZE, PT_NPT_ALL, PAGE_SIZE);
	svm_l2_run_to_end(l2);
}
