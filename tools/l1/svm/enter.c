// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turning SVM on, entering L2 and leaving it again by VMMCALL, CPUID and HLT (APM 15.4, 15.5.1,
 * 15.6, 15.9).
 */
#include "l1/svm/svm.h"

static volatile uint64_t ran, seen;

static void vmrun(void *address)
{
	asm volatile("vmrun %%rax" : : "a"(address) : "memory");
}

static void clgi(void *unused)
{
	(void)unused;
	asm volatile("clgi" : : : "memory");
}

static void vmsave(void *address)
{
	asm volatile("vmsave %%rax" : : "a"(address) : "memory");
}

static void odd_hsave(void *page)
{
	wrmsr(MSR_VM_HSAVE_PA, phys(page) + 8);
}

/* CPUID 1 EAX: the extended family counts if the family is 15 (APM Vol. 3 E.3.2). */
static uint32_t family(void)
{
	uint32_t eax = cpuid(CPUID_FEATURES, 0).eax, f = eax >> 8 & 0xf;

	return f == 0xf ? f + (eax >> 20 & 0xff) : f;
}

#define FAMILY_ZEN 0x17 /* the first with vGIF and VLS */

/*
 * KVM lets CLGI run with EFER.SVME clear if it uses vGIF, and VMSAVE if it uses virtual
 * VMLOAD/VMSAVE, because the hardware sees KVM's own EFER (svm.c, init_vmcb_after_set_cpuid). It
 * used both before it offered them (5.19): these two are checked if the CPU cannot have them.
 */
SVM_CASE(svm_enable, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_call_once);

	EXPECT_BITS(rdmsr(MSR_EFER), EFER_SVME, EFER_SVME, "APM 15.4");
	EXPECT_NAME(catch_trap(odd_hsave, page_alloc()).vector, X86_GP, trap_name, "APM 15.30.4");

	wrmsr(MSR_EFER, rdmsr(MSR_EFER) & ~EFER_SVME);
	EXPECT_BITS(rdmsr(MSR_EFER), EFER_SVME, 0, "APM 15.4");
	EXPECT_NAME(catch_trap(vmrun, l2->vmcb).vector, X86_UD, trap_name, "APM 15.5.1");
	if (!l1_offers(L1_F_VGIF) && family() < FAMILY_ZEN)
		EXPECT_NAME(catch_trap(clgi, NULL).vector, X86_UD, trap_name, "APM 15.17");
	if (!l1_offers(L1_F_VLS) && family() < FAMILY_ZEN)
		EXPECT_NAME(catch_trap(vmsave, page_alloc()).vector, X86_UD, trap_name,
			    "APM 15.5.2");

	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
	svm_l2_run_to_call(l2, 1);
}

static void l2_runs(void)
{
	ran++;
}

SVM_CORE_CASE(svm_enter_leave, 10, 0)
{
	static const uint8_t vmmcall[] = { 0x0f, 0x01, 0xd9 };
	struct l2 *l2 = svm_l2_create(l2_runs);
	uint64_t rsp = l2->vmcb->save.rsp;

	ran = 0;
	for (uint64_t i = 1; i <= 10; i++) {
		l2->vmcb->save.rip = code(l2_runs);
		l2->vmcb->save.rsp = rsp;
		svm_l2_run_to(l2, SVM_EXIT_VMMCALL, "APM 15.6");
		EXPECT_EQ(ran, i, "APM 15.5.1");
		EXPECT_EQ(l2->gprs.rax, L2_RETURNED, "APM 15.6");
		EXPECT_EQ(memcmp((void *)l2->vmcb->save.rip, vmmcall, sizeof(vmmcall)), 0,
			  "APM 15.6: RIP is the intercepted instruction's");
		EXPECT_BITS(l2->vmcb->control.exit_int_info, SVM_EVENT_VALID, 0, "APM 15.7.2");
		EXPECT_BITS(l2->host_rflags, RFLAGS_IF, RFLAGS_IF, "APM 15.6");
	}
}

static void l2_calls(void)
{
	uint64_t n = 0;

	for (;;) {
		n = l2_call(n * 3 + 1);
		seen = n;
	}
}

/* Values in RAX, both ways; the other registers are svm_registers' business. */
SVM_CORE_CASE(svm_vmmcall, 20, 0)
{
	struct l2 *l2 = svm_l2_create(l2_calls);
	uint64_t n = 0;

	for (uint64_t i = 0; i < 20; i++) {
		svm_l2_run(l2);
		if (i)
			EXPECT_EQ(seen, n, "APM 15.5.1");
		svm_l2_expect(l2, SVM_EXIT_VMMCALL, "APM 15.9");
		EXPECT_EQ(l2->gprs.rax, n * 3 + 1, "APM 15.6");
		svm_l2_skip(l2, 3);
		n = 0x123456789abcdef0 + i * 0x0101010101010101;
		l2->gprs.rax = n;
	}
}

static struct cpuid_regs answer;

static void l2_cpuid(void)
{
	for (uint32_t i = 0;; i++)
		answer = cpuid(0x1000 + i, i);
}

SVM_CORE_CASE(svm_cpuid, 20, 0)
{
	struct l2 *l2 = svm_l2_create(l2_cpuid);

	svm_l2_intercept(l2, SVM_EXIT_CPUID);
	for (uint32_t i = 0; i < 20; i++) {
		svm_l2_run(l2);
		if (i) {
			EXPECT_EQ(answer.eax, 0xa0000000 + i, "APM 15.5.1");
			EXPECT_EQ(answer.ebx, 0xb0000000 + i, "APM 15.5.1");
			EXPECT_EQ(answer.ecx, 0xc0000000 + i, "APM 15.5.1");
			EXPECT_EQ(answer.edx, 0xd0000000 + i, "APM 15.5.1");
		}
		svm_l2_expect(l2, SVM_EXIT_CPUID, "APM 15.9");
		EXPECT_EQ(l2->gprs.rax, 0x1000 + i, "APM 15.6");
		EXPECT_EQ(l2->gprs.rcx, i, "APM 15.6");
		svm_l2_skip(l2, 2);
		l2->gprs.rax = 0xa0000001 + i;
		l2->gprs.rbx = 0xb0000001 + i;
		l2->gprs.rcx = 0xc0000001 + i;
		l2->gprs.rdx = 0xd0000001 + i;
	}
}

/* Leaves in which KVM's answer is not the processor's: 0x40000000 is the hypervisor's own. */
static const uint32_t leaves[] = { 0, CPUID_FEATURES, CPUID_HYPERVISOR, CPUID_EXT_FEATURES };
static struct cpuid_regs answers[ARRAY_SIZE(leaves)];

static void l2_cpuid_once(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(leaves); i++)
		answers[i] = cpuid(leaves[i], 0);
}

/* An intercept that is not asked for must not reach L1, although KVM has it itself. */
SVM_CASE(svm_cpuid_passed, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_cpuid_once);

	svm_l2_run_to_end(l2);
	for (size_t i = 0; i < ARRAY_SIZE(leaves); i++) {
		struct cpuid_regs own = cpuid(leaves[i], 0);

		expect_at("leaf %#x: ", leaves[i]);
		EXPECT_EQ(answers[i].eax, own.eax, "APM 15.9");
		EXPECT_EQ(answers[i].ebx, own.ebx, "APM 15.9");
		EXPECT_EQ(answers[i].ecx, own.ecx, "APM 15.9");
		EXPECT_EQ(answers[i].edx, own.edx, "APM 15.9");
	}
}

static void l2_halts(void)
{
	for (;;) {
		hlt();
		ran++;
	}
}

SVM_CORE_CASE(svm_hlt, 10, 0)
{
	struct l2 *l2 = svm_l2_create(l2_halts);

	ran = 0;
	svm_l2_intercept(l2, SVM_EXIT_HLT);
	for (uint64_t i = 0; i < 10; i++) {
		svm_l2_run_to(l2, SVM_EXIT_HLT, "APM 15.9");
		EXPECT_EQ(*(uint8_t *)l2->vmcb->save.rip, 0xf4, "APM 15.6");
		EXPECT_EQ(ran, i, "APM 15.9");
		svm_l2_skip(l2, 1);
	}
}

#define WAKE_VECTOR 0x61
#define WAKE_US	    500

/* L2 sleeps in L0; L1's timer has to wake it, and that is an exit to L1. */
SVM_CASE(svm_hlt_wake, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_halts);

	ran = 0;
	svm_l2_intercept(l2, SVM_EXIT_INTR);
	l2->vmcb->control.vintr = VMCB_V_INTR_MASKING;
	lapic_timer(WAKE_VECTOR, WAKE_US);
	svm_l2_run_to(l2, SVM_EXIT_INTR, "APM 15.13.1");
	irq_wait(WAKE_VECTOR);
	EXPECT_EQ(irq_count[WAKE_VECTOR], 1, "APM 15.13.1: the interrupt is left to the host");
	EXPECT_EQ(ran, 0, "APM 15.21.1");
}
