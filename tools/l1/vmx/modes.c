// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2 in other modes than L1's: real mode, 32 bits with and without PAE, compatibility mode, user
 * mode; entered so, or changed to by L2 itself, by a task switch, too; and L2 without EPT although
 * L1 has it. SDM Vol. 3 26.2, 26.4.2, 26.6, 27.3.1.6, 27.3.2.4, 28.2, 28.3.
 */
#include "l1/vmx/vmx.h"

/* mov $0x1234, %ax; mov %ax, %es; vmcall -- and in 32 bits: mov $0x12345678, %eax; vmcall */
static const uint8_t code16[] = { 0xb8, 0x34, 0x12, 0x8e, 0xc0, 0x0f, 0x01, 0xc1 };
static const uint8_t code32[] = { 0xb8, 0x78, 0x56, 0x34, 0x12, 0x0f, 0x01, 0xc1 };

static void l2_nothing(void)
{
}

static void segments(uint32_t code_access, uint32_t data_access, uint32_t limit, bool real)
{
	for (uint32_t i = 0; i < 6; i++) {
		if (real)
			vmwrite(VMCS_GUEST_ES_SELECTOR + 2 * i, 0);
		vmwrite(VMCS_GUEST_ES_BASE + 2 * i, 0);
		vmwrite(VMCS_GUEST_ES_LIMIT + 2 * i, limit);
		vmwrite(VMCS_GUEST_ES_ACCESS + 2 * i, i == 1 ? code_access : data_access);
	}
}

/* Unrestricted guest: no paging, no protection. */
VMX_CASE(vmx_real_mode, 0, 1, L1_NEEDS(EPT) | L1_NEEDS(UNRESTRICTED_GUEST))
{
	uint8_t *page = (uint8_t *)L1_PAGE + PAGE_SIZE; /* below 1 MiB, and nobody's */
	struct l2 *l2;

	memcpy(page, code16, sizeof(code16));
	l2 = vmx_l2_create(l2_nothing);
	VMX_SET(PROC2_CTLS, VMX_PROC2_UNRESTRICTED_GUEST);
	VMX_CLEAR(ENTRY_CTLS, VMX_ENTRY_GUEST_64);
	vmwrite(VMCS_GUEST_CR0, read_cr0() & ~(CR0_PE | CR0_PG));
	segments(VMX_ACCESS_CODE_16, VMX_ACCESS_DATA_16, 0xffff, true);
	vmwrite(VMCS_GUEST_RIP, phys(page) & 0xffff);
	vmwrite(VMCS_GUEST_CS_SELECTOR, phys(page) >> 16 << 12);
	vmwrite(VMCS_GUEST_CS_BASE, phys(page) >> 16 << 16);
	vmwrite(VMCS_GUEST_RSP, 0x8000);
	l2->gprs.rax = 0;
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.6");
	EXPECT_EQ(l2->gprs.rax, 0x1234, "SDM 26.6");
	EXPECT_EQ(vmread(VMCS_GUEST_ES_SELECTOR), 0x1234, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_ES_BASE), 0x12340, "SDM 26.6: a real-mode segment");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), (phys(page) & 0xffff) + 5, "SDM 28.3.3");
	EXPECT_EQ(vmread(VMCS_GUEST_CR0) & (CR0_PE | CR0_PG), 0, "SDM 28.3.1");
	EXPECT_EQ(read_cr0() & (CR0_PE | CR0_PG), CR0_PE | CR0_PG, "SDM 28.5.1");
}

/* Leaving IA-32e mode for 32 bits with 4 MiB pages, and back at the exit. */
VMX_CASE(vmx_protected_32, 0, 1, 0)
{
	uint32_t *directory = page_alloc();
	uint8_t *page = page_alloc();
	struct l2 *l2;

	memcpy(page, code32, sizeof(code32));
	for (uint32_t i = 0; i < L1_MEMORY >> 22; i++)
		directory[i] = i << 22 | PTE_P | PTE_W | PTE_A | PTE_D | PTE_PS;
	l2 = vmx_l2_create(l2_nothing);
	VMX_CLEAR(ENTRY_CTLS, VMX_ENTRY_GUEST_64);
	vmwrite(VMCS_GUEST_CR3, phys(directory));
	vmwrite(VMCS_GUEST_CR4, (read_cr4() & ~CR4_PAE) | CR4_PSE);
	segments(VMX_ACCESS_CODE_32, VMX_ACCESS_DATA, 0xffffffff, false);
	vmwrite(VMCS_GUEST_CS_SELECTOR, SEL_CODE32);
	vmwrite(VMCS_GUEST_RIP, phys(page));
	l2->gprs.rax = 0xffffffffffffffff;
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 27.3");
	EXPECT_EQ((uint32_t)l2->gprs.rax, 0x12345678, "SDM 27.3");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(page) + 5, "SDM 28.3.3");
	EXPECT_EQ(vmread(VMCS_ENTRY_CTLS) & VMX_ENTRY_GUEST_64, 0, "SDM 28.2");
	EXPECT_EQ(rdmsr(MSR_EFER) & (EFER_LME | EFER_LMA), EFER_LME | EFER_LMA, "SDM 28.5.1");
}

static uint8_t *page32;

static void l2_to_compat(void)
{
	asm volatile("pushq %0; pushq %1; lretq" : : "i"(SEL_CODE32), "r"(page32) : "memory");
}

/* L2 leaves 64-bit mode for compatibility mode by itself: the exit saves the CS that it loaded. */
VMX_CASE(vmx_compat_mode, 0, 1, 0)
{
	struct l2 *l2;

	page32 = page_alloc();
	memcpy(page32, code32, sizeof(code32));
	l2 = vmx_l2_create(l2_to_compat);
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.1.2");
	/* The high half is undefined behind 64-bit mode: SDM Vol. 1 3.4.1.1. */
	EXPECT_EQ((uint32_t)l2->gprs.rax, 0x12345678, "SDM 26.1.2");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(page32) + 5, "SDM 28.3.3");
	EXPECT_EQ(vmread(VMCS_GUEST_CS_SELECTOR), SEL_CODE32, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_CS_ACCESS), VMX_ACCESS_CODE_32, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_ENTRY_CTLS) & VMX_ENTRY_GUEST_64, VMX_ENTRY_GUEST_64,
		  "SDM 28.2: still IA-32e mode");
	EXPECT_EQ(read_cs(), SEL_CODE64, "SDM 28.5.2");
}

static uint64_t *pae_tables(void)
{
	uint64_t *pdpt = page_alloc(), *directory = page_alloc();

	for (uint64_t i = 0; i < L1_MEMORY / LARGE_PAGE; i++)
		directory[i] = i * LARGE_PAGE | PT_CR3_ALL | PTE_PS;
	pdpt[0] = phys(directory) | PTE_P;
	return pdpt;
}

/* 32 bits with PAE: the four PDPTEs come from memory without EPT, from the VMCS with it. */
VMX_CASE(vmx_protected_pae, 0, 1, 0)
{
	uint64_t *pdpt = pae_tables();
	uint8_t *page = page_alloc();
	struct l2 *l2;

	memcpy(page, code32, sizeof(code32));
	l2 = vmx_l2_create(l2_nothing);
	VMX_CLEAR(ENTRY_CTLS, VMX_ENTRY_GUEST_64);
	vmwrite(VMCS_GUEST_CR3, phys(pdpt));
	vmwrite(VMCS_GUEST_PDPTE0, pdpt[0]);
	for (uint32_t i = 1; i < 4; i++)
		vmwrite(VMCS_GUEST_PDPTE0 + 2 * i, 0);
	segments(VMX_ACCESS_CODE_32, VMX_ACCESS_DATA, 0xffffffff, false);
	vmwrite(VMCS_GUEST_CS_SELECTOR, SEL_CODE32);
	vmwrite(VMCS_GUEST_RIP, phys(page));
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 27.3.2.4");
	EXPECT_EQ((uint32_t)l2->gprs.rax, 0x12345678, "SDM 27.3.2.4");
	if (l1_offers(L1_F_EPT))
		EXPECT_EQ(vmread(VMCS_GUEST_PDPTE0) & ~0x20ULL, pdpt[0], "SDM 28.3.1");

	/* A reserved bit in a PDPTE that is present fails the entry: 27.3.1.6. */
	pdpt[0] |= 1 << 1;
	vmwrite(VMCS_GUEST_PDPTE0, pdpt[0]);
	vmwrite(VMCS_GUEST_RIP, phys(page));
	vmx_l2_run_to(l2, VMX_REASON_ENTRY_FAILED | VMX_REASON_INVALID_GUEST_STATE, "SDM 27.3.1.6");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), VMX_ENTRY_FAILURE_PDPTE, "SDM 27.8");
}

/* mov %cr0, %eax; and $0x7fffffff, %eax; mov %eax, %cr0; vmcall */
static const uint8_t paging_off[] = { 0x0f, 0x20, 0xc0, 0x25, 0xff, 0xff, 0xff,
				      0x7f, 0x0f, 0x22, 0xc0, 0x0f, 0x01, 0xc1 };

/* The entry control follows L2 out of IA-32e mode, and so do EFER and CR0. */
VMX_CASE(vmx_long_mode_off, L1_SLOW, 2, L1_NEEDS(EPT) | L1_NEEDS(UNRESTRICTED_GUEST))
{
	struct l2 *l2;

	page32 = page_alloc();
	memcpy(page32, paging_off, sizeof(paging_off));
	l2 = vmx_l2_create(l2_to_compat);
	VMX_SET(PROC2_CTLS, VMX_PROC2_UNRESTRICTED_GUEST);
	VMX_SET(EXIT_CTLS, VMX_EXIT_SAVE_EFER);
	vmwrite(VMCS_GUEST_EFER, rdmsr(MSR_EFER));
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.1.2");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(page32) + sizeof(paging_off) - 3, "SDM 28.3.3");
	EXPECT_EQ(vmread(VMCS_GUEST_CR0) & CR0_PG, 0, "SDM 28.3.1");
	EXPECT_EQ(vmread(VMCS_ENTRY_CTLS) & VMX_ENTRY_GUEST_64, 0, "SDM 28.2");
	EXPECT_EQ(vmread(VMCS_GUEST_EFER) & (EFER_LME | EFER_LMA), EFER_LME, "SDM 28.3.1");
	EXPECT_EQ(rdmsr(MSR_EFER) & (EFER_LME | EFER_LMA), EFER_LME | EFER_LMA, "SDM 28.5.1");
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 27.3: as it was saved");
}

/* 32 bits with PAE, and the first of four PDPTEs. */
static void start_pae(struct l2 *l2, uint64_t pdpt)
{
	VMX_CLEAR(ENTRY_CTLS, VMX_ENTRY_GUEST_64);
	vmwrite(VMCS_GUEST_CR3, pdpt);
	vmwrite(VMCS_GUEST_CS_SELECTOR, SEL_CODE32);
	vmwrite(VMCS_GUEST_CS_ACCESS, VMX_ACCESS_CODE_32);
	vmwrite(VMCS_GUEST_RIP, phys(page32));
	(void)l2;
}

/* vmcall */
static const uint8_t call32[] = { 0x0f, 0x01, 0xc1 };

/* mov %eax, %cr3; vmcall */
static const uint8_t load32[] = { 0x0f, 0x22, 0xd8, 0x0f, 0x01, 0xc1 };

/* All four come from the VMCS with EPT, and go back there; L2's MOV to CR3 loads them anew. */
VMX_CASE(vmx_pae_fields, L1_SLOW, 2, L1_NEEDS(EPT))
{
	uint64_t *pdpt = pae_tables(), rest = pdpt[0];
	struct l2 *l2;

	page32 = page_alloc();
	memcpy(page32, call32, sizeof(call32));
	l2 = vmx_l2_create(l2_nothing);
	VMX_CLEAR(PROC_CTLS, VMX_PROC_CR3_LOAD);
	start_pae(l2, phys(page_alloc()));
	vmwrite(VMCS_GUEST_PDPTE0, pdpt[0]);
	for (uint32_t i = 1; i < 4; i++)
		vmwrite(VMCS_GUEST_PDPTE0 + 2 * i, rest + i * 0x10000);
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 27.3.2.4: those of the VMCS are used");
	for (uint32_t i = 0; i < 4; i++) {
		expect_at("PDPTE%u: ", i);
		EXPECT_EQ(vmread(VMCS_GUEST_PDPTE0 + 2 * i) & ~0x20ULL, rest + i * 0x10000,
			  "SDM 28.3.1");
	}

	memcpy(page32, load32, sizeof(load32));
	for (uint64_t i = 1; i < 4; i++)
		pdpt[i] = rest + i * 0x20000;
	vmwrite(VMCS_GUEST_RIP, phys(page32));
	l2->gprs.rax = phys(pdpt);
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 27.3.2.4");
	EXPECT_EQ(vmread(VMCS_GUEST_CR3), phys(pdpt), "SDM 28.3.1");
	for (uint32_t i = 0; i < 4; i++) {
		expect_at("PDPTE%u, loaded by L2: ", i);
		EXPECT_EQ(vmread(VMCS_GUEST_PDPTE0 + 2 * i) & ~0x20ULL, rest + i * 0x20000,
			  "SDM 28.3.1");
	}
}

/* Without EPT they come from memory, and a bad one fails the entry with its own number. */
VMX_CASE(vmx_pae_without_ept, L1_SLOW, 2, 0)
{
	uint64_t *pdpt = pae_tables();
	struct l2 *l2;

	page32 = page_alloc();
	memcpy(page32, call32, sizeof(call32));
	l2 = vmx_l2_create(l2_nothing);
	VMX_CLEAR(PROC2_CTLS, VMX_PROC2_EPT);
	start_pae(l2, phys(pdpt));
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 27.3.2.4");
	pdpt[2] = 1 << 1 | PTE_P;
	vmx_l2_run_to(l2, VMX_REASON_ENTRY_FAILED | VMX_REASON_INVALID_GUEST_STATE, "SDM 27.3.1.6");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), VMX_ENTRY_FAILURE_PDPTE, "SDM 27.8");
	pdpt[2] = 0;
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 27.3.2.4");
}

#define OWN_TSS 0x100

/* ljmp $0x100, $0 */
static const uint8_t switch32[] = { 0xea, 0, 0, 0, 0, OWN_TSS & 0xff, OWN_TSS >> 8 };

/* A far jump to a TSS always exits: selector in 15:0, 2 for JMP in 31:30 (table 28-2). */
VMX_CASE(vmx_task_switch, 0, 1, 0)
{
	uint64_t *pdpt = pae_tables(), *gdt = page_alloc();
	struct l2 *l2;

	page32 = page_alloc();
	memcpy(page32, switch32, sizeof(switch32));
	memcpy(gdt, (void *)read_gdtr().base, 0x80);
	gdt[OWN_TSS / 8] = 0x0000890000000000 | TSS_LIMIT | phys(page_alloc()) << 16;
	l2 = vmx_l2_create(l2_nothing);
	start_pae(l2, phys(pdpt));
	vmwrite(VMCS_GUEST_PDPTE0, pdpt[0]);
	vmwrite(VMCS_GUEST_GDTR_BASE, phys(gdt));
	vmwrite(VMCS_GUEST_GDTR_LIMIT, PAGE_SIZE - 1);
	vmx_l2_run_to(l2, VMX_REASON_TASK_SWITCH, "SDM 26.4.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 2ULL << 30 | OWN_TSS, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(page32), "SDM 28.3.3");
	EXPECT_EQ(vmread(VMCS_EXIT_INSTRUCTION_LENGTH), sizeof(switch32), "SDM 28.2.5");
}

extern uint8_t unaligned_at[];

static __attribute__((naked)) void l2_unaligned(void)
{
	asm volatile("unaligned_at: mov 1(%rsp), %rax; vmcall");
}

/* An alignment check in L2's user mode, which KVM looks at itself before L1 gets it. */
VMX_CASE(vmx_alignment_check, L1_SLOW, 1, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_unaligned);

	vmwrite(VMCS_EXCEPTION_BITMAP, 1U << X86_AC);
	vmwrite(VMCS_GUEST_CR0, read_cr0() | CR0_AM);
	vmwrite(VMCS_GUEST_CR3, pt_user_identity().root);
	vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | RFLAGS_AC);
	vmwrite(VMCS_GUEST_CS_SELECTOR, SEL_UCODE);
	vmwrite(VMCS_GUEST_CS_ACCESS, VMX_ACCESS_CODE_64 | 3 << 5);
	vmwrite(VMCS_GUEST_SS_SELECTOR, SEL_UDATA);
	vmwrite(VMCS_GUEST_SS_ACCESS, VMX_ACCESS_DATA | 3 << 5);
	vmx_l2_run_to(l2, VMX_REASON_EXCEPTION_NMI, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO) & ~(uint64_t)VMX_INTERRUPTION_NMI_UNBLOCK,
		  VMX_INTERRUPTION_VALID | VMX_EVENT_EXCEPTION | VMX_INTERRUPTION_ERROR_CODE |
			  X86_AC,
		  "SDM 28.2.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_ERROR), 0, "SDM 28.2.2");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(unaligned_at), "SDM 28.3.3");
}
