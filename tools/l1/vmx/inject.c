// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events that L1 injects, and events that an exit interrupts: SDM Vol. 3 27.6, 28.2.4.
 */
#include "l1/vmx/vmx.h"

#define VECTOR 0x51

static void l2_nothing(void)
{
}

static void inject(uint32_t info, uint64_t error)
{
	vmwrite(VMCS_ENTRY_INTERRUPTION_INFO, VMX_INTERRUPTION_VALID | info);
	vmwrite(VMCS_ENTRY_EXCEPTION_ERROR, error);
}

/* Through L2's IDT before its first instruction; the field's valid bit is clear afterwards. */
VMX_CORE_CASE(vmx_inject_interrupt, 4, 0)
{
	static const uint8_t vectors[] = { 0x20, VECTOR, 0x80, 0xff };
	struct l2 *l2 = vmx_l2_create(l2_nothing);

	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		expect_at("vector %#x: ", vectors[i]);
		vmwrite(VMCS_GUEST_RIP, code(l2_nothing));
		vmwrite(VMCS_GUEST_RSP, l2_stack());
		vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | RFLAGS_IF);
		inject(VMX_EVENT_EXTERNAL | vectors[i], 0);
		vmx_l2_run_to_end(l2);
		EXPECT_EQ(irq_count[vectors[i]], 1, "SDM 27.6.1");
		EXPECT_EQ(vmread(VMCS_ENTRY_INTERRUPTION_INFO) & VMX_INTERRUPTION_VALID, 0,
			  "SDM 25.8.3");
		EXPECT_EQ(vmread(VMCS_GUEST_RFLAGS) & RFLAGS_IF, RFLAGS_IF, "SDM 28.3.3");
	}
}

static struct trap caught;

static void spin(void *unused)
{
	(void)unused;
	l2_call(1);
	l2_call(2);
}

static void l2_catches(void)
{
	caught = catch_trap(spin, NULL);
}

/* An exception arrives in L2 with the vector, the error code and the RIP that L1 gave it. */
VMX_CASE(vmx_inject_exception, 0, 14, 0)
{
	static const struct {
		uint32_t vector;
		bool has_error;
		uint32_t error;
	} events[] = {
		{ X86_UD, false, 0 },	   { X86_GP, true, 0x1230 }, { X86_SS, true, 0x18 },
		{ X86_NP, true, 0x58 },	   { X86_DE, false, 0 },     { X86_PF, true, PF_W | PF_P },
		{ X86_PF, true, PF_RSVD },
	};
	struct l2 *l2 = vmx_l2_create(l2_catches);

	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		uint64_t rip, cr2 = 0xabc000 + i;

		expect_at("%s: ", trap_name(events[i].vector));
		vmwrite(VMCS_GUEST_RIP, code(l2_catches));
		vmwrite(VMCS_GUEST_RSP, l2_stack());
		vmx_l2_run_to_call(l2, 1);
		rip = vmread(VMCS_GUEST_RIP);
		inject(VMX_EVENT_EXCEPTION | events[i].vector |
			       (events[i].has_error ? VMX_INTERRUPTION_ERROR_CODE : 0),
		       events[i].error);
		write_cr2(cr2); /* injecting #PF does not load CR2: 27.6.1 */
		vmx_l2_run_to_end(l2);
		EXPECT_NAME(caught.vector, events[i].vector, trap_name, "SDM 27.6.1");
		EXPECT_EQ(caught.error, events[i].error, "SDM 27.6.1");
		EXPECT_EQ(caught.rip, rip, "SDM 27.6.1");
		if (events[i].vector == X86_PF)
			EXPECT_EQ(caught.cr2, cr2, "SDM 27.6.1");
	}
}

static uint64_t pushed_rip;

static void note_rip(struct trap_frame *frame)
{
	pushed_rip = frame->rip;
}

/* INT n as L1 would emulate it: the RIP that is pushed is past the instruction. */
VMX_CASE(vmx_inject_soft_interrupt, 0, 1, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_nothing);

	irq_handler(VECTOR, note_rip);
	pushed_rip = 0;
	vmwrite(VMCS_GUEST_RIP, code(l2_nothing) - 2);
	vmwrite(VMCS_ENTRY_INSTRUCTION_LENGTH, 2);
	inject(VMX_EVENT_SOFT_INTERRUPT | VECTOR, 0);
	vmx_l2_run_to_end(l2);
	EXPECT_EQ(irq_count[VECTOR], 1, "SDM 27.6.1");
	EXPECT_EQ(pushed_rip, code(l2_nothing), "SDM 27.6.1.1");
}

VMX_CASE(vmx_inject_nmi, 0, 1, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_nothing);

	inject(VMX_EVENT_NMI | X86_NMI, 0);
	vmx_l2_run_to_end(l2);
	EXPECT_EQ(irq_count[X86_NMI], 1, "SDM 27.6.1");
}

/*
 * Delivery itself fails: L2's IDT is a page that its EPT does not map. The exit names the
 * event that was under way, and injecting that again delivers it once the page is there.
 */
VMX_CASE(vmx_idt_vectoring, 0, 14, L1_NEEDS(EPT))
{
	static const uint32_t events[] = {
		VMX_EVENT_EXTERNAL | VECTOR,
		VMX_EVENT_EXCEPTION | X86_UD,
		VMX_EVENT_EXCEPTION | X86_GP | VMX_INTERRUPTION_ERROR_CODE,
		VMX_EVENT_NMI | X86_NMI,
	};
	uint8_t *idt = page_alloc();
	uint64_t *leaf, info;
	struct l2 *l2;

	memcpy(idt, (void *)read_idtr().base, PAGE_SIZE);
	l2 = vmx_l2_create(l2_catches);
	vmx_l2_own_ept(l2);
	vmwrite(VMCS_GUEST_IDTR_BASE, phys(idt));
	leaf = pt_leaf_4k(&l2->ept, phys(idt));
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		uint8_t vector = events[i] & VMX_INTERRUPTION_VECTOR;

		expect_at("event %#x: ", events[i]);
		memset((void *)&caught, 0, sizeof(caught));
		vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | RFLAGS_IF);
		vmwrite(VMCS_GUEST_RIP, code(l2_catches));
		vmwrite(VMCS_GUEST_RSP, l2_stack());
		vmx_l2_run_to_call(l2, 1);
		*leaf = 0;
		vmx_l2_flush_ept(l2);
		inject(events[i], 0x4560);
		vmx_l2_run_to(l2, VMX_REASON_EPT_VIOLATION, "SDM 28.2.4");
		info = vmread(VMCS_IDT_VECTORING_INFO);
		/* Bit 12 is undefined: 25.9.3. */
		EXPECT_EQ(info & ~(uint64_t)VMX_INTERRUPTION_NMI_UNBLOCK,
			  VMX_INTERRUPTION_VALID | events[i], "SDM 28.2.4");
		if (events[i] & VMX_INTERRUPTION_ERROR_CODE)
			EXPECT_EQ(vmread(VMCS_IDT_VECTORING_ERROR), 0x4560, "SDM 28.2.4");
		EXPECT_EQ(vmread(VMCS_GUEST_PHYSICAL_ADDRESS) & ~15ULL, phys(idt) + vector * 16,
			  "SDM 28.2.1");
		EXPECT_EQ(irq_count[vector], 0, "SDM 28.2.4: not delivered");
		*leaf = phys(idt) | PT_EPT_ALL;
		vmx_l2_flush_ept(l2);
		/* An NMI whose delivery exits blocks NMIs (28.1); L1 that injects it again lifts it. */
		if (vector == X86_NMI)
			vmwrite(VMCS_GUEST_INTERRUPTIBILITY, 0);
		inject(events[i], 0x4560);
		if ((events[i] & VMX_INTERRUPTION_TYPE) == VMX_EVENT_EXCEPTION) {
			vmx_l2_run_to_end(l2);
			EXPECT_NAME(caught.vector, vector, trap_name, "SDM 27.6.1");
			EXPECT_EQ(caught.error,
				  events[i] & VMX_INTERRUPTION_ERROR_CODE ? 0x4560 : 0,
				  "SDM 27.6.1");
		} else {
			vmx_l2_run_to_call(l2, 2);
			vmx_l2_run_to_end(l2);
		}
		EXPECT_EQ(irq_count[vector], 1, "SDM 27.6.1: delivered once");
	}
}
