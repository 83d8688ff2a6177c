// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions that L2 has only by a control of their own, #UD without it: SDM Vol. 3 26.3.
 */
#include "l1/vmx/vmx.h"

static uint64_t scratch[128] __attribute__((aligned(64)));
static struct vmx_inv_operand operand;

/* An L2's one instruction, caught, with the address behind it. */
#define INSN(name, text, ...)                                      \
	extern uint8_t name##_at[], name##_end[];                  \
	static void name(void *unused)                             \
	{                                                          \
		(void)unused;                                      \
		asm volatile(#name "_at: " text "; " #name "_end:" \
			     :                                     \
			     : __VA_ARGS__                         \
			     : "memory", "cc");                    \
	}

INSN(insn_invpcid, "invpcid %0, %1", "m"(operand), "r"(2ULL))
INSN(insn_xsaves, "xsaves (%0)", "r"(scratch), "a"(1), "d"(0))
INSN(insn_umwait, "umwait %%ecx", "c"(0), "a"(0), "d"(0))
INSN(insn_tpause, "tpause %%ecx", "c"(0), "a"(0), "d"(0))

extern uint8_t insn_rdtscp_at[], insn_rdtscp_end[];
static uint32_t tsc_aux;

static void insn_rdtscp(void *unused)
{
	(void)unused;
	asm volatile("insn_rdtscp_at: rdtscp; insn_rdtscp_end:" : "=c"(tsc_aux) : : "rax", "rdx");
}

static void (*l2_insn)(void *);
static struct trap caught;

static void l2_tries(void)
{
	caught = catch_trap(l2_insn, NULL);
}

static void start(void (*insn)(void *))
{
	l2_insn = insn;
	caught.vector = 0x100;
	vmwrite(VMCS_GUEST_RIP, code(l2_tries));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
}

/* #UD without `enable`, and with it done as it is. Leaves it set. */
static void check_enable(struct l2 *l2, uint32_t enable, void (*insn)(void *), const uint8_t *at)
{
	vmx_l2_control(VMCS_PROC2_CTLS, enable, false, "the control");
	start(insn);
	vmx_l2_run_to_end(l2);
	EXPECT_NAME(caught.vector, X86_UD, trap_name, "SDM 26.3");
	EXPECT_EQ(caught.rip, phys(at), "SDM 26.3");
	vmx_l2_control(VMCS_PROC2_CTLS, enable, true, "the control");
	start(insn);
	vmx_l2_run_to_end(l2);
	EXPECT_NAME(caught.vector, TRAP_NONE, trap_name, "SDM 26.3");
}

static void check_exit(struct l2 *l2, void (*insn)(void *), uint32_t reason, const uint8_t *at,
		       const uint8_t *end)
{
	start(insn);
	vmx_l2_run_to(l2, reason, "SDM 26.1.3");
	vmx_l2_skip_at(phys(at), (uint64_t)(end - at), "SDM 28.2.5");
	vmx_l2_run_to_end(l2);
	EXPECT_NAME(caught.vector, TRAP_NONE, trap_name, "SDM 26.1.3");
}

VMX_CASE(vmx_rdtscp, L1_SLOW, 4, 0)
{
	struct l2 *l2;

	if (!(cpuid(0x80000001, 0).edx >> 27 & 1))
		skip("RDTSCP is not offered");
	l2 = vmx_l2_create(l2_tries);
	wrmsr(MSR_TSC_AUX, 0x1234567);
	check_enable(l2, VMX_PROC2_RDTSCP, insn_rdtscp, insn_rdtscp_at);
	EXPECT_EQ(tsc_aux, 0x1234567, "SDM 26.3");
	VMX_SET(PROC_CTLS, VMX_PROC_RDTSC);
	check_exit(l2, insn_rdtscp, VMX_REASON_RDTSCP, insn_rdtscp_at, insn_rdtscp_end);
	vmx_l2_control(VMCS_PROC2_CTLS, VMX_PROC2_RDTSCP, false, "RDTSCP");
	start(insn_rdtscp);
	vmx_l2_run_to_end(l2);
	EXPECT_NAME(caught.vector, X86_UD, trap_name, "SDM 26.1.1: #UD comes first");
	wrmsr(MSR_TSC_AUX, 0);
}

VMX_CASE(vmx_invpcid, L1_SLOW, 4, 0)
{
	struct l2 *l2;

	if (cpuid(0, 0).eax < 7 || !(cpuid(7, 0).ebx >> 10 & 1))
		skip("INVPCID is not offered");
	l2 = vmx_l2_create(l2_tries);
	check_enable(l2, VMX_PROC2_INVPCID, insn_invpcid, insn_invpcid_at);
	VMX_SET(PROC_CTLS, VMX_PROC_INVLPG);
	check_exit(l2, insn_invpcid, VMX_REASON_INVPCID, insn_invpcid_at, insn_invpcid_end);
	vmx_l2_control(VMCS_PROC2_CTLS, VMX_PROC2_INVPCID, false, "INVPCID");
	start(insn_invpcid);
	vmx_l2_run_to_end(l2);
	EXPECT_NAME(caught.vector, X86_UD, trap_name, "SDM 26.1.1: #UD comes first");
}

/* IA32_XSS is 0 (KVM has nothing to put into it), so XSAVES never exits. */
VMX_CASE(vmx_xsaves, 0, 2, 0)
{
	struct l2 *l2;

	if (!(cpuid(CPUID_FEATURES, 0).ecx & CPUID_1_ECX_XSAVE) || !(cpuid(0xd, 1).eax >> 3 & 1))
		skip("XSAVES is not offered");
	l2 = vmx_l2_create(l2_tries);
	vmwrite(VMCS_GUEST_CR4, vmread(VMCS_GUEST_CR4) | CR4_OSXSAVE);
	vmwrite(VMCS_GUEST_CR0, vmread(VMCS_GUEST_CR0) & ~(CR0_TS | CR0_EM));
	vmwrite(VMCS_XSS_EXITING_BITMAP, ~0ULL);
	check_enable(l2, VMX_PROC2_XSAVES, insn_xsaves, insn_xsaves_at);
}

VMX_CASE(vmx_umwait, 0, 3, 0)
{
	struct l2 *l2;

	if (cpuid(0, 0).eax < 7 || !(cpuid(7, 0).ecx >> 5 & 1))
		skip("UMWAIT is not offered");
	l2 = vmx_l2_create(l2_tries);
	VMX_CLEAR(PROC2_CTLS, VMX_PROC2_USER_WAIT);
	start(insn_tpause);
	vmx_l2_run_to_end(l2);
	EXPECT_NAME(caught.vector, X86_UD, trap_name, "SDM 26.3");
	VMX_SET(PROC2_CTLS, VMX_PROC2_USER_WAIT);
	VMX_SET(PROC_CTLS, VMX_PROC_RDTSC);
	start(insn_umwait);
	vmx_l2_run_to(l2, VMX_REASON_UMWAIT, "SDM 26.1.3");
	start(insn_tpause);
	vmx_l2_run_to(l2, VMX_REASON_TPAUSE, "SDM 26.1.3");
}
