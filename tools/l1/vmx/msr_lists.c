// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MSR lists of VM entry and VM exit: where they are, what is in them, what they must not have.
 * SDM Vol. 3 25.7.2, 25.8.2, 27.2.1.3, 27.4, 28.4, 28.6. A bad entry of a list for exits is a VMX
 * abort (28.7), and more entries than IA32_VMX_MISC recommends are undefined (A.6): neither is
 * tried.
 */
#include "l1/vmx/vmx.h"

static void l2_lists(void)
{
	l2_call(rdmsr(MSR_LSTAR));
	wrmsr(MSR_LSTAR, 0x2000);
}

/* Loaded at entry, stored and loaded at exit; then a bad entry, counted from 1. */
VMX_CASE(vmx_msr_lists, 0, 2, 0)
{
	struct vmx_msr_entry *entry_load = page_alloc(), *exit_store = page_alloc();
	struct vmx_msr_entry *exit_load = page_alloc();
	uint64_t star = rdmsr(MSR_STAR);
	struct l2 *l2;

	wrmsr(MSR_LSTAR, 0x9000);
	l2 = vmx_l2_create(l2_lists);
	entry_load[0] = (struct vmx_msr_entry){ MSR_STAR, 0, 0x0010000800000000 };
	entry_load[1] = (struct vmx_msr_entry){ MSR_LSTAR, 0, 0x1000 };
	exit_store[0] = (struct vmx_msr_entry){ MSR_STAR, 0, 0 };
	exit_store[1] = (struct vmx_msr_entry){ MSR_LSTAR, 0, 0 };
	exit_load[0] = (struct vmx_msr_entry){ MSR_STAR, 0, star };
	exit_load[1] = (struct vmx_msr_entry){ MSR_LSTAR, 0, 0x3000 };
	vmwrite(VMCS_ENTRY_MSR_LOAD_ADDRESS, phys(entry_load));
	vmwrite(VMCS_ENTRY_MSR_LOAD_COUNT, 2);
	vmwrite(VMCS_EXIT_MSR_STORE_ADDRESS, phys(exit_store));
	vmwrite(VMCS_EXIT_MSR_STORE_COUNT, 2);
	vmwrite(VMCS_EXIT_MSR_LOAD_ADDRESS, phys(exit_load));
	vmwrite(VMCS_EXIT_MSR_LOAD_COUNT, 2);
	vmx_l2_run_to_call(l2, 0x1000);
	EXPECT_EQ(exit_store[0].value, 0x0010000800000000, "SDM 28.4");
	EXPECT_EQ(exit_store[1].value, 0x1000, "SDM 28.4");
	EXPECT_EQ(rdmsr(MSR_LSTAR), 0x3000, "SDM 28.6");
	EXPECT_EQ(rdmsr(MSR_STAR), star, "SDM 28.6");
	vmwrite(VMCS_ENTRY_MSR_LOAD_COUNT, 0);
	vmx_l2_run_to_end(l2);
	EXPECT_EQ(exit_store[1].value, 0x2000, "SDM 28.4");

	/* IA32_FS_BASE must not be in a list: SDM 27.4. The entry fails at the second. */
	entry_load[0] = (struct vmx_msr_entry){ MSR_LSTAR, 0, 0x4000 };
	entry_load[1] = (struct vmx_msr_entry){ MSR_FS_BASE, 0, 0 };
	vmwrite(VMCS_ENTRY_MSR_LOAD_COUNT, 2);
	vmx_l2_run_to(l2, VMX_REASON_ENTRY_FAILED | VMX_REASON_MSR_LOADING, "SDM 27.4");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 2, "SDM 27.8");
	EXPECT_EQ(rdmsr(MSR_LSTAR), 0x3000, "SDM 27.8: the exit's list is loaded");
}

static void l2_nothing(void)
{
}

#define MSR_NONE 0x1fff

static void write_none(void *arg)
{
	(void)arg;
	wrmsr(MSR_NONE, 0);
}

/* KVM may take a write to any MSR for done: its parameter ignore_msrs. */
static bool ignored(uint32_t msr)
{
	return msr == MSR_NONE && catch_trap(write_none, NULL).vector != X86_GP;
}

/* The entry fails at the entry of the list that may not be there, counted from 1. */
VMX_CASE(vmx_msr_list_entries, L1_SLOW, 1, 0)
{
	static const struct {
		const char *name;
		struct vmx_msr_entry entry;
	} bad[] = {
		{ "IA32_FS_BASE", { MSR_FS_BASE, 0, 0 } },
		{ "IA32_GS_BASE", { MSR_GS_BASE, 0, 0 } },
		{ "reserved bits", { MSR_LSTAR, 1, 0x5000 } },
		{ "an x2APIC register", { MSR_IA32_X2APIC_FIRST + 8, 0, 0 } },
		{ "IA32_SMM_MONITOR_CTL", { 0x9b, 0, 0 } },
		{ "a value that WRMSR refuses", { MSR_LSTAR, 0, 0x8000000000000000 } },
		{ "an MSR that there is not", { MSR_NONE, 0, 0 } },
	};
	struct vmx_msr_entry *list = page_alloc();
	struct l2 *l2 = vmx_l2_create(l2_nothing);

	vmwrite(VMCS_ENTRY_MSR_LOAD_ADDRESS, phys(list));
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		unsigned int at = i % 3;

		if (ignored(bad[i].entry.index))
			continue;
		expect_at("%s as entry %u: ", bad[i].name, at + 1);
		for (unsigned int n = 0; n < 3; n++)
			list[n] = (struct vmx_msr_entry){ MSR_LSTAR, 0, 0x4000 + n };
		list[at] = bad[i].entry;
		wrmsr(MSR_LSTAR, 0x1000);
		vmwrite(VMCS_ENTRY_MSR_LOAD_COUNT, 3);
		vmx_l2_run_to(l2, VMX_REASON_ENTRY_FAILED | VMX_REASON_MSR_LOADING, "SDM 27.4");
		EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), at + 1, "SDM 27.8");
		EXPECT_EQ(rdmsr(MSR_LSTAR), at ? 0x3fff + at : 0x1000,
			  "SDM 27.4: those ahead of it are loaded");
	}
	expect_at("%s", "");
	vmwrite(VMCS_ENTRY_MSR_LOAD_COUNT, 0);
	vmx_l2_run_to_end(l2);
}

/* Each list: 16-byte aligned, and all of it within the address width. */
VMX_CASE(vmx_msr_list_places, L1_SLOW, 1, 0)
{
	static const struct {
		const char *name;
		uint32_t address, count;
	} lists[] = {
		{ "entry load", VMCS_ENTRY_MSR_LOAD_ADDRESS, VMCS_ENTRY_MSR_LOAD_COUNT },
		{ "exit store", VMCS_EXIT_MSR_STORE_ADDRESS, VMCS_EXIT_MSR_STORE_COUNT },
		{ "exit load", VMCS_EXIT_MSR_LOAD_ADDRESS, VMCS_EXIT_MSR_LOAD_COUNT },
	};
	uint64_t end = max_physical_address();
	struct l2 *l2 = vmx_l2_create(l2_nothing);

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		const uint64_t bad[] = { 0x1008, end, end - 16 };

		for (size_t n = 0; n < ARRAY_SIZE(bad); n++) {
			expect_at("%s list at %#lx: ", lists[i].name, bad[n]);
			vmwrite(lists[i].address, bad[n]);
			vmwrite(lists[i].count, 2);
			EXPECT_RESULT(vmx_l2_enter(l2), VMX_FAIL_VALID, "SDM 27.2.1.2, 27.2.1.3");
			EXPECT_NAME(vmx_error(), VMX_ERROR_BAD_CONTROL_FIELD, vmx_error_name,
				    "SDM 27.2.1.2, 27.2.1.3");
		}
		vmwrite(lists[i].address, 0x1008);
		vmwrite(lists[i].count, 0);
	}
	expect_at("%s", "empty lists anywhere: ");
	vmx_l2_run_to_end(l2);
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
 * The stored counter is of the exit, and L1's: the offset is only L2's.
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
