/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * void svm_enter(uint64_t vmcb, struct gprs *gprs, uint64_t host_if, uint64_t *rflags)
 *
 * VMRUN with L2's general registers loaded and L1's kept. VMRUN itself switches RAX, RSP, RIP
 * and RFLAGS (APM Vol. 2 15.5.1). GIF is off around it, so that nothing is taken in L1 between
 * STI and VMRUN, nor behind the #VMEXIT before CLI.
 */
#include "l1/common/cpu.h"

#define RBX 8
#define RCX 16
#define RDX 24
#define RSI 32
#define RDI 40
#define RBP 48
#define R8  56
#define R9  64
#define R10 72
#define R11 80
#define R12 88
#define R13 96
#define R14 104
#define R15 112

	.section .text
	.globl	svm_enter
svm_enter:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	push	%rcx
	push	%rsi
	mov	%rdi, %rax
	clgi
	test	%rdx, %rdx
	jz	1f
	sti
1:
	mov	RBX(%rsi), %rbx
	mov	RCX(%rsi), %rcx
	mov	RDX(%rsi), %rdx
	mov	RDI(%rsi), %rdi
	mov	RBP(%rsi), %rbp
	mov	R8(%rsi), %r8
	mov	R9(%rsi), %r9
	mov	R10(%rsi), %r10
	mov	R11(%rsi), %r11
	mov	R12(%rsi), %r12
	mov	R13(%rsi), %r13
	mov	R14(%rsi), %r14
	mov	R15(%rsi), %r15
	mov	RSI(%rsi), %rsi

	.globl	svm_vmrun
svm_vmrun:
	vmrun	%rax

	pushfq
	push	%rsi
	mov	16(%rsp), %rsi
	mov	%rbx, RBX(%rsi)
	mov	%rcx, RCX(%rsi)
	mov	%rdx, RDX(%rsi)
	mov	%rdi, RDI(%rsi)
	mov	%rbp, RBP(%rsi)
	mov	%r8, R8(%rsi)
	mov	%r9, R9(%rsi)
	mov	%r10, R10(%rsi)
	mov	%r11, R11(%rsi)
	mov	%r12, R12(%rsi)
	mov	%r13, R13(%rsi)
	mov	%r14, R14(%rsi)
	mov	%r15, R15(%rsi)
	popq	RSI(%rsi)
	popq	%rax
	cli
	stgi
	pop	%rsi
	pop	%rcx
	mov	%rax, (%rcx)
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	.section .note.GNU-stack, "", @progbits
