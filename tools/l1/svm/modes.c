// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2 in other modes than L1's: real mode, paged real mode, 32 bits with 4 MiB pages and with PAE,
 * compatibility mode; each under nested paging and without (APM 15.5.1, 15.19, 15.25.3).
 */
#include "l1/svm/svm.h"

/* Attributes packed as 15.5.1 says. */
#define ATTR_CODE16 0x09b
#define ATTR_DATA16 0x093
#define ATTR_CODE32 0xc9b
#define ATTR_DATA32 0xc93

#define FAR_ADDRESS 0x40000000ULL /* mapped to a page of ours */
#define NO_ADDRESS  0x80000000ULL /* not mapped */
#define WORD_GIVEN  0x5a5a1234U

/*
 * push %ax; pop %ax; mov $0x1234, %ax; mov %ax, %es; mov %ax, %es:0x10; int $0x40; vmmcall. The
 * first two for what l2_reads_tables() is for (l1.h).
 */
static const uint8_t code16[] = { 0x50, 0x58, 0xb8, 0x34, 0x12, 0x8e, 0xc0, 0x26,
				  0xa3, 0x10, 0x00, 0xcd, 0x40, 0x0f, 0x01, 0xd9 };
#define CODE16_CALL 13
/* mov $0x5678, %bx; iret */
static const uint8_t handler16[] = { 0xbb, 0x78, 0x56, 0xcf };
#define HANDLER_AT 0x80
#define VECTORS_AT 0x400

/*
 * mov $0x12345678, %eax; mov FAR_ADDRESS, %ebx; mov %ebx, FAR_ADDRESS+4; vmmcall;
 * mov NO_ADDRESS, %eax
 */
static const uint8_t code32[] = { 0xb8, 0x78, 0x56, 0x34, 0x12, 0x8b, 0x1d, 0x00, 0x00,
				  0x00, 0x40, 0x89, 0x1d, 0x04, 0x00, 0x00, 0x40, 0x0f,
				  0x01, 0xd9, 0xa1, 0x00, 0x00, 0x00, 0x80 };
#define CODE32_CALL 17
#define CODE32_LOAD 20

static void l2_nothing(void)
{
}

static struct l2 *new_l2(bool nested_paging)
{
	struct l2 *l2 = svm_l2_create(l2_nothing);

	if (!nested_paging)
		svm_l2_no_npt(l2);
	return l2;
}

static void segments(struct vmcb_save *s, uint16_t code_attributes, uint16_t data_attributes,
		     uint32_t limit)
{
	s->cs.attrib = code_attributes;
	s->cs.limit = limit;
	s->ds.attrib = s->es.attrib = s->ss.attrib = data_attributes;
	s->ds.limit = s->es.limit = s->ss.limit = limit;
}

static void expect_own_mode(uint64_t cr0, uint64_t cr3, uint64_t cr4, uint64_t efer)
{
	EXPECT_EQ(read_cr0(), cr0, "APM 15.6");
	EXPECT_EQ(read_cr3(), cr3, "APM 15.6");
	EXPECT_EQ(read_cr4(), cr4, "APM 15.6");
	EXPECT_EQ(rdmsr(MSR_EFER), efer, "APM 15.6");
}

/* Code, stack, the vector table and what is stored are below 1 MiB, which nobody else uses. */
static void real_mode(struct l2 *l2)
{
	uint8_t *page = (uint8_t *)L1_PAGE + PAGE_SIZE;
	volatile uint16_t *stored = (volatile uint16_t *)0x12350;
	uint32_t *vectors = (uint32_t *)(page + VECTORS_AT);
	struct vmcb_save *s = &l2->vmcb->save;
	uint64_t cr0 = read_cr0(), cr3 = read_cr3(), cr4 = read_cr4(), efer = rdmsr(MSR_EFER);

	memcpy(page, code16, sizeof(code16));
	memcpy(page + HANDLER_AT, handler16, sizeof(handler16));
	vectors[0x40] = (uint32_t)(phys(page) >> 16 << 28 | ((phys(page) & 0xffff) + HANDLER_AT));
	*stored = 0;
	segments(s, ATTR_CODE16, ATTR_DATA16, 0xffff);
	s->cs.selector = (uint16_t)(phys(page) >> 16 << 12);
	s->cs.base = phys(page) >> 16 << 16;
	s->ds.selector = s->es.selector = s->ss.selector = 0;
	s->idtr.base = phys(vectors);
	s->idtr.limit = 0x3ff;
	s->efer = EFER_SVME;
	s->cr4 &= ~CR4_PAE;
	s->rip = phys(page) & 0xffff;
	s->rsp = 0x8000;
	svm_l2_run(l2);
	expect_own_mode(cr0, cr3, cr4, efer);
	svm_l2_expect(l2, SVM_EXIT_VMMCALL, "APM 15.9");
	EXPECT_EQ((uint16_t)l2->gprs.rax, 0x1234, "APM 15.5.1");
	EXPECT_EQ((uint16_t)l2->gprs.rbx, 0x5678, "APM 15.5.1: INT n by the real-mode table");
	EXPECT_EQ(*stored, 0x1234, "APM 15.5.1");
	EXPECT_EQ(s->es.selector, 0x1234, "APM 15.6");
	EXPECT_EQ(s->es.base, 0x12340, "APM 15.6: a real-mode segment");
	EXPECT_EQ(s->rip, (phys(page) & 0xffff) + CODE16_CALL, "APM 15.6");
	EXPECT_EQ((uint16_t)s->rsp, 0x8000, "APM 15.6");
	EXPECT_BITS(s->cr0, CR0_PE, 0, "APM 15.6");
	EXPECT_BITS(s->efer, EFER_LME | EFER_LMA, 0, "APM 15.6");
}

/* 4 MiB pages for L1's memory, a table for what is far. */
static uint64_t tables_pse(uint64_t far_page)
{
	uint32_t *directory = page_alloc(), *table = page_alloc();

	for (uint32_t i = 0; i < L1_MEMORY >> 22; i++)
		directory[i] = i << 22 | PTE_P | PTE_W | PTE_A | PTE_D | PTE_PS;
	directory[FAR_ADDRESS >> 22] = (uint32_t)phys(table) | PTE_P | PTE_W;
	table[0] = (uint32_t)far_page | PTE_P | PTE_W;
	return phys(directory);
}

/* CR3 is aligned to 32 bytes, no more. */
#define PDPT_OFFSET 0x60

static uint64_t tables_pae(uint64_t far_page)
{
	uint64_t *pdpt = (uint64_t *)((uint8_t *)page_alloc() + PDPT_OFFSET);
	uint64_t *low = page_alloc(), *far = page_alloc(), *table = page_alloc();

	for (uint64_t i = 0; i < L1_MEMORY / LARGE_PAGE; i++)
		low[i] = i * LARGE_PAGE | PT_CR3_ALL | PTE_PS;
	pdpt[0] = phys(low) | PTE_P;
	pdpt[FAR_ADDRESS >> 30] = phys(far) | PTE_P;
	far[0] = phys(table) | PTE_P | PTE_W;
	table[0] = far_page | PTE_P | PTE_W;
	return phys(pdpt);
}

static uint64_t tables_long(uint64_t far_page)
{
	struct page_table tables = pt_identity(PT_CR3);

	pt_map(&tables, FAR_ADDRESS, far_page, PAGE_SIZE, PT_CR3_ALL, PAGE_SIZE);
	return tables.root;
}

/* Loads and stores that paging must let through, and a page fault that it must raise. */
static void mode_32(struct l2 *l2, uint64_t (*tables)(uint64_t far_page))
{
	uint32_t *word = page_alloc();
	uint8_t *page = page_alloc();
	struct vmcb_save *s = &l2->vmcb->save;
	uint64_t cr0 = read_cr0(), cr3 = read_cr3(), cr4 = read_cr4(), efer = rdmsr(MSR_EFER);

	memcpy(page, code32, sizeof(code32));
	word[0] = WORD_GIVEN;
	segments(s, ATTR_CODE32, ATTR_DATA32, 0xffffffff);
	s->cs.selector = SEL_CODE32;
	s->cr3 = tables(phys(word));
	s->rip = phys(page);
	l2->gprs.rax = l2->gprs.rbx = ~0ULL;
	svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_PF));
	svm_l2_run(l2);
	expect_own_mode(cr0, cr3, cr4, efer);
	svm_l2_expect(l2, SVM_EXIT_VMMCALL, "APM 15.9");
	EXPECT_EQ((uint32_t)l2->gprs.rax, 0x12345678, "APM 15.5.1");
	EXPECT_EQ((uint32_t)l2->gprs.rbx, WORD_GIVEN, "APM 15.5.1");
	EXPECT_EQ(word[1], WORD_GIVEN, "APM 15.5.1");
	EXPECT_EQ(s->rip, phys(page) + CODE32_CALL, "APM 15.6");
	EXPECT_EQ(s->cs.selector, SEL_CODE32, "APM 15.6");
	svm_l2_skip(l2, 3);
	/* Anew: TCG 7.2 sets the accessed bit in PDPTEs, in which it is reserved. */
	s->cr3 = tables(phys(word));
	l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
	svm_l2_run_to(l2, SVM_EXIT_EXCP(X86_PF), "APM 15.12.15");
	EXPECT_EQ((uint32_t)l2->vmcb->control.exit_info_1, 0, "APM 15.12.15");
	EXPECT_EQ(l2->vmcb->control.exit_info_2, NO_ADDRESS, "APM 15.12.15");
	EXPECT_EQ(s->rip, phys(page) + CODE32_LOAD, "APM 15.6");
	expect_own_mode(cr0, cr3, cr4, efer);
}

static void real(struct l2 *l2)
{
	l2->vmcb->save.cr0 &= ~(CR0_PE | CR0_PG);
	real_mode(l2);
}

/* Real mode that is paged, which only a VMRUN can make; page faults are to be intercepted (15.19). */
static void paged_real(struct l2 *l2)
{
	l2->vmcb->save.cr0 &= ~CR0_PE;
	l2->vmcb->save.cr4 |= CR4_PSE;
	l2->vmcb->save.cr3 = tables_pse(phys(page_alloc()));
	svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_PF));
	real_mode(l2);
}

static void pse(struct l2 *l2)
{
	l2->vmcb->save.efer = EFER_SVME;
	l2->vmcb->save.cr4 = (l2->vmcb->save.cr4 & ~CR4_PAE) | CR4_PSE;
	mode_32(l2, tables_pse);
}

static void pae(struct l2 *l2)
{
	l2->vmcb->save.efer = EFER_SVME;
	mode_32(l2, tables_pae);
}

static void compatibility(struct l2 *l2)
{
	mode_32(l2, tables_long);
}

SVM_CASE(svm_real_mode, 0, 1, 0)
{
	real(new_l2(false));
}

SVM_CASE(svm_real_mode_npt, 0, 1, L1_NEEDS(NPT))
{
	real(new_l2(true));
}

SVM_CASE(svm_paged_real_mode, 0, 1, 0)
{
	paged_real(new_l2(false));
}

SVM_CASE(svm_mode_pse, 0, 2, 0)
{
	pse(new_l2(false));
}

SVM_CASE(svm_mode_pse_npt, 0, 2, L1_NEEDS(NPT))
{
	pse(new_l2(true));
}

SVM_CASE(svm_mode_pae, 0, 2, 0)
{
	pae(new_l2(false));
}

SVM_CASE(svm_mode_pae_npt, 0, 2, L1_NEEDS(NPT))
{
	pae(new_l2(true));
}

SVM_CASE(svm_mode_compatibility, 0, 4, L1_NEEDS(NPT))
{
	compatibility(new_l2(true));
	compatibility(new_l2(false));
}

/* Outside of long mode it is VMRUN's loading of CR3 that has to refuse it. */
SVM_CASE(svm_mode_bad_cr3, 0, 2, 0)
{
	struct l2 *l2 = new_l2(false);
	uint64_t cr0 = read_cr0(), cr3 = read_cr3(), cr4 = read_cr4(), efer = rdmsr(MSR_EFER);

	l2->vmcb->save.efer = EFER_SVME;
	l2->vmcb->save.cr4 = (cr4 & ~CR4_PAE) | CR4_PSE;
	segments(&l2->vmcb->save, ATTR_CODE32, ATTR_DATA32, 0xffffffff);
	l2->vmcb->save.cr3 = tables_pse(phys(page_alloc())) | 1ULL << 60;
	svm_l2_run_to(l2, SVM_EXIT_INVALID, "APM 15.5.1");
	expect_own_mode(cr0, cr3, cr4, efer);
	pse(new_l2(false));
}
