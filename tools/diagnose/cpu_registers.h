/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers that are compared between CPUs: within one machine (cpus_differ.c) and between two
 * (compare_reports.c). Private to this room.
 *
 * The table has only what must be equal: feature leaves and the virtualization MSRs. APIC ids,
 * topology, caches, and bits that the kernel sets per CPU (OSXSAVE, OSPKE, EFER) are left out or
 * masked out.
 */
#ifndef NESTCHECK_DIAGNOSE_CPU_REGISTERS_H
#define NESTCHECK_DIAGNOSE_CPU_REGISTERS_H

#include "diagnose/cpuid_names.h"
#include "lib/output.h"
#include "lib/report.h"

enum which {
	ANY_VENDOR,
	VMX_ONLY,
	SVM_ONLY,
};

/* leaf, subleaf, reg for CPUID; leaf is the index for an MSR. mask: the bits that are compared. */
struct cpu_register {
	bool msr;
	enum which which;
	uint32_t leaf, subleaf;
	enum cpuid_register reg;
	uint64_t mask;
};

extern const struct cpu_register cpu_registers[];
extern const size_t n_cpu_registers;

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

struct reading cpu_register_read(const struct facts *f, enum cpu_vendor vendor,
				 const struct cpu_register *c, size_t index);

/* Whether CPUs of this vendor have the register. */
bool cpu_register_applies(enum cpu_vendor vendor, const struct cpu_register *c);
bool cpu_register_is_microcode(const struct cpu_register *c);

/* The revision: bits 63:32 on Intel (SDM Vol. 3 10.11.7), 31:0 on AMD (PATCH_LEVEL). */
uint64_t microcode_revision(enum cpu_vendor vendor, uint64_t value);

/* "MSR 0x48b IA32_VMX_PROCBASED_CTLS2"; "0x000000ff00000000", "refused"; */
void cpu_register_add_name(struct text *t, const struct cpu_register *c);
void cpu_register_add_value(struct text *t, const struct cpu_register *c, const struct reading *r);
/*
 * " [bit 5 (VMX) is 0, bit 46 (VMCS shadowing may be 1) is 0]": bits of odd that differ from usual.
 */
void cpu_register_add_bits(struct text *t, const struct cpu_register *c, uint64_t odd,
			   uint64_t usual);

#endif
