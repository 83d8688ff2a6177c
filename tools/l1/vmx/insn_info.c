// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an exit reports of an instruction's operands: SDM Vol. 3 28.2.1 (the displacement, as the
 * qualification) and 28.2.5, tables 28-9 to 28-14.
 */
#include "l1/vmx/vmx.h"

static uint64_t scratch[4];

#define INSN(name, text)                                             \
	extern uint8_t info_##name##_at[];                           \
	static void info_##name(void)                                \
	{                                                            \
		asm volatile("info_" #name "_at: " text              \
			     :                                       \
			     : "b"(scratch), "c"(0ULL), "S"(scratch) \
			     : "memory");                            \
	}

INSN(sgdt, "sgdt 0x10(%%rbx,%%rcx,4)")
INSN(sidt, "sidt 0x40(%%rsi)")
INSN(lgdt, "lgdt %%fs:-8(%%rbx,%%rcx,8)")
INSN(lidt, "lidt -0x100(%%rsi,%%rcx,2)")
INSN(sldt, "sldt 0x20(%%rbx)")
INSN(str, "str %%edi")
INSN(lldt, "lldt %%cx")
INSN(ltr, "ltr 0x28(%%rsi)")
INSN(vmptrld, "vmptrld 0x18(%%rbx,%%rcx,8)")
INSN(vmclear, "vmclear %%gs:(%%rsi)")
INSN(vmread, "vmread %%rbp, %%r9")
INSN(rdrand, "rdrand %%r11d")
INSN(rdseed, "rdseed %%rbp")
INSN(invpcid, "invpcid 0x30(%%rbx), %%rdi")

/* The fields: what a table leaves undefined for an instruction is not in its mask. */
#define SCALE(n)      ((uint32_t)(n))
#define REGISTER_1(n) ((uint32_t)(n) << 3)
#define ADDRESS_64    (2U << 7)
#define IS_REGISTER   (1U << 10)
#define OPERAND_32    (1U << 11) /* RDRAND and RDSEED: 0 16 bits, 1 32, 2 64 in 12:11 */
#define OPERAND_64    (2U << 11)
#define SEGMENT(n)    ((uint32_t)(n) << 15)
#define INDEX(n)      ((uint32_t)(n) << 18)
#define NO_INDEX      (1U << 22)
#define BASE(n)	      ((uint32_t)(n) << 23)
#define WHICH(n)      ((uint32_t)(n) << 28) /* of the group that has the exit reason */
#define REGISTER_2(n) ((uint32_t)(n) << 28)

#define MASK_INDEXED (3U | 7U << 7 | 1U << 10 | 7U << 15 | 0x3ffU << 18)
#define MASK_PLAIN   (7U << 7 | 1U << 10 | 7U << 15 | 1U << 22 | 0x1fU << 23)

enum {
	RCX = 1,
	RBX = 3,
	RBP = 5,
	RSI = 6,
	RDI = 7,
	R9 = 9,
	R10 = 10,
	R11 = 11
};
enum {
	DS = 3,
	FS = 4,
	GS = 5
};

/* field, bit: the control, 0 for what always exits; leaf 0 needs no CPUID bit. */
static const struct info {
	const char *name;
	void (*fn)(void);
	const uint8_t *at;
	uint32_t reason, field, bit;
	uint32_t info, mask;
	uint64_t displacement;
} rows[] = {
#define ROW(name, ...)                                            \
	{                                                         \
#name, info_##name, info_##name##_at, __VA_ARGS__ \
	}
#define DESCRIPTORS VMCS_PROC2_CTLS, VMX_PROC2_DESCRIPTOR_TABLE
	ROW(sgdt, VMX_REASON_GDTR_IDTR, DESCRIPTORS,
	    SCALE(2) | ADDRESS_64 | SEGMENT(DS) | INDEX(RCX) | BASE(RBX) | WHICH(0),
	    MASK_INDEXED | WHICH(3), 0x10),
	ROW(sidt, VMX_REASON_GDTR_IDTR, DESCRIPTORS,
	    ADDRESS_64 | SEGMENT(DS) | NO_INDEX | BASE(RSI) | WHICH(1), MASK_PLAIN | WHICH(3),
	    0x40),
	ROW(lgdt, VMX_REASON_GDTR_IDTR, DESCRIPTORS,
	    SCALE(3) | ADDRESS_64 | SEGMENT(FS) | INDEX(RCX) | BASE(RBX) | WHICH(2),
	    MASK_INDEXED | WHICH(3), (uint64_t)-8),
	ROW(lidt, VMX_REASON_GDTR_IDTR, DESCRIPTORS,
	    SCALE(1) | ADDRESS_64 | SEGMENT(DS) | INDEX(RCX) | BASE(RSI) | WHICH(3),
	    MASK_INDEXED | WHICH(3), (uint64_t)-0x100),
	ROW(sldt, VMX_REASON_LDTR_TR, DESCRIPTORS,
	    ADDRESS_64 | SEGMENT(DS) | NO_INDEX | BASE(RBX) | WHICH(0), MASK_PLAIN | WHICH(3),
	    0x20),
	ROW(str, VMX_REASON_LDTR_TR, DESCRIPTORS, IS_REGISTER | REGISTER_1(RDI) | WHICH(1),
	    IS_REGISTER | REGISTER_1(15) | WHICH(3), 0),
	ROW(lldt, VMX_REASON_LDTR_TR, DESCRIPTORS, IS_REGISTER | REGISTER_1(RCX) | WHICH(2),
	    IS_REGISTER | REGISTER_1(15) | WHICH(3), 0),
	ROW(ltr, VMX_REASON_LDTR_TR, DESCRIPTORS,
	    ADDRESS_64 | SEGMENT(DS) | NO_INDEX | BASE(RSI) | WHICH(3), MASK_PLAIN | WHICH(3),
	    0x28),
	ROW(vmptrld, VMX_REASON_VMPTRLD, 0, 0,
	    SCALE(3) | ADDRESS_64 | SEGMENT(DS) | INDEX(RCX) | BASE(RBX), MASK_INDEXED, 0x18),
	ROW(vmclear, VMX_REASON_VMCLEAR, 0, 0, ADDRESS_64 | SEGMENT(GS) | NO_INDEX | BASE(RSI),
	    MASK_PLAIN, 0),
	ROW(vmread, VMX_REASON_VMREAD, 0, 0, IS_REGISTER | REGISTER_1(R9) | REGISTER_2(RBP),
	    IS_REGISTER | REGISTER_1(15) | REGISTER_2(15), 0),
	ROW(rdrand, VMX_REASON_RDRAND, VMCS_PROC2_CTLS, VMX_PROC2_RDRAND,
	    REGISTER_1(R11) | OPERAND_32, REGISTER_1(15) | 3U << 11, 0),
	ROW(rdseed, VMX_REASON_RDSEED, VMCS_PROC2_CTLS, VMX_PROC2_RDSEED,
	    REGISTER_1(RBP) | OPERAND_64, REGISTER_1(15) | 3U << 11, 0),
	ROW(invpcid, VMX_REASON_INVPCID, VMCS_PROC2_CTLS, VMX_PROC2_INVPCID,
	    ADDRESS_64 | SEGMENT(DS) | NO_INDEX | BASE(RBX) | REGISTER_2(RDI),
	    MASK_PLAIN | REGISTER_2(15), 0x30),
};

/* An offered control may stand for an instruction that KVM hides from CPUID: #UD comes first. */
static bool there(const struct info *row)
{
	bool leaf_7 = cpuid(0, 0).eax >= 7;

	if (row->field && !vmx_allowed(row->field, row->bit, true))
		return false;
	switch (row->reason) {
	case VMX_REASON_RDRAND:
		return cpuid(CPUID_FEATURES, 0).ecx >> 30 & 1;
	case VMX_REASON_RDSEED:
		return leaf_7 && cpuid(7, 0).ebx >> 18 & 1;
	case VMX_REASON_INVPCID:
		return leaf_7 && cpuid(7, 0).ebx >> 10 & 1;
	}
	return true;
}

VMX_CASE(vmx_instruction_info, L1_SLOW, 3, 0)
{
	uint64_t seen;
	struct l2 *l2 = vmx_l2_create(info_sgdt);

	if (vmx_allowed(VMCS_PROC_CTLS, VMX_PROC_INVLPG, true))
		VMX_SET(PROC_CTLS, VMX_PROC_INVLPG); /* for INVPCID */
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct info *row = &rows[i];

		if (!there(row))
			continue;
		expect_at("%s: ", row->name);
		if (row->field)
			vmwrite(row->field, vmread(row->field) | row->bit);
		vmwrite(VMCS_GUEST_RIP, code(row->fn));
		vmwrite(VMCS_GUEST_RSP, l2_stack());
		vmx_l2_run_to(l2, row->reason, "SDM 26.1");
		EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(row->at), "SDM 28.3.3");
		seen = vmread(VMCS_EXIT_INSTRUCTION_INFO);
		EXPECT_BITS(seen, row->mask, row->info, "SDM 28.2.5");
		/* Of a register operand it is 0, but for Bochs: its decoder has leftovers there. */
		if (row->mask & ADDRESS_64)
			EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), row->displacement, "SDM 28.2.1");
	}
}
