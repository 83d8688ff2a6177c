// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables in the formats of CR3, NPT and EPT: the same tree with other bits.
 */
#include "l1/common/l1.h"
#include "l1/common/lock.h"

#define ENTRIES 512
#define TOP	4

static struct page_table shared[PT_EPT + 1];
static struct spinlock shared_lock;

/* What an entry of a level covers: 12 bits, and 9 more per level. */
static uint64_t level_size(int level)
{
	return PAGE_SIZE << 9 * (level - 1);
}

static unsigned int level_index(uint64_t address, int level)
{
	return address >> (12 + 9 * (level - 1)) & (ENTRIES - 1);
}

static bool present(enum pt_format format, uint64_t entry)
{
	return entry & (format == PT_EPT ? EPT_R | EPT_W | EPT_X : PTE_P);
}

static uint64_t *table_of(uint64_t entry)
{
	return (uint64_t *)(entry & PTE_ADDR);
}

static uint64_t table_entry(enum pt_format format, const void *table)
{
	return phys(table) | (format == PT_EPT ? EPT_R | EPT_W | EPT_X : PTE_P | PTE_W | PTE_U);
}

/* PS is bit 7 in all three formats. */
static void split(enum pt_format format, uint64_t *entry, int level)
{
	uint64_t *table = page_alloc();
	uint64_t flags = *entry & ~PTE_ADDR;
	uint64_t base = *entry & PTE_ADDR;

	if (level == 2)
		flags &= ~PTE_PS;
	for (unsigned int i = 0; i < ENTRIES; i++)
		table[i] = (base + i * level_size(level - 1)) | flags;
	*entry = table_entry(format, table);
}

/* The entry for address at a level, with the tables above it made or split as needed. */
static uint64_t *make_entry(struct page_table *pt, uint64_t address, int level)
{
	uint64_t *entry = &table_of(pt->root)[level_index(address, TOP)];

	if (pt->root == shared[pt->format].root)
		expect_failed("the shared page table is not to be changed");
	for (int l = TOP; l > level; l--) {
		if (!present(pt->format, *entry))
			*entry = table_entry(pt->format, page_alloc());
		else if (*entry & PTE_PS)
			split(pt->format, entry, l);
		entry = &table_of(*entry)[level_index(address, l - 1)];
	}
	return entry;
}

uint64_t *pt_entry(const struct page_table *pt, uint64_t address, int level)
{
	uint64_t *entry = &table_of(pt->root)[level_index(address, TOP)];

	for (int l = TOP; l > level; l--) {
		if (!present(pt->format, *entry) || *entry & PTE_PS)
			return NULL;
		entry = &table_of(*entry)[level_index(address, l - 1)];
	}
	return entry;
}

uint64_t *pt_leaf(const struct page_table *pt, uint64_t address)
{
	for (int l = TOP; l > 0; l--) {
		uint64_t *entry = pt_entry(pt, address, l);

		if (!entry)
			return NULL;
		if (l == 1 || *entry & PTE_PS)
			return present(pt->format, *entry) ? entry : NULL;
	}
	return NULL;
}

uint64_t *pt_leaf_4k(struct page_table *pt, uint64_t address)
{
	return make_entry(pt, address, 1);
}

void pt_map(struct page_table *pt, uint64_t from, uint64_t to, uint64_t size, uint64_t flags,
	    uint64_t page_size)
{
	int level = page_size == PAGE_SIZE ? 1 : page_size == LARGE_PAGE ? 2 : 3;

	for (uint64_t at = 0; at < size; at += page_size) {
		uint64_t *entry = make_entry(pt, from + at, level);

		*entry = (to + at) | flags | (level > 1 ? PTE_PS : 0);
	}
}

struct page_table pt_new(enum pt_format format)
{
	return (struct page_table){ format, phys(page_alloc()) };
}

/* Three tables, as large pages have it: L1_MEMORY is below 1 GiB. */
static struct page_table identity(enum pt_format format, void *(*alloc)(void))
{
	static const uint64_t all[] = {
		[PT_CR3] = PT_CR3_ALL,
		[PT_NPT] = PT_NPT_ALL,
		[PT_EPT] = PT_EPT_ALL,
	};
	uint64_t *root = alloc(), *pdpt = alloc(), *pd = alloc();

	root[0] = table_entry(format, pdpt);
	pdpt[0] = table_entry(format, pd);
	for (uint64_t i = 0; i < L1_MEMORY / LARGE_PAGE; i++)
		pd[i] = i * LARGE_PAGE | all[format] | PTE_PS;
	return (struct page_table){ format, phys(root) };
}

struct page_table pt_identity(enum pt_format format)
{
	return identity(format, page_alloc);
}

struct page_table pt_shared_identity(enum pt_format format)
{
	spin_lock(&shared_lock);
	if (!shared[format].root)
		shared[format] = identity(format, page_alloc_permanent);
	spin_unlock(&shared_lock);
	return shared[format];
}
