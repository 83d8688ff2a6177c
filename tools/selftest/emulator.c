// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emulators: found out from the facts, with what is known about their defects.
 */
#include "selftest/emulator.h"

#include <string.h>

#include "lib/hw/cpuid.h"

static const struct xfail {
	enum emulator emulator;
	const char *case_name;
	const char *reason;
} xfails[] = {
	/* QEMU 7.2, target/i386/tcg/: translate.c, INVD and WBINVD share a test that never
	 * tells them apart. */
	{ EMULATOR_TCG, "svm_invd", "TCG takes INVD for WBINVD when it looks for an intercept" },
	/* translate.c, opcode F1 is compiled in with WANT_ICEBP only. */
	{ EMULATOR_TCG, "svm_icebp", "TCG does not know the instruction ICEBP" },
	/* svm_helper.c, helper_vmrun() does not read VMCB offset 068h. */
	{ EMULATOR_TCG, "svm_virq_shadow", "TCG's VMRUN does not load the interrupt shadow" },
	/* misc_helper.c, helper_rdtscp() is helper_rdtsc() and TSC_AUX. */
	{ EMULATOR_TCG, "svm_rdtscp", "TCG looks for RDTSC's intercept at RDTSCP, not for its own" },
	/* excp_helper.c, raise_interrupt2() treats INT3 as INT n. */
	{ EMULATOR_TCG, "svm_breakpoint", "TCG does not look for the #BP intercept at INT3" },
	{ EMULATOR_NONE, NULL, NULL },
};

static bool is_tcg(const struct facts *f)
{
	const struct cpuid_fact *features, *hypervisor;
	char signature[12];

	if (!f->n_cpus)
		return false;
	features = cpu_cpuid(f, &f->cpus[0], CPUID_FEATURES, 0);
	hypervisor = cpu_cpuid(f, &f->cpus[0], CPUID_HYPERVISOR, 0);
	if (!features || !(features->ecx & CPUID_1_ECX_HYPERVISOR) || !hypervisor)
		return false;
	memcpy(signature, &hypervisor->ebx, 4);
	memcpy(signature + 4, &hypervisor->ecx, 4);
	memcpy(signature + 8, &hypervisor->edx, 4);
	return !memcmp(signature, "TCGTCGTCGTCG", sizeof(signature));
}

enum emulator emulator_of(const struct facts *f)
{
	const char *bios = kv_get(&f->firmware.dmi, "bios_vendor");

	if (is_tcg(f))
		return EMULATOR_TCG;
	if (bios && !strcmp(bios, "The Bochs Project"))
		return EMULATOR_BOCHS;
	return EMULATOR_NONE;
}

unsigned int emulator_slowness(enum emulator e)
{
	return e == EMULATOR_NONE ? 1 : 5;
}

const char *emulator_xfail(enum emulator e, const char *case_name)
{
	for (const struct xfail *x = xfails; x->case_name; x++) {
		if (x->emulator == e && !strcmp(x->case_name, case_name))
			return x->reason;
	}
	return NULL;
}
