// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMCB clean bits (APM 15.15): what is marked unchanged may be taken from a cache, and what
 * is not has to be read. KVM looks at segments, descriptor tables and debug registers (nested.c,
 * nested_vmcb02_prepare_save()).
 */
#include "l1/svm/svm.h"

static volatile uint64_t seen_ds, seen_limit, seen_dr6, seen_dr7, seen_cr0;

static void l2_looks(void)
{
	for (;;) {
		seen_ds = read_ds();
		seen_limit = read_gdtr().limit;
		seen_dr6 = read_dr6();
		seen_dr7 = read_dr7();
		seen_cr0 = read_cr0();
		l2_call(1);
	}
}

/* Two states that differ in each group; n: 0 or 1. */
static void set_state(struct l2 *l2, unsigned int n)
{
	struct vmcb_save *s = &l2->vmcb->save;

	s->ds.selector = n ? SEL_UDATA : SEL_DATA;
	s->gdtr.limit = read_gdtr().limit - 8 * n;
	s->dr6 = DR6_FIXED | (n ? DR6_BS : 0);
	s->dr7 = DR7_FIXED | n;
	s->cr0 = n ? read_cr0() | CR0_TS : read_cr0() & ~CR0_TS;
}

static void expect_state(unsigned int n)
{
	EXPECT_EQ(seen_ds, n ? SEL_UDATA : SEL_DATA, "APM 15.15.3: SEG");
	EXPECT_EQ(seen_limit, read_gdtr().limit - 8 * n, "APM 15.15.3: DT");
	EXPECT_EQ(seen_dr6, DR6_FIXED | (n ? DR6_BS : 0), "APM 15.15.3: DRx");
	EXPECT_EQ(seen_dr7, DR7_FIXED | n, "APM 15.15.3: DRx");
	EXPECT_BITS(seen_cr0, CR0_TS, n ? CR0_TS : 0, "APM 15.15.3: CRx");
}

static void run(struct l2 *l2, uint64_t clean)
{
	svm_l2_run_clean(l2, clean);
	svm_l2_expect_call(l2, 1, 0);
}

/* Two VMCBs in turn, each as its last #VMEXIT left it and said to be clean: none takes the other's. */
SVM_CASE(svm_clean_two, 0, 6, L1_NEEDS(VMCB_CLEAN))
{
	struct l2 *l2[2] = { svm_l2_create(l2_looks), svm_l2_create(l2_looks) };

	/* Both are alive at once, and there is one l2_stack(). */
	l2[1]->vmcb->save.rsp = phys(page_alloc()) + PAGE_SIZE - 8;
	for (unsigned int i = 0; i < 6; i++) {
		unsigned int n = i & 1;

		expect_at("VMCB %u, %s: ", n, i < 2 ? "first run" : "all clean");
		if (i < 2)
			set_state(l2[n], n);
		run(l2[n], i < 2 ? 0 : VMCB_CLEAN_ALL);
		expect_state(n);
	}
}

/* One VMCB, run clean; then changed and said to be so, group by group. */
SVM_CASE(svm_clean_changed, 0, 9, L1_NEEDS(VMCB_CLEAN))
{
	struct l2 *l2 = svm_l2_create(l2_looks);
	static const struct {
		const char *name;
		uint64_t clean;
	} rows[] = {
		{ "nothing clean", 0 },
		{ "but for SEG, DT, DRx and CRx all clean",
		  VMCB_CLEAN_ALL &
			  ~(VMCB_CLEAN_SEG | VMCB_CLEAN_DT | VMCB_CLEAN_DR | VMCB_CLEAN_CR) },
	};

	for (unsigned int i = 0; i < 8; i++) {
		expect_at("round %u, %s: ", i, rows[i / 2 & 1].name);
		set_state(l2, i & 1);
		run(l2, rows[i / 2 & 1].clean);
		expect_state(i & 1);
	}
	expect_at("%s", "all clean: ");
	run(l2, VMCB_CLEAN_ALL);
	expect_state(1);
}

/* EFER.SVME off and on again in between: the clean bits are a hint, and the VMCB is there. */
SVM_CASE(svm_clean_svme, 0, 2, L1_NEEDS(VMCB_CLEAN))
{
	struct l2 *l2 = svm_l2_create(l2_looks);
	uint64_t hsave = rdmsr(MSR_VM_HSAVE_PA);

	set_state(l2, 1);
	run(l2, 0);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) & ~EFER_SVME);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
	wrmsr(MSR_VM_HSAVE_PA, hsave);
	run(l2, VMCB_CLEAN_ALL);
	expect_state(1);
}
