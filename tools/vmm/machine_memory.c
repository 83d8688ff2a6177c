// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is allocated and mapped before the guest runs.
 */
#include "vmm/machine_memory.h"

#include <errno.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* since 5.14; asm-generic/mman-common.h */
#endif

#define PAGE 4096ULL

/* A struct page has 64 bytes: include/linux/mm_types.h. memblock hands out the top first. */
#define PAGES_PER_STRUCT 64
#define LOW_MORE	 (4ULL << 20) /* 564 pages were touched there when measured */
#define TOP_MORE	 (8ULL << 20) /* beside them: per-CPU data, hashes, tables */

static void add(struct machine_ahead *a, uint64_t begin, uint64_t end)
{
	begin &= ~(PAGE - 1);
	end = (end + PAGE - 1) & ~(PAGE - 1);
	if (begin < end)
		a->ranges[a->n++] = (struct machine_range){ begin, end };
}

/* What the kernel allocates first: from 1 MiB up, around itself. The initrd is unpacked there. */
static void add_low(struct machine_ahead *a, const struct linux_kernel *k, uint64_t unpacked,
		    uint64_t limit)
{
	uint64_t begin = LINUX_HIGH_BEGIN, room = k->segments[0].address - begin;
	uint64_t wanted = LOW_MORE + unpacked, below = wanted < room ? wanted : room;
	uint64_t end = k->end + (wanted - below);

	add(a, begin, begin + below);
	add(a, k->end, end < limit ? end : limit);
}

struct machine_ahead machine_populate(struct machine *m, const struct linux_kernel *k,
				      uint64_t initrd, uint64_t n_initrd)
{
	uint64_t size = m->vm.size, top = size - size / PAGES_PER_STRUCT - TOP_MORE;
	struct machine_ahead a = { .n = 0 };

	/* With the gaps: Linux poisons and frees its built-in initramfs, which the copy of our own
	 * kernel lacks, with the rest of its init memory. */
	add(&a, k->segments[0].address, k->end);
	add(&a, initrd, initrd + n_initrd);
	/* If the initrd is at the top, the structures are below it. */
	if (n_initrd && size - initrd - n_initrd < PAGE) {
		top -= size - initrd;
		size = initrd;
	}
	add_low(&a, k, n_initrd, top < m->vm.low ? top : m->vm.low);
	if (top >= k->end && top < m->vm.low)
		add(&a, top, size < m->vm.low ? size : m->vm.low);
	if (size > m->vm.low)
		add(&a, top > m->vm.low ? top : m->vm.low, size);
	madvise(m->vm.memory, m->vm.size, MADV_HUGEPAGE);
	for (size_t i = 0; i < a.n; i++)
		madvise(m->vm.memory + a.ranges[i].begin, a.ranges[i].end - a.ranges[i].begin,
			MADV_POPULATE_WRITE);
	return a;
}

/* No range crosses the hole. */
static uint64_t guest_address(const struct vm *vm, uint64_t offset)
{
	return offset < vm->low ? offset : offset - vm->low + VM_HIGH_MEMORY;
}

void machine_map(struct machine *m, const struct machine_ahead *a)
{
#ifdef KVM_PRE_FAULT_MEMORY /* since 6.11 */
	for (size_t i = 0; i < a->n; i++) {
		struct kvm_pre_fault_memory range = {
			.gpa = guest_address(&m->vm, a->ranges[i].begin),
			.size = a->ranges[i].end - a->ranges[i].begin,
		};

		while (range.size && ioctl(m->cpus[0].vcpu.fd, KVM_PRE_FAULT_MEMORY, &range) < 0 &&
		       errno == EINTR)
			;
	}
#else
	(void)m;
	(void)a;
#endif
}
