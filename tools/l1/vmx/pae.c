// SPDX-License-Identifier: GPL-2.0-only
/*
 * The four PDPTEs of an L2 with PAE paging and EPT: from the VMCS at entry, from memory at
 * MOV to CR3, into the VMCS at exit. SDM Vol. 3 4.4.1, 27.3.2.4, 28.3.1.
 */
#include "l1/vmx/vmx.h"

static void l2_nothing(void)
{
}

/* mov %ecx, %cr3; vmcall; mov %edx, %cr3; vmcall */
static const uint8_t code32[] = { 0x0f, 0x22, 0xd9, 0x0f, 0x01, 0xc1,
				  0x0f, 0x22, 0xda, 0x0f, 0x01, 0xc1 };

static void expect_pdptes(const uint64_t *expected, const char *section)
{
	/* Of the bits that are there, only P is not left to the CPU: accessed may be set. */
	for (uint32_t i = 0; i < 4; i++) {
		expect_at("PDPTE%u: ", i);
		EXPECT_EQ(vmread(VMCS_GUEST_PDPTE0 + 2 * i) & ~(uint64_t)PTE_A, expected[i],
			  section);
	}
	expect_at("%s", "");
}

VMX_CASE(vmx_pae_pdptes, L1_SLOW, 3, L1_NEEDS(EPT))
{
	uint64_t *none = page_alloc(), *good = page_alloc(), *bad = page_alloc();
	uint64_t *directory = page_alloc(), first[4];
	uint8_t *page = page_alloc();
	struct l2 *l2;

	memcpy(page, code32, sizeof(code32));
	for (uint64_t i = 0; i < L1_MEMORY / LARGE_PAGE; i++)
		directory[i] = i * LARGE_PAGE | PT_CR3_ALL | PTE_PS;
	for (uint64_t i = 0; i < 4; i++) {
		first[i] = i & 1 ? 0 : phys(directory) | PTE_P;
		good[i] = i == 3 ? 0 : phys(directory) | PTE_P;
	}
	bad[0] = phys(directory) | PTE_P;
	bad[1] = phys(directory) | PTE_P | PTE_W; /* reserved in a PDPTE */

	l2 = vmx_l2_create(l2_nothing);
	VMX_CLEAR(ENTRY_CTLS, VMX_ENTRY_GUEST_64);
	VMX_CLEAR(PROC_CTLS, VMX_PROC_CR3_LOAD);
	vmwrite(VMCS_GUEST_CR4, read_cr4() & ~CR4_PCIDE);
	vmwrite(VMCS_GUEST_CR3, phys(none));
	for (uint32_t i = 0; i < 4; i++)
		vmwrite(VMCS_GUEST_PDPTE0 + 2 * i, first[i]);
	for (uint32_t i = 0; i < 6; i++) {
		vmwrite(VMCS_GUEST_ES_BASE + 2 * i, 0);
		vmwrite(VMCS_GUEST_ES_LIMIT + 2 * i, 0xffffffff);
		vmwrite(VMCS_GUEST_ES_ACCESS + 2 * i,
			i == 1 ? VMX_ACCESS_CODE_32 : VMX_ACCESS_DATA);
	}
	vmwrite(VMCS_GUEST_CS_SELECTOR, SEL_CODE32);
	vmwrite(VMCS_EXCEPTION_BITMAP, 1U << X86_GP);

	/* The page of CR3 is empty: L2 runs by the VMCS only. */
	vmwrite(VMCS_GUEST_RIP, phys(page) + 3);
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 27.3.2.4");
	expect_pdptes(first, "SDM 28.3.1");
	EXPECT_EQ(vmread(VMCS_GUEST_CR3), phys(none), "SDM 28.3.1");

	vmwrite(VMCS_GUEST_RIP, phys(page));
	l2->gprs.rcx = phys(good);
	l2->gprs.rdx = phys(bad);
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 4.4.1");
	expect_pdptes(good, "SDM 4.4.1: loaded by MOV to CR3");
	EXPECT_EQ(vmread(VMCS_GUEST_CR3), phys(good), "SDM 28.3.1");
	vmx_l2_skip();

	vmx_l2_run_to(l2, VMX_REASON_EXCEPTION_NMI, "SDM 4.4.1: a reserved bit is #GP");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO) & 0xff, X86_GP, "SDM 4.4.1");
	EXPECT_EQ(vmread(VMCS_GUEST_CR3), phys(good), "SDM 4.4.1: CR3 is as it was");
	expect_pdptes(good, "SDM 4.4.1: nothing is loaded");
}
