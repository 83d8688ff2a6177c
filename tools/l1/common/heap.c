// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages from the end of the image to the end of memory, given back all at once; and from the
 * other end pages that stay.
 */
#include "l1/common/cpu.h"
#include "l1/common/lock.h"

extern uint8_t l1_image_end[];

static uint64_t next, mark, end = L1_MEMORY;
static struct spinlock lock;

/*
 * Where KVM shadows page tables of L1's, it protects them against writing and emulates each
 * write by itself, REP STOS turn by turn. A page that was a table in the last case is no longer
 * one: KVM sees that by an instruction that page tables are not written with (mmu.c,
 * kvm_mmu_write_protect_fault; emulate.c, x86_page_table_writing_insn) and lets go of it.
 */
static void clear_page(uint64_t page)
{
	asm volatile("addq $0, %0" : "+m"(*(uint64_t *)page) : : "cc");
	memset((void *)page, 0, PAGE_SIZE);
}

void *pages_alloc_aligned(size_t n, uint64_t align)
{
	uint64_t start;

	spin_lock(&lock);
	if (!next)
		next = phys(l1_image_end);
	start = (next + align - 1) & ~(align - 1);
	if (start + n * PAGE_SIZE <= end)
		next = start + n * PAGE_SIZE;
	else
		start = 0;
	spin_unlock(&lock);
	if (!start)
		expect_failed("L1 is out of memory: %lu pages wanted", (uint64_t)n);
	for (uint64_t page = start; page < start + n * PAGE_SIZE; page += PAGE_SIZE)
		clear_page(page);
	return (void *)start;
}

void *pages_alloc(size_t n)
{
	return pages_alloc_aligned(n, PAGE_SIZE);
}

void *page_alloc(void)
{
	return pages_alloc(1);
}

void *page_alloc_permanent(void)
{
	uint64_t page = 0;

	spin_lock(&lock);
	if (next + PAGE_SIZE <= end)
		page = end -= PAGE_SIZE;
	spin_unlock(&lock);
	if (!page)
		expect_failed("L1 is out of memory: a page to keep wanted");
	clear_page(page);
	return (void *)page;
}

void heap_mark(void)
{
	mark = next;
}

void heap_reset(void)
{
	next = mark;
}
