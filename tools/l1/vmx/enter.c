// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entering L2, and what every exit of it is held against.
 */
#include "l1/vmx/vm.h"

_Static_assert(offsetof(struct vm, r.rdi) == 40, "enter.S: VM_RDI");
_Static_assert(offsetof(struct vm, r.r15) == 112, "enter.S: each_register");
_Static_assert(offsetof(struct vm, host_rsp) == 120, "enter.S: VM_HOST_RSP");
_Static_assert(offsetof(struct vm, launched) == 128, "enter.S: VM_LAUNCHED");

uint64_t vm_enter(struct vm *vm)
{
	uint64_t flags;

	l2_before();
	flags = vm_enter_asm(vm);
	l2_after();
	return flags & VMX_FLAGS;
}

/* Observed: RFLAGS, and the error number in the upper half. */
static void entry_refused(const struct vm *vm, uint64_t flags)
{
	const char *entry = vm->launched ? "VMRESUME" : "VMLAUNCH";
	uint64_t error = flags == VMX_FAIL_VALID ? vmx_error() : 0;

	expect_differs(entry, VMX_OK, error << 32 | flags,
		       "%s failed with flags %#lx, VM-instruction error %lu (%s) (SDM 27.1)", entry,
		       flags, error, error ? vmx_error_name(error) : "none");
}

uint32_t vm_run(struct vm *vm)
{
	uint64_t flags = vm_enter(vm);
	uint32_t reason;

	if (flags)
		entry_refused(vm, flags);
	reason = (uint32_t)vmread(VMCS_EXIT_REASON);
	if (!(reason & VMX_REASON_ENTRY_FAILED))
		vm->launched = 1;
	return reason;
}

void vm_expect(struct vm *vm, uint32_t reason, const char *section)
{
	uint32_t seen = vm_run(vm);
	const char *expected_name = vmx_reason_name(reason), *seen_name = vmx_reason_name(seen);

	if (seen != reason)
		expect_differs("exit reason", reason, seen,
			       "exit reason: expected %u (%s), seen %#x (%s), qualification %#lx, "
			       "interruption info %#lx, RIP %#lx, RAX %#lx (%s)",
			       reason & VMX_REASON_BASIC, expected_name ? expected_name : "?", seen,
			       seen_name ? seen_name : "?", vmread(VMCS_EXIT_QUALIFICATION),
			       vmread(VMCS_EXIT_INTERRUPTION_INFO), vmread(VMCS_GUEST_RIP),
			       vm->r.rax, section);
}

void vm_skip(void)
{
	uint64_t length = vmread(VMCS_EXIT_INSTRUCTION_LENGTH);

	EXPECT(length >= 1 && length <= 15, "SDM 28.2.5");
	vmwrite(VMCS_GUEST_RIP, vmread(VMCS_GUEST_RIP) + length);
}

void vm_skip_at(uint64_t rip, uint64_t length, const char *section)
{
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), rip, section);
	EXPECT_EQ(vmread(VMCS_EXIT_INSTRUCTION_LENGTH), length, section);
	vm_skip();
}

void vm_answer_call(struct vm *vm, uint64_t value, uint64_t answer)
{
	vm_expect(vm, VMX_REASON_VMCALL, "SDM 26.1.2");
	EXPECT_EQ(vm->r.rax, value, "l2_call");
	vm_skip();
	vm->r.rax = answer;
}

void vm_expect_call(struct vm *vm, uint64_t value)
{
	vm_answer_call(vm, value, 0);
}

void vm_expect_start(void (*fn)(void), const char *section)
{
	uint64_t rip = vmread(VMCS_GUEST_RIP);

	if (rip - code(fn) >= L2_SLIDE_BYTES)
		EXPECT_EQ(rip, code(fn), section);
}

void vm_expect_end(struct vm *vm)
{
	vm_expect_call(vm, L2_RETURNED);
}
