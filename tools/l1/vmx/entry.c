// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entering L2 and leaving it: VMCALL, the launch state, the triple fault. SDM Vol. 3 25.11.3,
 * 26.1.2, 26.2, 27.1, 28.5.
 */
#include "l1/vmx/vmx.h"

static void l2_nothing(void)
{
}

static void l2_say_two(void)
{
	l2_call(2);
}

/* One VMCALL: every field of the exit, and L1 as the host-state area says. */
VMX_CORE_CASE(vmx_enter_leave, 2, 0)
{
	struct descriptor_ptr gdtr = read_gdtr(), idtr = read_idtr();
	uint64_t cr0 = read_cr0(), cr3 = read_cr3(), cr4 = read_cr4();
	uint64_t stack;
	struct l2 *l2 = vmx_l2_create(l2_say_two);

	stack = vmread(VMCS_GUEST_RSP);
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.1.2");
	EXPECT_EQ(l2->gprs.rax, 2, "SDM 26.1.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 0, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_EXIT_INSTRUCTION_LENGTH), 3, "SDM 28.2.5");
	EXPECT_EQ(vmread(VMCS_IDT_VECTORING_INFO) & VMX_INTERRUPTION_VALID, 0, "SDM 28.2.4");
	EXPECT_EQ(memcmp((void *)vmread(VMCS_GUEST_RIP), "\x0f\x01\xc1", 3), 0,
		  "SDM 28.3.3: RIP at the VMCALL");
	EXPECT(vmread(VMCS_GUEST_RSP) <= stack && vmread(VMCS_GUEST_RSP) > stack - PAGE_SIZE,
	       "SDM 28.3.3");
	EXPECT_EQ(vmread(VMCS_GUEST_ACTIVITY), VMX_ACTIVITY_ACTIVE, "SDM 28.3.4");
	vmx_l2_skip();
	vmx_l2_set_exit_stack(l2);
	vmx_l2_run_to_end(l2);

	EXPECT_EQ(read_cr0(), cr0, "SDM 28.5.1");
	EXPECT_EQ(read_cr3(), cr3, "SDM 28.5.1");
	EXPECT_EQ(read_cr4(), cr4, "SDM 28.5.1");
	EXPECT_EQ(read_gdtr().base, gdtr.base, "SDM 28.5.2");
	EXPECT_EQ(read_gdtr().limit, 0xffff, "SDM 28.5.2");
	EXPECT_EQ(read_idtr().base, idtr.base, "SDM 28.5.2");
	EXPECT_EQ(read_idtr().limit, 0xffff, "SDM 28.5.2");
}

/* Values both ways, many times over one VMCS. */
#define CALLS 10

static void l2_count(void)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < CALLS; i++)
		sum = sum * 3 + l2_call(sum + i);
	l2_call(sum);
}

VMX_CORE_CASE(vmx_vmcall, 12, 0)
{
	uint64_t sum = 0;
	struct l2 *l2 = vmx_l2_create(l2_count);

	for (uint64_t i = 0; i < CALLS; i++) {
		uint64_t answer = 0x9e3779b97f4a7c15ULL * (i + 1);

		vmx_l2_run(l2);
		vmx_l2_expect_call(l2, sum + i, answer);
		sum = sum * 3 + answer;
	}
	vmx_l2_run_to_call(l2, sum);
	vmx_l2_run_to_end(l2);
}

/* Each state error of VMLAUNCH and VMRESUME, and what VMCLEAR makes of the state. */
VMX_CASE(vmx_launch_state, 0, 3, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_say_two);

	EXPECT_VMX_ERROR(vmresume(), VMRESUME_NOT_LAUNCHED, "SDM 27.1");
	vmx_l2_run_to_call(l2, 2);
	EXPECT_VMX_ERROR(vmlaunch(), VMLAUNCH_NOT_CLEAR, "SDM 27.1");
	vmx_l2_run_to_end(l2);
	EXPECT_RESULT(vmclear(l2->vmcs), VMX_OK, "SDM 31.3 VMCLEAR");
	vmcs_load(l2->vmcs);
	EXPECT_VMX_ERROR(vmresume(), VMRESUME_NOT_LAUNCHED, "SDM 25.11.3");
	l2->launched = 0;
	vmwrite(VMCS_GUEST_RIP, code(l2_nothing));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	vmx_l2_run_to_end(l2);
}

/* The failure is of the instruction, so RFLAGS are read behind it. */
VMX_CASE(vmx_launch_mov_ss, 0, 1, 0)
{
	uint64_t flags;
	struct l2 *l2 = vmx_l2_create(l2_nothing);

	asm volatile("mov %%ss, %%eax; mov %%eax, %%ss; vmlaunch; pushfq; popq %0"
		     : "=r"(flags)
		     :
		     : "rax", "memory", "cc");
	EXPECT_RESULT(flags & VMX_FLAGS, VMX_FAIL_VALID, "SDM 27.1");
	EXPECT_NAME(vmx_error(), VMX_ERROR_EVENTS_BLOCKED_BY_MOV_SS, vmx_error_name, "SDM 27.1");
	vmx_l2_run_to_end(l2);
}

static void l2_triple_fault(void)
{
	struct descriptor_ptr none = { 0, 0 };

	asm volatile("lidt %0; ud2" : : "m"(none));
}

/* L2 shuts down; L1 gets the exit and starts another. */
VMX_CASE(vmx_triple_fault, 0, 2, 0)
{
	struct l2 *l2;

	l2 = vmx_l2_create(l2_triple_fault);
	vmx_l2_run_to(l2, VMX_REASON_TRIPLE_FAULT, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 0, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_IDT_VECTORING_INFO) & VMX_INTERRUPTION_VALID, 0, "SDM 28.2.4");
	EXPECT_EQ(vmread(VMCS_GUEST_IDTR_LIMIT), 0, "SDM 28.3.2");
	l2 = vmx_l2_create(l2_say_two);
	vmx_l2_run_to_call(l2, 2);
}
