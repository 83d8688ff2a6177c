// SPDX-License-Identifier: GPL-2.0-only
/*
 * What secondary controls give to L2: instructions that are #UD without theirs (RDTSCP, INVPCID,
 * XSAVES, UMWAIT and TPAUSE), and TSC scaling. SDM Vol. 3 25.6.2, 26.1.3, 26.3.
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
static uint64_t l2_tsc, l2_aux;

static void insn_rdtscp(void *unused)
{
	uint32_t lo, hi, aux;

	(void)unused;
	asm volatile("insn_rdtscp_at: rdtscp; insn_rdtscp_end:" : "=a"(lo), "=d"(hi), "=c"(aux));
	l2_tsc = (uint64_t)hi << 32 | lo;
	l2_aux = aux;
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
	EXPECT_EQ(l2_aux, 0x1234567, "SDM 26.3");
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

static uint8_t area[1024] __attribute__((aligned(64)));
extern uint8_t feature_invpcid_at[], feature_xsaves_at[];

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

static void expect_there(struct l2 *l2, void (*insn)(void *), bool there)
{
	start(insn);
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
	expect_there(l2, insn_rdtscp, false);
	VMX_SET(PROC2_CTLS, VMX_PROC2_RDTSCP);
	VMX_SET(PROC_CTLS, VMX_PROC_TSC_OFFSETTING);
	vmwrite(VMCS_TSC_OFFSET, 1ULL << 50);
	wrmsr(MSR_TSC_AUX, 0x5a);
	before = rdtsc();
	expect_there(l2, insn_rdtscp, true);
	after = rdtsc();
	EXPECT_EQ(l2_aux, 0x5a, "SDM Vol. 2 RDTSCP");
	EXPECT(l2_tsc - (1ULL << 50) >= before && l2_tsc - (1ULL << 50) <= after, "SDM 26.3");
	VMX_SET(PROC_CTLS, VMX_PROC_RDTSC);
	start(insn_rdtscp);
	vmx_l2_run_to(l2, VMX_REASON_RDTSCP, "SDM 26.1.3");
	vmx_l2_skip_at(phys(insn_rdtscp_at), 3, "SDM 28.2.5");
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
	start(do_invpcid);
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

static void l2_rdtsc(void)
{
	l2_call(rdtsc());
}

#define OFFSET (1ULL << 50)
#define ONE    48 /* the multiplier has that many bits behind the point */

/* seen is L1's counter times multiplier, and the offset: between two of L1's own readings. */
static void scaled(uint64_t multiplier)
{
	uint64_t before, after;
	struct l2 *l2;

	expect_at("multiplier %#lx: ", multiplier);
	l2 = vmx_l2_create(l2_rdtsc);
	VMX_SET(PROC_CTLS, VMX_PROC_TSC_OFFSETTING);
	VMX_SET(PROC2_CTLS, VMX_PROC2_TSC_SCALING);
	vmwrite(VMCS_TSC_OFFSET, OFFSET);
	vmwrite(VMCS_TSC_MULTIPLIER, multiplier);
	before = rdtsc();
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.3");
	after = rdtsc();
	before = (uint64_t)((unsigned __int128)before * multiplier >> ONE);
	after = (uint64_t)((unsigned __int128)after * multiplier >> ONE);
	/* L0 may scale as well, and rounds twice then. */
	EXPECT(l2->gprs.rax + 16 >= before + OFFSET && l2->gprs.rax <= after + OFFSET + 16,
	       "SDM 26.3");
}

VMX_CASE(vmx_tsc_scaling, 0, 2, L1_NEEDS(TSC_SCALING))
{
	scaled(1ULL << (ONE - 1));
	scaled(3ULL << ONE);
}
