/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * L2 functions that begin with the instruction under test, so that an exit's RIP is theirs.
 */
#ifndef NESTCHECK_L1_SVM_INSN_H
#define NESTCHECK_L1_SVM_INSN_H

/* After it the function returns, which is L2's own way out. */
#define INSN(name, text)                              \
	static __attribute__((naked)) void name(void) \
	{                                             \
		asm volatile(text "\n\tret");         \
	}

#endif
