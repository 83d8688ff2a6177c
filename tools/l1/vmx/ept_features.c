// SPDX-License-Identifier: GPL-2.0-only
/*
 * What some CPUs have on top of EPT: accessed and dirty flags, page-modification logging, EPTP
 * switching, a fifth level. SDM Vol. 3 26.5.6, 29.3.2, 29.3.5, 29.3.6.
 */
#include "l1/vmx/vmx.h"

static volatile uint64_t *target;

static void l2_read(void)
{
	l2_call(*target);
}

static void l2_write(void)
{
	*target = 0x77;
	l2_call(*target);
}

/* Accessed by a read, dirty by a write and not before: 29.3.5. */
VMX_CASE(vmx_ept_accessed_dirty, 0, 2, L1_NEEDS(EPT_AD))
{
	uint64_t *leaf;
	struct l2 *l2;

	target = page_alloc();
	*target = 0xc3;
	l2 = vmx_l2_create(l2_read);
	vmx_l2_own_ept(l2);
	leaf = pt_leaf_4k(&l2->ept, phys(target));
	vmwrite(VMCS_EPT_POINTER, vmx_l2_eptp(l2) | VMX_EPTP_AD);
	EXPECT_EQ(*leaf & (EPT_A | EPT_D), 0, "the test's own set-up");
	vmx_l2_run_to_call(l2, 0xc3);
	EXPECT_EQ(*leaf & (EPT_A | EPT_D), EPT_A, "SDM 29.3.5: a read sets accessed alone");
	for (int level = 2; level <= 4; level++)
		EXPECT_EQ(*pt_entry(&l2->ept, phys(target), level) & EPT_A, EPT_A,
			  "SDM 29.3.5: in each entry on the way");
	vmwrite(VMCS_GUEST_RIP, code(l2_write));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	vmx_l2_run_to_call(l2, 0x77);
	EXPECT_EQ(*leaf & (EPT_A | EPT_D), EPT_A | EPT_D, "SDM 29.3.5: a write sets dirty");
}

static volatile uint8_t *pages;
#define PML_PAGES 4

static void l2_dirty_pages(void)
{
	for (unsigned int i = 0; i < PML_PAGES; i++)
		pages[i * PAGE_SIZE + 0x128] = 1; /* the log has only the page */
	l2_call(1);
}

/* The log of pages made dirty, from its end downwards, and the exit when it is full. */
VMX_CASE(vmx_pml, 0, 3, L1_NEEDS(EPT_AD) | L1_NEEDS(PML))
{
	uint64_t *log = page_alloc();
	struct l2 *l2;

	pages = pages_alloc(PML_PAGES);
	l2 = vmx_l2_create(l2_dirty_pages);
	vmx_l2_own_ept(l2);
	vmwrite(VMCS_EPT_POINTER, vmx_l2_eptp(l2) | VMX_EPTP_AD);
	VMX_SET(PROC2_CTLS, VMX_PROC2_PML);
	for (unsigned int i = 0; i < PML_PAGES; i++)
		pt_leaf_4k(&l2->ept, phys(&pages[i * PAGE_SIZE]));
	vmwrite(VMCS_PML_ADDRESS, phys(log));
	vmwrite(VMCS_PML_INDEX, 511);
	vmx_l2_run_to_call(l2, 1);
	EXPECT(vmread(VMCS_PML_INDEX) <= 511 - PML_PAGES, "SDM 29.3.6");
	for (unsigned int i = 0; i < PML_PAGES; i++) {
		bool found = false;

		for (uint64_t at = vmread(VMCS_PML_INDEX) + 1; at <= 511; at++)
			found = found || log[at] == phys(&pages[i * PAGE_SIZE]);
		expect_at("page %u of %u: ", i, PML_PAGES);
		EXPECT(found, "SDM 29.3.6: its address is in the log");
	}
	expect_at("%s", "");

	for (unsigned int i = 0; i < PML_PAGES; i++)
		*pt_leaf(&l2->ept, phys(&pages[i * PAGE_SIZE])) &= ~EPT_D;
	vmx_l2_flush_ept(l2);
	vmwrite(VMCS_PML_INDEX, 0xffff);
	vmwrite(VMCS_GUEST_RIP, code(l2_dirty_pages));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	vmx_l2_run_to(l2, VMX_REASON_PML_FULL, "SDM 29.3.6");
	vmwrite(VMCS_PML_INDEX, 511);
	vmx_l2_run_to_call(l2, 1);
}

static void l2_switch_ept(void)
{
	uint64_t first = *target;

	asm volatile("vmfunc" : : "a"(0), "c"(1) : "memory");
	l2_call(first << 8 | *target);
	asm volatile("vmfunc" : : "a"(0), "c"(3) : "memory");
}

/* EPTP switching: L2 goes to the list's second EPT by itself; a bad index exits. */
VMX_CASE(vmx_vmfunc_eptp, 0, 2, L1_NEEDS(EPT) | L1_NEEDS(VMFUNC))
{
	uint64_t *list = page_alloc(), *other;
	struct page_table second;
	struct l2 *l2;

	if (!(vmx_msr(MSR_IA32_VMX_VMFUNC) & VMX_VMFUNC_EPTP_SWITCHING))
		skip("EPTP switching is not offered");
	target = page_alloc();
	*target = 0xc3;
	other = page_alloc();
	other[0] = 0x5e;
	l2 = vmx_l2_create(l2_switch_ept);
	second = pt_identity(PT_EPT);
	pt_map(&second, phys(target), phys(other), PAGE_SIZE, PT_EPT_ALL, PAGE_SIZE);
	vmx_l2_flush_ept(&(struct l2){ .ept = second });
	list[0] = vmx_l2_eptp(l2);
	list[1] = second.root | VMX_EPTP_WB | VMX_EPTP_WALK(4);
	VMX_SET(PROC2_CTLS, VMX_PROC2_VMFUNC);
	vmwrite(VMCS_VMFUNC_CTLS, VMX_VMFUNC_EPTP_SWITCHING);
	vmwrite(VMCS_EPTP_LIST_ADDRESS, phys(list));
	vmx_l2_run_to_call(l2, 0xc35e);
	EXPECT_EQ(vmread(VMCS_EPT_POINTER), list[1], "SDM 26.5.6.3");
	vmx_l2_run_to(l2, VMX_REASON_VMFUNC, "SDM 26.5.6.3");
	EXPECT_EQ(vmread(VMCS_EPT_POINTER), list[1], "SDM 26.5.6.3");
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
	l2 = vmx_l2_create(l2_read);
	vmx_l2_own_ept(l2);
	top[0] = l2->ept.root | EPT_R | EPT_W | EPT_X;
	vmwrite(VMCS_EPT_POINTER, phys(top) | VMX_EPTP_WB | VMX_EPTP_WALK(5));
	vmx_l2_run_to_call(l2, 0xc3);
	l2 = vmx_l2_create(l2_read);
	vmx_l2_own_ept(l2);
	top = page_alloc();
	top[0] = l2->ept.root | EPT_R | EPT_W | EPT_X;
	*pt_leaf_4k(&l2->ept, phys(target)) = 0;
	vmwrite(VMCS_EPT_POINTER, phys(top) | VMX_EPTP_WB | VMX_EPTP_WALK(5));
	vmx_l2_run_to(l2, VMX_REASON_EPT_VIOLATION, "SDM 29.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_PHYSICAL_ADDRESS), phys(target), "SDM 28.2.1");
}
