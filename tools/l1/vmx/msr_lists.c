// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries that the MSR lists must not have, and the time stamp counter in the list of those stored
 * at exit. SDM Vol. 3 25.7.2, 27.4, 28.4. A bad entry of a list for exits is a VMX abort (28.7), and
 * more entries than IA32_VMX_MISC recommends are undefined (A.6): neither is tried.
 */
#include "l1/vmx/vmx.h"

static void l2_nothing(void)
{
}

#define GOOD 2 /* entries ahead of the bad one */

/* SYSENTER_EIP is not among them: KVM makes a bad one canonical (x86.c, __kvm_set_msr()). */
static const struct vmx_msr_entry bad[] = {
	{ MSR_FS_BASE, 0, 0 },
	{ MSR_GS_BASE, 0, 0 },
	{ MSR_IA32_X2APIC_TPR, 0, 0 }, /* L1's APIC is in x2APIC mode */
	{ MSR_IA32_X2APIC_LAST, 0, 0 },
	{ MSR_STAR, 1, 0 },
	{ MSR_LSTAR, 0, 0x8000000000000000 },
	{ MSR_EFER, 0, 1 << 1 },
};

/* Each fails the entry with its number, counted from 1, and L1 goes on as after any other. */
VMX_CASE(vmx_msr_list_errors, L1_SLOW, 1, 0)
{
	struct vmx_msr_entry *load = page_alloc();
	struct l2 *l2 = vmx_l2_create(l2_nothing);

	vmwrite(VMCS_ENTRY_MSR_LOAD_ADDRESS, phys(load));
	vmwrite(VMCS_ENTRY_MSR_LOAD_COUNT, GOOD + 2);
	for (unsigned int i = 0; i < GOOD; i++)
		load[i] = (struct vmx_msr_entry){ MSR_CSTAR, 0, 0x1000 * i };
	load[GOOD + 1] = (struct vmx_msr_entry){ MSR_CSTAR, 0, 0x5000 };
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		expect_at("MSR %#x, reserved %#x, value %#lx: ", bad[i].index, bad[i].reserved,
			  bad[i].value);
		load[GOOD] = bad[i];
		vmx_l2_run_to(l2, VMX_REASON_ENTRY_FAILED | VMX_REASON_MSR_LOADING, "SDM 27.4");
		EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), GOOD + 1, "SDM 27.8");
		EXPECT_EQ(vmread(VMCS_GUEST_RIP), code(l2_nothing), "SDM 27.8");
	}
	expect_at("after the last: ");
	load[GOOD] = load[0];
	vmx_l2_run_to_end(l2);
	EXPECT_EQ(rdmsr(MSR_CSTAR), 0x5000, "SDM 27.4: the last of the list");
	wrmsr(MSR_CSTAR, 0);
}

#define OFFSET (1ULL << 50)

/*
 * The stored counter is of the exit, and L1's: the offset is L2's alone.
 * L1_UNPROVEN: Bochs, to 3.1, stores the guest's counter (vmx.cc, StoreMSRs()).
 */
VMX_CASE(vmx_msr_store_tsc, L1_UNPROVEN, 1, 0)
{
	struct vmx_msr_entry *store = page_alloc();
	uint64_t before, after;
	struct l2 *l2 = vmx_l2_create(l2_nothing);

	VMX_SET(PROC_CTLS, VMX_PROC_TSC_OFFSETTING);
	vmwrite(VMCS_TSC_OFFSET, OFFSET);
	store[0] = (struct vmx_msr_entry){ MSR_IA32_TSC, 0, 0 };
	vmwrite(VMCS_EXIT_MSR_STORE_ADDRESS, phys(store));
	vmwrite(VMCS_EXIT_MSR_STORE_COUNT, 1);
	before = rdtsc();
	vmx_l2_run_to_end(l2);
	after = rdtsc();
	EXPECT(store[0].value >= before && store[0].value <= after, "SDM 28.4, 26.3");
}
