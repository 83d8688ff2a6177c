// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMX on and off, and what KVM offers of it.
 */
#include "l1/vmx/vmx.h"
#include "l1/common/smp.h"

uint64_t vmxon_region;

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

/* Bits that CR0 and CR4 must have in VMX operation: SDM 24.8, A.7, A.8. */
static uint64_t fix(uint64_t value, uint32_t fixed0, uint32_t fixed1)
{
	return (value | vmx_msr(fixed0)) & vmx_msr(fixed1);
}

static void unlock(void)
{
	uint64_t feature_control = rdmsr(MSR_IA32_FEAT_CTL);

	if (!(feature_control & FEAT_CTL_LOCKED))
		wrmsr(MSR_IA32_FEAT_CTL,
		      feature_control | FEAT_CTL_LOCKED | FEAT_CTL_VMX_OUTSIDE_SMX);
	else if (!(feature_control & FEAT_CTL_VMX_OUTSIDE_SMX))
		expect_failed("VMX is locked off: IA32_FEATURE_CONTROL is %#lx", feature_control);
}

/*
 * VMX operation lasts from case to case, without a VMCS; only a case that left it, or whose
 * VMCS cannot be told, gets VMXON anew. KVM makes its nested state at each VMXON, which cost
 * more than the case itself. CPUs other than the first leave it: the driver starts them anew for
 * each case that wants them.
 */
static struct {
	uint64_t region;
	bool in_operation;
} cpus[CPU_MAX];

void vmx_enable(void)
{
	unsigned int cpu = this_cpu_index();

	if (cpus[cpu].in_operation)
		return;
	unlock();
	write_cr0(fix(read_cr0(), MSR_IA32_VMX_CR0_FIXED0, MSR_IA32_VMX_CR0_FIXED1));
	write_cr4(fix(read_cr4() | CR4_VMXE, MSR_IA32_VMX_CR4_FIXED0, MSR_IA32_VMX_CR4_FIXED1));
	if (!cpus[cpu].region)
		cpus[cpu].region = phys(page_alloc_permanent());
	if (!cpu)
		vmxon_region = cpus[cpu].region;
	*(uint32_t *)cpus[cpu].region = (uint32_t)vmx_basic() & VMX_BASIC_REVISION_MASK;
	EXPECT_RESULT(vmxon(cpus[cpu].region), VMX_OK, "SDM 31.3 VMXON");
}

/*
 * Whatever follows, no VMCS may be active then: SDM Vol. 3 25.11.1. After a VMXOFF KVM would
 * load parts of it into the next one (nested.c, free_nested leaves
 * need_sync_vmcs02_to_vmcs12_rare set).
 */
static void let_go(void *unused)
{
	uint64_t vmcs = 0;

	(void)unused;
	vmptrst(&vmcs);
	if (vmcs != VMCS_NONE && vmclear(vmcs) != VMX_OK)
		return;
	cpus[this_cpu_index()].in_operation = true;
}

void vmx_disable(void)
{
	cpus[this_cpu_index()].in_operation = false;
	catch_trap(let_go, NULL); /* #UD where the case left VMX operation itself */
	if (this_cpu_index())
		vmx_off();
}

static void leave(void *unused)
{
	(void)unused;
	vmxoff();
	write_cr4(read_cr4() & ~CR4_VMXE);
}

void vmx_off(void)
{
	cpus[this_cpu_index()].in_operation = false;
	catch_trap(let_go, NULL);
	cpus[this_cpu_index()].in_operation = false;
	catch_trap(leave, NULL);
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
