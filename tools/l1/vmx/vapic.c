// SPDX-License-Identifier: GPL-2.0-only
/*
 * The virtual-APIC page and the APIC-access page of a case's L2.
 */
#include "l1/vmx/vapic.h"

volatile uint8_t *vapic_new(void)
{
	volatile uint8_t *page = page_alloc();

	VMX_SET(PROC_CTLS, VMX_PROC_TPR_SHADOW);
	vmwrite(VMCS_VIRTUAL_APIC_ADDRESS, phys(page));
	return page;
}

bool vapic_vector(volatile uint8_t *page, uint32_t offset, uint8_t vector)
{
	return *vapic_at(page, offset + vector / 32 * 16) >> vector % 32 & 1;
}

void vapic_set_vector(volatile uint8_t *page, uint32_t offset, uint8_t vector)
{
	*vapic_at(page, offset + vector / 32 * 16) |= 1U << vector % 32;
}

struct apic_access apic_access_new(struct l2 *l2)
{
	struct apic_access apic = { page_alloc(), page_alloc() };
	struct page_table tables = pt_identity(PT_CR3);

	pt_map(&tables, phys(apic.linear), phys(apic.page), PAGE_SIZE, PT_CR3_ALL, PAGE_SIZE);
	vmwrite(VMCS_GUEST_CR3, tables.root);
	if (l1_offers(L1_F_EPT)) {
		vmx_l2_own_ept(l2);
		pt_leaf_4k(&l2->ept, phys(apic.page));
	}
	VMX_SET(PROC2_CTLS, VMX_PROC2_APIC_ACCESSES);
	vmwrite(VMCS_APIC_ACCESS_ADDRESS, phys(apic.page));
	return apic;
}
