// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vendor-neutral L2 of common/l2_ops.h, by VMX.
 */
#include "l1/common/cost.h"
#include "l1/common/l2_ops.h"
#include "l1/vmx/vmx.h"

static void run(struct l2 *l2)
{
	vmx_l2_run(l2);
}

static void intercept_interrupt(struct l2 *l2)
{
	(void)l2;
	VMX_SET(PIN_CTLS, VMX_PIN_EXTERNAL_INTERRUPT);
}

static void expect_interrupt(struct l2 *l2)
{
	vmx_l2_expect(l2, VMX_REASON_EXTERNAL_INTERRUPT, "SDM 26.2");
}

/* CPUID always exits. */
static void intercept_cpuid(struct l2 *l2)
{
	(void)l2;
}

static void expect_cpuid(struct l2 *l2)
{
	vmx_l2_expect(l2, VMX_REASON_CPUID, "SDM 26.1.2");
	vmx_l2_skip();
}

static void intercept_msr(struct l2 *l2, uint32_t msr)
{
	vmx_l2_intercept_msr(l2, msr, false, true);
}

static void expect_msr(struct l2 *l2)
{
	vmx_l2_expect(l2, VMX_REASON_RDMSR, "SDM 26.1.3");
	vmx_l2_skip();
}

/* Bitmap A is ports 0 to 7fff, B the rest: 25.6.4. */
static void intercept_port(struct l2 *l2, uint16_t port)
{
	uint8_t *a = page_alloc(), *b = page_alloc();

	(void)l2;
	VMX_SET(PROC_CTLS, VMX_PROC_IO_BITMAPS);
	(port < 0x8000 ? a : b)[port % 0x8000 / 8] = (uint8_t)(1U << port % 8);
	vmwrite(VMCS_IO_BITMAP_A, phys(a));
	vmwrite(VMCS_IO_BITMAP_B, phys(b));
}

static void expect_out(struct l2 *l2)
{
	vmx_l2_expect(l2, VMX_REASON_IO, "SDM 26.1.3");
	vmx_l2_skip();
}

static void intercept_undefined(struct l2 *l2)
{
	(void)l2;
	vmwrite(VMCS_EXCEPTION_BITMAP, 1U << X86_UD);
}

static void expect_undefined(struct l2 *l2)
{
	vmx_l2_expect(l2, VMX_REASON_EXCEPTION_NMI, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO) & 0xff, X86_UD, "SDM 28.2.2");
	vmwrite(VMCS_GUEST_RIP, vmread(VMCS_GUEST_RIP) + 2);
}

static void no_intercept_hlt(struct l2 *l2)
{
	(void)l2;
	VMX_CLEAR(PROC_CTLS, VMX_PROC_HLT);
}

static void set_tsc_offset(struct l2 *l2, uint64_t offset)
{
	(void)l2;
	VMX_SET(PROC_CTLS, VMX_PROC_TSC_OFFSETTING);
	vmwrite(VMCS_TSC_OFFSET, offset);
}

static void intercept_page(struct l2 *l2, uint64_t address)
{
	vmx_l2_own_ept(l2);
	*pt_leaf_4k(&l2->ept, address) = 0;
	vmx_l2_flush_ept(l2);
}

static void expect_page(struct l2 *l2)
{
	vmx_l2_expect(l2, VMX_REASON_EPT_VIOLATION, "SDM 29.3.3.2");
}

static void skip_bytes(struct l2 *l2, uint64_t n)
{
	(void)l2;
	vmwrite(VMCS_GUEST_RIP, vmread(VMCS_GUEST_RIP) + n);
}

/* VMCLEAR writes back what the CPU has of it, and makes it launchable: SDM 25.1, 25.11.3. */
static void put(struct l2 *l2)
{
	EXPECT_RESULT(vmclear(l2->vmcs), VMX_OK, "SDM 31.3 VMCLEAR");
	l2->launched = 0;
}

/*
 * What of the host state is a CPU's own. The empty VMCS ahead of it is for a defect of KVM 6.12:
 * VMXOFF (nested.c, free_nested()) leaves need_sync_vmcs02_to_vmcs12_rare set, and the first
 * access to a "rare" field after the next VMXON then fills the current VMCS, whichever it is,
 * with the zeroes of a new vmcs02.
 */
static void load(struct l2 *l2)
{
	vmcs_load(vmcs_new(0));
	vmwrite(VMCS_GUEST_ES_LIMIT, 0);
	vmcs_load(l2->vmcs);
	vmwrite(VMCS_HOST_TR_SELECTOR, read_tr());
	vmwrite(VMCS_HOST_TR_BASE, tss_base());
	vmwrite(VMCS_GUEST_TR_SELECTOR, read_tr());
	vmwrite(VMCS_GUEST_TR_BASE, tss_base());
}

/* Without a current VMCS a VMREAD fails and leaves `none`; outside of VMX it would trap. */
static void describe_trapping(void *arg)
{
	uint64_t v[5] = { 0 };
	const uint32_t fields[5] = { VMCS_EXIT_REASON, VMCS_EXIT_QUALIFICATION, VMCS_GUEST_RIP,
				     VMCS_GUEST_RSP, VMCS_GUEST_RFLAGS };
	const char *name;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (vmread_flags(fields[i], &v[i]) != VMX_OK)
			return;
	}
	name = vmx_reason_name(v[0]);
	l1_snprintf(arg, L1_EXIT_MAX,
		    "exit reason %#lx (%s), qualification %#lx, L2's RIP %#lx, RSP %#lx, "
		    "RFLAGS %#lx",
		    v[0], name ? name : "?", v[1], v[2], v[3], v[4]);
}

static void describe(char *buf, size_t size)
{
	(void)size;
	buf[0] = 0;
	catch_trap(describe_trapping, buf);
}

static uint64_t call(uint64_t value)
{
	asm volatile("vmcall" : "+a"(value) : : "memory");
	return value;
}

L2_RETURNS(returned, "vmcall")

const struct l2_ops vmx_l2_ops = {
	.cases = vmx_cases,
	.n_cases = &n_vmx_cases,
	.enable = vmx_enable,
	.disable = vmx_disable,
	.turn_off = vmx_off,
	.features = vmx_features,
	.nested_paging = L1_F_EPT,
	.costs = vmx_costs,
	.call = call,
	.returned = returned,
	.create = vmx_l2_create,
	.run = run,
	.expect_call = vmx_l2_expect_call,
	.intercept_interrupt = intercept_interrupt,
	.expect_interrupt = expect_interrupt,
	.intercept_cpuid = intercept_cpuid,
	.expect_cpuid = expect_cpuid,
	.intercept_msr = intercept_msr,
	.expect_msr = expect_msr,
	.intercept_port = intercept_port,
	.expect_out = expect_out,
	.intercept_undefined = intercept_undefined,
	.expect_undefined = expect_undefined,
	.no_intercept_hlt = no_intercept_hlt,
	.set_tsc_offset = set_tsc_offset,
	.intercept_page = intercept_page,
	.expect_page = expect_page,
	.skip = skip_bytes,
	.put = put,
	.load = load,
	.describe = describe,
};
