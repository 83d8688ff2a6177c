// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fresh L2: its VMCB, with L1's own state; into it and back, and what its exits are held against.
 */
#include "l1/common/cpu.h"
#include "l1/svm/svm.h"

void svm_enter(uint64_t vmcb, struct gprs *gprs, uint64_t host_if, uint64_t *rflags);

/* By CPU: what was run last, for svm_l2_describe(). */
static struct l2 *last[CPU_MAX];

const char *svm_exit_name(uint64_t code)
{
	switch ((int64_t)code) {
#define NAME(value, id) \
	case (value):   \
		return #id;
		SVM_EXITS(NAME)
#undef NAME
	}
	return NULL;
}

void svm_l2_intercept(struct l2 *l2, int exit)
{
	l2->vmcb->control.intercepts[SVM_INTERCEPT_WORD(exit)] |= SVM_INTERCEPT_BIT(exit);
}

void svm_l2_no_intercept(struct l2 *l2, int exit)
{
	l2->vmcb->control.intercepts[SVM_INTERCEPT_WORD(exit)] &= ~SVM_INTERCEPT_BIT(exit);
}

uint8_t *svm_l2_msrpm(struct l2 *l2)
{
	uint8_t *map = pages_alloc(SVM_MSRPM_SIZE / PAGE_SIZE);

	l2->vmcb->control.msrpm_base_pa = phys(map);
	svm_l2_intercept(l2, SVM_EXIT_MSR);
	return map;
}

uint8_t *svm_l2_iopm(struct l2 *l2)
{
	uint8_t *map = pages_alloc(SVM_IOPM_SIZE / PAGE_SIZE);

	l2->vmcb->control.iopm_base_pa = phys(map);
	svm_l2_intercept(l2, SVM_EXIT_IOIO);
	return map;
}

/* Attributes packed as 15.5.1 says: present, S, and the type that L1's GDT has. */
struct vmcb_segment svm_segment(uint16_t selector)
{
	struct descriptor_ptr gdt = read_gdtr();
	uint64_t d = *(uint64_t *)(gdt.base + (selector & ~7U));

	return (struct vmcb_segment){ .selector = selector,
				      .attrib = (uint16_t)((d >> 40 & 0xff) | (d >> 44 & 0xf00)),
				      .limit = 0xffffffff,
				      .base = 0 };
}

static void save_area(struct vmcb_save *s)
{
	struct descriptor_ptr gdt = read_gdtr(), idt = read_idtr();

	s->cs = svm_segment(SEL_CODE64);
	s->ds = s->es = s->ss = s->fs = s->gs = svm_segment(SEL_DATA);
	s->gdtr.base = gdt.base;
	s->gdtr.limit = gdt.limit;
	s->idtr.base = idt.base;
	s->idtr.limit = idt.limit;
	s->tr = svm_segment(read_tr());
	s->tr.base = tss_base();
	s->tr.limit = TSS_LIMIT;
	s->efer = rdmsr(MSR_EFER);
	s->cr0 = read_cr0();
	s->cr3 = read_cr3();
	s->cr4 = read_cr4();
	s->dr6 = DR6_FIXED;
	s->dr7 = DR7_FIXED;
	s->rflags = RFLAGS_FIXED;
	s->g_pat = rdmsr(MSR_IA32_PAT);
}

void l2_call_once(void)
{
	l2_call(1);
}

struct l2 *svm_l2_create(void (*fn)(void))
{
	struct l2 *l2 = page_alloc();

	l2->vmcb = page_alloc();
	svm_l2_init(l2, fn);
	return l2;
}

void svm_l2_init(struct l2 *l2, void (*fn)(void))
{
	struct vmcb *vmcb = l2->vmcb;

	memset(vmcb, 0, sizeof(*vmcb));
	*l2 = (struct l2){ .vmcb = vmcb, .host_if = true, .fresh = true };
	l2->vmcb->control.guest_asid = 1;
	svm_l2_intercept(l2, SVM_EXIT_VMRUN);
	svm_l2_intercept(l2, SVM_EXIT_VMMCALL);
	svm_l2_intercept(l2, SVM_EXIT_SHUTDOWN);
	save_area(&l2->vmcb->save);
	l2->vmcb->save.rip = code(fn);
	l2->vmcb->save.rsp = l2_stack();
	if (l1_offers(L1_F_NPT)) {
		l2->npt = pt_shared_identity(PT_NPT);
		l2->vmcb->control.n_cr3 = l2->npt.root;
		l2->vmcb->control.np_enable = VMCB_NP_ENABLE;
	}
}

void svm_l2_own_npt(struct l2 *l2)
{
	l2->npt = pt_identity(PT_NPT);
	l2->vmcb->control.n_cr3 = l2->npt.root;
}

void svm_l2_no_npt(struct l2 *l2)
{
	l2->vmcb->control.np_enable = 0;
	l2->vmcb->control.n_cr3 = 0;
}

void svm_l2_run(struct l2 *l2)
{
	svm_l2_run_clean(l2, 0);
}

void svm_l2_run_clean(struct l2 *l2, uint64_t clean)
{
	l2->vmcb->save.rax = l2->gprs.rax;
	l2->vmcb->control.clean = clean;
	if (l2->fresh)
		l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
	last[this_cpu_index()] = l2;
	l2_before();
	svm_enter(phys(l2->vmcb), &l2->gprs, l2->host_if, &l2->host_rflags);
	l2->gprs.rax = l2->vmcb->save.rax;
	if (l2->fresh)
		l2->vmcb->control.tlb_control = VMCB_TLB_NOTHING;
	l2->fresh = false;
	l2_after();
}

void svm_l2_expect(const struct l2 *l2, uint64_t exit, const char *section)
{
	const struct vmcb_control *c = &l2->vmcb->control;
	const char *seen = svm_exit_name(c->exit_code), *expected = svm_exit_name(exit);

	if (c->exit_code == exit)
		return;
	expect_differs("exit", exit, c->exit_code,
		       "exit: expected %s, seen %s = %#lx, exitinfo1 %#lx, exitinfo2 %#lx, "
		       "rip %#lx, rax %#lx (%s)",
		       expected ? expected : "another", seen ? seen : "unknown", c->exit_code,
		       c->exit_info_1, c->exit_info_2, l2->vmcb->save.rip, l2->gprs.rax, section);
}

/* VMMCALL is 0F 01 D9. */
void svm_l2_expect_call(struct l2 *l2, uint64_t value, uint64_t answer)
{
	svm_l2_expect(l2, SVM_EXIT_VMMCALL, "APM 15.9");
	expect_eq("L2's call", l2->gprs.rax, value, NULL, "APM 15.5.1");
	svm_l2_skip(l2, 3);
	l2->gprs.rax = answer;
}

void svm_l2_run_to(struct l2 *l2, uint64_t exit, const char *section)
{
	svm_l2_run(l2);
	svm_l2_expect(l2, exit, section);
}

void svm_l2_run_to_call(struct l2 *l2, uint64_t value)
{
	svm_l2_run(l2);
	svm_l2_expect_call(l2, value, 0);
}

void svm_l2_run_to_end(struct l2 *l2)
{
	svm_l2_run_to_call(l2, L2_RETURNED);
}

void svm_l2_restart(struct l2 *l2, void (*fn)(void))
{
	l2->vmcb->save.rip = code(fn);
	l2->vmcb->save.rsp = l2_stack();
}

void svm_l2_warm_up(struct l2 *l2)
{
	struct vmcb_save start = l2->vmcb->save;

	l2->vmcb->save.rip = code(l2_reads_tables);
	svm_l2_run_to_end(l2);
	l2->vmcb->save = start;
}

void svm_l2_skip(struct l2 *l2, uint64_t n)
{
	uint64_t next = l2->vmcb->save.rip + n;

	if (l1_offers(L1_F_NRIPS))
		expect_eq("nRIP", l2->vmcb->control.nrip, next, NULL, "APM 15.7.1");
	l2->vmcb->save.rip = next;
}

void svm_l2_describe(char *buf, size_t size)
{
	const struct l2 *l2 = last[this_cpu_index()];
	const char *name;

	buf[0] = 0;
	if (!l2)
		return;
	name = svm_exit_name(l2->vmcb->control.exit_code);
	l1_snprintf(buf, size,
		    "exit code %#lx (%s), exitinfo1 %#lx, exitinfo2 %#lx, L2's RIP %#lx, "
		    "RSP %#lx, RFLAGS %#lx, RAX %#lx",
		    l2->vmcb->control.exit_code, name ? name : "?", l2->vmcb->control.exit_info_1,
		    l2->vmcb->control.exit_info_2, l2->vmcb->save.rip, l2->vmcb->save.rsp,
		    l2->vmcb->save.rflags, l2->gprs.rax);
}
