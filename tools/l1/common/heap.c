// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages from the end of the image to the end of memory, given back all at once.
 */
#include "l1/common/cpu.h"
#include "l1/common/smp.h"

extern uint8_t l1_image_end[];

static uint64_t next, mark;
static struct lock lock;

void *pages_alloc_aligned(size_t n, uint64_t align)
{
	uint64_t start;

	lock_take(&lock);
	if (!next)
		next = phys(l1_image_end);
	start = (next + align - 1) & ~(align - 1);
	if (start + n * PAGE_SIZE <= L1_MEMORY)
		next = start + n * PAGE_SIZE;
	else
		start = 0;
	lock_drop(&lock);
	if (!start)
		expect_failed("L1 is out of memory: %lu pages wanted", (uint64_t)n);
	memset((void *)start, 0, n * PAGE_SIZE);
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

void heap_mark(void)
{
	mark = next;
}

void heap_reset(void)
{
	next = mark;
}
