// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSR lists that must be refused: SDM Vol. 3 27.2.1.3 (where they are), 27.4 (what is in them).
 */
#include "l1/vmx/vmx.h"

static void l2_nothing(void)
{
}

#define MSR_NONE 0x1fff

static void write_none(void *arg)
{
	(void)arg;
	wrmsr(MSR_NONE, 0);
}

/* KVM can be told to take a write to any MSR for done: its parameter ignore_msrs. */
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
