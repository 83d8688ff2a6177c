/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only interface to libcpuid: its header and ours both define VENDOR_INTEL, so no other file
 * includes it.
 */
#ifndef NESTCHECK_FACTS_LIBCPUID_H
#define NESTCHECK_FACTS_LIBCPUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A recorded leaf's eax, ebx, ecx, edx; false if it was not recorded. */
struct leaf_source {
	bool (*get)(const void *ctx, uint32_t leaf, uint32_t subleaf, uint32_t regs[4]);
	const void *ctx;
};

/* "Crusoe"; false if libcpuid does not know the CPU. */
bool libcpuid_codename(const struct leaf_source *source, char *name, size_t size);

#endif
