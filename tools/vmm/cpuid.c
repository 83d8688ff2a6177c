// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUID per vCPU. Layouts: SDM Vol. 2 "CPUID" leaves 1, 4, 0Bh, 1Fh; APM Vol. 3 appendix E
 * leaves 8000_0008h, 8000_001Dh, 8000_001Eh.
 */
#include "vmm/cpuid.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hw/cpuid.h"

#define HTT	  (1u << 28) /* leaf 1 EDX: EBX[23:16] counts */
#define LEVEL_SMT (1u << 8)  /* leaf 0Bh ECX[15:8] */
#define LEVEL_CPU (2u << 8)
#define LEVELS	  3 /* of leaves 0Bh and 1Fh: threads, cores, and the end */

/* The bits of an APIC id that number a package's CPUs. */
static uint32_t id_bits(unsigned int cpus)
{
	uint32_t bits = 0;

	while (1u << bits < cpus)
		bits++;
	return bits;
}

static void features(struct kvm_cpuid_entry2 *e, unsigned int id, unsigned int cpus, bool deadline)
{
	e->ebx = (e->ebx & 0xffff) | cpus << 16 | id << 24;
	e->ecx |= CPUID_1_ECX_HYPERVISOR;
	if (deadline)
		e->ecx |= CPUID_1_ECX_TSC_DEADLINE;
	e->edx = cpus > 1 ? e->edx | HTT : e->edx & ~HTT;
}

/* EAX[25:14] is how many share a cache, [31:26] (Intel's) how many cores there are, less one. */
static void cache(struct kvm_cpuid_entry2 *e, unsigned int cpus)
{
	uint32_t ids = (1u << id_bits(cpus)) - 1, level = e->eax >> 5 & 7;

	if ((e->eax & 0x1f) == 0)
		return;
	e->eax = (e->eax & 0x3fff) | (level > 2 ? ids << 14 : 0);
	if (e->function == CPUID_CACHE)
		e->eax |= ids << 26;
}

static void topology(struct kvm_cpuid_entry2 *e, unsigned int id, unsigned int cpus)
{
	uint32_t level = e->index;

	e->eax = level == 1 ? id_bits(cpus) : 0;
	e->ebx = level == 0 ? 1 : level == 1 ? cpus : 0;
	e->ecx = level | (level == 0 ? LEVEL_SMT : level == 1 ? LEVEL_CPU : 0);
	e->edx = id;
}

static void adjust(struct kvm_cpuid_entry2 *e, unsigned int id, unsigned int cpus, bool deadline)
{
	switch (e->function) {
	case CPUID_FEATURES:
		features(e, id, cpus, deadline);
		break;
	case CPUID_CACHE:
	case CPUID_EXT_CACHE:
		cache(e, cpus);
		break;
	case CPUID_TOPOLOGY:
	case CPUID_TOPOLOGY2:
		topology(e, id, cpus);
		break;
	case CPUID_EXT_SIZES:
		e->ecx = (e->ecx & ~0xf0ffu) | (cpus - 1) | id_bits(cpus) << 12;
		break;
	case CPUID_EXT_TOPOLOGY:
		e->eax = e->ebx = id;
		e->ecx = 0;
		break;
	}
}

struct kvm_cpuid2 *cpuid_of(const struct kvm_cpuid2 *from, unsigned int id, unsigned int cpus,
			    bool tsc_deadline)
{
	/* Leaves 0Bh and 1Fh grow. */
	size_t most = from->nent + 2 * LEVELS;
	struct kvm_cpuid2 *to = calloc(1, sizeof(*to) + most * sizeof(to->entries[0]));

	if (!to)
		return NULL;
	for (uint32_t i = 0; i < from->nent; i++) {
		struct kvm_cpuid_entry2 e = from->entries[i];
		bool levels = e.function == CPUID_TOPOLOGY || e.function == CPUID_TOPOLOGY2;

		if (levels && e.index)
			continue;
		for (uint32_t level = 0; level < (levels ? LEVELS : 1); level++) {
			if (levels) {
				e.index = level;
				e.flags |= KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
			}
			adjust(&e, id, cpus, tsc_deadline);
			to->entries[to->nent++] = e;
		}
	}
	return to;
}
