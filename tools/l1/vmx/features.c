// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions that L2 has only where L1 gives them to it, and that are #UD otherwise: RDTSCP,
 * INVPCID, XSAVES. SDM Vol. 3 26.3, 26.1.3.
 */
#include "l1/vmx/vmx.h"

static uint8_t area[1024] __attribute__((aligned(64)));
static struct trap caught;
static uint64_t l2_tsc, l2_aux;

extern uint8_t feature_rdtscp_at[], feature_invpcid_at[], feature_xsaves_at[];

static void do_rdtscp(void *unused)
{
	uint32_t lo, hi, aux;

	(void)unused;
	asm volatile("feature_rdtscp_at: rdtscp" : "=a"(lo), "=d"(hi), "=c"(aux) : : "memory");
	l2_tsc = (uint64_t)hi << 32 | lo;
	l2_aux = aux;
}

/* Type 2, all contexts: the descriptor's 16 bytes must be there, and are not looked at. */
static void do_invpcid(void *unused)
{
	(void)unused;
	asm volatile("feature_invpcid_at: invpcid 16(%0), %1" : : "b"(area), "S"(2ULL) : "memory");
}

static void do_xsaves(void *unused)
{
	(void)unused;
	asm volatile("feature_xsaves_at: xsaves64 (%0)" : : "b"(area), "a"(1), "d"(0) : "memory");
}

static void (*l2_does)(void *);

static void l2_tries(void)
{
	caught = catch_trap(l2_does, NULL);
}

static void start(struct l2 *l2, void (*does)(void *))
{
	l2_does = does;
	caught.vector = 0x100;
	vmwrite(VMCS_GUEST_RIP, code(l2_tries));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	(void)l2;
}

static void expect_there(struct l2 *l2, void (*does)(void *), bool there)
{
	start(l2, does);
	vmx_l2_run_to_end(l2);
	EXPECT_NAME(caught.vector, there ? TRAP_NONE : X86_UD, trap_name, "SDM 26.3");
}

/* Off, on with an offset in its time, and on with RDTSC exiting. */
VMX_CASE(vmx_rdtscp_feature, L1_SLOW, 3, 0)
{
	uint64_t before, after;
	struct l2 *l2 = vmx_l2_create(l2_tries);

	VMX_SET(PROC2_CTLS, VMX_PROC2_RDTSCP);
	VMX_CLEAR(PROC2_CTLS, VMX_PROC2_RDTSCP);
	VMX_CLEAR(PROC_CTLS, VMX_PROC_RDTSC);
	expect_there(l2, do_rdtscp, false);
	VMX_SET(PROC2_CTLS, VMX_PROC2_RDTSCP);
	VMX_SET(PROC_CTLS, VMX_PROC_TSC_OFFSETTING);
	vmwrite(VMCS_TSC_OFFSET, 1ULL << 50);
	wrmsr(MSR_TSC_AUX, 0x5a);
	before = rdtsc();
	expect_there(l2, do_rdtscp, true);
	after = rdtsc();
	EXPECT_EQ(l2_aux, 0x5a, "SDM Vol. 2 RDTSCP");
	EXPECT(l2_tsc - (1ULL << 50) >= before && l2_tsc - (1ULL << 50) <= after, "SDM 26.3");
	VMX_SET(PROC_CTLS, VMX_PROC_RDTSC);
	start(l2, do_rdtscp);
	vmx_l2_run_to(l2, VMX_REASON_RDTSCP, "SDM 26.1.3");
	vmx_l2_skip_at(phys(feature_rdtscp_at), 3, "SDM 28.2.5");
	vmx_l2_run_to_end(l2);
	wrmsr(MSR_TSC_AUX, 0);
}

/* With INVLPG exiting it exits, with the operand's displacement as the qualification. */
VMX_CASE(vmx_invpcid_feature, L1_SLOW, 4, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_tries);

	VMX_SET(PROC2_CTLS, VMX_PROC2_INVPCID);
	VMX_CLEAR(PROC2_CTLS, VMX_PROC2_INVPCID);
	VMX_CLEAR(PROC_CTLS, VMX_PROC_INVLPG);
	expect_there(l2, do_invpcid, false);
	VMX_SET(PROC_CTLS, VMX_PROC_INVLPG);
	expect_there(l2, do_invpcid, false);
	VMX_SET(PROC2_CTLS, VMX_PROC2_INVPCID);
	start(l2, do_invpcid);
	vmx_l2_run_to(l2, VMX_REASON_INVPCID, "SDM 26.1.3");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 16, "SDM 28.2.1");
	/* 64-bit (9:7), no index (22), base RBX (26:23, valid), type in RSI (31:28). */
	EXPECT_BITS(vmread(VMCS_EXIT_INSTRUCTION_INFO), 0xffc00380,
		    6U << 28 | 3U << 23 | 1U << 22 | 2 << 7, "SDM 28.2.5, table 28-12");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(feature_invpcid_at), "SDM 28.3.3");
	vmx_l2_skip();
	vmx_l2_run_to_end(l2);
	VMX_CLEAR(PROC_CTLS, VMX_PROC_INVLPG);
	expect_there(l2, do_invpcid, true);
}

/* L2 has CR4.OSXSAVE, so that nothing but the control is missing. */
VMX_CASE(vmx_xsaves_feature, 0, 2, 0)
{
	struct l2 *l2;

	if (!(cpuid(CPUID_FEATURES, 0).ecx & CPUID_1_ECX_XSAVE))
		skip("XSAVE is not offered");
	l2 = vmx_l2_create(l2_tries);
	VMX_SET(PROC2_CTLS, VMX_PROC2_XSAVES);
	VMX_CLEAR(PROC2_CTLS, VMX_PROC2_XSAVES);
	vmwrite(VMCS_GUEST_CR4, vmread(VMCS_GUEST_CR4) | CR4_OSXSAVE);
	expect_there(l2, do_xsaves, false);
	EXPECT_EQ(caught.rip, phys(feature_xsaves_at), "SDM 26.3");
	VMX_SET(PROC2_CTLS, VMX_PROC2_XSAVES);
	expect_there(l2, do_xsaves, true);
}
