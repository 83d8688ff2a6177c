// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions that exit: by a control, if it is set and not if it is clear, or always.
 * SDM Vol. 3 26.1.2, 26.1.3.
 */
#include "l1/vmx/vmx.h"

static uint64_t scratch[4] __attribute__((aligned(64)));

/* An L2 that does one instruction, at a label of its own, and returns. */
#define INSN(name, text, ...)                                                             \
	extern uint8_t name##_at[];                                                       \
	static void name(void)                                                            \
	{                                                                                 \
		asm volatile(#name "_at: " text : : __VA_ARGS__ : "rdx", "memory", "cc"); \
	}

INSN(insn_invlpg, "invlpg (%0)", "r"(scratch))
INSN(insn_mwait, "mwait", "a"(0), "c"(0))
INSN(insn_monitor, "monitor", "a"(scratch), "c"(0))
INSN(insn_pause, "pause", "a"(0))
INSN(insn_cr3_load, "mov %0, %%cr3", "a"(read_cr3()))
INSN(insn_cr8_load, "mov %0, %%cr8", "a"(0ULL))
INSN(insn_wbinvd, "wbinvd", "a"(0))
INSN(insn_invd, "invd", "a"(0))
INSN(insn_xsetbv, "xsetbv", "a"(1), "c"(0))
INSN(insn_sgdt, "sgdt %0", "m"(*(struct descriptor_ptr *)scratch))
INSN(insn_lidt, "lidt %0", "m"(*(struct descriptor_ptr *)scratch))
INSN(insn_lldt, "lldt %w0", "a"(0))
INSN(insn_vmclear, "vmclear %0", "m"(scratch[0]))
INSN(insn_vmptrld, "vmptrld %0", "m"(scratch[0]))
INSN(insn_vmptrst, "vmptrst %0", "m"(scratch[0]))
INSN(insn_vmread, "vmread %0, %0", "a"(0x681eULL))
INSN(insn_vmwrite, "vmwrite %0, %0", "a"(0x681eULL))
INSN(insn_vmlaunch, "vmlaunch", "a"(0))
INSN(insn_vmresume, "vmresume", "a"(0))
INSN(insn_vmxoff, "vmxoff", "a"(0))
INSN(insn_vmxon, "vmxon %0", "m"(scratch[0]))
INSN(insn_invept, "invept %1, %0", "r"(1ULL), "m"(*(struct vmx_inv_operand *)scratch))
INSN(insn_invvpid, "invvpid %1, %0", "r"(1ULL), "m"(*(struct vmx_inv_operand *)scratch))

/* Those that write a register of their own. */
#define INSN_OUT(name, text, clobber)                                                  \
	extern uint8_t name##_at[];                                                    \
	static void name(void)                                                         \
	{                                                                              \
		asm volatile(#name "_at: " text : : "c"(0) : clobber, "memory", "cc"); \
	}

INSN_OUT(insn_rdtsc, "rdtsc", "rax")
INSN_OUT(insn_rdpmc, "rdpmc", "rax")
INSN_OUT(insn_cr3_store, "mov %%cr3, %%rax", "rax")
INSN_OUT(insn_cr8_store, "mov %%cr8, %%rax", "rax")
INSN_OUT(insn_rdrand, "rdrand %%rax", "rax")
INSN_OUT(insn_rdseed, "rdseed %%rax", "rax")
INSN_OUT(insn_str, "str %%ax", "rax")

/*
 * field, bit: the control, 0 for what always exits. length: of the instruction, 0 if the
 * compiler chooses the registers. no_clear: not done without the exit, since L2 would lose its
 * tables by it (LIDT), or KVM may refuse it (RDPMC without a PMU, MWAIT hidden from CPUID).
 * there: the CPUID bit that KVM must offer, or the instruction is #UD; NULL for none.
 */
struct intercept {
	const char *name;
	void (*fn)(void);
	const uint8_t *at;
	uint32_t field, bit;
	uint32_t reason;
	uint32_t length;
	bool no_clear;
	bool (*there)(void);
};

static bool has_rdrand(void)
{
	return cpuid(CPUID_FEATURES, 0).ecx >> 30 & 1;
}

static bool has_rdseed(void)
{
	return cpuid(0, 0).eax >= 7 && cpuid(7, 0).ebx >> 18 & 1;
}

static bool has_monitor(void)
{
	return cpuid(CPUID_FEATURES, 0).ecx >> 3 & 1;
}

#define ROW(id, ...)                                        \
	{                                                   \
#id, insn_##id, insn_##id##_at, __VA_ARGS__ \
	}

static const struct intercept by_control[] = {
	ROW(invlpg, VMCS_PROC_CTLS, VMX_PROC_INVLPG, VMX_REASON_INVLPG, 0, false, NULL),
	ROW(mwait, VMCS_PROC_CTLS, VMX_PROC_MWAIT, VMX_REASON_MWAIT, 3, true, has_monitor),
	ROW(monitor, VMCS_PROC_CTLS, VMX_PROC_MONITOR, VMX_REASON_MONITOR, 3, true, has_monitor),
	ROW(pause, VMCS_PROC_CTLS, VMX_PROC_PAUSE, VMX_REASON_PAUSE, 2, false, NULL),
	ROW(rdtsc, VMCS_PROC_CTLS, VMX_PROC_RDTSC, VMX_REASON_RDTSC, 2, false, NULL),
	ROW(rdpmc, VMCS_PROC_CTLS, VMX_PROC_RDPMC, VMX_REASON_RDPMC, 2, true, NULL),
	ROW(cr3_load, VMCS_PROC_CTLS, VMX_PROC_CR3_LOAD, VMX_REASON_CR_ACCESS, 3, false, NULL),
	ROW(cr3_store, VMCS_PROC_CTLS, VMX_PROC_CR3_STORE, VMX_REASON_CR_ACCESS, 3, false, NULL),
	ROW(cr8_load, VMCS_PROC_CTLS, VMX_PROC_CR8_LOAD, VMX_REASON_CR_ACCESS, 4, false, NULL),
	ROW(cr8_store, VMCS_PROC_CTLS, VMX_PROC_CR8_STORE, VMX_REASON_CR_ACCESS, 4, false, NULL),
	ROW(wbinvd, VMCS_PROC2_CTLS, VMX_PROC2_WBINVD, VMX_REASON_WBINVD, 2, false, NULL),
	ROW(rdrand, VMCS_PROC2_CTLS, VMX_PROC2_RDRAND, VMX_REASON_RDRAND, 4, false, has_rdrand),
	ROW(rdseed, VMCS_PROC2_CTLS, VMX_PROC2_RDSEED, VMX_REASON_RDSEED, 4, false, has_rdseed),
	ROW(sgdt, VMCS_PROC2_CTLS, VMX_PROC2_DESCRIPTOR_TABLE, VMX_REASON_GDTR_IDTR, 0, false,
	    NULL),
	ROW(lidt, VMCS_PROC2_CTLS, VMX_PROC2_DESCRIPTOR_TABLE, VMX_REASON_GDTR_IDTR, 0, true, NULL),
	ROW(str, VMCS_PROC2_CTLS, VMX_PROC2_DESCRIPTOR_TABLE, VMX_REASON_LDTR_TR, 0, false, NULL),
	ROW(lldt, VMCS_PROC2_CTLS, VMX_PROC2_DESCRIPTOR_TABLE, VMX_REASON_LDTR_TR, 3, false, NULL),
};

static const struct intercept always[] = {
	ROW(invd, 0, 0, VMX_REASON_INVD, 2, true, NULL),
	ROW(vmclear, 0, 0, VMX_REASON_VMCLEAR, 0, true, NULL),
	ROW(vmptrld, 0, 0, VMX_REASON_VMPTRLD, 0, true, NULL),
	ROW(vmptrst, 0, 0, VMX_REASON_VMPTRST, 0, true, NULL),
	ROW(vmread, 0, 0, VMX_REASON_VMREAD, 3, true, NULL),
	ROW(vmwrite, 0, 0, VMX_REASON_VMWRITE, 3, true, NULL),
	ROW(vmlaunch, 0, 0, VMX_REASON_VMLAUNCH, 3, true, NULL),
	ROW(vmresume, 0, 0, VMX_REASON_VMRESUME, 3, true, NULL),
	ROW(vmxoff, 0, 0, VMX_REASON_VMXOFF, 3, true, NULL),
	ROW(vmxon, 0, 0, VMX_REASON_VMXON, 0, true, NULL),
};

/* L2 does the row's instruction. If that is not to exit, L2 returns. */
static void run_row(struct l2 *l2, const struct intercept *row, bool exits)
{
	expect_at("%s, %s: ", row->name, exits ? "to exit" : "not to exit");
	vmwrite(VMCS_GUEST_RIP, code(row->fn));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	if (exits) {
		vmx_l2_run_to(l2, row->reason, "SDM 26.1");
		EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(row->at), "SDM 28.3.3");
		if (row->length)
			EXPECT_EQ(vmread(VMCS_EXIT_INSTRUCTION_LENGTH), row->length, "SDM 28.2.5");
		if (row->reason == VMX_REASON_INVLPG)
			EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), phys(scratch), "SDM 28.2.1");
		vmx_l2_skip();
		return; /* the next row need not wait for the end */
	}
	vmx_l2_run_to_end(l2);
}

/* PROC2 has no field if nothing activates it; then none of its bits is offered. */
static void set_bit(const struct intercept *row, bool on)
{
	uint64_t value = vmread(row->field);

	vmwrite(row->field, on ? value | row->bit : value & ~(uint64_t)row->bit);
}

VMX_CASE(vmx_instructions_controlled, 0, 14, 0)
{
	unsigned int ran = 0;
	struct l2 *l2 = vmx_l2_create(insn_pause);

	for (size_t i = 0; i < ARRAY_SIZE(by_control); i++) {
		const struct intercept *row = &by_control[i];

		if (!vmx_allowed(row->field, row->bit, true) || (row->there && !row->there()))
			continue;
		set_bit(row, true);
		run_row(l2, row, true);
		ran++;
		if (!vmx_allowed(row->field, row->bit, false))
			continue;
		set_bit(row, false);
		if (!row->no_clear)
			run_row(l2, row, false);
	}
	expect_at("%s", "");
	EXPECT(ran >= 8, "SDM A.3.2: no CPU offers fewer");
}

VMX_CASE(vmx_instructions_always, 0, 10, 0)
{
	struct l2 *l2 = vmx_l2_create(insn_pause);

	for (size_t i = 0; i < ARRAY_SIZE(always); i++)
		run_row(l2, &always[i], true);
}

/* XSETBV needs CR4.OSXSAVE, INVEPT and INVVPID their features: else #UD comes first. */
VMX_CASE(vmx_xsetbv, 0, 1, 0)
{
	static const struct intercept row = ROW(xsetbv, 0, 0, VMX_REASON_XSETBV, 3, true, NULL);
	struct l2 *l2;

	if (!(cpuid(CPUID_FEATURES, 0).ecx & CPUID_1_ECX_XSAVE))
		skip("XSAVE is not offered");
	l2 = vmx_l2_create(insn_pause);
	vmwrite(VMCS_GUEST_CR4, vmread(VMCS_GUEST_CR4) | CR4_OSXSAVE);
	run_row(l2, &row, true);
}

VMX_CASE(vmx_invept_in_l2, 0, 1, L1_NEEDS(EPT))
{
	static const struct intercept row = ROW(invept, 0, 0, VMX_REASON_INVEPT, 0, true, NULL);
	struct l2 *l2 = vmx_l2_create(insn_pause);

	run_row(l2, &row, true);
}

VMX_CASE(vmx_invvpid_in_l2, 0, 1, L1_NEEDS(VPID))
{
	static const struct intercept row = ROW(invvpid, 0, 0, VMX_REASON_INVVPID, 0, true, NULL);
	struct l2 *l2 = vmx_l2_create(insn_pause);

	run_row(l2, &row, true);
}

/* L2's TSC is L1's and the offset; an offset of 2^50 is days, so that nothing else explains it. */
#define OFFSET (1ULL << 50)

static void l2_rdtsc(void)
{
	l2_call(rdtsc());
}

VMX_CASE(vmx_tsc_offset, 0, 1, 0)
{
	uint64_t before, after;
	struct l2 *l2 = vmx_l2_create(l2_rdtsc);

	VMX_SET(PROC_CTLS, VMX_PROC_TSC_OFFSETTING);
	vmwrite(VMCS_TSC_OFFSET, OFFSET);
	before = rdtsc();
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.3");
	after = rdtsc();
	EXPECT(l2->gprs.rax >= before + OFFSET && l2->gprs.rax <= after + OFFSET, "SDM 26.3");
	EXPECT(after < OFFSET || after - before < OFFSET, "SDM 26.3: L1's own TSC is unmoved");
}

extern uint8_t mtf_at[];

static void l2_three_nops(void)
{
	asm volatile("mtf_at: nop; nop; nop");
}

/*
 * One instruction per entry. The same exit as an event that L1 injects is not tried: KVM loses
 * it when it gives an entry up and begins it again (vmx.c, vmx_cancel_injection), as it does
 * for the first entry after VMPTRLD.
 * L1_UNPROVEN: runs on Bochs 3.0, on which a KVM that loses the exit looks as Bochs 2.7 does.
 */
VMX_CASE(vmx_monitor_trap, L1_UNPROVEN, 4, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_three_nops);

	VMX_SET(PROC_CTLS, VMX_PROC_MONITOR_TRAP_FLAG);
	vmwrite(VMCS_GUEST_RIP, phys(mtf_at));
	for (uint64_t i = 1; i <= 3; i++) {
		vmx_l2_run_to(l2, VMX_REASON_MONITOR_TRAP_FLAG, "SDM 26.5.2");
		EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(mtf_at) + i, "SDM 26.5.2");
	}
	VMX_CLEAR(PROC_CTLS, VMX_PROC_MONITOR_TRAP_FLAG);
	vmx_l2_run_to_end(l2);
}
