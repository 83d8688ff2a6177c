/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * L1's entry: the VMM comes here in 64-bit mode with RDI = CPU index and no stack.
 */
#include "l1/common/cpu.h"

	.section .text
	.globl	l1_start
l1_start:
	cld
	lea	1(%rdi), %rax
	imul	$CPU_STACK_SIZE, %rax, %rax
	lea	cpu_stacks(%rax), %rsp
	xor	%ebp, %ebp
	call	l1_main
	ud2

	.section .bss
	.balign	4096
	.globl	cpu_stacks
cpu_stacks:
	.skip	CPU_MAX * CPU_STACK_SIZE

	.section .note.GNU-stack, "", @progbits
