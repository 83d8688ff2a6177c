/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Into L2 and back: all fifteen registers that a VMCS does not hold. Offsets: struct l2.
 */
#define L2_RDI	    40
#define L2_HOST_RSP 120
#define L2_LAUNCHED 128

	.macro	each_register do
	\do	%rax, 0
	\do	%rbx, 8
	\do	%rcx, 16
	\do	%rdx, 24
	\do	%rsi, 32
	\do	%rbp, 48
	\do	%r8, 56
	\do	%r9, 64
	\do	%r10, 72
	\do	%r11, 80
	\do	%r12, 88
	\do	%r13, 96
	\do	%r14, 104
	\do	%r15, 112
	.endm

	.macro	load reg, offset
	mov	\offset(%rdi), \reg
	.endm

	.macro	store reg, offset
	mov	\reg, \offset(%rdi)
	.endm

	.section .text
	/* uint64_t vmx_enter(struct l2 *l2): 0, or RFLAGS of the entry that failed. */
	.globl	vmx_enter
vmx_enter:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	push	%rdi
	/*
	 * HOST_RSP stays, and where it points is our own RSP: a VMWRITE per entry would be most
	 * of what vmx_cost() measures.
	 */
	mov	L2_HOST_RSP(%rdi), %rax
	mov	%rsp, (%rax)
	cmpq	$0, L2_LAUNCHED(%rdi)
	each_register load
	mov	L2_RDI(%rdi), %rdi
	jne	2f
	vmlaunch
	jmp	3f
2:	vmresume
3:	pushfq
	pop	%rax
	mov	(%rsp), %rdi
	mov	L2_HOST_RSP(%rdi), %rdi
	jmp	4f

	.globl	vmx_exit_landing
vmx_exit_landing:
	push	%rdi
	mov	8(%rsp), %rdi
	mov	(%rdi), %rdi
	each_register store
	pop	%rax
	mov	%rax, L2_RDI(%rdi)
	mov	%rsp, %rdi
	mov	(%rsp), %rsp
	xor	%eax, %eax

	/* An exit of an entry that was not made here is to fault at the landing. */
4:	movq	$-1, (%rdi)
	lea	8(%rsp), %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	.section .note.GNU-stack, "", @progbits
