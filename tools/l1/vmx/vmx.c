// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMX on and off.
 */
#include "l1/vmx/vmx.h"
#include "l1/common/cpu.h"

uint64_t vmxon_region;

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
 * VMCS is not known, gets VMXON anew. KVM makes its nested state at each VMXON, which cost
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
	catch_trap(let_go, NULL); /* #UD if the case left VMX operation itself */
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
