/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's memory, ready before it is touched. Each page that is not costs an exit when the
 * guest comes to it: under an emulator, or in a guest of a guest, most of a kernel's start.
 */
#ifndef NESTCHECK_VMM_MACHINE_MEMORY_H
#define NESTCHECK_VMM_MACHINE_MEMORY_H

#include "vmm/linux.h"
#include "vmm/machine_internal.h"

/* Offsets into vm.memory, whole pages. */
struct machine_range {
	uint64_t begin, end;
};

struct machine_ahead {
	struct machine_range ranges[6]; /* the kernel, the initrd, two low ones, two at the top */
	size_t n;
};

/*
 * Before the kernel is loaded: huge pages where the host has them, and pages behind all that the
 * kernel is sure to touch: itself, what it hands out first, and the top of memory, where its page
 * structures and the initrd go. What fails here is slower and nothing else. The
 * initrd is n_initrd bytes.
 */
struct machine_ahead machine_populate(struct machine *m, const struct linux_kernel *k,
				      uint64_t initrd, uint64_t n_initrd);

/* Once there is a vCPU: the same pages in the guest's paging. */
void machine_map(struct machine *m, const struct machine_ahead *ahead);

#endif
