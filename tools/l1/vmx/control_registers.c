// SPDX-License-Identifier: GPL-2.0-only
/*
 * CR0 and CR4 with masks and read shadows, the qualifications of CR and DR accesses.
 * SDM Vol. 3 26.3, 28.2.1 (tables 28-3 and 28-4).
 */
#include "l1/vmx/vmx.h"

#define CR_QUAL(cr, type, gpr) ((cr) | (uint64_t)(type) << 4 | (uint64_t)(gpr) << 8)

enum gpr {
	GPR_RAX,
	GPR_RCX,
	GPR_RDX,
	GPR_RBX,
	GPR_RSP,
	GPR_RBP,
	GPR_RSI,
	GPR_RDI,
	GPR_R8
};

static uint64_t cr0, cr4;

static void l2_cr0(void)
{
	l2_call(read_cr0());
	/* The masked bit as its shadow has it: no exit, and AM is L2's to change. */
	write_cr0((cr0 | CR0_TS) ^ CR0_AM);
	l2_call(read_cr0());
	asm volatile("cr0_at: mov %0, %%cr0" : : "b"(cr0 & ~CR0_TS));
	asm volatile("clts_at: clts");
	asm volatile("lmsw_at: lmsw %w0" : : "S"((uint32_t)(cr0 & 0xf & ~CR0_TS)));
	l2_call(read_cr0());
}

/* TS belongs to L1, and L2 sees it set; AM is L2's own. */
VMX_CASE(vmx_cr0_mask, 0, 6, 0)
{
	extern uint8_t cr0_at[], clts_at[], lmsw_at[];
	uint64_t seen;
	struct l2 *l2;

	cr0 = read_cr0() & ~(CR0_TS | CR0_AM);
	l2 = vmx_l2_create(l2_cr0);
	vmwrite(VMCS_GUEST_CR0, cr0);
	vmwrite(VMCS_CR0_MASK, CR0_TS);
	vmwrite(VMCS_CR0_SHADOW, CR0_TS | CR0_AM | CR0_CD);
	vmx_l2_run_to_call(l2, cr0 | CR0_TS);
	EXPECT_EQ(vmread(VMCS_GUEST_CR0), cr0, "SDM 26.3: the read shadow is not the register");
	vmx_l2_run_to_call(l2, cr0 | CR0_TS | CR0_AM);
	EXPECT_EQ(vmread(VMCS_GUEST_CR0), cr0 | CR0_AM, "SDM 26.3: an unmasked bit is written");

	vmx_l2_run_to(l2, VMX_REASON_CR_ACCESS, "SDM 26.1.3 MOV to CR0");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), CR_QUAL(0, VMX_CR_TO, GPR_RBX), "SDM 28.2.1");
	vmx_l2_skip_at(phys(cr0_at), 3, "SDM 28.2.5");
	vmx_l2_run_to(l2, VMX_REASON_CR_ACCESS, "SDM 26.1.3 CLTS");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), CR_QUAL(0, VMX_CR_CLTS, 0), "SDM 28.2.1");
	vmx_l2_skip_at(phys(clts_at), 2, "SDM 28.2.5");
	vmx_l2_run_to(l2, VMX_REASON_CR_ACCESS, "SDM 26.1.3 LMSW");
	seen = vmread(VMCS_EXIT_QUALIFICATION);
	EXPECT_BITS(seen, 0xff, CR_QUAL(0, VMX_CR_LMSW, 0), "SDM 28.2.1");
	EXPECT_EQ(VMX_CR_QUAL_LMSW(seen), cr0 & 0xf, "SDM 28.2.1: LMSW source data");
	vmx_l2_skip_at(phys(lmsw_at), 3, "SDM 28.2.5");
	vmx_l2_run_to_call(l2, cr0 | CR0_TS | CR0_AM);
	EXPECT_EQ(vmread(VMCS_GUEST_CR0), cr0 | CR0_AM, "SDM 26.3");
}

static void l2_clts(void)
{
	asm volatile("clts");
	l2_call(read_cr0() & CR0_TS);
}

/* Masked with a clear shadow: CLTS does nothing. Not masked: it clears the bit. No exits. */
VMX_CASE(vmx_clts, 0, 2, 0)
{
	struct l2 *l2;

	l2 = vmx_l2_create(l2_clts);
	vmwrite(VMCS_GUEST_CR0, read_cr0() | CR0_TS);
	vmwrite(VMCS_CR0_MASK, CR0_TS);
	vmx_l2_run_to_call(l2, 0);
	EXPECT_EQ(vmread(VMCS_GUEST_CR0), read_cr0() | CR0_TS, "SDM 26.3 CLTS, masked");

	l2 = vmx_l2_create(l2_clts);
	vmwrite(VMCS_GUEST_CR0, read_cr0() | CR0_TS);
	vmwrite(VMCS_CR0_SHADOW, CR0_TS);
	vmx_l2_run_to_call(l2, 0);
	EXPECT_EQ(vmread(VMCS_GUEST_CR0), read_cr0() & ~CR0_TS, "SDM 26.3 CLTS, not masked");
}

static uint32_t lmsw_value;

static void l2_lmsw(void)
{
	asm volatile("lmsw %w0" : : "b"(lmsw_value));
}

/* LMSW exits if it would change MP, EM or TS of L1's, or set PE; it never clears PE. */
VMX_CASE(vmx_lmsw, L1_SLOW, 15, 0)
{
	static const struct {
		const char *name;
		uint64_t shadow, value;
		bool exits;
	} rows[] = {
		{ "sets PE", 0, CR0_PE, true },
		{ "leaves PE clear", 0, 0, false },
		{ "would clear PE", CR0_PE, 0, false },
		{ "sets MP", 0, CR0_MP, true },
		{ "clears MP", CR0_MP, 0, true },
		{ "sets EM", 0, CR0_EM, true },
		{ "sets TS", 0, CR0_TS, true },
		{ "clears TS", CR0_TS, 0, true },
		{ "leaves TS set", CR0_TS, CR0_TS, false },
	};
	struct l2 *l2 = vmx_l2_create(l2_lmsw);

	vmwrite(VMCS_CR0_MASK, CR0_PE | CR0_MP | CR0_EM | CR0_TS);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		expect_at("LMSW that %s: ", rows[i].name);
		lmsw_value = (uint32_t)rows[i].value;
		vmwrite(VMCS_CR0_SHADOW, rows[i].shadow);
		vmwrite(VMCS_GUEST_RIP, code(l2_lmsw));
		vmwrite(VMCS_GUEST_RSP, l2_stack());
		if (rows[i].exits) {
			vmx_l2_run_to(l2, VMX_REASON_CR_ACCESS, "SDM 26.1.3 LMSW");
			EXPECT_EQ(VMX_CR_QUAL_LMSW(vmread(VMCS_EXIT_QUALIFICATION)), rows[i].value,
				  "SDM 28.2.1");
			vmx_l2_skip();
		}
		vmx_l2_run_to_end(l2);
		EXPECT_EQ(vmread(VMCS_GUEST_CR0), read_cr0(), "SDM 26.3");
	}
}

static void l2_cr4(void)
{
	l2_call(read_cr4());
	write_cr4((cr4 & ~CR4_VMXE) ^ CR4_DE);
	l2_call(read_cr4());
	asm volatile("cr4_at: mov %0, %%cr4" : : "d"(cr4 | CR4_VMXE));
	l2_call(read_cr4());
}

/* VMXE is on and hidden from L2, as a hypervisor does; DE is L2's own. */
VMX_CASE(vmx_cr4_mask, 0, 5, 0)
{
	extern uint8_t cr4_at[];
	struct l2 *l2;

	cr4 = read_cr4() & ~CR4_DE;
	l2 = vmx_l2_create(l2_cr4);
	vmwrite(VMCS_GUEST_CR4, cr4);
	vmwrite(VMCS_CR4_MASK, CR4_VMXE);
	vmwrite(VMCS_CR4_SHADOW, 0);
	vmx_l2_run_to_call(l2, cr4 & ~CR4_VMXE);
	vmx_l2_run_to_call(l2, (cr4 & ~CR4_VMXE) | CR4_DE);
	EXPECT_EQ(vmread(VMCS_GUEST_CR4), cr4 | CR4_DE, "SDM 26.3");
	vmx_l2_run_to(l2, VMX_REASON_CR_ACCESS, "SDM 26.1.3 MOV to CR4");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), CR_QUAL(4, VMX_CR_TO, GPR_RDX), "SDM 28.2.1");
	vmx_l2_skip_at(phys(cr4_at), 3, "SDM 28.2.5");
	vmx_l2_run_to_call(l2, (cr4 & ~CR4_VMXE) | CR4_DE);
	vmx_l2_run_to_end(l2);
}

static uint64_t given_cr3, new_cr3;

static void l2_cr3(void)
{
	uint64_t seen;

	asm volatile("mov %%cr3, %0" : "=S"(seen));
	l2_call(seen);
	asm volatile("mov %0, %%cr3" : : "D"(new_cr3) : "memory");
	l2_call(read_cr3());
}

/* L1 answers L2's CR3 accesses in its place. */
VMX_CASE(vmx_cr3_access, 0, 3, 0)
{
	struct page_table other = pt_identity(PT_CR3);
	struct l2 *l2;

	new_cr3 = other.root;
	given_cr3 = read_cr3();
	l2 = vmx_l2_create(l2_cr3);
	VMX_SET(PROC_CTLS, VMX_PROC_CR3_LOAD | VMX_PROC_CR3_STORE);
	vmx_l2_run_to(l2, VMX_REASON_CR_ACCESS, "SDM 26.1.3 MOV from CR3");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), CR_QUAL(3, VMX_CR_FROM, GPR_RSI), "SDM 28.2.1");
	l2->gprs.rsi = 0x123456789000;
	vmx_l2_skip();
	vmx_l2_run_to_call(l2, 0x123456789000);
	vmx_l2_run_to(l2, VMX_REASON_CR_ACCESS, "SDM 26.1.3 MOV to CR3");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), CR_QUAL(3, VMX_CR_TO, GPR_RDI), "SDM 28.2.1");
	EXPECT_EQ(l2->gprs.rdi, new_cr3, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_GUEST_CR3), given_cr3, "SDM 26.1.3: the MOV was not done");
}

/*
 * Without the exits L2 reads and writes its own CR3, which L1 finds in the VMCS. With EPT only:
 * without it KVM leaves L1 the old value (nested.c, sync_vmcs02_to_vmcs12).
 */
VMX_CASE(vmx_cr3_pass, 0, 3, L1_NEEDS(EPT))
{
	struct page_table other = pt_identity(PT_CR3);
	struct l2 *l2;

	new_cr3 = other.root;
	given_cr3 = read_cr3();
	l2 = vmx_l2_create(l2_cr3);
	VMX_CLEAR(PROC_CTLS, VMX_PROC_CR3_LOAD | VMX_PROC_CR3_STORE);
	vmx_l2_run_to_call(l2, given_cr3);
	vmx_l2_run_to_call(l2, new_cr3);
	EXPECT_EQ(vmread(VMCS_GUEST_CR3), new_cr3, "SDM 28.3.1");
	EXPECT_EQ(read_cr3(), given_cr3, "SDM 28.5.1: L1 has its own again");
	vmx_l2_run_to_end(l2);
}

static void l2_cr8(void)
{
	uint64_t seen;

	asm volatile("mov %0, %%cr8" : : "c"(5ULL));
	asm volatile("mov %%cr8, %0" : "=b"(seen));
	l2_call(seen);
}

VMX_CASE(vmx_cr8_access, 0, 3, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_cr8);

	VMX_SET(PROC_CTLS, VMX_PROC_CR8_LOAD | VMX_PROC_CR8_STORE);
	vmx_l2_run_to(l2, VMX_REASON_CR_ACCESS, "SDM 26.1.3 MOV to CR8");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), CR_QUAL(8, VMX_CR_TO, GPR_RCX), "SDM 28.2.1");
	EXPECT_EQ(l2->gprs.rcx, 5, "SDM 28.2.1");
	vmx_l2_skip();
	vmx_l2_run_to(l2, VMX_REASON_CR_ACCESS, "SDM 26.1.3 MOV from CR8");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), CR_QUAL(8, VMX_CR_FROM, GPR_RBX), "SDM 28.2.1");
	l2->gprs.rbx = 7;
	vmx_l2_skip();
	vmx_l2_run_to_call(l2, 7);
	EXPECT_EQ(read_cr8(), 0, "SDM 26.1.3: L1's TPR is untouched");
}

static void l2_debug_registers(void)
{
	uint64_t seen;

	asm volatile("mov %0, %%dr2" : : "S"(0x1000ULL));
	asm volatile("mov %%dr6, %0" : "=D"(seen));
	l2_call(seen);
}

VMX_CASE(vmx_dr_access, 0, 5, 0)
{
	struct l2 *l2;

	l2 = vmx_l2_create(l2_debug_registers);
	VMX_SET(PROC_CTLS, VMX_PROC_MOV_DR);
	vmx_l2_run_to(l2, VMX_REASON_MOV_DR, "SDM 26.1.3 MOV to DR2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 2 | GPR_RSI << 8, "SDM 28.2.1");
	EXPECT_EQ(l2->gprs.rsi, 0x1000, "SDM 28.2.1");
	vmx_l2_skip();
	vmx_l2_run_to(l2, VMX_REASON_MOV_DR, "SDM 26.1.3 MOV from DR6");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 6 | VMX_DR_QUAL_FROM | GPR_RDI << 8,
		  "SDM 28.2.1");
	l2->gprs.rdi = 0x5a5a;
	vmx_l2_skip();
	vmx_l2_run_to_call(l2, 0x5a5a);
	EXPECT_EQ(read_dr2(), 0, "SDM 26.1.3: the MOV was not done");

	l2 = vmx_l2_create(l2_debug_registers);
	VMX_CLEAR(PROC_CTLS, VMX_PROC_MOV_DR);
	vmx_l2_run_to_call(l2, read_dr6());
	EXPECT_EQ(read_dr2(), 0x1000, "SDM 28.5: DR0 to DR3 are not switched");
	vmx_l2_run_to_end(l2);
}
