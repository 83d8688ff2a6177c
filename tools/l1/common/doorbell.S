/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * void doorbell_with_registers(void): the doorbell with all general registers and RFLAGS loaded
 * from doorbell_in and doorbell_flags, and afterwards stored to doorbell_out and
 * doorbell_flags_out. The caller chooses what goes out, and where to, in EAX and DX. RSP proves
 * itself: with another one this does not return. Layout: struct gprs (l1.h).
 */
	.macro	each_register do, at
	\do	%rbx, \at + 8
	\do	%rcx, \at + 16
	\do	%rdx, \at + 24
	\do	%rsi, \at + 32
	\do	%rdi, \at + 40
	\do	%rbp, \at + 48
	\do	%r8, \at + 56
	\do	%r9, \at + 64
	\do	%r10, \at + 72
	\do	%r11, \at + 80
	\do	%r12, \at + 88
	\do	%r13, \at + 96
	\do	%r14, \at + 104
	\do	%r15, \at + 112
	\do	%rax, \at
	.endm

	.macro	load reg, from
	mov	\from, \reg
	.endm

	.macro	store reg, to
	mov	\reg, \to
	.endm

	.section .text
	.globl	doorbell_with_registers
doorbell_with_registers:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	pushfq
	pushq	doorbell_flags
	popfq
	each_register load, doorbell_in
	outl	%eax, %dx
	each_register store, doorbell_out
	pushfq
	popq	doorbell_flags_out
	popfq
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	.section .bss
	.balign	8
	.globl	doorbell_in, doorbell_out, doorbell_flags, doorbell_flags_out
doorbell_in:
	.skip	120
doorbell_out:
	.skip	120
doorbell_flags:
	.skip	8
doorbell_flags_out:
	.skip	8

	.section .note.GNU-stack, "", @progbits
