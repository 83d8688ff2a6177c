// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vendor-neutral L2 of common/any.h, by VMX.
 */
#include "l1/common/any.h"
#include "l1/vmx/vm.h"

static void *make(void (*fn)(void))
{
	struct vm *vm = page_alloc();

	vm_init(vm, fn);
	return vm;
}

static void run(void *l2)
{
	vm_run(l2);
}

/* What vm_expect() says, of an exit that is there already. */
static void expect(void *l2, uint32_t expected, const char *section)
{
	struct vm *vm = l2;
	uint32_t seen = (uint32_t)vmread(VMCS_EXIT_REASON);
	const char *name = vmx_reason_name(expected), *seen_name = vmx_reason_name(seen);

	if (seen != expected)
		expect_differs("exit reason", expected, seen,
			       "exit reason: expected %u (%s), seen %#x (%s), qualification %#lx, "
			       "interruption info %#lx, RIP %#lx, RAX %#lx (%s)",
			       expected, name ? name : "?", seen, seen_name ? seen_name : "?",
			       vmread(VMCS_EXIT_QUALIFICATION), vmread(VMCS_EXIT_INTERRUPTION_INFO),
			       vmread(VMCS_GUEST_RIP), vm->r.rax, section);
}

static void expect_call(void *l2, uint64_t value, uint64_t answer)
{
	struct vm *vm = l2;

	expect(l2, VMX_REASON_VMCALL, "SDM 26.1.2");
	expect_eq("L2's call", vm->r.rax, value, NULL, "SDM 28.4");
	vm_skip();
	vm->r.rax = answer;
}

static void exit_by_interrupt(void *l2)
{
	(void)l2;
	VM_SET(PIN_CTLS, VMX_PIN_EXTERNAL_INTERRUPT);
}

static void expect_interrupt(void *l2)
{
	expect(l2, VMX_REASON_EXTERNAL_INTERRUPT, "SDM 26.2");
}

/* CPUID always exits. */
static void exit_by_cpuid(void *l2)
{
	(void)l2;
}

static void expect_cpuid(void *l2)
{
	expect(l2, VMX_REASON_CPUID, "SDM 26.1.2");
	vm_skip();
}

static void exit_by_msr(void *l2, uint32_t msr)
{
	vm_msr_bit(l2, msr, false, true);
}

static void expect_msr(void *l2)
{
	expect(l2, VMX_REASON_RDMSR, "SDM 26.1.3");
	vm_skip();
}

/* Bitmap A is ports 0 to 7fff, B the rest: 25.6.4. */
static void exit_by_port(void *l2, uint16_t port)
{
	uint8_t *a = page_alloc(), *b = page_alloc();

	(void)l2;
	VM_SET(PROC_CTLS, VMX_PROC_IO_BITMAPS);
	(port < 0x8000 ? a : b)[port % 0x8000 / 8] = (uint8_t)(1U << port % 8);
	vmwrite(VMCS_IO_BITMAP_A, phys(a));
	vmwrite(VMCS_IO_BITMAP_B, phys(b));
}

static void expect_out(void *l2)
{
	expect(l2, VMX_REASON_IO, "SDM 26.1.3");
	vm_skip();
}

static void exit_by_undefined(void *l2)
{
	(void)l2;
	vmwrite(VMCS_EXCEPTION_BITMAP, 1U << X86_UD);
}

static void expect_undefined(void *l2)
{
	expect(l2, VMX_REASON_EXCEPTION_NMI, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO) & 0xff, X86_UD, "SDM 28.2.2");
	vmwrite(VMCS_GUEST_RIP, vmread(VMCS_GUEST_RIP) + 2);
}

static void sleep_in_hlt(void *l2)
{
	(void)l2;
	VM_CLEAR(PROC_CTLS, VMX_PROC_HLT);
}

static void tsc_offset(void *l2, uint64_t offset)
{
	(void)l2;
	VM_SET(PROC_CTLS, VMX_PROC_TSC_OFFSETTING);
	vmwrite(VMCS_TSC_OFFSET, offset);
}

static void exit_by_page(void *l2, uint64_t address)
{
	struct vm *vm = l2;

	vm_own_ept(vm);
	*pt_leaf_4k(&vm->ept, address) = 0;
	vm_flush_ept(vm);
}

static void expect_page(void *l2)
{
	expect(l2, VMX_REASON_EPT_VIOLATION, "SDM 29.3.3.2");
}

static void skip_bytes(void *l2, uint64_t n)
{
	(void)l2;
	vmwrite(VMCS_GUEST_RIP, vmread(VMCS_GUEST_RIP) + n);
}

/* VMCLEAR writes back what the CPU has of it, and makes it launchable: SDM 25.1, 25.11.3. */
static void park(void *l2)
{
	struct vm *vm = l2;

	EXPECT_RESULT(vmclear(vm->vmcs), VMX_OK, "SDM 31.3 VMCLEAR");
	vm->launched = 0;
}

/*
 * What of the host state is a CPU's own. The empty VMCS ahead of it is for a defect of KVM 6.12:
 * VMXOFF (nested.c, free_nested()) leaves need_sync_vmcs02_to_vmcs12_rare set, and the first
 * access to a "rare" field after the next VMXON then fills the current VMCS, whichever it is,
 * with the zeroes of a new vmcs02.
 */
static void fetch(void *l2)
{
	struct vm *vm = l2;

	vmcs_load(vmcs_new(0));
	vmwrite(VMCS_GUEST_ES_LIMIT, 0);
	vmcs_load(vm->vmcs);
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

const struct any_ops vmx_any = {
	.make = make,
	.run = run,
	.expect_call = expect_call,
	.exit_by_interrupt = exit_by_interrupt,
	.expect_interrupt = expect_interrupt,
	.exit_by_cpuid = exit_by_cpuid,
	.expect_cpuid = expect_cpuid,
	.exit_by_msr = exit_by_msr,
	.expect_msr = expect_msr,
	.exit_by_port = exit_by_port,
	.expect_out = expect_out,
	.exit_by_undefined = exit_by_undefined,
	.expect_undefined = expect_undefined,
	.sleep_in_hlt = sleep_in_hlt,
	.tsc_offset = tsc_offset,
	.exit_by_page = exit_by_page,
	.expect_page = expect_page,
	.skip = skip_bytes,
	.park = park,
	.fetch = fetch,
	.describe = describe,
};
