/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From SIPI's real mode to L1's entry. Copied to a page below 1 MiB, so it refers to nothing but
 * itself, by CS; straight into 64-bit mode (APM Vol. 2 14.8, SDM Vol. 3 10.8.5), on the page
 * tables that the VMM made (VM_PAGE_TABLES).
 */
	.section .text
	.code16
	.globl	sipi_code, sipi_code_end
sipi_code:
	cli
	mov	$0x1000, %eax
	mov	%eax, %cr3
	mov	$0x20, %eax		/* CR4.PAE */
	mov	%eax, %cr4
	mov	$0xc0000080, %ecx	/* EFER.LME */
	rdmsr
	or	$0x100, %eax
	wrmsr
	lgdtl	%cs:(sipi_gdtr - sipi_code)
	mov	$0x80010033, %eax	/* CR0: PG WP NE ET MP PE */
	mov	%eax, %cr0
	ljmpl	$0x08, $sipi_64

	.balign	8
sipi_gdtr:
	.word	sipi_gdt_end - sipi_gdt - 1
	.long	sipi_gdt
sipi_code_end:

	.code64
sipi_64:
	mov	sipi_cpu, %rdi
	jmp	*sipi_entry

	.balign	8
sipi_gdt:
	.quad	0
	.quad	0x00af9b000000ffff	/* 64-bit code */
	.quad	0x00cf93000000ffff	/* data */
sipi_gdt_end:

	/* Who starts, and where (struct l1_header): set by smp_sipi_vector(). */
	.section .bss
	.balign	8
	.globl	sipi_cpu, sipi_entry
sipi_cpu:
	.skip	8
sipi_entry:
	.skip	8

	.section .note.GNU-stack, "", @progbits
