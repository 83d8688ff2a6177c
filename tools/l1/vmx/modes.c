// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2 in other modes than L1's, and the TLB between them: real mode, 32-bit protected mode with
 * and without paging, VPID. SDM Vol. 3 26.6, 27.3, 29.4.
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

static uint8_t *compat_page;

static void l2_compat(void)
{
	asm volatile("pushq %0; pushq %1; lretq" : : "i"(SEL_CODE32), "r"(compat_page) : "memory");
}

/* L2 leaves 64-bit mode for compatibility mode by itself: the exit saves the CS that it loaded. */
VMX_CASE(vmx_compat_mode, 0, 1, 0)
{
	struct l2 *l2;

	compat_page = page_alloc();
	memcpy(compat_page, code32, sizeof(code32));
	l2 = vmx_l2_create(l2_compat);
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.1.2");
	/* The high half is undefined behind 64-bit mode: SDM Vol. 1 3.4.1.1. */
	EXPECT_EQ((uint32_t)l2->gprs.rax, 0x12345678, "SDM 26.1.2");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(compat_page) + 5, "SDM 28.3.3");
	EXPECT_EQ(vmread(VMCS_GUEST_CS_SELECTOR), SEL_CODE32, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_CS_ACCESS), VMX_ACCESS_CODE_32, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_ENTRY_CTLS) & VMX_ENTRY_GUEST_64, VMX_ENTRY_GUEST_64,
		  "SDM 28.2: still IA-32e mode");
	EXPECT_EQ(read_cs(), SEL_CODE64, "SDM 28.5.2");
}

/* 32 bits with PAE: the four PDPTEs come from memory without EPT, from the VMCS with it. */
VMX_CASE(vmx_protected_pae, 0, 1, 0)
{
	uint64_t *pdpt = page_alloc(), *directory = page_alloc();
	uint8_t *page = page_alloc();
	struct l2 *l2;

	memcpy(page, code32, sizeof(code32));
	for (uint64_t i = 0; i < L1_MEMORY / LARGE_PAGE; i++)
		directory[i] = i * LARGE_PAGE | PT_CR3_ALL | PTE_PS;
	pdpt[0] = phys(directory) | PTE_P;
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

static volatile uint64_t *target;

static void l2_read_forever(void)
{
	for (;;)
		l2_call(*target);
}

/* L1 changes L2's own page table behind its back: INVVPID of each type makes L2 see it. */
VMX_CASE(vmx_invvpid, 0, 2, L1_NEEDS(VPID))
{
	uint64_t capability = vmx_msr(MSR_IA32_VMX_EPT_VPID_CAP);
	struct page_table tables = pt_identity(PT_CR3);
	uint64_t *pages[2] = { page_alloc(), page_alloc() };
	struct l2 *l2;

	pages[0][0] = 0x1000;
	pages[1][0] = 0x1001;
	target = pages[0];
	l2 = vmx_l2_create(l2_read_forever);
	vmwrite(VMCS_GUEST_CR3, tables.root);
	for (uint64_t round = 0; round < 8; round++) {
		uint64_t type = round / 2;

		if (!(capability & VMX_CAP_INVVPID_ADDRESS << type))
			continue;
		expect_at("INVVPID type %lu: ", type);
		*pt_leaf_4k(&tables, phys(target)) = phys(pages[round & 1]) | PT_CR3_ALL;
		EXPECT_RESULT(invvpid(type, (struct vmx_inv_operand){ 1, phys(target) }), VMX_OK,
			      "SDM 31.3 INVVPID");
		vmx_l2_run_to_call(l2, 0x1000 + (round & 1));
	}
}

VMX_CASE(vmx_invvpid_errors, 0, 0, L1_NEEDS(VPID))
{
	static const struct {
		uint64_t type;
		struct vmx_inv_operand operand;
	} bad[] = {
		{ 4, { 1, 0 } },
		{ VMX_INVVPID_SINGLE, { 0, 0 } },
		{ VMX_INVVPID_SINGLE, { 0x10001, 0 } },
		{ VMX_INVVPID_ADDRESS, { 1, 0x8000000000000000 } },
		{ VMX_INVVPID_SINGLE_GLOBALS, { 0, 0 } },
	};

	vmcs_load(vmcs_new(0));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		expect_at("INVVPID type %lu, VPID %#lx: ", bad[i].type, bad[i].operand.first);
		EXPECT_VMX_ERROR(invvpid(bad[i].type, bad[i].operand), INVEPT_BAD_OPERAND,
				 "SDM 31.3 INVVPID");
	}
}
