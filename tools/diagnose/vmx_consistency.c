// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether KVM finds the same VMX on every CPU. Linux 6.12 computes struct vmcs_config
 * (arch/x86/kvm/vmx/vmx.c setup_vmcs_config()) and compares it byte by byte on each CPU
 * (vmx_check_processor_compat()): the controls that it uses if available, and all of IA32_VMX_BASIC
 * and IA32_VMX_MISC. Pure.
 */
#include "diagnose/kvm_needs.h"
#include "lib/hw/msr.h"
#include "lib/hw/vmx.h"

/* controls: KVM_REQUIRED_* and KVM_OPTIONAL_* of vmx.h; 0: the whole register counts. */
static const struct {
	uint32_t index;
	uint32_t controls;
} used[] = {
	{ MSR_IA32_VMX_BASIC, 0 },
	{ MSR_IA32_VMX_MISC, 0 },
	{ MSR_IA32_VMX_PINBASED_CTLS, 0x000000e9 },
	{ MSR_IA32_VMX_PROCBASED_CTLS, 0xfbfb9e8c },
	/* Without ENCLS exiting and #VE, which KVM usually clears. */
	{ MSR_IA32_VMX_PROCBASED_CTLS2, 0xc71b7fff },
	{ MSR_IA32_VMX_EXIT_CTLS, 0x03fc9204 },
	{ MSR_IA32_VMX_ENTRY_CTLS, 0x0007e204 },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The result of adjust_vmx_controls(). */
static uint64_t configured(uint32_t controls, uint64_t value)
{
	return controls ? (controls & value >> 32) | (uint32_t)value : value;
}

enum tri vmx_consistent(const struct facts *f, uint32_t *index)
{
	enum tri same = TRI_YES;

	for (size_t i = 0; i < COUNT(used); i++) {
		const struct msr_fact *first = cpu_msr(f, &f->cpus[0], used[i].index);

		for (size_t c = 1; c < f->n_cpus; c++) {
			const struct msr_fact *m = cpu_msr(f, &f->cpus[c], used[i].index);

			if (!m || !first || m->refused || first->refused) {
				same = TRI_UNKNOWN;
				continue;
			}
			if (configured(used[i].controls, m->value) ==
			    configured(used[i].controls, first->value))
				continue;
			*index = used[i].index;
			return TRI_NO;
		}
	}
	return same;
}
