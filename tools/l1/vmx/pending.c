// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is pending, or blocked, when L2 is entered: debug exceptions, shadows of STI and MOV SS.
 * SDM Vol. 3 25.4.2 (tables 25-3, 25-4), 27.3.1.5, 27.7.1, 27.7.3.
 */
#include "l1/vmx/vmx.h"

/*
 * Without NMI exiting that bit tells of L1's own NMIs, which are blocked where an earlier case had
 * an NMI's exit (28.5.5).
 */
static uint64_t interruptibility(void)
{
	return vmread(VMCS_GUEST_INTERRUPTIBILITY) & ~(uint64_t)VMX_BLOCKING_NMI;
}

static volatile uint64_t db_rip, db_dr6;

static void on_db(struct trap_frame *frame)
{
	db_rip = frame->rip;
	db_dr6 = read_dr6();
}

extern uint8_t pending_nops_at[];

static void l2_nops(void)
{
	asm volatile("pending_nops_at: nop; nop; nop");
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
	vmwrite(VMCS_GUEST_RIP, phys(pending_nops_at));
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
		EXPECT_EQ(db_rip, phys(pending_nops_at), "SDM 27.7.3");
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
		EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(pending_nops_at), "SDM 27.7.3");
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
		EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(pending_nops_at) + !!blocking[i],
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
