// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event injection: EVENTINJ in, EXITINTINFO back (APM 15.20).
 */
#include "l1/svm/svm.h"

#define VECTOR 0x51

static volatile uint64_t frame_rip, frame_error;

static void note_frame(struct trap_frame *frame)
{
	frame_rip = frame->rip;
	frame_error = frame->error;
}

static struct l2 *injected(void (*fn)(void), uint64_t event)
{
	struct l2 *l2 = svm_l2_create(fn);

	frame_rip = frame_error = 0;
	l2->vmcb->control.event_inj = SVM_EVENT_VALID | event;
	return l2;
}

static void expect_taken(struct l2 *l2, uint8_t vector)
{
	EXPECT_BITS(l2->vmcb->control.event_inj, SVM_EVENT_VALID, 0, "APM 15.20");
	EXPECT_BITS(l2->vmcb->control.exit_int_info, SVM_EVENT_VALID, 0, "APM 15.7.2");
	EXPECT_EQ(irq_count[vector], 1, "APM 15.20");
}

/* Taken before L2's first instruction, and whether or not L2 has its interrupts on. */
SVM_CORE_CASE(svm_inject_interrupt, 2, 0)
{
	for (int on = 0; on < 2; on++) {
		struct l2 *l2 = injected(l2_call_once, SVM_EVENT_INTR | VECTOR);

		expect_at("RFLAGS.IF = %d: ", on);
		irq_count[VECTOR] = 0;
		irq_handler(VECTOR, note_frame);
		l2->vmcb->save.rflags = RFLAGS_FIXED | (on ? RFLAGS_IF : 0);
		svm_l2_run_to_call(l2, 1);
		expect_taken(l2, VECTOR);
		EXPECT_EQ(frame_rip, code(l2_call_once), "APM 15.20");
		EXPECT_BITS(l2->vmcb->save.rflags, RFLAGS_IF, on ? RFLAGS_IF : 0, "APM 15.20");
	}
}

/* The handler returns to where it was injected: L2's first instruction. */
static void inject_exception(uint8_t vector, bool has_error, uint32_t error)
{
	struct l2 *l2 = injected(l2_call_once, SVM_EVENT_EXCEPTION | vector);

	expect_at("%s: ", trap_name(vector));
	irq_handler(vector, note_frame);
	if (has_error)
		l2->vmcb->control.event_inj |= SVM_EVENT_ERROR_VALID | SVM_EVENT_ERROR(error);
	svm_l2_run_to_call(l2, 1);
	expect_taken(l2, vector);
	EXPECT_EQ(frame_rip, code(l2_call_once), "APM 15.20");
	EXPECT_EQ(frame_error, error, "APM 15.20");
}

SVM_CASE(svm_inject_exception, 0, 5, 0)
{
	inject_exception(X86_GP, true, 0x1238);
	inject_exception(X86_PF, true, PF_P | PF_W);
	inject_exception(X86_SS, true, 0);
	inject_exception(X86_DE, false, 0);
	inject_exception(X86_UD, false, 0);
}

SVM_CASE(svm_inject_nmi, 0, 1, 0)
{
	struct l2 *l2 = injected(l2_call_once, SVM_EVENT_NMI | X86_NMI);

	irq_handler(X86_NMI, note_frame);
	svm_l2_run_to_call(l2, 1);
	expect_taken(l2, X86_NMI);
	EXPECT_EQ(frame_rip, code(l2_call_once), "APM 15.20");
}

static __attribute__((naked)) void l2_int(void)
{
	asm volatile("int %0\n\tret" : : "i"(VECTOR));
}

/*
 * As that INT n itself would: nRIP, behind it, is where the handler returns to (APM 15.20,
 * 15.7.1). Returning to RIP would take it a second time.
 * L1_UNPROVEN: Bochs, to 3.1, announces nRIP and does not take it (svm.cc); so svm_replay_soft.
 */
SVM_CASE(svm_inject_soft, L1_UNPROVEN, 1, L1_NEEDS(NRIPS))
{
	struct l2 *l2 = injected(l2_int, SVM_EVENT_SOFT | VECTOR);

	irq_handler(VECTOR, note_frame);
	l2->vmcb->control.nrip = code(l2_int) + 2;
	svm_l2_run_to_end(l2);
	expect_taken(l2, VECTOR);
	EXPECT_EQ(frame_rip, code(l2_int) + 2, "APM 15.20");
}

/*
 * Without nRIP in the VMCB it is RIP, which L1 has to have put behind the instruction. Up to
 * SVM_SOFT_TRIES times, as KVM may lose it.
 */
SVM_CASE(svm_inject_soft_plain, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_call_once);

	if (l1_offers(L1_F_NRIPS))
		skip("nRIP is offered, and svm_inject_soft looks at that");
	frame_rip = frame_error = 0;
	svm_l2_warm_up(l2);
	irq_handler(VECTOR, note_frame);
	for (int i = 0; i < SVM_SOFT_TRIES && !irq_count[VECTOR]; i++) {
		svm_l2_restart(l2, l2_call_once);
		l2->vmcb->control.event_inj = SVM_EVENT_VALID | SVM_EVENT_SOFT | VECTOR;
		svm_l2_run_to_call(l2, 1);
	}
	expect_taken(l2, VECTOR);
	EXPECT_EQ(frame_rip, code(l2_call_once), "APM 15.20");
}

/*
 * Delivery fails on L2's stack, which NPT has not got: EXITINTINFO holds the event, and
 * injected again it arrives.
 */
SVM_CASE(svm_inject_replay, 0, 2, L1_NEEDS(NPT))
{
	uint64_t event = SVM_EVENT_VALID | SVM_EVENT_EXCEPTION | SVM_EVENT_ERROR_VALID | X86_GP |
			 SVM_EVENT_ERROR(0x28);
	struct l2 *l2 = injected(l2_call_once, event);
	uint64_t *leaf, entry;

	svm_l2_own_npt(l2);
	leaf = pt_leaf_4k(&l2->npt, l2->vmcb->save.rsp - 8);
	entry = *leaf;
	*leaf = 0;
	irq_handler(X86_GP, note_frame);
	svm_l2_run_to(l2, SVM_EXIT_NPF, "APM 15.25.6");
	EXPECT_EQ(irq_count[X86_GP], 0, "APM 15.7.2");
	EXPECT_EQ(l2->vmcb->control.exit_int_info, event, "APM 15.7.2");
	EXPECT_EQ(l2->vmcb->save.rip, code(l2_call_once), "APM 15.7.2");
	*leaf = entry;
	l2->vmcb->control.event_inj = l2->vmcb->control.exit_int_info;
	svm_l2_run_to_call(l2, 1);
	expect_taken(l2, X86_GP);
	EXPECT_EQ(frame_error, 0x28, "APM 15.20");
}
