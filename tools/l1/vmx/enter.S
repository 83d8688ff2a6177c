/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Into L2 and back: all fifteen registers that a VMCS does not hold. Offsets: struct vm.
 */
#define VM_RDI	    40
#define VM_HOST_RSP 120
#define VM_LAUNCHED 128

#define VMCS_HOST_RSP 0x6c14

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
	/* uint64_t vm_enter_asm(struct vm *vm): 0, or RFLAGS of the entry that failed. */
	.globl	vm_enter_asm
vm_enter_asm:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	push	%rdi
	/* VMWRITE only where it changed: it would be most of what vmx_cost() measures. */
	cmp	%rsp, VM_HOST_RSP(%rdi)
	je	1f
	mov	%rsp, VM_HOST_RSP(%rdi)
	mov	$VMCS_HOST_RSP, %eax
	vmwrite	%rsp, %rax
1:	cmpq	$0, VM_LAUNCHED(%rdi)
	each_register load
	mov	VM_RDI(%rdi), %rdi
	jne	2f
	vmlaunch
	jmp	3f
2:	vmresume
3:	pushfq
	pop	%rax
	jmp	4f

	.globl	vm_exit_landing
vm_exit_landing:
	push	%rdi
	mov	8(%rsp), %rdi
	each_register store
	pop	%rax
	mov	%rax, VM_RDI(%rdi)
	xor	%eax, %eax

4:	lea	8(%rsp), %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	.section .note.GNU-stack, "", @progbits
