// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which emulator emulates this machine, or may be below it.
 */
#include "lib/emulator.h"

#include <string.h>

#include "lib/hw/cpuid.h"

/* In the first hypervisor leaf: EBX, ECX, EDX. */
static bool has_signature(const struct facts *f, const char signature[12])
{
	const struct cpuid_fact *features, *hypervisor;

	if (!f->n_cpus)
		return false;
	features = cpu_cpuid(f, &f->cpus[0], CPUID_FEATURES, 0);
	hypervisor = cpu_cpuid(f, &f->cpus[0], CPUID_HYPERVISOR, 0);
	return features && features->ecx & CPUID_1_ECX_HYPERVISOR && hypervisor &&
	       !memcmp(&hypervisor->ebx, signature, 4) &&
	       !memcmp(&hypervisor->ecx, signature + 4, 4) &&
	       !memcmp(&hypervisor->edx, signature + 8, 4);
}

enum emulator emulator_of(const struct facts *f)
{
	const char *bios = kv_get(&f->firmware.dmi, "bios_vendor");

	if (has_signature(f, "TCGTCGTCGTCG"))
		return EMULATOR_TCG;
	if (bios && !strcmp(bios, "The Bochs Project"))
		return EMULATOR_BOCHS;
	return EMULATOR_NONE;
}

enum emulator emulator_below(const struct facts *f, enum emulator named)
{
	enum emulator here = emulator_of(f);

	/* KVM's leaf, Documentation/virt/kvm/x86/cpuid.rst. */
	return here == EMULATOR_NONE && has_signature(f, "KVMKVMKVM\0\0\0") ? named : here;
}
