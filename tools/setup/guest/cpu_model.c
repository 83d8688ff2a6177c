// SPDX-License-Identifier: GPL-2.0-only
/*
 * libvirt's CPU models and the features of each, and which a machine has (see cpu_model.h).
 *
 * Source: libvirt's cpu_map (/usr/share/libvirt/cpu_map, libvirt 9.0; tests/setup/guest compares
 * the table with the installed one); the names are QEMU's (target/i386/cpu.c). Not listed: models
 * without virtualization; those that require bits of an MSR (Cooperlake, Snowridge and newer),
 * which the facts may lack; Icelake-Client, which QEMU 7.1 removed.
 */
#include "setup/guest/cpu_model.h"

const struct cpu_model_register cpu_model_registers[CPU_MODEL_REGISTERS] = {
	{ 0x1, 0, CPU_MODEL_ECX },	  { 0x1, 0, CPU_MODEL_EDX },
	{ 0x6, 0, CPU_MODEL_EAX },	  { 0x7, 0, CPU_MODEL_EBX },
	{ 0x7, 0, CPU_MODEL_ECX },	  { 0x7, 0, CPU_MODEL_EDX },
	{ 0x7, 1, CPU_MODEL_EAX },	  { 0xd, 1, CPU_MODEL_EAX },
	{ 0x80000001, 0, CPU_MODEL_ECX }, { 0x80000001, 0, CPU_MODEL_EDX },
	{ 0x80000008, 0, CPU_MODEL_EBX }, { 0x8000000a, 0, CPU_MODEL_EDX },
};

/* clang-format off */
const struct cpu_model cpu_models[] = {
	{ "Icelake-Server", VENDOR_INTEL,
	  { 0x77fa3203, 0x078bfbff, 0x00000004, 0xd19f4fb9, 0x00015f4e, 0x84000000,
	    0x00000000, 0x00000007, 0x00000121, 0x2c100800, 0x00000200, 0x00000000 } },
	{ "Icelake-Server-noTSX", VENDOR_INTEL,
	  { 0x77fa3203, 0x078bfbff, 0x00000004, 0xd19f47a9, 0x00015f4e, 0x84000000,
	    0x00000000, 0x00000007, 0x00000121, 0x2c100800, 0x00000200, 0x00000000 } },
	{ "Cascadelake-Server", VENDOR_INTEL,
	  { 0x77fa3203, 0x078bfbff, 0x00000004, 0xd19f4fb9, 0x00000800, 0x84000000,
	    0x00000000, 0x00000007, 0x00000121, 0x2c100800, 0x00000000, 0x00000000 } },
	{ "Cascadelake-Server-noTSX", VENDOR_INTEL,
	  { 0x77fa3203, 0x078bfbff, 0x00000004, 0xd19f47a9, 0x00000800, 0x84000000,
	    0x00000000, 0x00000007, 0x00000121, 0x2c100800, 0x00000000, 0x00000000 } },
	{ "Skylake-Server-IBRS", VENDOR_INTEL,
	  { 0x77fa3203, 0x078bfbff, 0x00000004, 0xd11f4fb9, 0x00000000, 0x04000000,
	    0x00000000, 0x00000007, 0x00000121, 0x2c100800, 0x00000000, 0x00000000 } },
	{ "Skylake-Server-noTSX-IBRS", VENDOR_INTEL,
	  { 0x77fa3203, 0x078bfbff, 0x00000004, 0xd11f47a9, 0x00000000, 0x04000000,
	    0x00000000, 0x00000007, 0x00000121, 0x2c100800, 0x00000000, 0x00000000 } },
	{ "Skylake-Server", VENDOR_INTEL,
	  { 0x77fa3203, 0x078bfbff, 0x00000004, 0xd11f4fb9, 0x00000000, 0x00000000,
	    0x00000000, 0x00000007, 0x00000121, 0x2c100800, 0x00000000, 0x00000000 } },
	{ "Skylake-Client-IBRS", VENDOR_INTEL,
	  { 0x77fa3203, 0x078bfbff, 0x00000004, 0x001c4fb9, 0x00000000, 0x04000000,
	    0x00000000, 0x00000007, 0x00000121, 0x28100800, 0x00000000, 0x00000000 } },
	{ "Skylake-Client-noTSX-IBRS", VENDOR_INTEL,
	  { 0x77fa3203, 0x078bfbff, 0x00000004, 0x001c47a9, 0x00000000, 0x04000000,
	    0x00000000, 0x00000007, 0x00000121, 0x28100800, 0x00000000, 0x00000000 } },
	{ "Skylake-Client", VENDOR_INTEL,
	  { 0x77fa3203, 0x078bfbff, 0x00000004, 0x001c4fb9, 0x00000000, 0x00000000,
	    0x00000000, 0x00000007, 0x00000121, 0x28100800, 0x00000000, 0x00000000 } },
	{ "Broadwell-IBRS", VENDOR_INTEL,
	  { 0x17fa3203, 0x078bfbfd, 0x00000000, 0x001c0fb9, 0x00000000, 0x04000000,
	    0x00000000, 0x00000000, 0x00000101, 0x28100800, 0x00000000, 0x00000000 } },
	{ "Broadwell", VENDOR_INTEL,
	  { 0x17fa3203, 0x078bfbfd, 0x00000000, 0x001c0fb9, 0x00000000, 0x00000000,
	    0x00000000, 0x00000000, 0x00000101, 0x28100800, 0x00000000, 0x00000000 } },
	{ "Broadwell-noTSX-IBRS", VENDOR_INTEL,
	  { 0x17fa3203, 0x078bfbfd, 0x00000000, 0x001c07a9, 0x00000000, 0x04000000,
	    0x00000000, 0x00000000, 0x00000101, 0x28100800, 0x00000000, 0x00000000 } },
	{ "Broadwell-noTSX", VENDOR_INTEL,
	  { 0x17fa3203, 0x078bfbfd, 0x00000000, 0x001c07a9, 0x00000000, 0x00000000,
	    0x00000000, 0x00000000, 0x00000101, 0x28100800, 0x00000000, 0x00000000 } },
	{ "Haswell-IBRS", VENDOR_INTEL,
	  { 0x17fa3203, 0x078bfbfd, 0x00000000, 0x00000fb9, 0x00000000, 0x04000000,
	    0x00000000, 0x00000000, 0x00000001, 0x28100800, 0x00000000, 0x00000000 } },
	{ "Haswell", VENDOR_INTEL,
	  { 0x17fa3203, 0x078bfbfd, 0x00000000, 0x00000fb9, 0x00000000, 0x00000000,
	    0x00000000, 0x00000000, 0x00000001, 0x28100800, 0x00000000, 0x00000000 } },
	{ "Haswell-noTSX-IBRS", VENDOR_INTEL,
	  { 0x17fa3203, 0x078bfbfd, 0x00000000, 0x000007a9, 0x00000000, 0x04000000,
	    0x00000000, 0x00000000, 0x00000001, 0x28100800, 0x00000000, 0x00000000 } },
	{ "Haswell-noTSX", VENDOR_INTEL,
	  { 0x17fa3203, 0x078bfbfd, 0x00000000, 0x000007a9, 0x00000000, 0x00000000,
	    0x00000000, 0x00000000, 0x00000001, 0x28100800, 0x00000000, 0x00000000 } },
	{ "IvyBridge-IBRS", VENDOR_INTEL,
	  { 0x77b82203, 0x078bfbff, 0x00000000, 0x00000281, 0x00000000, 0x04000000,
	    0x00000000, 0x00000000, 0x00000001, 0x28100800, 0x00000000, 0x00000000 } },
	{ "IvyBridge", VENDOR_INTEL,
	  { 0x77b82203, 0x078bfbff, 0x00000000, 0x00000281, 0x00000000, 0x00000000,
	    0x00000000, 0x00000000, 0x00000001, 0x28100800, 0x00000000, 0x00000000 } },
	{ "SandyBridge-IBRS", VENDOR_INTEL,
	  { 0x17b82203, 0x078bfbfd, 0x00000000, 0x00000000, 0x00000000, 0x04000000,
	    0x00000000, 0x00000000, 0x00000001, 0x28100800, 0x00000000, 0x00000000 } },
	{ "SandyBridge", VENDOR_INTEL,
	  { 0x17b82203, 0x078bfbfd, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
	    0x00000000, 0x00000000, 0x00000001, 0x28100800, 0x00000000, 0x00000000 } },
	{ "Westmere-IBRS", VENDOR_INTEL,
	  { 0x02982201, 0x078bfbfd, 0x00000000, 0x00000000, 0x00000000, 0x04000000,
	    0x00000000, 0x00000000, 0x00000001, 0x20100800, 0x00000000, 0x00000000 } },
	{ "Westmere", VENDOR_INTEL,
	  { 0x02982201, 0x078bfbfd, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
	    0x00000000, 0x00000000, 0x00000001, 0x20100800, 0x00000000, 0x00000000 } },
	{ "Nehalem-IBRS", VENDOR_INTEL,
	  { 0x00982201, 0x078bfbfd, 0x00000000, 0x00000000, 0x00000000, 0x04000000,
	    0x00000000, 0x00000000, 0x00000001, 0x20100800, 0x00000000, 0x00000000 } },
	{ "Nehalem", VENDOR_INTEL,
	  { 0x00982201, 0x078bfbfd, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
	    0x00000000, 0x00000000, 0x00000001, 0x20100800, 0x00000000, 0x00000000 } },
	{ "Penryn", VENDOR_INTEL,
	  { 0x00082201, 0x078bfbfd, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
	    0x00000000, 0x00000000, 0x00000001, 0x20100800, 0x00000000, 0x00000000 } },
	{ "Conroe", VENDOR_INTEL,
	  { 0x00000201, 0x078bfbfd, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
	    0x00000000, 0x00000000, 0x00000001, 0x20100800, 0x00000000, 0x00000000 } },
	{ "EPYC-Milan", VENDOR_AMD,
	  { 0x76da3203, 0x078bfbff, 0x00000004, 0x219c07a9, 0x0040000c, 0x00000010,
	    0x00000000, 0x0000000f, 0x008003f5, 0x2e500800, 0x0100d205, 0x10000009 } },
	{ "EPYC-Rome", VENDOR_AMD,
	  { 0x76d83203, 0x078bfbff, 0x00000004, 0x219c01a9, 0x00400004, 0x00000000,
	    0x00000000, 0x00000007, 0x008003f5, 0x2e500800, 0x00009205, 0x00000009 } },
	{ "EPYC-IBPB", VENDOR_AMD,
	  { 0x76d83203, 0x078bfbff, 0x00000004, 0x209c01a9, 0x00000000, 0x00000000,
	    0x00000000, 0x00000007, 0x000003f5, 0x2e500800, 0x00001000, 0x00000000 } },
	{ "EPYC", VENDOR_AMD,
	  { 0x76d83203, 0x078bfbff, 0x00000004, 0x209c01a9, 0x00000000, 0x00000000,
	    0x00000000, 0x00000007, 0x000003f5, 0x2e500800, 0x00000000, 0x00000000 } },
	{ "Opteron_G5", VENDOR_AMD,
	  { 0x36983203, 0x078bfbfd, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
	    0x00000000, 0x00000000, 0x002109e5, 0x2c100800, 0x00000000, 0x00000000 } },
	{ "Opteron_G4", VENDOR_AMD,
	  { 0x16982203, 0x078bfbfd, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
	    0x00000000, 0x00000000, 0x000109e5, 0x2c100800, 0x00000000, 0x00000000 } },
	{ "Opteron_G3", VENDOR_AMD,
	  { 0x00802001, 0x078bfbfd, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
	    0x00000000, 0x00000000, 0x000000e5, 0x28100800, 0x00000000, 0x00000000 } },
	{ "Opteron_G2", VENDOR_AMD,
	  { 0x00002001, 0x078bfbfd, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
	    0x00000000, 0x00000000, 0x00000005, 0x28100800, 0x00000000, 0x00000000 } },
	{ "Dhyana", VENDOR_HYGON,
	  { 0x74d83201, 0x078bfbff, 0x00000004, 0x009c01a9, 0x00000000, 0x00000000,
	    0x00000000, 0x00000007, 0x000003f5, 0x2e500800, 0x00001000, 0x00000000 } },
	{ NULL, VENDOR_UNKNOWN, { 0 } },
};
/* clang-format on */

static uint32_t register_of(const struct cpuid_fact *fact, int reg)
{
	const uint32_t values[] = { fact->eax, fact->ebx, fact->ecx, fact->edx };

	return values[reg];
}

bool cpu_has_model(const struct facts *f, const struct cpu_facts *c, const struct cpu_model *m)
{
	for (size_t i = 0; i < CPU_MODEL_REGISTERS; i++) {
		const struct cpu_model_register *at = &cpu_model_registers[i];
		const struct cpuid_fact *fact = cpu_cpuid(f, c, at->leaf, at->subleaf);

		if (m->features[i] & ~(fact ? register_of(fact, at->reg) : 0))
			return false;
	}
	return true;
}

static bool machine_has_model(const struct facts *f, const struct cpu_model *m)
{
	for (size_t i = 0; i < f->n_cpus; i++)
		if (!cpu_has_model(f, &f->cpus[i], m))
			return false;
	return f->n_cpus > 0;
}

const struct cpu_model *cpu_model_of(const struct report *r)
{
	for (const struct cpu_model *m = cpu_models; m->name; m++)
		if (m->vendor == r->cpu.vendor && machine_has_model(&r->facts, m))
			return m;
	return NULL;
}
