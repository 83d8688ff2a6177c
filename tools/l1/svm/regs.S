/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An L2 that stores all its general registers, loads others, and calls L1; again and again.
 * svm_l2_seen and svm_l2_next are struct gprs (RAX at 0 ... R15 at 112), RSP left alone.
 */
	.section .text
	.globl	svm_l2_registers
svm_l2_registers:
	mov	%rax, svm_l2_seen+0(%rip)
	mov	%rbx, svm_l2_seen+8(%rip)
	mov	%rcx, svm_l2_seen+16(%rip)
	mov	%rdx, svm_l2_seen+24(%rip)
	mov	%rsi, svm_l2_seen+32(%rip)
	mov	%rdi, svm_l2_seen+40(%rip)
	mov	%rbp, svm_l2_seen+48(%rip)
	mov	%r8, svm_l2_seen+56(%rip)
	mov	%r9, svm_l2_seen+64(%rip)
	mov	%r10, svm_l2_seen+72(%rip)
	mov	%r11, svm_l2_seen+80(%rip)
	mov	%r12, svm_l2_seen+88(%rip)
	mov	%r13, svm_l2_seen+96(%rip)
	mov	%r14, svm_l2_seen+104(%rip)
	mov	%r15, svm_l2_seen+112(%rip)
	mov	svm_l2_next+0(%rip), %rax
	mov	svm_l2_next+8(%rip), %rbx
	mov	svm_l2_next+16(%rip), %rcx
	mov	svm_l2_next+24(%rip), %rdx
	mov	svm_l2_next+32(%rip), %rsi
	mov	svm_l2_next+40(%rip), %rdi
	mov	svm_l2_next+48(%rip), %rbp
	mov	svm_l2_next+56(%rip), %r8
	mov	svm_l2_next+64(%rip), %r9
	mov	svm_l2_next+72(%rip), %r10
	mov	svm_l2_next+80(%rip), %r11
	mov	svm_l2_next+88(%rip), %r12
	mov	svm_l2_next+96(%rip), %r13
	mov	svm_l2_next+104(%rip), %r14
	mov	svm_l2_next+112(%rip), %r15
	vmmcall
	jmp	svm_l2_registers

	.section .bss
	.balign	8
	.globl	svm_l2_seen, svm_l2_next
svm_l2_seen:
	.skip	120
svm_l2_next:
	.skip	120

	.section .note.GNU-stack, "", @progbits
