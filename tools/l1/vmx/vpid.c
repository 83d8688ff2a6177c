// SPDX-License-Identifier: GPL-2.0-only
/*
 * INVVPID: what it makes L2 see, and the operands that it refuses. SDM Vol. 3 29.4, 31.3.
 */
#include "l1/vmx/vmx.h"

static volatile uint64_t *target;

static void l2_read_forever(void)
{
	for (;;)
		l2_call(*target);
}

/* L1 changes L2's own page table behind its back: INVVPID of each type makes L2 see it. */
VMX_CASE(vmx_invvpid, 0, 2, L1_NEEDS(VPID))
{
	uint64_t capability = vmx_msr(MSR_IA32_VMX_EPT_VPID_CAP);
	struct page_table tables = pt_identity(PT_CR3);
	uint64_t *pages[2] = { page_alloc(), page_alloc() };
	struct l2 *l2;

	pages[0][0] = 0x1000;
	pages[1][0] = 0x1001;
	target = pages[0];
	l2 = vmx_l2_create(l2_read_forever);
	vmwrite(VMCS_GUEST_CR3, tables.root);
	for (uint64_t round = 0; round < 8; round++) {
		uint64_t type = round / 2;

		if (!(capability & VMX_CAP_INVVPID_ADDRESS << type))
			continue;
		expect_at("INVVPID type %lu: ", type);
		*pt_leaf_4k(&tables, phys(target)) = phys(pages[round & 1]) | PT_CR3_ALL;
		EXPECT_RESULT(invvpid(type, (struct vmx_inv_operand){ 1, phys(target) }), VMX_OK,
			      "SDM 31.3 INVVPID");
		vmx_l2_run_to_call(l2, 0x1000 + (round & 1));
	}
}

VMX_CASE(vmx_invvpid_errors, 0, 0, L1_NEEDS(VPID))
{
	static const struct {
		uint64_t type;
		struct vmx_inv_operand operand;
	} bad[] = {
		{ 4, { 1, 0 } },
		{ VMX_INVVPID_SINGLE, { 0, 0 } },
		{ VMX_INVVPID_SINGLE, { 0x10001, 0 } },
		{ VMX_INVVPID_ADDRESS, { 1, 0x8000000000000000 } },
		{ VMX_INVVPID_SINGLE_GLOBALS, { 0, 0 } },
	};

	vmcs_load(vmcs_new(0));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		expect_at("INVVPID type %lu, VPID %#lx: ", bad[i].type, bad[i].operand.first);
		EXPECT_VMX_ERROR(invvpid(bad[i].type, bad[i].operand), INVEPT_BAD_OPERAND,
				 "SDM 31.3 INVVPID");
	}
}
