// SPDX-License-Identifier: GPL-2.0-only
/*
 * What few CPUs have, and but for TSC scaling (Bochs' Skylake-X and later) no emulator:
 * IA32_PERF_GLOBAL_CTRL, a five-level EPT. SDM Vol. 3 26.3, 27.3.2.1, 28.5.1, 29.3.2.
 */
#include "l1/vmx/vmx.h"

static void l2_rdtsc(void)
{
	l2_call(rdtsc());
}

#define OFFSET (1ULL << 50)
#define ONE    48 /* the multiplier has that many bits behind the point */

/* seen is L1's counter times multiplier, and the offset: between two of L1's own readings. */
static void scaled(uint64_t multiplier)
{
	uint64_t before, after;
	struct l2 *l2;

	expect_at("multiplier %#lx: ", multiplier);
	l2 = vmx_l2_create(l2_rdtsc);
	VMX_SET(PROC_CTLS, VMX_PROC_TSC_OFFSETTING);
	VMX_SET(PROC2_CTLS, VMX_PROC2_TSC_SCALING);
	vmwrite(VMCS_TSC_OFFSET, OFFSET);
	vmwrite(VMCS_TSC_MULTIPLIER, multiplier);
	before = rdtsc();
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.3");
	after = rdtsc();
	before = (uint64_t)((unsigned __int128)before * multiplier >> ONE);
	after = (uint64_t)((unsigned __int128)after * multiplier >> ONE);
	/* L0 may scale as well, and rounds twice then. */
	EXPECT(l2->gprs.rax + 16 >= before + OFFSET && l2->gprs.rax <= after + OFFSET + 16,
	       "SDM 26.3");
}

VMX_CASE(vmx_tsc_scaling, 0, 2, L1_NEEDS(TSC_SCALING))
{
	scaled(1ULL << (ONE - 1));
	scaled(3ULL << ONE);
}

static void l2_perf(void)
{
	l2_call(rdmsr(MSR_IA32_PERF_GLOBAL_CTRL));
}

/*
 * The first general counter's bit, in L2, and in L1 again where its own control says so.
 * L1_UNPROVEN: Bochs, to 3.1, announces the counters and has none (cpudb/intel).
 */
VMX_CASE(vmx_perf_global_ctrl, L1_UNPROVEN, 2, 0)
{
	struct l2 *l2;

	/* KVM offers the controls to all, and the register to those that have it. */
	if (cpuid(0, 0).eax < 0xa || (cpuid(0xa, 0).eax & 0xff) < 2)
		skip("IA32_PERF_GLOBAL_CTRL is not offered");
	l2 = vmx_l2_create(l2_perf);
	VMX_SET(ENTRY_CTLS, VMX_ENTRY_LOAD_PERF_GLOBAL_CTRL);
	VMX_SET(EXIT_CTLS, VMX_EXIT_LOAD_PERF_GLOBAL_CTRL);
	wrmsr(MSR_IA32_PERF_GLOBAL_CTRL, 0);
	vmwrite(VMCS_GUEST_PERF_GLOBAL_CTRL, 1);
	vmwrite(VMCS_HOST_PERF_GLOBAL_CTRL, 0);
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(rdmsr(MSR_IA32_PERF_GLOBAL_CTRL), 0, "SDM 28.5.1");
	vmwrite(VMCS_GUEST_PERF_GLOBAL_CTRL, 1ULL << 63);
	vmx_l2_run_to(l2, VMX_REASON_ENTRY_FAILED | VMX_REASON_INVALID_GUEST_STATE, "SDM 27.3.1.1");
	vmwrite(VMCS_GUEST_PERF_GLOBAL_CTRL, 0);
	vmwrite(VMCS_HOST_PERF_GLOBAL_CTRL, 1);
	vmx_l2_run_to_end(l2);
	EXPECT_EQ(rdmsr(MSR_IA32_PERF_GLOBAL_CTRL), 1, "SDM 28.5.1");
	wrmsr(MSR_IA32_PERF_GLOBAL_CTRL, 0);
}

static volatile uint64_t *target;

static void l2_reads(void)
{
	l2_call(*target);
}

/*
 * A fifth table above the four, and a violation by a page that it does not map.
 * L1_UNPROVEN: Bochs, to 3.1, has only four levels of EPT (vmcs.cc).
 */
VMX_CASE(vmx_ept_5level, L1_UNPROVEN, 2, L1_NEEDS(EPT) | L1_NEEDS(EPT_5LEVEL))
{
	uint64_t *top = page_alloc();
	struct l2 *l2;

	target = page_alloc();
	*target = 0xc3;
	l2 = vmx_l2_create(l2_reads);
	vmx_l2_own_ept(l2);
	top[0] = l2->ept.root | EPT_R | EPT_W | EPT_X;
	vmwrite(VMCS_EPT_POINTER, phys(top) | VMX_EPTP_WB | VMX_EPTP_WALK(5));
	vmx_l2_run_to_call(l2, 0xc3);
	l2 = vmx_l2_create(l2_reads);
	vmx_l2_own_ept(l2);
	top = page_alloc();
	top[0] = l2->ept.root | EPT_R | EPT_W | EPT_X;
	*pt_leaf_4k(&l2->ept, phys(target)) = 0;
	vmwrite(VMCS_EPT_POINTER, phys(top) | VMX_EPTP_WB | VMX_EPTP_WALK(5));
	vmx_l2_run_to(l2, VMX_REASON_EPT_VIOLATION, "SDM 29.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_PHYSICAL_ADDRESS), phys(target), "SDM 28.2.1");
}
