/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest memory that is mapped before the guest touches it. Each page that is not costs an exit at
 * its first access: under an emulator, or in a guest of a guest, most of a kernel's start.
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
 * Before the kernel is loaded: huge pages if the host has them, and host pages for all that the
 * kernel is sure to touch: itself, what it allocates first, and the top of memory, where its page
 * structures and the initrd go. The initrd is n_initrd bytes. A failure only costs speed.
 */
struct machine_ahead machine_populate(struct machine *m, const struct linux_kernel *k,
				      uint64_t initrd, uint64_t n_initrd);

/* After the vCPUs are made: the same pages in the guest's EPT or NPT. */
void machine_map(struct machine *m, const struct machine_ahead *ahead);

#endif
