// SPDX-License-Identifier: GPL-2.0-only
/*
 * What KVM offers of VMX: the capability MSRs (SDM Vol. 3 appendix A).
 */
#include "l1/vmx/vmx.h"

uint64_t vmx_msr(uint32_t index)
{
	static struct {
		bool known;
		uint64_t value;
	} msrs[MSR_IA32_VMX_VMFUNC - MSR_IA32_VMX_BASIC + 1];
	size_t i = index - MSR_IA32_VMX_BASIC;

	if (!msrs[i].known) {
		msrs[i].value = rdmsr(index);
		msrs[i].known = true;
	}
	return msrs[i].value;
}

uint64_t vmx_basic(void)
{
	return vmx_msr(MSR_IA32_VMX_BASIC);
}

uint64_t max_physical_address(void)
{
	return 1ULL << (cpuid(CPUID_EXT_SIZES, 0).eax & 0xff);
}

uint64_t vmx_capability(uint32_t field)
{
	bool true_ctls = vmx_basic() >> VMX_BASIC_TRUE_CTLS_BIT & 1;

	switch (field) {
	case VMCS_PIN_CTLS:
		return vmx_msr(true_ctls ? MSR_IA32_VMX_TRUE_PINBASED_CTLS :
					   MSR_IA32_VMX_PINBASED_CTLS);
	case VMCS_PROC_CTLS:
		return vmx_msr(true_ctls ? MSR_IA32_VMX_TRUE_PROCBASED_CTLS :
					   MSR_IA32_VMX_PROCBASED_CTLS);
	case VMCS_EXIT_CTLS:
		return vmx_msr(true_ctls ? MSR_IA32_VMX_TRUE_EXIT_CTLS : MSR_IA32_VMX_EXIT_CTLS);
	case VMCS_ENTRY_CTLS:
		return vmx_msr(true_ctls ? MSR_IA32_VMX_TRUE_ENTRY_CTLS : MSR_IA32_VMX_ENTRY_CTLS);
	case VMCS_PROC2_CTLS:
		/* The MSR is there only with the control that activates its field: A.3.3. */
		if (vmx_capability(VMCS_PROC_CTLS) >> 32 & VMX_PROC_SECONDARY)
			return vmx_msr(MSR_IA32_VMX_PROCBASED_CTLS2);
	}
	return 0;
}

bool vmx_allowed(uint32_t field, uint32_t bits, bool on)
{
	uint64_t capability = vmx_capability(field);

	if (on)
		return ((uint32_t)(capability >> 32) & bits) == bits;
	return !((uint32_t)capability & bits);
}

static bool may(uint64_t capability, uint32_t bits)
{
	return ((uint32_t)(capability >> 32) & bits) == bits;
}

uint64_t vmx_features(void)
{
	uint64_t pin = vmx_capability(VMCS_PIN_CTLS);
	uint64_t proc = vmx_capability(VMCS_PROC_CTLS);
	uint64_t proc2 = vmx_capability(VMCS_PROC2_CTLS);
	uint64_t ept = may(proc2, VMX_PROC2_EPT) || may(proc2, VMX_PROC2_VPID) ?
			       vmx_msr(MSR_IA32_VMX_EPT_VPID_CAP) :
			       0;
	const struct {
		enum l1_feature feature;
		bool offered;
	} features[] = {
		{ L1_F_EPT, may(proc2, VMX_PROC2_EPT) },
		{ L1_F_VPID, may(proc2, VMX_PROC2_VPID) },
		{ L1_F_UNRESTRICTED_GUEST, may(proc2, VMX_PROC2_UNRESTRICTED_GUEST) },
		{ L1_F_SHADOW_VMCS,
		  may(proc2, VMX_PROC2_SHADOW_VMCS) &&
			  vmx_msr(MSR_IA32_VMX_MISC) & VMX_MISC_VMWRITE_ANY_FIELD },
		{ L1_F_EPT_AD, may(proc2, VMX_PROC2_EPT) && ept & VMX_CAP_AD },
		{ L1_F_EPT_1G, may(proc2, VMX_PROC2_EPT) && ept & VMX_CAP_PAGE_1G },
		{ L1_F_PREEMPTION_TIMER, may(pin, VMX_PIN_PREEMPTION_TIMER) },
		{ L1_F_VIRTUAL_NMIS, may(pin, VMX_PIN_VIRTUAL_NMIS) },
		{ L1_F_PML, may(proc2, VMX_PROC2_PML) },
		{ L1_F_VMFUNC, may(proc2, VMX_PROC2_VMFUNC) },
		{ L1_F_APICV, may(proc2, VMX_PROC2_APIC_REGISTERS | VMX_PROC2_VIRTUAL_INTERRUPTS) &&
				      may(pin, VMX_PIN_POSTED_INTERRUPTS) },
		{ L1_F_MSR_BITMAP, may(proc, VMX_PROC_MSR_BITMAPS) },
		{ L1_F_IO_BITMAP, may(proc, VMX_PROC_IO_BITMAPS) },
		{ L1_F_TPR_SHADOW, may(proc, VMX_PROC_TPR_SHADOW) },
		{ L1_F_APIC_ACCESS, may(proc2, VMX_PROC2_APIC_ACCESSES) },
		{ L1_F_X2APIC_VIRT, may(proc2, VMX_PROC2_X2APIC_MODE) },
		{ L1_F_APIC_REGISTERS, may(proc2, VMX_PROC2_APIC_REGISTERS) },
		{ L1_F_VIRTUAL_INTERRUPTS, may(proc2, VMX_PROC2_VIRTUAL_INTERRUPTS) },
		{ L1_F_POSTED_INTERRUPTS, may(pin, VMX_PIN_POSTED_INTERRUPTS) },
		{ L1_F_TSC_SCALING, may(proc2, VMX_PROC2_TSC_SCALING) },
		{ L1_F_EPT_5LEVEL, may(proc2, VMX_PROC2_EPT) && ept & VMX_CAP_WALK_5 },
	};
	uint64_t bits = 0;

	for (size_t i = 0; i < ARRAY_SIZE(features); i++)
		bits |= (uint64_t)features[i].offered << features[i].feature;
	return bits;
}
