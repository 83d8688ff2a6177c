// SPDX-License-Identifier: GPL-2.0-only
/*
 * Segment state: what VMRUN switches (CS, SS, DS, ES, GDTR, IDTR) and what VMLOAD and VMSAVE
 * do (FS, GS, TR, LDTR and the system call MSRs); APM 15.5.1, 15.5.2.
 */
#include "l1/svm/svm.h"

static volatile uint16_t seen_ds, seen_es;
static volatile struct descriptor_ptr seen_gdtr;
static struct descriptor_ptr new_gdtr, new_idtr;

static void l2_segments(void)
{
	struct descriptor_ptr gdtr = read_gdtr();

	seen_ds = read_ds();
	seen_es = read_es();
	seen_gdtr.base = gdtr.base;
	seen_gdtr.limit = gdtr.limit;
	asm volatile("mov %0, %%ds" : : "r"(SEL_DATA));
	asm volatile("mov %0, %%es" : : "r"(SEL_UDATA));
	asm volatile("lgdt %0" : : "m"(new_gdtr));
	asm volatile("lidt %0" : : "m"(new_idtr));
}

SVM_CASE(svm_segments, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_segments);
	struct vmcb_save *s = &l2->vmcb->save;
	struct descriptor_ptr gdtr = read_gdtr(), idtr = read_idtr();
	uint16_t ds = read_ds(), es = read_es();

	new_gdtr = (struct descriptor_ptr){ (uint16_t)(gdtr.limit - 16), gdtr.base };
	new_idtr = (struct descriptor_ptr){ (uint16_t)(idtr.limit - 16), idtr.base };
	s->ds.selector = SEL_UDATA;
	s->es.selector = SEL_DATA16; /* neither L1's nor none */
	s->gdtr.limit = gdtr.limit - 8U;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(seen_ds, SEL_UDATA, "APM 15.5.1");
	EXPECT_EQ(seen_es, SEL_DATA16, "APM 15.5.1");
	EXPECT_EQ(seen_gdtr.limit, gdtr.limit - 8U, "APM 15.5.1");
	EXPECT_EQ(seen_gdtr.base, gdtr.base, "APM 15.5.1");

	EXPECT_EQ(s->ds.selector, SEL_DATA, "APM 15.6");
	EXPECT_EQ(s->es.selector, SEL_UDATA, "APM 15.6");
	EXPECT_EQ(s->cs.selector, SEL_CODE64, "APM 15.6");
	EXPECT_EQ(s->cpl, 0, "APM 15.6");
	/* 16 bits of the field's 32 are the limit (B-2). */
	EXPECT_BITS(s->gdtr.limit, 0xffff, new_gdtr.limit, "APM 15.6");
	EXPECT_BITS(s->idtr.limit, 0xffff, new_idtr.limit, "APM 15.6");

	EXPECT_EQ(read_ds(), ds, "APM 15.6");
	EXPECT_EQ(read_es(), es, "APM 15.6");
	EXPECT_EQ(read_gdtr().limit, gdtr.limit, "APM 15.6");
	EXPECT_EQ(read_idtr().limit, idtr.limit, "APM 15.6");
}

static const struct {
	const char *name;
	uint32_t msr;
	size_t offset; /* in struct vmcb */
} swapped[] = {
	{ "FS.base", MSR_FS_BASE, offsetof(struct vmcb, save.fs.base) },
	{ "GS.base", MSR_GS_BASE, offsetof(struct vmcb, save.gs.base) },
	{ "KernelGSBase", MSR_KERNEL_GS_BASE, offsetof(struct vmcb, save.kernel_gs_base) },
	{ "STAR", MSR_STAR, offsetof(struct vmcb, save.star) },
	{ "LSTAR", MSR_LSTAR, offsetof(struct vmcb, save.lstar) },
	{ "CSTAR", MSR_CSTAR, offsetof(struct vmcb, save.cstar) },
	{ "SFMASK", MSR_SFMASK, offsetof(struct vmcb, save.sfmask) },
	{ "SYSENTER_CS", MSR_IA32_SYSENTER_CS, offsetof(struct vmcb, save.sysenter_cs) },
	{ "SYSENTER_ESP", MSR_IA32_SYSENTER_ESP, offsetof(struct vmcb, save.sysenter_esp) },
	{ "SYSENTER_EIP", MSR_IA32_SYSENTER_EIP, offsetof(struct vmcb, save.sysenter_eip) },
};

#define N_SWAPPED ARRAY_SIZE(swapped)

static volatile uint64_t seen[N_SWAPPED];

static void l2_swapped(void)
{
	for (size_t i = 0; i < N_SWAPPED; i++) {
		seen[i] = rdmsr(swapped[i].msr);
		wrmsr(swapped[i].msr, 0x3000 + i * 0x10);
	}
}

static void vmload(const struct vmcb *v)
{
	asm volatile("vmload %%rax" : : "a"(phys(v)) : "memory");
}

static void vmsave(struct vmcb *v)
{
	asm volatile("vmsave %%rax" : : "a"(phys(v)) : "memory");
}

static uint64_t *field(struct vmcb *v, size_t i)
{
	return (uint64_t *)((uint8_t *)v + swapped[i].offset);
}

static void expect_fields(struct vmcb *v, uint64_t first)
{
	for (size_t i = 0; i < N_SWAPPED; i++)
		expect_eq(swapped[i].name, *field(v, i), first + i * 0x10, NULL, "APM 15.5.2");
}

/* Not the attributes: processors normalise G, AVL and the busy bit (svm.c, svm_get_segment()). */
static void expect_segment(const struct vmcb_segment *s, const struct vmcb_segment *expected)
{
	EXPECT_EQ(s->selector, expected->selector, "APM 15.5.2");
	EXPECT_EQ(s->base, expected->base, "APM 15.5.2");
	EXPECT_EQ(s->limit, expected->limit, "APM 15.5.2");
}

/* An LDT that nobody uses, and an FS and a GS of other bases: selectors and hidden parts. */
SVM_CASE(svm_vmload_hidden, 0, 0, 0)
{
	static const struct vmcb_segment ldtr = { SEL_DATA, 0x82, 0x77, 0x5000 };
	static const struct vmcb_segment fs = { SEL_UDATA, 0xcf3, 0xffff, 0x6000 };
	struct vmcb *own = page_alloc(), *v = page_alloc(), *out = page_alloc();
	uint16_t selector;

	vmsave(own);
	*v = *own;
	v->save.ldtr = ldtr;
	v->save.fs = v->save.gs = fs;
	vmload(v);
	asm volatile("sldt %0" : "=r"(selector));
	vmsave(out);
	vmload(own);
	EXPECT_EQ(selector, ldtr.selector, "APM 15.5.2");
	expect_segment(&out->save.ldtr, &ldtr);
	EXPECT_EQ(out->save.fs.selector, fs.selector, "APM 15.5.2");
	EXPECT_EQ(out->save.fs.base, fs.base, "APM 15.5.2");
	EXPECT_EQ(out->save.gs.selector, fs.selector, "APM 15.5.2");
	EXPECT_EQ(out->save.gs.base, fs.base, "APM 15.5.2");
	vmsave(out);
	expect_segment(&out->save.tr, &own->save.tr);
	EXPECT_EQ(out->save.ldtr.selector, own->save.ldtr.selector, "APM 15.5.2");
}

/*
 * VMSAVE writes them all out, VMLOAD takes them all in, and VMRUN leaves them alone both ways:
 * L2 runs with what was loaded, and what L2 writes is there after the exit.
 */
SVM_CASE(svm_vmload_vmsave, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_swapped);
	struct vmcb *own = page_alloc(), *v = page_alloc();

	vmsave(own);
	EXPECT_EQ(own->save.tr.selector, read_tr(), "APM 15.5.2");
	EXPECT_EQ(own->save.tr.base, tss_base(), "APM 15.5.2");
	for (size_t i = 0; i < N_SWAPPED; i++)
		wrmsr(swapped[i].msr, 0x1000 + i * 0x10);
	vmsave(v);
	for (size_t i = 0; i < N_SWAPPED; i++)
		seen[i] = rdmsr(swapped[i].msr);
	vmload(own);
	expect_at("%s", "VMSAVE: ");
	expect_fields(v, 0x1000);
	for (size_t i = 0; i < N_SWAPPED; i++)
		expect_eq(swapped[i].name, seen[i], 0x1000 + i * 0x10, NULL, "APM 15.5.2");

	for (size_t i = 0; i < N_SWAPPED; i++)
		*field(v, i) = 0x2000 + i * 0x10;
	vmload(v);
	svm_l2_run(l2);
	vmsave(v);
	vmload(own);
	svm_l2_expect_call(l2, L2_RETURNED, 0);
	for (size_t i = 0; i < N_SWAPPED; i++) {
		expect_at("%s", "as L2 saw it after VMLOAD: ");
		expect_eq(swapped[i].name, seen[i], 0x2000 + i * 0x10, NULL, "APM 15.5.2");
	}
	expect_at("%s", "as L2 left it: ");
	expect_fields(v, 0x3000);
}
