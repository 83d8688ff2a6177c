/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers that CPUs are held against each other by: within one machine (differ.c) and
 * between two (compare.c). Private to this room.
 *
 * Only what has to be the same is in the table: feature leaves and the virtualization MSRs.
 * APIC ids, topology, caches, and what the kernel sets per CPU (OSXSAVE, OSPKE, EFER) are
 * not in it, or masked out.
 */
#ifndef NESTCHECK_DIAGNOSE_COMPARED_H
#define NESTCHECK_DIAGNOSE_COMPARED_H

#include "diagnose/cpuid_names.h"
#include "lib/output.h"
#include "lib/report.h"

enum which {
	ANY_VENDOR,
	VMX_ONLY,
	SVM_ONLY,
};

/* leaf, subleaf, reg for CPUID; leaf is the index for an MSR. mask: what is compared. */
struct compared {
	bool msr;
	enum which which;
	uint32_t leaf, subleaf;
	enum cpuid_register reg;
	uint64_t mask;
};

extern const struct compared compared_registers[];
extern const size_t n_compared_registers;

/* One register on one CPU. index: into facts.cpus. */
struct reading {
	enum {
		MISSING,
		REFUSED,
		READ
	} state;
	uint64_t value;
	size_t index;
};

struct reading compared_read(const struct facts *f, enum cpu_vendor vendor,
			     const struct compared *c, size_t index);

/* Whether a vendor's CPUs have it at all. */
bool compared_applies(enum cpu_vendor vendor, const struct compared *c);
bool compared_is_microcode(const struct compared *c);

/* The revision: bits 63:32 on Intel (SDM Vol. 3 10.11.7), 31:0 on AMD (PATCH_LEVEL). */
uint64_t microcode_revision(enum cpu_vendor vendor, uint64_t value);

/* "MSR 0x48b IA32_VMX_PROCBASED_CTLS2"; "0x000000ff00000000", "refused"; */
void compared_add_name(struct text *t, const struct compared *c);
void compared_add_value(struct text *t, const struct compared *c, const struct reading *r);
/* " [bit 5 (VMX) is 0, bit 46 (VMCS shadowing may be 1) is 0]": of odd, against usual. */
void compared_add_bits(struct text *t, const struct compared *c, uint64_t odd, uint64_t usual);

#endif
