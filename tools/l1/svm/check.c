// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMRUN refuses illegal state: #VMEXIT(INVALID), and L1 goes on (APM 15.5.1, "Canonicalization
 * and Consistency Checks"). Illegal event injection is not here: KVM 6.12 leaves it to the
 * hardware (nested.c, __nested_vmcb_check_controls).
 */
#include "l1/svm/svm.h"

struct bad {
	const char *what;
	void (*spoil)(struct vmcb *v);
};

#define BAD(name, statement)             \
	static void name(struct vmcb *v) \
	{                                \
		statement;               \
	}

BAD(asid_zero, v->control.guest_asid = 0)
BAD(no_vmrun,
    v->control.intercepts[SVM_INTERCEPT_WORD(SVM_EXIT_VMRUN)] &= ~SVM_INTERCEPT_BIT(SVM_EXIT_VMRUN))

/* The maps' addresses count if the maps are in use. */
static void use_map(struct vmcb *v, int exit)
{
	v->control.intercepts[SVM_INTERCEPT_WORD(exit)] |= SVM_INTERCEPT_BIT(exit);
}

BAD(msrpm_far, use_map(v, SVM_EXIT_MSR); v->control.msrpm_base_pa = 1ULL << 62)
BAD(iopm_far, use_map(v, SVM_EXIT_IOIO); v->control.iopm_base_pa = 1ULL << 62)
BAD(n_cr3_far, v->control.n_cr3 |= 1ULL << 62)

/* Its last byte is beyond, its first is not. */
static uint64_t last_page(void)
{
	return (1ULL << (cpuid(CPUID_EXT_SIZES, 0).eax & 0xff)) - PAGE_SIZE;
}

BAD(msrpm_end, use_map(v, SVM_EXIT_MSR); v->control.msrpm_base_pa = last_page())
BAD(iopm_end, use_map(v, SVM_EXIT_IOIO); v->control.iopm_base_pa = last_page() - PAGE_SIZE)

BAD(no_svme, v->save.efer &= ~EFER_SVME)
BAD(efer_reserved, v->save.efer |= 1ULL << 63)
BAD(nw_without_cd, v->save.cr0 = (v->save.cr0 | CR0_NW) & ~CR0_CD)
BAD(cr0_high, v->save.cr0 |= 1ULL << 32)
/* Not 61 and 62, nor CR4's 32, which newer processors have a use for. */
BAD(cr3_high, v->save.cr3 |= 1ULL << 60)
BAD(cr4_high, v->save.cr4 |= 1ULL << 63)
BAD(cr4_reserved, v->save.cr4 |= 1ULL << 31)
BAD(dr6_high, v->save.dr6 |= 1ULL << 32)
BAD(dr7_high, v->save.dr7 |= 1ULL << 32)
BAD(long_without_pae, v->save.cr4 &= ~CR4_PAE)
BAD(long_without_pe, v->save.cr0 &= ~CR0_PE)
/* Packed attributes: bit 9 is L, bit 10 is D/B. */
BAD(long_and_default, v->save.cs.attrib |= 3 << 9)

static const struct bad bad_controls[] = {
	{ "ASID 0", asid_zero },
	{ "VMRUN not intercepted", no_vmrun },
	{ "MSR permission map beyond physical memory", msrpm_far },
	{ "I/O permission map beyond physical memory", iopm_far },
	{ "MSR permission map that ends beyond physical memory", msrpm_end },
	{ "I/O permission map that ends beyond physical memory", iopm_end },
};

static const struct bad bad_npt[] = {
	{ "nested CR3 beyond physical memory", n_cr3_far },
};

static const struct bad bad_states[] = {
	{ "EFER.SVME clear", no_svme },
	{ "EFER with a reserved bit", efer_reserved },
	{ "CR0.NW without CR0.CD", nw_without_cd },
	{ "CR0 bits 63:32", cr0_high },
	{ "CR3 with a reserved bit", cr3_high },
	{ "CR4 bits 63:32", cr4_high },
	{ "CR4 with a reserved bit", cr4_reserved },
	{ "DR6 bits 63:32", dr6_high },
	{ "DR7 bits 63:32", dr7_high },
	{ "long mode without CR4.PAE", long_without_pae },
	{ "long mode without CR0.PE", long_without_pe },
	{ "CS.L with CS.D", long_and_default },
};

/* One at a time, with everything else as in a VMCB that is entered at the end. */
static void expect_refused(const struct bad *rows, size_t n)
{
	struct l2 *l2 = svm_l2_create(l2_call_once);
	struct vmcb *good = page_alloc();

	memcpy(good, l2->vmcb, sizeof(*good));
	for (size_t i = 0; i < n; i++) {
		memcpy(l2->vmcb, good, sizeof(*good));
		rows[i].spoil(l2->vmcb);
		expect_at("%s: ", rows[i].what);
		svm_l2_run_to(l2, SVM_EXIT_INVALID, "APM 15.5.1");
	}
	expect_at("%s", "the same without the fault: ");
	memcpy(l2->vmcb, good, sizeof(*good));
	l2->fresh = true;
	svm_l2_run_to_call(l2, 1);
}

SVM_CASE(svm_invalid_control, 0, 1, 0)
{
	expect_refused(bad_controls, ARRAY_SIZE(bad_controls));
}

SVM_CASE(svm_invalid_npt, 0, 1, L1_NEEDS(NPT))
{
	expect_refused(bad_npt, ARRAY_SIZE(bad_npt));
}

SVM_CASE(svm_invalid_state, 0, 1, 0)
{
	expect_refused(bad_states, ARRAY_SIZE(bad_states));
}
