// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions that L0 executes for L2, because it needs them itself: L1's intercepts hold there as
 * well, and what L1 does not intercept is not taken for its neighbour (APM 15.8.1, 15.9).
 *
 * KVM has the moves of CR4 for itself, and those of CR0 while CR0.CD is set, which it keeps from
 * the hardware (svm.c, init_vmcb(), svm_set_cr0()).
 */
#include "l1/svm/insn.h"
#include "l1/svm/svm.h"

/* To RBX: what a function leaves in RAX is gone when it has returned. */
INSN(e_from_cr0, "mov %cr0, %rbx")
INSN(e_to_cr0, "mov %rax, %cr0")
INSN(e_from_cr4, "mov %cr4, %rbx")
INSN(e_to_cr4, "mov %rax, %cr4")
INSN(e_smsw, "smsw %rax")
INSN(e_lmsw, "lmsw %ax")
INSN(e_clts, "clts")

/* Every move of a control register, and every debug register's, but for one. */
static void intercept_others(struct l2 *l2, int exit)
{
	for (int n = 0; n < 16; n++) {
		svm_l2_intercept(l2, SVM_EXIT_CR_READ(n));
		svm_l2_intercept(l2, SVM_EXIT_CR_WRITE(n));
		svm_l2_intercept(l2, SVM_EXIT_DR_READ(n));
		svm_l2_intercept(l2, SVM_EXIT_DR_WRITE(n));
	}
	svm_l2_intercept(l2, SVM_EXIT_CR0_SEL_WRITE);
	svm_l2_no_intercept(l2, exit);
}

/* L2's moves of CR4 are its own, whatever else is intercepted. */
SVM_CASE(svm_cr4_neighbours, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(e_from_cr4);
	uint64_t cr4 = l2->vmcb->save.cr4, own = read_cr4();

	expect_at("%s", "MOV from CR4: ");
	intercept_others(l2, SVM_EXIT_CR_READ(4));
	svm_l2_run_to(l2, SVM_EXIT_VMMCALL, "APM 15.8.1");
	EXPECT_EQ(l2->gprs.rbx, cr4, "APM 15.5.1");

	expect_at("%s", "MOV to CR4: ");
	svm_l2_init(l2, e_to_cr4);
	intercept_others(l2, SVM_EXIT_CR_WRITE(4));
	l2->gprs.rax = cr4 ^ CR4_DE ^ CR4_PGE;
	svm_l2_run_to(l2, SVM_EXIT_VMMCALL, "APM 15.8.1");
	EXPECT_EQ(l2->vmcb->save.cr4, cr4 ^ CR4_DE ^ CR4_PGE, "APM 15.6");
	EXPECT_EQ(read_cr4(), own, "APM 15.6");
}

#define NONE (-1)

struct row {
	const char *name;
	void (*code)(void);
	int intercept;
	uint64_t change; /* of CR0, by what is in RAX */
	int exit;
	uint64_t result; /* of CR0, changed */
};

static const struct row cr0_rows[] = {
	{ "MOV of TS, selective", e_to_cr0, SVM_EXIT_CR0_SEL_WRITE, CR0_TS, SVM_EXIT_VMMCALL,
	  CR0_TS },
	{ "MOV of AM, selective", e_to_cr0, SVM_EXIT_CR0_SEL_WRITE, CR0_AM, SVM_EXIT_CR0_SEL_WRITE,
	  0 },
	{ "MOV of CD, selective", e_to_cr0, SVM_EXIT_CR0_SEL_WRITE, CR0_CD, SVM_EXIT_CR0_SEL_WRITE,
	  0 },
	{ "CLTS, selective", e_clts, SVM_EXIT_CR0_SEL_WRITE, 0, SVM_EXIT_VMMCALL, CR0_TS },
	{ "LMSW of TS, selective", e_lmsw, SVM_EXIT_CR0_SEL_WRITE, CR0_TS, SVM_EXIT_CR0_SEL_WRITE,
	  0 },
	{ "MOV of AM, none", e_to_cr0, NONE, CR0_AM, SVM_EXIT_VMMCALL, CR0_AM },
	{ "MOV of AM, all writes", e_to_cr0, SVM_EXIT_CR_WRITE(0), CR0_AM, SVM_EXIT_CR_WRITE(0),
	  0 },
	{ "LMSW of TS, reads", e_lmsw, SVM_EXIT_CR_READ(0), CR0_TS, SVM_EXIT_VMMCALL, CR0_TS },
	{ "CLTS, all writes", e_clts, SVM_EXIT_CR_WRITE(0), 0, SVM_EXIT_CR_WRITE(0), 0 },
	{ "MOV from CR0, writes", e_from_cr0, SVM_EXIT_CR_WRITE(0), 0, SVM_EXIT_VMMCALL, 0 },
	{ "MOV from CR0, reads", e_from_cr0, SVM_EXIT_CR_READ(0), 0, SVM_EXIT_CR_READ(0), 0 },
	{ "SMSW, writes", e_smsw, SVM_EXIT_CR_WRITE(0), 0, SVM_EXIT_VMMCALL, 0 },
	{ "SMSW, reads", e_smsw, SVM_EXIT_CR_READ(0), 0, SVM_EXIT_CR_READ(0), 0 },
};

/* With L2's caches off; see above. */
SVM_CASE(svm_cr0_uncached, 0, 13, 0)
{
	struct l2 *l2 = svm_l2_create(e_from_cr0);
	uint64_t own = read_cr0(), cr0 = own | CR0_CD | CR0_TS;

	for (size_t i = 0; i < ARRAY_SIZE(cr0_rows); i++) {
		const struct row *row = &cr0_rows[i];

		expect_at("%s: ", row->name);
		svm_l2_init(l2, row->code);
		l2->vmcb->save.cr0 = cr0;
		l2->gprs.rax = cr0 ^ row->change;
		if (row->intercept != NONE)
			svm_l2_intercept(l2, row->intercept);
		svm_l2_run_to(l2, row->exit, "APM 15.9");
		EXPECT_EQ(l2->vmcb->save.cr0, cr0 ^ row->result, "APM 15.6");
		if (row->exit != SVM_EXIT_VMMCALL)
			EXPECT_EQ(l2->vmcb->save.rip, code(row->code), "APM 15.6");
		if (row->code == e_from_cr0 && row->exit == SVM_EXIT_VMMCALL)
			EXPECT_EQ(l2->gprs.rbx, cr0, "APM 15.5.1");
		EXPECT_EQ(read_cr0(), own, "APM 15.6");
	}
}

#define UNMAPPED 0x50000123
#define OLD_CR2	 0x1234567

static volatile struct trap trap;

static void l2_outs_unmapped(void)
{
	asm volatile("outsb" : : "S"(UNMAPPED), "d"(0x4f0) : "memory");
}

static void outs_unmapped(void *unused)
{
	(void)unused;
	l2_outs_unmapped();
}

static void l2_catches_outs(void)
{
	struct trap t = catch_trap(outs_unmapped, NULL);

	trap = t;
}

/*
 * An exception that L0 finds while it executes an instruction for L2, a string instruction to a
 * port: L1's intercept holds for it, and without one it is L2's.
 */
SVM_CASE(svm_exception_emulated, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_outs_unmapped);

	svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_PF));
	svm_l2_run_to(l2, SVM_EXIT_EXCP(X86_PF), "APM 15.12.15");
	EXPECT_EQ((uint32_t)l2->vmcb->control.exit_info_1, 0, "APM 15.12.15");
	EXPECT_EQ(l2->vmcb->control.exit_info_2, UNMAPPED, "APM 15.12.15");
	EXPECT(l2->vmcb->save.cr2 != UNMAPPED, "APM 15.12.15: ahead of CR2");
	svm_l2_no_intercept(l2, SVM_EXIT_EXCP(X86_PF));
	svm_l2_restart(l2, l2_catches_outs);
	svm_l2_run_to_end(l2);
	EXPECT_NAME(trap.vector, X86_PF, trap_name, "APM 15.12");
	EXPECT_EQ(trap.error, 0, "APM 8.4.2");
}

static void ins_unmapped(void *unused)
{
	(void)unused;
	asm volatile("insb" : : "D"(UNMAPPED), "d"(0x4f0) : "memory");
}

static void l2_catches_ins(void)
{
	struct trap t = catch_trap(ins_unmapped, NULL);

	trap = t;
}

/* A write, for which the error code is not 0; and L2 has the address in CR2. */
SVM_CASE(svm_page_fault_emulated, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_catches_ins);

	l2->vmcb->save.cr2 = OLD_CR2;
	svm_l2_run_to_end(l2);
	EXPECT_NAME(trap.vector, X86_PF, trap_name, "APM 15.12");
	EXPECT_EQ(trap.error, PF_W, "APM 8.4.2");
	EXPECT_EQ(trap.cr2, UNMAPPED, "APM 8.2.15");
	EXPECT_EQ(l2->vmcb->save.cr2, UNMAPPED, "APM 15.6");
}

INSN(e_outs, "outsb")

#define NON_CANONICAL 0x8000000000000000

/* The others that L0 finds: intercepted they exit at the instruction, with the error code. */
SVM_CASE(svm_fault_emulated, 0, 4, 0)
{
	static const struct {
		const char *name;
		void (*code)(void);
		uint8_t vector;
	} rows[] = {
		{ "MOV of a reserved bit to CR4", e_to_cr4, X86_GP },
		{ "OUTS from nowhere", e_outs, X86_GP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct l2 *l2 = svm_l2_create(rows[i].code);

		expect_at("%s: ", rows[i].name);
		l2->gprs.rax = l2->vmcb->save.cr4 | 1ULL << 31; /* KVM drops the high half */
		l2->gprs.rsi = NON_CANONICAL;
		l2->gprs.rdx = 0x4f0;
		l2->vmcb->control.exit_info_1 = 0x5a5a;
		svm_l2_intercept(l2, SVM_EXIT_EXCP(rows[i].vector));
		svm_l2_run_to(l2, SVM_EXIT_EXCP(rows[i].vector), "APM 15.12");
		EXPECT_EQ((uint32_t)l2->vmcb->control.exit_info_1, 0, "APM 15.12");
		EXPECT_EQ(l2->vmcb->save.rip, code(rows[i].code), "APM 15.12");
		EXPECT_EQ(l2->vmcb->control.exit_int_info & SVM_EVENT_VALID, 0, "APM 15.7.2");
		svm_l2_restart(l2, l2_call_once);
		svm_l2_run_to_call(l2, 1);
	}
}
