// SPDX-License-Identifier: GPL-2.0-only
/*
 * System-management interrupts while L2 runs (APM 15.13.3, 15.22): an exit, or system management
 * mode and back to L2 as if nothing had been. The handler is L1's own, at the SMBASE of reset.
 */
#include "l1/svm/svm.h"

#include "l1/common/cpu.h"

#define ICR_SMI	     (2U << 8 | 1U << 14)
#define SMBASE	     0x30000ULL
#define SMM_CODE     (SMBASE + 0x8000)
#define SMM_COUNT    (SMBASE + 0x9000)
#define SMM_COUNT_16 0x00, 0x90 /* in CS, whose base SMBASE is */

/* incl %cs:SMM_COUNT; rsm */
static const uint8_t handler[] = { 0x2e, 0x66, 0xff, 0x06, SMM_COUNT_16, 0x0f, 0xaa };

#define GIVEN 0x1122334455667788

static volatile uint64_t stage, kept, counted;

static uint32_t smm_count(void)
{
	return *(volatile uint32_t *)SMM_COUNT;
}

static void send_smi(void)
{
	lapic_ipi(this_cpu_index(), ICR_SMI);
}

/* L1's own, without an L2: does L0 give its guests system management mode at all? */
static void put_handler(void)
{
	memcpy((void *)SMM_CODE, handler, sizeof(handler));
	*(volatile uint32_t *)SMM_COUNT = 0;
	send_smi();
	if (!smm_count())
		skip("L0 has no system management mode for its guests");
	EXPECT_EQ(smm_count(), 1, "APM 10.3.1");
	*(volatile uint32_t *)SMM_COUNT = 0;
	stage = kept = counted = 0;
}

static void l2_sends_smi(void)
{
	uint64_t value = GIVEN;

	stage = 1;
	send_smi();
	asm volatile("" : "+r"(value));
	kept = value;
	counted = smm_count();
	stage = 2;
	cpuid(0, 0);
	stage = 3;
}

/* The exit leaves it pending; STGI, in svm_l2_run(), lets it in. */
SVM_CASE(svm_smi_exit, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_sends_smi);

	put_handler();
	svm_l2_intercept(l2, SVM_EXIT_SMI);
	svm_l2_run_to(l2, SVM_EXIT_SMI, "APM 15.13.3");
	EXPECT_EQ(stage, 1, "APM 15.13.3");
	EXPECT_EQ(smm_count(), 1, "APM 15.17: held until STGI");
	svm_l2_run_to_end(l2);
	EXPECT_EQ(stage, 3, "APM 15.13.3");
	EXPECT_EQ(smm_count(), 1, "APM 15.13.3");
}

/* Tables of L2's own: what comes back from system management mode must be L2, and with its VMCB. */
SVM_CASE(svm_smi_in_l2, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_sends_smi);
	uint64_t cr0 = read_cr0(), cr3 = read_cr3(), cr4 = read_cr4(), efer = rdmsr(MSR_EFER);
	struct page_table own = pt_identity(PT_CR3);

	put_handler();
	l2->vmcb->save.cr3 = own.root;
	l2->vmcb->save.cr0 ^= CR0_AM;
	l2->vmcb->save.cr4 ^= CR4_DE;
	svm_l2_intercept(l2, SVM_EXIT_CPUID);
	svm_l2_run_to(l2, SVM_EXIT_CPUID, "APM 15.22");
	EXPECT_EQ(stage, 2, "APM 15.22");
	EXPECT_EQ(counted, 1, "APM 15.22");
	EXPECT_EQ(kept, GIVEN, "APM 10.3.3");
	EXPECT_EQ(l2->vmcb->save.cr3, own.root, "APM 15.6");
	EXPECT_EQ(l2->vmcb->save.cr0, cr0 ^ CR0_AM, "APM 15.6");
	EXPECT_EQ(l2->vmcb->save.cr4, cr4 ^ CR4_DE, "APM 15.6");
	EXPECT_EQ(read_cr0(), cr0, "APM 15.6");
	EXPECT_EQ(read_cr3(), cr3, "APM 15.6");
	EXPECT_EQ(read_cr4(), cr4, "APM 15.6");
	EXPECT_EQ(rdmsr(MSR_EFER), efer, "APM 15.6");
	svm_l2_skip(l2, 2);
	svm_l2_run_to_end(l2);
	EXPECT_EQ(stage, 3, "APM 15.22");
	EXPECT_EQ(smm_count(), 1, "APM 15.22");
}

/* No L2: CLGI holds an SMI back. */
SVM_CASE(svm_smi_gif, 0, 0, 0)
{
	put_handler();
	asm volatile("clgi" : : : "memory");
	send_smi();
	counted = smm_count();
	asm volatile("stgi; nop" : : : "memory");
	EXPECT_EQ(counted, 0, "APM 15.17");
	EXPECT_EQ(smm_count(), 1, "APM 15.17");
}
