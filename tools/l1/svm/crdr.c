// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intercepts of control and debug register moves (APM 15.8).
 */
#include "l1/svm/insn.h"
#include "l1/svm/svm.h"

#define MOVES(kind, n)                                  \
	INSN(from_##kind##n, "mov %" #kind #n ", %rax") \
	INSN(to_##kind##n, "mov %rax, %" #kind #n)

MOVES(cr, 0)
MOVES(cr, 2)
MOVES(cr, 3)
MOVES(cr, 4)
MOVES(cr, 8)
MOVES(dr, 0)
MOVES(dr, 1)
MOVES(dr, 2)
MOVES(dr, 3)
MOVES(dr, 6)
MOVES(dr, 7)

struct row {
	const char *name;
	int read_exit, write_exit;
	void (*read)(void), (*write)(void);
};

#define CR(n)                                                                            \
	{                                                                                \
		"CR" #n, SVM_EXIT_CR_READ(n), SVM_EXIT_CR_WRITE(n), from_cr##n, to_cr##n \
	}
#define DR(n)                                                                            \
	{                                                                                \
		"DR" #n, SVM_EXIT_DR_READ(n), SVM_EXIT_DR_WRITE(n), from_dr##n, to_dr##n \
	}

static const struct row rows[] = {
	CR(0), CR(2), CR(3), CR(4), CR(8), DR(0), DR(1), DR(2), DR(3), DR(6), DR(7),
};

/* L2 reads the register, unhindered, and writes back what it read; each is intercepted once. */
static void each(struct l2 *l2, const struct row *row)
{
	svm_l2_init(l2, row->read);
	expect_at("MOV from %s: ", row->name);
	svm_l2_intercept(l2, row->read_exit);
	svm_l2_run_to(l2, row->read_exit, "APM 15.8.1");
	EXPECT_EQ(l2->vmcb->save.rip, code(row->read), "APM 15.6");
	svm_l2_no_intercept(l2, row->read_exit);
	svm_l2_run_to_end(l2);

	expect_at("MOV to %s: ", row->name);
	svm_l2_init(l2, row->write);
	svm_l2_intercept(l2, row->write_exit);
	/* A value that each register takes: CRs as they are, DRs as after reset. */
	l2->gprs.rax = row->write_exit == SVM_EXIT_CR_WRITE(0) ? l2->vmcb->save.cr0 :
		       row->write_exit == SVM_EXIT_CR_WRITE(3) ? l2->vmcb->save.cr3 :
		       row->write_exit == SVM_EXIT_CR_WRITE(4) ? l2->vmcb->save.cr4 :
		       row->write_exit == SVM_EXIT_DR_WRITE(6) ? DR6_FIXED :
		       row->write_exit == SVM_EXIT_DR_WRITE(7) ? DR7_FIXED :
								 0;
	svm_l2_run_to(l2, row->write_exit, "APM 15.8.1");
	EXPECT_EQ(l2->vmcb->save.rip, code(row->write), "APM 15.6");
	svm_l2_no_intercept(l2, row->write_exit);
	svm_l2_run_to_end(l2);
}

SVM_CASE(svm_cr_dr, 0, 44, 0)
{
	struct l2 *l2 = svm_l2_create(rows[0].read);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		each(l2, &rows[i]);
}

static void l2_writes_cr0(void)
{
	write_cr0(read_cr0() ^ CR0_TS);
	l2_call(1);
	write_cr0(read_cr0() ^ CR0_AM);
}

/* Changes of only TS and MP do not exit, others do (APM 15.9, "CR0_SEL_WRITE"). */
SVM_CASE(svm_cr0_selective, 0, 3, 0)
{
	struct l2 *l2 = svm_l2_create(l2_writes_cr0);
	uint64_t cr0 = l2->vmcb->save.cr0;

	svm_l2_intercept(l2, SVM_EXIT_CR0_SEL_WRITE);
	svm_l2_run_to_call(l2, 1);
	EXPECT_EQ(l2->vmcb->save.cr0, cr0 ^ CR0_TS, "APM 15.9");
	svm_l2_run_to(l2, SVM_EXIT_CR0_SEL_WRITE, "APM 15.9");
	EXPECT_EQ(l2->vmcb->save.cr0, cr0 ^ CR0_TS, "APM 15.9");
	svm_l2_no_intercept(l2, SVM_EXIT_CR0_SEL_WRITE);
	svm_l2_run_to_end(l2);
	EXPECT_EQ(l2->vmcb->save.cr0, cr0 ^ CR0_TS ^ CR0_AM, "APM 15.9");
}

INSN(i_smsw, "smsw %ax")
INSN(i_lmsw, "lmsw %ax")
INSN(i_clts, "clts")

struct other {
	const char *name;
	int intercept;
	void (*code)(void);
	int exit;
};

static void try_other(const struct other *o)
{
	struct l2 *l2 = svm_l2_create(o->code);

	expect_at("%s: ", o->name);
	l2->vmcb->save.cr0 |= CR0_TS;
	l2->gprs.rax = (l2->vmcb->save.cr0 & 0xffff) ^ CR0_TS;
	svm_l2_intercept(l2, o->intercept);
	svm_l2_run_to(l2, o->exit, "APM 15.9");
	EXPECT_BITS(l2->vmcb->save.cr0, CR0_TS, o->exit == SVM_EXIT_VMMCALL ? 0 : CR0_TS,
		    "APM 15.9");
}

/* The other instructions for CR0; CLTS is never a selective write. */
SVM_CASE(svm_cr0_other, 0, 4, 0)
{
	static const struct other others[] = {
		{ "SMSW", SVM_EXIT_CR_READ(0), i_smsw, SVM_EXIT_CR_READ(0) },
		{ "LMSW", SVM_EXIT_CR_WRITE(0), i_lmsw, SVM_EXIT_CR_WRITE(0) },
		{ "CLTS", SVM_EXIT_CR_WRITE(0), i_clts, SVM_EXIT_CR_WRITE(0) },
		{ "CLTS, selective", SVM_EXIT_CR0_SEL_WRITE, i_clts, SVM_EXIT_VMMCALL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		try_other(&others[i]);
}

/*
 * LMSW always is one, also if it changes only TS.
 * L1_UNPROVEN: Bochs, to 3.1, and TCG, to 11.1, compare LMSW bit by bit as MOV.
 */
SVM_CASE(svm_lmsw_selective, L1_UNPROVEN, 1, 0)
{
	static const struct other lmsw = { "LMSW, selective", SVM_EXIT_CR0_SEL_WRITE, i_lmsw,
					   SVM_EXIT_CR0_SEL_WRITE };

	try_other(&lmsw);
}
