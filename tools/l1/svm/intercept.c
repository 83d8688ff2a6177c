// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instruction intercepts (APM 15.9): with the bit an exit at the instruction, without it none.
 */
#include "l1/svm/insn.h"
#include "l1/svm/svm.h"

INSN(i_rdtsc, "rdtsc")
INSN(i_rdtscp, "rdtscp")
INSN(i_rdpmc, "rdpmc")
INSN(i_pushf, "pushfq; popq %rax")
INSN(i_popf, "popfq")
INSN(i_iret, "iretq")
INSN(i_int, "int $0x55")
INSN(i_invd, "invd")
INSN(i_wbinvd, "wbinvd")
INSN(i_pause, "pause")
INSN(i_invlpg, "invlpg (%rax)")
INSN(i_invlpga, "invlpga %rax, %ecx")
INSN(i_vmrun, "vmrun %rax")
INSN(i_vmload, "vmload %rax")
INSN(i_vmsave, "vmsave %rax")
INSN(i_stgi, "stgi")
INSN(i_clgi, "clgi")
INSN(i_skinit, "skinit %eax")
INSN(i_icebp, ".byte 0xf1")
INSN(i_monitor, "monitor")
INSN(i_mwait, "mwait")
INSN(i_sidt, "sidt (%rax)")
INSN(i_sgdt, "sgdt (%rax)")
INSN(i_sldt, "sldt (%rax)")
INSN(i_str, "str (%rax)")
INSN(i_lidt, "lidt (%rax)")
INSN(i_lgdt, "lgdt (%rax)")
INSN(i_lldt, "lldt %cx")
INSN(i_ltr, "ltr %dx")
INSN(i_rsm, "rsm")
INSN(i_xsetbv, "xsetbv")

/* The bit that distinguishes a TSS in use from a free one (APM 4.8.3). */
#define DESC_BUSY (1ULL << 41)

static volatile struct trap caught;

static void rsm(void *unused)
{
	(void)unused;
	asm volatile("rsm");
}

static void l2_catches_rsm(void)
{
	struct trap t = catch_trap(rsm, NULL);

	caught = t;
}

/*
 * harmless: may also be run without the intercept. RAX is a page's address, for LTR DX a TSS that
 * may be loaded, the other registers are 0. INVD, SKINIT and MWAIT are never let through; IRET, POPF and
 * LTR would take what is not theirs. SKINIT, which KVM does not offer to L1, may be an instruction
 * that this processor does not have.
 */
static const struct row {
	const char *name;
	int exit;
	void (*code)(void);
	bool harmless;
} rows[] = {
	{ "RDTSC", SVM_EXIT_RDTSC, i_rdtsc, true },
	{ "RDPMC", SVM_EXIT_RDPMC, i_rdpmc, false },
	{ "PUSHF", SVM_EXIT_PUSHF, i_pushf, true },
	{ "POPF", SVM_EXIT_POPF, i_popf, false },
	{ "IRET", SVM_EXIT_IRET, i_iret, false },
	{ "INT n", SVM_EXIT_SWINT, i_int, true },
	{ "WBINVD", SVM_EXIT_WBINVD, i_wbinvd, true },
	{ "PAUSE", SVM_EXIT_PAUSE, i_pause, true },
	{ "INVLPG", SVM_EXIT_INVLPG, i_invlpg, true },
	{ "INVLPGA", SVM_EXIT_INVLPGA, i_invlpga, true },
	{ "VMRUN", SVM_EXIT_VMRUN, i_vmrun, false },
	{ "VMLOAD", SVM_EXIT_VMLOAD, i_vmload, false },
	{ "VMSAVE", SVM_EXIT_VMSAVE, i_vmsave, true },
	{ "STGI", SVM_EXIT_STGI, i_stgi, true },
	{ "CLGI", SVM_EXIT_CLGI, i_clgi, false },
	{ "SKINIT", SVM_EXIT_SKINIT, i_skinit, false },
};

static const struct row table_rows[] = {
	{ "SIDT", SVM_EXIT_IDTR_READ, i_sidt, true },
	{ "SGDT", SVM_EXIT_GDTR_READ, i_sgdt, true },
	{ "SLDT", SVM_EXIT_LDTR_READ, i_sldt, true },
	{ "STR", SVM_EXIT_TR_READ, i_str, true },
	{ "LIDT", SVM_EXIT_IDTR_WRITE, i_lidt, false },
	{ "LGDT", SVM_EXIT_GDTR_WRITE, i_lgdt, false },
	{ "LLDT", SVM_EXIT_LDTR_WRITE, i_lldt, true },
	{ "LTR", SVM_EXIT_TR_WRITE, i_ltr, false },
};

/*
 * L1's GDT with a free TSS at its end: whether the selector is looked at ahead of LTR's intercept,
 * nobody says.
 */
static uint16_t free_tss(struct l2 *l2)
{
	struct descriptor_ptr own = read_gdtr();
	uint64_t *gdt = page_alloc();
	uint16_t end = (uint16_t)(own.limit + 1);

	memcpy(gdt, (void *)own.base, end);
	memcpy(&gdt[end / 8], &gdt[read_tr() / 8], 16);
	gdt[end / 8] &= ~DESC_BUSY;
	l2->vmcb->save.gdtr.base = phys(gdt);
	l2->vmcb->save.gdtr.limit = end + 15U;
	return end;
}

static void each(const struct row *row, size_t n)
{
	for (; n; n--, row++) {
		struct l2 *l2 = svm_l2_create(row->code);

		expect_at("%s: ", row->name);
		l2->gprs.rax = phys(page_alloc());
		if (row->exit == SVM_EXIT_TR_WRITE)
			l2->gprs.rdx = free_tss(l2);
		svm_l2_intercept(l2, row->exit);
		if (row->exit == SVM_EXIT_SKINIT)
			svm_l2_intercept(l2, SVM_EXIT_EXCP(X86_UD));
		svm_l2_run(l2);
		if (row->exit == SVM_EXIT_SKINIT &&
		    l2->vmcb->control.exit_code == SVM_EXIT_EXCP(X86_UD))
			continue;
		svm_l2_expect(l2, row->exit, "APM 15.9");
		EXPECT_EQ(l2->vmcb->save.rip, code(row->code), "APM 15.6");
		if (!row->harmless)
			continue;
		expect_at("%s without the intercept: ", row->name);
		svm_l2_no_intercept(l2, row->exit);
		if (row->exit == SVM_EXIT_SWINT)
			svm_l2_warm_up(l2);
		svm_l2_run_to_end(l2);
	}
}

SVM_CASE(svm_intercepts, 0, 25, 0)
{
	each(rows, ARRAY_SIZE(rows));
}

SVM_CASE(svm_table_intercepts, 0, 13, 0)
{
	each(table_rows, ARRAY_SIZE(table_rows));
}

static void monitor(void *page)
{
	asm volatile("monitor" : : "a"(page), "c"(0), "d"(0));
}

/*
 * KVM hides the two from L1's CPUID, and executes them as NOPs (x86.c,
 * kvm_emulate_monitor_mwait), but a CPU that has them not says #UD ahead of all.
 */
SVM_CASE(svm_monitor_mwait, 0, 2, 0)
{
	static const struct row both[] = {
		{ "MONITOR", SVM_EXIT_MONITOR, i_monitor, false },
		{ "MWAIT", SVM_EXIT_MWAIT, i_mwait, false },
	};

	if (catch_trap(monitor, page_alloc()).vector == X86_UD)
		skip("this CPU has no MONITOR");
	each(both, ARRAY_SIZE(both));
}

/* Not known to this CPU: L2 goes past its one byte, and the exit is missing. */
static void not_known(struct trap_frame *frame)
{
	frame->rip += 1;
}

SVM_CASE(svm_icebp, 0, 1, 0)
{
	static const struct row row = { "ICEBP", SVM_EXIT_ICEBP, i_icebp, false };

	irq_handler(X86_UD, not_known);
	each(&row, 1);
}

/* By itself, as are ICEBP and RDTSCP: emulators have defects in these. */
SVM_CASE(svm_invd, 0, 1, 0)
{
	static const struct row row = { "INVD", SVM_EXIT_INVD, i_invd, false };

	each(&row, 1);
}

SVM_CASE(svm_rdtscp, 0, 2, 0)
{
	static const struct row row = { "RDTSCP", SVM_EXIT_RDTSCP, i_rdtscp, true };

	if (!(cpuid(CPUID_EXT_FEATURES, 0).edx & CPUID_EXT_EDX_RDTSCP))
		skip("KVM does not offer RDTSCP to L1");
	each(&row, 1);
}

/* Outside of system management mode it is #UD, and the intercept goes first. */
SVM_CASE(svm_rsm, 0, 2, 0)
{
	static const struct row row = { "RSM", SVM_EXIT_RSM, i_rsm, false };
	struct l2 *l2 = svm_l2_create(l2_catches_rsm);

	each(&row, 1);
	expect_at("%s", "RSM without the intercept: ");
	svm_l2_run_to_end(l2);
	EXPECT_NAME(caught.vector, X86_UD, trap_name, "APM 10.3.3");
}

/* XCR0 is not the VMCB's: what L2 writes is there for L1, too. One is what it has after reset. */
SVM_CASE(svm_xsetbv, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(i_xsetbv);

	if (!(cpuid(CPUID_FEATURES, 0).ecx & CPUID_1_ECX_XSAVE))
		skip("KVM does not offer XSAVE to L1");
	l2->vmcb->save.cr4 |= CR4_OSXSAVE;
	l2->gprs.rax = 1;
	svm_l2_intercept(l2, SVM_EXIT_XSETBV);
	svm_l2_run_to(l2, SVM_EXIT_XSETBV, "APM 15.9");
	EXPECT_EQ(l2->vmcb->save.rip, code(i_xsetbv), "APM 15.6");
	svm_l2_no_intercept(l2, SVM_EXIT_XSETBV);
	svm_l2_run_to_end(l2);
}
