// SPDX-License-Identifier: GPL-2.0-only
/*
 * INIT and SIPI to a CPU that runs L2 are exits there: SDM Vol. 3 26.2, 28.2.1; 25.8 for what
 * blocks them. This is how L1 starts another CPU of an L2 that has several.
 */
#include "l1/vmx/vmx.h"

#include "l1/common/l2_ops.h"
#include "l1/common/smp.h"

#define SIPI_VECTOR 0x9a

static volatile uint64_t stage;

static void l2_waits(void)
{
	stage = 1;
	for (;;)
		smp_wait();
}

static void l2_starts(void)
{
	stage = 4;
}

static void started(void)
{
	struct l2 *l2 = vmx_l2_create(l2_waits);

	vmx_l2_run_to(l2, VMX_REASON_INIT, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 0, "SDM 28.2.1");
	stage = 2;
	vmwrite(VMCS_GUEST_ACTIVITY, VMX_ACTIVITY_WAIT_SIPI);
	vmx_l2_run_to(l2, VMX_REASON_SIPI, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), SIPI_VECTOR, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_GUEST_ACTIVITY), VMX_ACTIVITY_WAIT_SIPI, "SDM 28.3.4");
	stage = 3;
	vmwrite(VMCS_GUEST_ACTIVITY, VMX_ACTIVITY_ACTIVE);
	vmwrite(VMCS_GUEST_RIP, code(l2_starts));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	vmx_l2_run_to_end(l2);
	EXPECT_EQ(stage, 4, "SDM 27.6.2");
}

/* A SIPI that comes before the CPU waits for it is dropped: it is sent until one is taken. */
static void each(void)
{
	switch (this_cpu_index()) {
	case 0:
		while (stage < 1)
			smp_wait();
		lapic_ipi(1, ICR_INIT);
		while (stage < 2)
			smp_wait();
		while (stage < 3) {
			lapic_ipi(1, ICR_SIPI(SIPI_VECTOR));
			for (int i = 0; i < 20 && stage < 3; i++)
				smp_wait();
		}
		break;
	case 1:
		started();
		break;
	}
}

VMX_LATE_CASE(vmx_smp_init_sipi, L1_SMP, 2, 0)
{
	if (!(rdmsr(MSR_IA32_VMX_MISC) & VMX_MISC_ACTIVITY_WAIT_SIPI))
		skip("the activity state wait-for-SIPI is not offered");
	stage = 0;
	smp_run(each);
}
