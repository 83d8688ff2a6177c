// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entering L2, and what every exit of it is held against.
 */
#include "l1/vmx/vmx.h"

_Static_assert(offsetof(struct l2, gprs.rdi) == 40, "enter.S: L2_RDI");
_Static_assert(offsetof(struct l2, gprs.r15) == 112, "enter.S: each_register");
_Static_assert(offsetof(struct l2, host_rsp) == 120, "enter.S: L2_HOST_RSP");
_Static_assert(offsetof(struct l2, launched) == 128, "enter.S: L2_LAUNCHED");

uint64_t vmx_l2_enter(struct l2 *l2)
{
	uint64_t flags;

	l2_before();
	flags = vmx_enter(l2);
	l2_after();
	return flags & VMX_FLAGS;
}

/* Observed: RFLAGS, and the error number in the upper half. */
static void entry_refused(const struct l2 *l2, uint64_t flags)
{
	const char *entry = l2->launched ? "VMRESUME" : "VMLAUNCH";
	uint64_t error = flags == VMX_FAIL_VALID ? vmx_error() : 0;

	expect_differs(entry, VMX_OK, error << 32 | flags,
		       "%s failed with flags %#lx, VM-instruction error %lu (%s) (SDM 27.1)", entry,
		       flags, error, error ? vmx_error_name(error) : "none");
}

uint32_t vmx_l2_run(struct l2 *l2)
{
	uint64_t flags = vmx_l2_enter(l2);
	uint32_t reason;

	if (flags)
		entry_refused(l2, flags);
	reason = (uint32_t)vmread(VMCS_EXIT_REASON);
	if (!(reason & VMX_REASON_ENTRY_FAILED))
		l2->launched = 1;
	return reason;
}

static void expect_exit(const struct l2 *l2, uint32_t seen, uint32_t expected, const char *section)
{
	const char *name = vmx_reason_name(expected), *seen_name = vmx_reason_name(seen);

	if (seen == expected)
		return;
	expect_differs("exit reason", expected, seen,
		       "exit reason: expected %u (%s), seen %#x (%s), qualification %#lx, "
		       "interruption info %#lx, RIP %#lx, RAX %#lx (%s)",
		       expected & VMX_REASON_BASIC, name ? name : "?", seen,
		       seen_name ? seen_name : "?", vmread(VMCS_EXIT_QUALIFICATION),
		       vmread(VMCS_EXIT_INTERRUPTION_INFO), vmread(VMCS_GUEST_RIP), l2->gprs.rax,
		       section);
}

void vmx_l2_expect(const struct l2 *l2, uint32_t reason, const char *section)
{
	expect_exit(l2, (uint32_t)vmread(VMCS_EXIT_REASON), reason, section);
}

void vmx_l2_run_to(struct l2 *l2, uint32_t reason, const char *section)
{
	expect_exit(l2, vmx_l2_run(l2), reason, section);
}

void vmx_l2_skip(void)
{
	uint64_t length = vmread(VMCS_EXIT_INSTRUCTION_LENGTH);

	EXPECT(length >= 1 && length <= 15, "SDM 28.2.5");
	vmwrite(VMCS_GUEST_RIP, vmread(VMCS_GUEST_RIP) + length);
}

void vmx_l2_skip_at(uint64_t rip, uint64_t length, const char *section)
{
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), rip, section);
	EXPECT_EQ(vmread(VMCS_EXIT_INSTRUCTION_LENGTH), length, section);
	vmx_l2_skip();
}

void vmx_l2_expect_call(struct l2 *l2, uint64_t value, uint64_t answer)
{
	vmx_l2_expect(l2, VMX_REASON_VMCALL, "SDM 26.1.2");
	expect_eq("L2's call", l2->gprs.rax, value, NULL, "SDM 28.4");
	vmx_l2_skip();
	l2->gprs.rax = answer;
}

void vmx_l2_run_to_call(struct l2 *l2, uint64_t value)
{
	vmx_l2_run(l2);
	vmx_l2_expect_call(l2, value, 0);
}

void vmx_l2_expect_start(void (*fn)(void), const char *section)
{
	uint64_t rip = vmread(VMCS_GUEST_RIP);

	if (rip - code(fn) >= L2_SLIDE_BYTES)
		EXPECT_EQ(rip, code(fn), section);
}

void vmx_l2_run_to_end(struct l2 *l2)
{
	vmx_l2_run_to_call(l2, L2_RETURNED);
}
