// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events that an exit cuts short: EXITINTINFO has them, and given back as EVENTINJ they arrive
 * (APM 15.7.2, 15.20). And what injection does not do: it is not intercepted.
 */
#include "l1/svm/svm.h"

#define VECTOR 0x53

static volatile uint64_t frame_rip;

static void note(struct trap_frame *frame)
{
	frame_rip = frame->rip;
}

/* An NMI's vector is not looked at in EVENTINJ, and KVM leaves it out of EXITINTINFO. */
static uint64_t compared(uint64_t event)
{
	return event >> 8 == SVM_EVENT_NMI >> 8 ? 0xffffff00 : 0xffffffff;
}

/* L2's stack is not in the nested table: the delivery fails there. */
static void replay(const char *name, uint64_t event, uint8_t vector, void (*fn)(void),
		   uint64_t length)
{
	struct l2 *l2 = svm_l2_create(fn);
	struct vmcb_control *c = &l2->vmcb->control;
	uint64_t *leaf, entry;

	expect_at("%s: ", name);
	frame_rip = 0;
	irq_count[vector] = 0;
	irq_handler(vector, note);
	svm_l2_own_npt(l2);
	svm_l2_warm_up(l2);
	leaf = pt_leaf_4k(&l2->npt, l2->vmcb->save.rsp - 8);
	entry = *leaf;
	*leaf = 0;
	/* L0 may have to inject it anew, for pages of its own: that is not intercepted either. */
	if ((event & SVM_EVENT_TYPE_MASK) == SVM_EVENT_EXCEPTION)
		svm_l2_intercept(l2, SVM_EXIT_EXCP(vector));
	c->tlb_control = VMCB_TLB_FLUSH_ALL;
	c->event_inj = SVM_EVENT_VALID | event;
	c->nrip = code(fn) + length;
	svm_l2_run_to(l2, SVM_EXIT_NPF, "APM 15.25.6");
	EXPECT_EQ(irq_count[vector], 0, "APM 15.7.2");
	EXPECT_EQ(c->exit_int_info & compared(event), (SVM_EVENT_VALID | event) & compared(event),
		  "APM 15.7.2");
	EXPECT_BITS(c->event_inj, SVM_EVENT_VALID, 0, "APM 15.20");
	EXPECT_EQ(l2->vmcb->save.rip, code(fn), "APM 15.7.2");
	*leaf = entry;
	c->event_inj = c->exit_int_info;
	c->nrip = code(fn) + length;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(irq_count[vector], 1, "APM 15.20");
	EXPECT_EQ(frame_rip, code(fn) + length, "APM 15.20");
	EXPECT_BITS(c->exit_int_info, SVM_EVENT_VALID, 0, "APM 15.7.2");
}

static void l2_nothing(void)
{
}

static __attribute__((naked)) void l2_int(void)
{
	asm volatile("int %0\n\tret" : : "i"(VECTOR));
}

static __attribute__((naked)) void l2_int3(void)
{
	asm volatile("int3\n\tret");
}

SVM_CASE(svm_replay_exception, 0, 6, L1_NEEDS(NPT))
{
	replay("#DE", SVM_EVENT_EXCEPTION | X86_DE, X86_DE, l2_nothing, 0);
	replay("#UD", SVM_EVENT_EXCEPTION | X86_UD, X86_UD, l2_nothing, 0);
}

SVM_CASE(svm_replay_interrupt, 0, 3, L1_NEEDS(NPT))
{
	replay("an interrupt", SVM_EVENT_INTR | VECTOR, VECTOR, l2_nothing, 0);
}

SVM_CASE(svm_replay_nmi, 0, 3, L1_NEEDS(NPT))
{
	replay("NMI", SVM_EVENT_NMI | X86_NMI, X86_NMI, l2_nothing, 0);
}

/* INT n and INT3 return behind the instruction: nRIP, which L1 gives each time. */
SVM_CASE(svm_replay_soft, L1_UNPROVEN, 6, L1_NEEDS(NPT) | L1_NEEDS(NRIPS))
{
	replay("INT n", SVM_EVENT_SOFT | VECTOR, VECTOR, l2_int, 2);
	replay("INT3", SVM_EVENT_EXCEPTION | X86_BP, X86_BP, l2_int3, 1);
}

/*
 * Without nRIP it is RIP that is pushed: L1 has put it behind the instruction. L2's tables and stack
 * are in KVM's each time but where the delivery is to fail; and up to SVM_SOFT_TRIES times, as KVM
 * may lose it all the same.
 */
SVM_CASE(svm_replay_soft_plain, L1_SLOW, 3, L1_NEEDS(NPT))
{
	struct l2 *l2 = svm_l2_create(l2_nothing);
	struct vmcb_control *c = &l2->vmcb->control;
	uint64_t *leaf, entry;

	if (l1_offers(L1_F_NRIPS))
		skip("nRIP is offered, and svm_replay_soft looks at that");
	frame_rip = 0;
	irq_handler(VECTOR, note);
	svm_l2_own_npt(l2);
	leaf = pt_leaf_4k(&l2->npt, l2->vmcb->save.rsp - 8);
	entry = *leaf;
	svm_l2_warm_up(l2);
	*leaf = 0;
	c->tlb_control = VMCB_TLB_FLUSH_ALL;
	for (int i = 0; i < SVM_SOFT_TRIES; i++) {
		svm_l2_restart(l2, l2_nothing);
		c->event_inj = SVM_EVENT_VALID | SVM_EVENT_SOFT | VECTOR;
		svm_l2_run(l2);
		if (c->exit_code != SVM_EXIT_VMMCALL)
			break;
		svm_l2_expect_call(l2, L2_RETURNED, 0);
	}
	svm_l2_expect(l2, SVM_EXIT_NPF, "APM 15.25.6");
	EXPECT_EQ((uint32_t)c->exit_int_info, SVM_EVENT_VALID | SVM_EVENT_SOFT | VECTOR,
		  "APM 15.7.2");
	EXPECT_EQ(l2->vmcb->save.rip, code(l2_nothing), "APM 15.7.2");
	*leaf = entry;
	svm_l2_warm_up(l2);
	for (int i = 0; i < SVM_SOFT_TRIES && !irq_count[VECTOR]; i++) {
		svm_l2_restart(l2, l2_nothing);
		c->event_inj = SVM_EVENT_VALID | SVM_EVENT_SOFT | VECTOR;
		svm_l2_run_to_end(l2);
	}
	EXPECT_EQ(irq_count[VECTOR], 1, "APM 15.20");
	EXPECT_EQ(frame_rip, code(l2_nothing), "APM 15.20");
}

/* L2's own exception is cut short the same way, by its own stack. */
static __attribute__((naked)) void l2_ud(void)
{
	asm volatile("ud2\n\tret");
}

static void steps_over(struct trap_frame *frame)
{
	frame_rip = frame->rip;
	frame->rip += 2;
}

SVM_CASE(svm_replay_own, 0, 3, L1_NEEDS(NPT))
{
	struct l2 *l2 = svm_l2_create(l2_ud);
	struct vmcb_control *c = &l2->vmcb->control;
	uint64_t *leaf, entry;

	frame_rip = 0;
	svm_l2_own_npt(l2);
	svm_l2_warm_up(l2);
	leaf = pt_leaf_4k(&l2->npt, l2->vmcb->save.rsp - 8);
	entry = *leaf;
	*leaf = 0;
	irq_handler(X86_UD, steps_over);
	c->tlb_control = VMCB_TLB_FLUSH_ALL;
	svm_l2_run_to(l2, SVM_EXIT_NPF, "APM 15.25.6");
	EXPECT_EQ((uint32_t)c->exit_int_info, SVM_EVENT_VALID | SVM_EVENT_EXCEPTION | X86_UD,
		  "APM 15.7.2");
	EXPECT_EQ(l2->vmcb->save.rip, code(l2_ud), "APM 15.7.2");
	*leaf = entry;
	c->event_inj = c->exit_int_info;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(irq_count[X86_UD], 1, "APM 15.20");
	EXPECT_EQ(frame_rip, code(l2_ud), "APM 15.20");
}

/* Injected events are not looked at by the intercepts (APM 15.20). */
SVM_CASE(svm_inject_not_intercepted, 0, 4, 0)
{
	static const struct {
		uint8_t vector;
		uint64_t event;
	} rows[] = {
		{ X86_GP, SVM_EVENT_EXCEPTION | SVM_EVENT_ERROR_VALID | X86_GP },
		{ X86_UD, SVM_EVENT_EXCEPTION | X86_UD },
		{ X86_NMI, SVM_EVENT_NMI | X86_NMI },
		{ VECTOR, SVM_EVENT_INTR | VECTOR },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct l2 *l2 = svm_l2_create(l2_nothing);

		expect_at("event %#lx: ", rows[i].event);
		irq_handler(rows[i].vector, note);
		l2->vmcb->control.intercepts[SVM_INTERCEPT_WORD(SVM_EXIT_EXCP(0))] = 1U << X86_GP |
										     1U << X86_UD;
		svm_l2_intercept(l2, SVM_EXIT_NMI);
		svm_l2_intercept(l2, SVM_EXIT_INTR);
		l2->vmcb->control.event_inj = SVM_EVENT_VALID | rows[i].event;
		svm_l2_run_to_end(l2);
		EXPECT_EQ(irq_count[rows[i].vector], 1, "APM 15.20");
	}
}
