// SPDX-License-Identifier: GPL-2.0-only
/*
 * What VMREAD costs L1: GUEST_RIP, a field that KVM shadows if the CPU can
 * (vmcs_shadow_fields.h).
 */
#include "l1/common/cost.h"
#include "l1/vmx/vmx.h"

static void l2_nothing(void)
{
}

static void op_vmread(void)
{
	vmread(VMCS_GUEST_RIP);
}

void vmx_costs(void)
{
	vmx_l2_create(l2_nothing);
	cost_of(L1_COST_L1_VMREAD, op_vmread);
}
