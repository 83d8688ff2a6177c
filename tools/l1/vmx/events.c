// SPDX-License-Identifier: GPL-2.0-only
/*
 * What goes with events: blocking by STI, MOV SS and NMI, pending debug exceptions, software events
 * that an exit interrupted. SDM Vol. 3 25.4.2 (tables 25-3, 25-4), 27.7, 28.2.4, 28.3.4.
 */
#include "l1/vmx/vmx.h"

#define VECTOR 0x57

static void l2_nops(void)
{
	asm volatile("event_nops_at: nop; nop; nop; nop");
}

extern uint8_t event_nops_at[];

/*
 * Without NMI exiting that bit is about L1's own NMIs, which are blocked if an earlier case had
 * an NMI's exit (28.5.5). And Bochs' VM entry leaves NMIs blocked that an L2 before it had blocked.
 */
static uint64_t interruptibility(void)
{
	return vmread(VMCS_GUEST_INTERRUPTIBILITY) & ~(uint64_t)VMX_BLOCKING_NMI;
}

/* The window opens one instruction later if L2 starts in a shadow. */
VMX_CASE(vmx_blocking_loaded, L1_SLOW, 2, 0)
{
	static const uint32_t shadows[] = { VMX_BLOCKING_STI, VMX_BLOCKING_MOV_SS };
	struct l2 *l2 = vmx_l2_create(l2_nops);

	VMX_SET(PROC_CTLS, VMX_PROC_INTERRUPT_WINDOW);
	for (size_t i = 0; i < ARRAY_SIZE(shadows); i++) {
		expect_at("interruptibility %u: ", shadows[i]);
		vmwrite(VMCS_GUEST_RIP, phys(event_nops_at));
		vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | RFLAGS_IF);
		vmwrite(VMCS_GUEST_INTERRUPTIBILITY, shadows[i]);
		vmx_l2_run_to(l2, VMX_REASON_INTERRUPT_WINDOW, "SDM 27.7.5");
		EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(event_nops_at) + 1, "SDM 27.7.5");
		EXPECT_EQ(interruptibility(), 0, "SDM 28.3.4");
	}
}

static void l2_sti(void)
{
	asm volatile("sti; vmcall" : : "a"(1));
	asm volatile("cli; mov %%ss, %%ebx; mov %%ebx, %%ss; vmcall" : : "a"(2) : "rbx");
}

/* An exit in the shadow saves it, and L2 goes on in it. */
VMX_CASE(vmx_blocking_both, L1_SLOW, 3, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_sti);

	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.1.2");
	EXPECT_EQ(interruptibility(), VMX_BLOCKING_STI, "SDM 28.3.4");
	vmx_l2_skip();
	vmwrite(VMCS_GUEST_INTERRUPTIBILITY, 0);
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.1.2");
	EXPECT_EQ(l2->gprs.rax, 2, "SDM 26.1.2");
	EXPECT_EQ(interruptibility(), VMX_BLOCKING_MOV_SS, "SDM 28.3.4");
	vmx_l2_skip();
	vmwrite(VMCS_GUEST_INTERRUPTIBILITY, 0);
	vmx_l2_run_to_end(l2);
}

/* A single-step trap that L1 left pending comes ahead of L2's first instruction. */
VMX_CASE(vmx_pending_debug_loaded, 0, 1, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_nops);

	vmwrite(VMCS_EXCEPTION_BITMAP, 1U << X86_DB);
	vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | RFLAGS_TF);
	vmwrite(VMCS_GUEST_PENDING_DEBUG, DR6_BS);
	vmx_l2_run_to(l2, VMX_REASON_EXCEPTION_NMI, "SDM 27.7.3");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO) & ~(uint64_t)VMX_INTERRUPTION_NMI_UNBLOCK,
		  VMX_INTERRUPTION_VALID | VMX_EVENT_EXCEPTION | X86_DB, "SDM 28.2.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), DR6_BS, "SDM 28.2.1, table 28-1");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), code(l2_nops), "SDM 27.7.3: no instruction was run");
}

static void l2_sends_nmi(void)
{
	lapic_self_nmi();
	asm volatile("nop");
	l2_call(1);
}

/* The exit of an NMI blocks further ones in L1 until its next IRET: SDM Vol. 3 28.5.5. */
VMX_CASE(vmx_nmi_exit_blocks, L1_SLOW, 1, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_sends_nmi);

	VMX_SET(PIN_CTLS, VMX_PIN_NMI);
	vmx_l2_run_to(l2, VMX_REASON_EXCEPTION_NMI, "SDM 26.2");
	lapic_self_nmi();
	for (int i = 0; i < 8; i++)
		cpuid(0, 0);
	EXPECT_EQ(irq_count[X86_NMI], 0, "SDM 28.5.5: NMIs are blocked");
	asm volatile("int %0" : : "i"(VECTOR) : "memory");
	for (int i = 0; i < 8; i++)
		cpuid(0, 0);
	EXPECT_EQ(irq_count[X86_NMI], 1, "SDM 28.5.5: until IRET");
}

extern uint8_t event_iret_at[];

/* With a code selector past the GDT: #GP, when NMIs are no longer blocked. */
static void l2_bad_iret(void)
{
	asm volatile("mov	%%rsp, %%rax\n\t"
		     "pushq	%0\n\t"
		     "pushq	%%rax\n\t"
		     "pushfq\n\t"
		     "pushq	$0xfff0\n\t"
		     "pushq	$0\n"
		     "event_iret_at: iretq"
		     :
		     : "i"(SEL_DATA)
		     : "rax", "memory", "cc");
}

/*
 * Bit 12 says that IRET had unblocked NMIs already. The interruptibility state is not looked
 * at: KVM blocks them again there ahead of L1 (vmx.c, vmx_recover_nmi_blocking()).
 */
VMX_CASE(vmx_iret_unblocks_nmi, L1_SLOW, 2, L1_NEEDS(VIRTUAL_NMIS))
{
	struct l2 *l2 = vmx_l2_create(l2_bad_iret);

	VMX_SET(PIN_CTLS, VMX_PIN_NMI | VMX_PIN_VIRTUAL_NMIS);
	for (uint32_t blocked = 0; blocked < 2; blocked++) {
		expect_at("NMIs %s: ", blocked ? "blocked" : "open");
		vmwrite(VMCS_GUEST_RIP, code(l2_bad_iret));
		vmwrite(VMCS_GUEST_RSP, l2_stack());
		vmwrite(VMCS_EXCEPTION_BITMAP, 1U << X86_GP);
		vmwrite(VMCS_GUEST_INTERRUPTIBILITY, blocked ? VMX_BLOCKING_NMI : 0);
		vmwrite(VMCS_GUEST_GDTR_LIMIT, 0xff);
		vmx_l2_run_to(l2, VMX_REASON_EXCEPTION_NMI, "SDM 26.2");
		EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(event_iret_at), "SDM 28.3.3");
		EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO),
			  VMX_INTERRUPTION_VALID | VMX_EVENT_EXCEPTION |
				  VMX_INTERRUPTION_ERROR_CODE | X86_GP |
				  (blocked ? VMX_INTERRUPTION_NMI_UNBLOCK : 0),
			  "SDM 28.2.3");
	}
}

static uint64_t pushed_rip;

static void note_rip(struct trap_frame *frame)
{
	pushed_rip = frame->rip;
}

extern uint8_t event_int_at[], event_int3_at[];

static void l2_int(void)
{
	asm volatile("event_int_at: int %0" : : "i"(VECTOR) : "memory");
	l2_call(1);
}

static void l2_int3(void)
{
	asm volatile("event_int3_at: int3" : : : "memory");
	l2_call(1);
}

/*
 * L2's own INT n and INT3 through an IDT that its EPT does not map: the exit names them, with
 * the length of the instruction, and L1 injects them again.
 */
VMX_CASE(vmx_idt_vectoring_soft, L1_SLOW, 4, L1_NEEDS(EPT))
{
	static const struct {
		const char *name;
		void (*fn)(void);
		const uint8_t *at;
		uint32_t event, length;
	} rows[] = {
		{ "INT n", l2_int, event_int_at, VMX_EVENT_SOFT_INTERRUPT | VECTOR, 2 },
		{ "INT3", l2_int3, event_int3_at, VMX_EVENT_SOFT_EXCEPTION | X86_BP, 1 },
	};
	uint8_t *idt = page_alloc();
	uint64_t *leaf;
	struct l2 *l2;

	memcpy(idt, (void *)read_idtr().base, PAGE_SIZE);
	l2 = vmx_l2_create(l2_int);
	vmx_l2_own_ept(l2);
	vmwrite(VMCS_GUEST_IDTR_BASE, phys(idt));
	leaf = pt_leaf_4k(&l2->ept, phys(idt));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t vector = rows[i].event & VMX_INTERRUPTION_VECTOR;

		expect_at("%s: ", rows[i].name);
		irq_handler(vector, note_rip);
		vmwrite(VMCS_GUEST_RIP, code(rows[i].fn));
		vmwrite(VMCS_GUEST_RSP, l2_stack());
		*leaf = 0;
		vmx_l2_flush_ept(l2);
		vmx_l2_run_to(l2, VMX_REASON_EPT_VIOLATION, "SDM 28.2.4");
		EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(rows[i].at), "SDM 28.3.3");
		EXPECT_EQ(vmread(VMCS_IDT_VECTORING_INFO), VMX_INTERRUPTION_VALID | rows[i].event,
			  "SDM 28.2.4");
		EXPECT_EQ(vmread(VMCS_EXIT_INSTRUCTION_LENGTH), rows[i].length, "SDM 28.2.5");
		EXPECT_EQ(irq_count[vector], 0, "SDM 28.2.4: not delivered");
		*leaf = phys(idt) | PT_EPT_ALL;
		vmx_l2_flush_ept(l2);
		vmwrite(VMCS_ENTRY_INTERRUPTION_INFO, vmread(VMCS_IDT_VECTORING_INFO));
		vmwrite(VMCS_ENTRY_INSTRUCTION_LENGTH, vmread(VMCS_EXIT_INSTRUCTION_LENGTH));
		vmx_l2_run_to_call(l2, 1);
		EXPECT_EQ(irq_count[vector], 1, "SDM 27.6.1: delivered once");
		EXPECT_EQ(pushed_rip, phys(rows[i].at) + rows[i].length, "SDM 27.6.1.1");
	}
}

static volatile uint64_t db_rip, db_dr6;

static void on_db(struct trap_frame *frame)
{
	db_rip = frame->rip;
	db_dr6 = read_dr6();
}

/* pending: the field; b: what DR6 or the qualification has of it. */
static const struct {
	uint64_t pending, b;
} debug[] = {
	{ VMX_DEBUG_BREAKPOINT | 1 << 1, 1 << 1 },
	{ VMX_DEBUG_BREAKPOINT | 1 << 3 | 1 << 0, 1 << 3 | 1 << 0 },
	{ VMX_DEBUG_SINGLE_STEP, VMX_DEBUG_SINGLE_STEP },
};
#define DEBUG_BITS (0xfULL | VMX_DEBUG_SINGLE_STEP)

static void start(void)
{
	vmwrite(VMCS_GUEST_RIP, phys(event_nops_at));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
}

/* Taken in L2 ahead of its first instruction; with the bitmap's bit, an exit there. */
VMX_CASE(vmx_pending_debug, L1_SLOW, 6, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_nops);

	for (size_t i = 0; i < ARRAY_SIZE(debug); i++) {
		expect_at("pending debug exceptions %#lx: ", debug[i].pending);
		irq_handler(X86_DB, on_db);
		db_rip = 0;
		write_dr6(DR6_FIXED);
		start();
		vmwrite(VMCS_EXCEPTION_BITMAP, 0);
		vmwrite(VMCS_GUEST_PENDING_DEBUG, debug[i].pending);
		vmx_l2_run_to_end(l2);
		EXPECT_EQ(db_rip, phys(event_nops_at), "SDM 27.7.3");
		EXPECT_EQ(db_dr6 & DEBUG_BITS, debug[i].b, "SDM 27.7.3");
		EXPECT_EQ(vmread(VMCS_GUEST_PENDING_DEBUG), 0, "SDM 28.3.4");

		start();
		vmwrite(VMCS_EXCEPTION_BITMAP, 1U << X86_DB);
		vmwrite(VMCS_GUEST_PENDING_DEBUG, debug[i].pending);
		vmx_l2_run_to(l2, VMX_REASON_EXCEPTION_NMI, "SDM 27.7.3");
		EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO),
			  VMX_INTERRUPTION_VALID | VMX_EVENT_EXCEPTION | X86_DB, "SDM 28.2.2");
		EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION) & DEBUG_BITS, debug[i].b,
			  "SDM 28.2.1, table 28-1");
		EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(event_nops_at), "SDM 27.7.3");
	}
	write_dr6(DR6_FIXED);
}

/* A shadow that L1 gives L2 lasts one instruction: the window opens behind it. */
VMX_CASE(vmx_blocking_window, L1_SLOW, 3, 0)
{
	static const uint64_t blocking[] = { 0, VMX_BLOCKING_STI, VMX_BLOCKING_MOV_SS };
	struct l2 *l2 = vmx_l2_create(l2_nops);

	VMX_SET(PROC_CTLS, VMX_PROC_INTERRUPT_WINDOW);
	vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | RFLAGS_IF);
	for (size_t i = 0; i < ARRAY_SIZE(blocking); i++) {
		expect_at("interruptibility state %#lx: ", blocking[i]);
		start();
		vmwrite(VMCS_GUEST_INTERRUPTIBILITY, blocking[i]);
		vmx_l2_run_to(l2, VMX_REASON_INTERRUPT_WINDOW, "SDM 27.7.1, 27.7.5");
		EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(event_nops_at) + !!blocking[i],
			  "SDM 27.7.1");
		EXPECT_EQ(interruptibility(), 0, "SDM 28.3.4");
	}
}

extern uint8_t shadow_sti_at[], shadow_ss_at[];

static void l2_exits_in_shadow(void)
{
	asm volatile("sti; shadow_sti_at: cpuid; cli" : : "a"(0), "c"(0) : "rbx", "rdx");
	asm volatile("mov %%ss, %%ebx; mov %%ebx, %%ss; shadow_ss_at: cpuid"
		     :
		     : "a"(0), "c"(0)
		     : "rbx", "rdx");
}

/* An exit in a shadow saves it. */
VMX_CASE(vmx_blocking_saved, L1_SLOW, 3, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_exits_in_shadow);

	vmx_l2_run_to(l2, VMX_REASON_CPUID, "SDM 26.1.2");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(shadow_sti_at), "SDM 28.3.3");
	EXPECT_EQ(interruptibility(), VMX_BLOCKING_STI, "SDM 28.3.4");
	vmx_l2_skip();
	vmwrite(VMCS_GUEST_INTERRUPTIBILITY, 0);
	vmx_l2_run_to(l2, VMX_REASON_CPUID, "SDM 26.1.2");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(shadow_ss_at), "SDM 28.3.3");
	EXPECT_EQ(interruptibility(), VMX_BLOCKING_MOV_SS, "SDM 28.3.4");
	vmx_l2_skip();
	vmwrite(VMCS_GUEST_INTERRUPTIBILITY, 0);
	vmx_l2_run_to_end(l2);
}
