// SPDX-License-Identifier: GPL-2.0-only
/* How much memory a level needs; pure. */
#include <string.h>

#include "chain/start.h"

#define MIB (UINT64_C(1) << 20)

/* For the program of a level that runs another one. */
#define WORK (16 * MIB)

uint64_t chain_memory(unsigned int above, const struct machine_blob *kernel, size_t initrd)
{
	bool elf = kernel->size > 4 && !memcmp(kernel->data, "\177ELF", 4);
	/* A kernel at 16 MiB, its tables, our program twice: in the archive, and unpacked. */
	uint64_t last = (elf ? 64 : 192) * MIB + 8 * (uint64_t)initrd;

	if (!above)
		return last;
	return chain_memory(above - 1, kernel, initrd) + last + 2 * (uint64_t)kernel->size + WORK;
}
