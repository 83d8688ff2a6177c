// SPDX-License-Identifier: GPL-2.0-only
/*
 * Breakpoints in L2: DR0 to DR3 are not switched, DR6 and DR7 are the VMCB's (APM 15.5.1, 15.12.2,
 * 13.1.1). L2 arms DR7 itself: KVM 6.12 loads DR0 to DR3 for what L1 is known to have armed, not
 * for what VMRUN brings (nested.c, nested_vmcb02_prepare_save() leaves vcpu->arch.dr7 alone).
 */
#include "l1/svm/insn.h"
#include "l1/svm/svm.h"

#define DR7_L0	 (1ULL << 0)
#define DR7_GD	 (1ULL << 13)
#define DR7_W0	 (1ULL << 16)  /* R/W0 = 1: data writes */
#define DR7_LEN8 (2ULL << 18)  /* LEN0 = 2: eight bytes */
#define DR6_B	 (0xfULL << 0) /* B0 to B3 */

#define WATCH (DR7_FIXED | DR7_L0 | DR7_W0 | DR7_LEN8)

static volatile uint64_t watched, db_rip, db_dr6;

static void note(struct trap_frame *frame)
{
	db_rip = frame->rip;
	db_dr6 = read_dr6();
	write_dr6(DR6_FIXED);
	frame->rflags |= RFLAGS_RF;
}

/* Sets DR7, of which an emulator takes more notice than of VMRUN's, and goes on to the NOPs. */
static __attribute__((naked)) void b_nops(void)
{
	asm volatile("mov %rax, %dr7; nop; nop; ret");
}

#define NOPS (code(b_nops) + 3) /* MOV to DR7 is 0F 23 F8 */

INSN(b_reads_dr, "mov %dr0, %rax")

static void l2_arms_itself(void)
{
	write_dr7(WATCH);
	watched = 5;
	write_dr7(DR7_FIXED);
}

static void l2_writes_watched(void)
{
	watched = 5;
}

/* An instruction breakpoint: intercepted, it exits ahead of the instruction with DR6.B0. */
SVM_CASE(svm_db_intercept, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(b_nops);

	write_dr0(NOPS + 1);
	l2->vmcb->save.dr6 = DR6_FIXED | DR6_B3;
	l2->gprs.rax = DR7_FIXED | DR7_L0;
	svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_DB));
	svm_l2_run_to(l2, SVM_EXIT_EXCP(X86_DB), "APM 15.12.2");
	EXPECT_EQ(l2->vmcb->save.rip, NOPS + 1, "APM 15.12.2");
	EXPECT_BITS(l2->vmcb->save.dr6, DR6_B | DR6_BS | DR6_BD, DR6_B0, "APM 13.1.1.3");
	EXPECT_EQ(l2->vmcb->save.dr7, DR7_FIXED | DR7_L0, "APM 15.6");
	EXPECT_EQ(read_dr7(), DR7_FIXED, "APM 15.6");
}

/* L2 takes its own, and what it then leaves in DR6 is in the VMCB. */
SVM_CASE(svm_db_own, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_arms_itself);

	watched = db_rip = db_dr6 = 0;
	irq_handler(X86_DB, note);
	write_dr0(phys(&watched));
	svm_l2_run_to_end(l2);
	EXPECT_EQ(watched, 5, "APM 13.1.1");
	EXPECT_EQ(irq_count[X86_DB], 1, "APM 13.1.1");
	EXPECT_BITS(db_dr6, DR6_B0 | DR6_BS, DR6_B0, "APM 13.1.1");
	EXPECT_EQ(l2->vmcb->save.dr6, DR6_FIXED, "APM 15.6");
	watched = 6;
	EXPECT_EQ(irq_count[X86_DB], 1, "APM 15.6: L1's DR7 is off");
}

static void l2_disarms(void)
{
	write_dr7(DR7_FIXED);
}

/*
 * TCG keeps a watchpoint for what MOV armed, and VMRUN and #VMEXIT change DR7 without it
 * (svm_helper.c). At a MOV that finds another kind in DR7 it takes the watchpoint for a breakpoint
 * (bpt_helper.c, hw_breakpoint_remove()) and is gone itself. So DR7 is as it was armed when it is
 * disarmed: L2 comes with it.
 */
static void forget_watch(void)
{
	struct l2 *l2 = svm_l2_create(l2_disarms);

	l2->vmcb->save.dr7 = WATCH;
	svm_l2_run_to_end(l2);
}

/* L1's DR7 is not L2's: what L1 has armed stays quiet in L2. */
SVM_CASE(svm_db_not_host, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_writes_watched);
	uint64_t dr7;

	irq_handler(X86_DB, note);
	write_dr0(phys(&watched));
	write_dr7(WATCH);
	svm_l2_run_to_end(l2);
	dr7 = read_dr7();
	forget_watch();
	EXPECT_EQ(irq_count[X86_DB], 0, "APM 15.5.1");
	EXPECT_EQ(dr7, DR7_FIXED, "APM 15.6");
}

/*
 * General detect: a MOV of a debug register is a #DB with DR6.BD.
 * L1_UNPROVEN: Bochs, to 3.1, sets DR6 behind the intercept (exception.cc).
 */
SVM_CASE(svm_db_general_detect, L1_UNPROVEN, 2, 0)
{
	struct l2 *l2 = svm_l2_create(b_reads_dr);

	l2->vmcb->save.dr7 = DR7_FIXED | DR7_GD;
	svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_DB));
	svm_l2_run_to(l2, SVM_EXIT_EXCP(X86_DB), "APM 13.1.1.4");
	EXPECT_EQ(l2->vmcb->save.rip, code(b_reads_dr), "APM 13.1.1.4");
	EXPECT_BITS(l2->vmcb->save.dr6, DR6_BD, DR6_BD, "APM 13.1.1.4");
	l2->vmcb->save.dr7 = DR7_FIXED;
	svm_l2_run_to_end(l2);
}
