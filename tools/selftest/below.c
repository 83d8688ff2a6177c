// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which emulator's defects may show.
 */
#include "selftest/below.h"

#include <string.h>

#include "lib/hw/cpuid.h"

/* KVM's leaf, Documentation/virt/kvm/x86/cpuid.rst. */
static bool is_guest_of_kvm(const struct facts *f)
{
	static const char kvm[12] = "KVMKVMKVM";
	const struct cpuid_fact *features, *hypervisor;

	if (!f->n_cpus)
		return false;
	features = cpu_cpuid(f, &f->cpus[0], CPUID_FEATURES, 0);
	hypervisor = cpu_cpuid(f, &f->cpus[0], CPUID_HYPERVISOR, 0);
	return features && features->ecx & CPUID_1_ECX_HYPERVISOR && hypervisor &&
	       !memcmp(&hypervisor->ebx, kvm, 4) && !memcmp(&hypervisor->ecx, kvm + 4, 4) &&
	       !memcmp(&hypervisor->edx, kvm + 8, 4);
}

enum emulator emulator_below(const struct facts *f, enum emulator said)
{
	enum emulator here = emulator_of(f);

	return here == EMULATOR_NONE && is_guest_of_kvm(f) ? said : here;
}
