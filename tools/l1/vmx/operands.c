// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory operands of L1's VMX instructions, which KVM decodes from the exit's information: base,
 * index, scale, displacement, segment and address size (SDM Vol. 1 3.7.5), and their faults.
 */
#include "l1/vmx/vmx.h"

/* None that KVM lets the CPU read from a shadow VMCS: each access is an exit. */
#define FIELD VMCS_TSC_OFFSET
#define VALUE 0x123456789abcdef0ULL

static uint64_t slots[64] __attribute__((aligned(64)));

#define READ(operand, ...) \
	asm volatile("vmread %0, " operand : : "r"((uint64_t)FIELD), __VA_ARGS__ : "memory", "cc")

static void expect_slot(const char *form, unsigned int n)
{
	expect_at("%s: ", form);
	for (unsigned int i = 0; i < ARRAY_SIZE(slots); i++)
		EXPECT_EQ(slots[i], i == n ? VALUE : 0, "SDM Vol. 1 3.7.5");
	memset(slots, 0, sizeof(slots));
}

/* The high half of an address of 32 bits is not looked at, and its displacement is signed. */
VMX_CASE(vmx_operand_forms, L1_SLOW, 0, 0)
{
	uint64_t at = phys(slots), garbage = 0xdead000000000000;

	vmcs_load(vmcs_new(0));
	vmwrite(FIELD, VALUE);
	memset(slots, 0, sizeof(slots));
	READ("(%1)", "r"(at));
	expect_slot("base", 0);
	READ("(%1,%2,8)", "r"(at), "r"(5ULL));
	expect_slot("base and index by 8", 5);
	READ("16(%1,%2,2)", "r"(at), "r"(12ULL));
	expect_slot("base, index by 2 and displacement", 5);
	READ("-8(%1,%2,4)", "r"(at), "r"(8ULL));
	expect_slot("base, index by 4 and negative displacement", 3);
	READ("slots+24", "i"(0));
	expect_slot("displacement alone", 3);
	READ("slots+32(%%rip)", "i"(0));
	expect_slot("displacement from RIP", 4);
	READ("(%k1)", "r"(at | garbage));
	expect_slot("32-bit base", 0);
	READ("-64(%k1)", "r"(at + 128));
	expect_slot("32-bit base and negative displacement", 8);
	READ("(%k1,%k2,8)", "r"(at), "r"(garbage | 6));
	expect_slot("32-bit base and index", 6);
	wrmsr(MSR_FS_BASE, at);
	READ("%%fs:(%1)", "r"(72ULL));
	wrmsr(MSR_FS_BASE, 0);
	expect_slot("FS", 9);
	wrmsr(MSR_GS_BASE, at + 0x100000000);
	READ("%%gs:-8(%1)", "r"(80ULL - 0x100000000));
	expect_slot("GS", 9);
	READ("%%gs:(%1)", "r"(88ULL - 0x100000000));
	wrmsr(MSR_GS_BASE, 0);
	expect_slot("GS with a wrap", 11);
}

#define BAD_ADDRESS 0x8000000000000000ULL

static void read_to_bad(void *unused)
{
	(void)unused;
	READ("(%1)", "r"(BAD_ADDRESS));
}

static void write_from_bad(void *unused)
{
	(void)unused;
	asm volatile("vmwrite (%1), %0" : : "r"((uint64_t)FIELD), "r"(BAD_ADDRESS) : "cc");
}

static void read_to_bad_stack(void *unused)
{
	(void)unused;
	asm volatile("push	%%rbp\n\t"
		     "mov	%1, %%rbp\n\t"
		     "vmread	%0, (%%rbp)\n\t"
		     "pop	%%rbp"
		     :
		     : "r"((uint64_t)FIELD), "r"(BAD_ADDRESS)
		     : "memory", "cc");
}

static void load_from_bad(void *unused)
{
	(void)unused;
	asm volatile("vmptrld (%0)" : : "r"(BAD_ADDRESS) : "cc");
}

static void store_to_bad(void *unused)
{
	(void)unused;
	asm volatile("vmptrst (%0)" : : "r"(BAD_ADDRESS) : "memory", "cc");
}

/* Past L1_MEMORY: no page table of L1's maps it. */
#define HOLE 0x40000000ULL

static void read_to_hole(void *unused)
{
	(void)unused;
	READ("(%1)", "r"(HOLE));
}

static void write_from_hole(void *unused)
{
	(void)unused;
	asm volatile("vmwrite (%1), %0" : : "r"((uint64_t)FIELD), "r"(HOLE) : "cc");
}

static void clear_from_hole(void *unused)
{
	(void)unused;
	asm volatile("vmclear (%0)" : : "r"(HOLE) : "cc");
}

VMX_CASE(vmx_operand_faults, L1_SLOW, 0, 0)
{
	static const struct {
		const char *name;
		void (*run)(void *);
		uint64_t vector, error;
	} rows[] = {
		{ "VMREAD to no canonical address", read_to_bad, X86_GP, 0 },
		{ "VMREAD to none in the stack segment", read_to_bad_stack, X86_SS, 0 },
		{ "VMWRITE from no canonical address", write_from_bad, X86_GP, 0 },
		{ "VMPTRLD from no canonical address", load_from_bad, X86_GP, 0 },
		{ "VMPTRST to no canonical address", store_to_bad, X86_GP, 0 },
		{ "VMREAD to an unmapped page", read_to_hole, X86_PF, PF_W },
		{ "VMWRITE from an unmapped page", write_from_hole, X86_PF, 0 },
		{ "VMCLEAR from an unmapped page", clear_from_hole, X86_PF, 0 },
	};

	vmcs_load(vmcs_new(0));
	vmwrite(FIELD, VALUE);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct trap t;

		expect_at("%s: ", rows[i].name);
		t = catch_trap(rows[i].run, NULL);
		EXPECT_NAME(t.vector, rows[i].vector, trap_name, "SDM 31.3");
		EXPECT_EQ(t.error, rows[i].error, "SDM 31.3");
		if (rows[i].vector == X86_PF)
			EXPECT_EQ(t.cr2, HOLE, "SDM 31.3");
		EXPECT_EQ(vmread(FIELD), VALUE, "SDM 31.3: nothing was done");
	}
}

/* Instructions for user mode; what does not fault there comes back as #UD. */
#define USER(name, text)                                     \
	static __attribute__((naked)) void user_##name(void) \
	{                                                    \
		asm volatile(text "; ud2");                  \
	}

USER(vmread, "vmread %rax, %rax")
USER(vmwrite, "vmwrite %rax, %rax")
USER(vmptrld, "vmptrld slots")
USER(vmptrst, "vmptrst slots")
USER(vmclear, "vmclear slots")
USER(vmlaunch, "vmlaunch")
USER(vmresume, "vmresume")
USER(vmxoff, "vmxoff")
USER(vmxon, "vmxon slots")
USER(invept, "invept slots, %rax")
USER(invvpid, "invvpid slots, %rax")

/* Each needs CPL 0, in VMX operation; VMXON also outside of it. */
VMX_CASE(vmx_privilege, L1_SLOW, 0, 0)
{
	static const struct {
		const char *name;
		void (*fn)(void);
		uint64_t needs;
	} rows[] = {
		{ "VMREAD", user_vmread, 0 },
		{ "VMWRITE", user_vmwrite, 0 },
		{ "VMPTRLD", user_vmptrld, 0 },
		{ "VMPTRST", user_vmptrst, 0 },
		{ "VMCLEAR", user_vmclear, 0 },
		{ "VMLAUNCH", user_vmlaunch, 0 },
		{ "VMRESUME", user_vmresume, 0 },
		{ "VMXOFF", user_vmxoff, 0 },
		{ "VMXON", user_vmxon, 0 },
		{ "INVEPT", user_invept, L1_NEEDS(EPT) },
		{ "INVVPID", user_invvpid, L1_NEEDS(VPID) },
	};
	uint64_t vmcs = vmcs_new(0), pointer = 0;

	vmcs_load(vmcs);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct trap t;

		if ((l1_page->features & rows[i].needs) != rows[i].needs)
			continue;
		expect_at("%s: ", rows[i].name);
		t = catch_user(rows[i].fn);
		EXPECT_NAME(t.vector, X86_GP, trap_name, "SDM 31.3");
		EXPECT_EQ(t.error, 0, "SDM 31.3");
		EXPECT_EQ(t.rip, code(rows[i].fn), "SDM 31.3");
	}
	EXPECT_RESULT(vmptrst(&pointer), VMX_OK, "SDM 31.3: still in VMX operation");
	EXPECT_EQ(pointer, vmcs, "SDM 31.3");
}
