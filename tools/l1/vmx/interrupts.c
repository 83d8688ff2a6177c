// SPDX-License-Identifier: GPL-2.0-only
/*
 * Real interrupts and NMIs while L2 runs, and the windows for injected ones: SDM Vol. 3 26.2,
 * 27.7.5, 28.2.2.
 */
#include "l1/vmx/vmx.h"

#define VECTOR 0x52

static void l2_nothing(void)
{
}

extern uint8_t window_sti_at[];

static void l2_opens(void)
{
	l2_call(1);
	asm volatile("window_sti_at: sti; nop; nop; cli");
	l2_call(2);
}

/* Closed by IF, it opens behind the instruction after STI; open at entry, it exits at once. */
VMX_CASE(vmx_interrupt_window, 0, 4, 0)
{
	struct l2 *l2;

	l2 = vmx_l2_create(l2_opens);
	VMX_SET(PROC_CTLS, VMX_PROC_INTERRUPT_WINDOW);
	vmx_l2_run_to_call(l2, 1);
	vmx_l2_run_to(l2, VMX_REASON_INTERRUPT_WINDOW, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(window_sti_at) + 2,
		  "SDM 26.2: STI's shadow is past");
	EXPECT_EQ(vmread(VMCS_GUEST_RFLAGS) & RFLAGS_IF, RFLAGS_IF, "SDM 28.3.3");
	VMX_CLEAR(PROC_CTLS, VMX_PROC_INTERRUPT_WINDOW);
	vmwrite(VMCS_ENTRY_INTERRUPTION_INFO, VMX_INTERRUPTION_VALID | VMX_EVENT_EXTERNAL | VECTOR);
	vmx_l2_run_to_call(l2, 2);
	EXPECT_EQ(irq_count[VECTOR], 1, "SDM 27.6.1");

	l2 = vmx_l2_create(l2_nothing);
	VMX_SET(PROC_CTLS, VMX_PROC_INTERRUPT_WINDOW);
	vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | RFLAGS_IF);
	vmx_l2_run_to(l2, VMX_REASON_INTERRUPT_WINDOW, "SDM 27.7.5");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), code(l2_nothing), "SDM 27.7.5: no instruction was run");
}

static void l2_iret(void)
{
	l2_call(1);
	asm volatile("mov	%%rsp, %%rax\n\t"
		     "pushq	%0\n\t"
		     "pushq	%%rax\n\t"
		     "pushfq\n\t"
		     "pushq	%1\n\t"
		     "pushq	$nmi_window_at\n\t"
		     "iretq\n"
		     "nmi_window_at: nop"
		     :
		     : "i"(SEL_DATA), "i"(SEL_CODE64)
		     : "rax", "memory", "cc");
	l2_call(2);
}

/* Virtual NMIs: blocked by an NMI, L2's IRET opens the window. */
VMX_CASE(vmx_nmi_window, 0, 3, L1_NEEDS(VIRTUAL_NMIS))
{
	extern uint8_t nmi_window_at[];
	struct l2 *l2 = vmx_l2_create(l2_iret);

	VMX_SET(PIN_CTLS, VMX_PIN_NMI | VMX_PIN_VIRTUAL_NMIS);
	VMX_SET(PROC_CTLS, VMX_PROC_NMI_WINDOW);
	vmwrite(VMCS_GUEST_INTERRUPTIBILITY, VMX_BLOCKING_NMI);
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(vmread(VMCS_GUEST_INTERRUPTIBILITY) & VMX_BLOCKING_NMI, VMX_BLOCKING_NMI,
		  "SDM 28.3.4");
	vmx_l2_run_to(l2, VMX_REASON_NMI_WINDOW, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(nmi_window_at), "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_GUEST_INTERRUPTIBILITY) & VMX_BLOCKING_NMI, 0, "SDM 28.3.4");
	VMX_CLEAR(PROC_CTLS, VMX_PROC_NMI_WINDOW);
	vmx_l2_run_to_call(l2, 2);
}

static void l2_sends_ipi(void)
{
	lapic_self_ipi(VECTOR);
	l2_call(1);
}

/* The same behind a slide, of which RBX says that it is over. L1 has sent one before. */
static void l2_slides_and_sends(void)
{
	L2_SLIDE();
	asm volatile("movl $1, %%ebx\n\t"
		     "wrmsr"
		     :
		     : "c"(MSR_IA32_X2APIC_SELF_IPI), "a"(VECTOR), "d"(0)
		     : "rbx", "memory");
	l2_call(1);
}

static void l2_sends_ipi_open(void)
{
	sti();
	lapic_self_ipi(VECTOR);
	asm volatile("nop");
	l2_call(1);
}

static void expect_acknowledged(struct l2 *l2)
{
	vmx_l2_run_to(l2, VMX_REASON_EXTERNAL_INTERRUPT, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO),
		  VMX_INTERRUPTION_VALID | VMX_EVENT_EXTERNAL | VECTOR, "SDM 28.2.2");
	EXPECT(lapic_in_service(VECTOR) && !lapic_pending(VECTOR), "SDM 28.2.2: acknowledged");
	EXPECT_EQ(irq_count[VECTOR], 0, "SDM 28.2.2: the vector is in the VMCS instead");
	lapic_eoi();
}

/* Pending at the entry, and then arriving while L2 runs. */
static void external_interrupt(uint64_t rflags)
{
	struct l2 *l2 = vmx_l2_create(l2_slides_and_sends);

	VMX_SET(PIN_CTLS, VMX_PIN_EXTERNAL_INTERRUPT);
	VMX_SET(EXIT_CTLS, VMX_EXIT_ACK_INTERRUPT);
	vmwrite(VMCS_GUEST_RFLAGS, rflags);
	lapic_self_ipi(VECTOR);
	EXPECT(lapic_pending(VECTOR), "SDM 11.6.1");
	expect_acknowledged(l2);
	EXPECT_EQ(l2->gprs.rbx, 0, "SDM 26.2: nothing was run");
	vmx_l2_expect_start(l2_slides_and_sends, "SDM 26.2: nothing was run");
	expect_acknowledged(l2);
	vmx_l2_run_to_call(l2, 1);
}

VMX_CASE(vmx_external_interrupt, 0, 3, 0)
{
	external_interrupt(RFLAGS_FIXED | RFLAGS_IF);
}

/* L2's own IF does not matter if its interrupts exit. */
VMX_CASE(vmx_external_interrupt_masked, 0, 3, 0)
{
	external_interrupt(RFLAGS_FIXED);
}

/* Without acknowledging, the interrupt stays for L1 to take. */
VMX_CASE(vmx_external_interrupt_no_ack, 0, 2, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_nothing);

	VMX_SET(PIN_CTLS, VMX_PIN_EXTERNAL_INTERRUPT);
	VMX_CLEAR(EXIT_CTLS, VMX_EXIT_ACK_INTERRUPT);
	vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | RFLAGS_IF);
	lapic_self_ipi(VECTOR);
	vmx_l2_run_to(l2, VMX_REASON_EXTERNAL_INTERRUPT, "SDM 27.7.5");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO) & VMX_INTERRUPTION_VALID, 0, "SDM 28.2.2");
	EXPECT(lapic_pending(VECTOR), "SDM 28.2.2: not acknowledged");
	irq_wait(VECTOR);
	EXPECT_EQ(irq_count[VECTOR], 1, "SDM 28.2.2: L1 takes it");
	lapic_eoi();
	vmx_l2_run_to_end(l2);
}

/* Without external-interrupt exiting L2 takes it by itself, when its IF lets it. */
VMX_CASE(vmx_interrupt_in_l2, 0, 2, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_sends_ipi);

	VMX_CLEAR(PIN_CTLS, VMX_PIN_EXTERNAL_INTERRUPT);
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(irq_count[VECTOR], 0, "SDM 26.2: L2's IF is clear");
	lapic_reset();
	irq_count[VECTOR] = 0;
	vmwrite(VMCS_GUEST_RIP, code(l2_sends_ipi_open));
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(irq_count[VECTOR], 1, "SDM 26.2: through L2's IDT");
	lapic_eoi();
}

static void l2_sends_nmi(void)
{
	lapic_self_nmi();
	asm volatile("nop");
	l2_call(1);
}

VMX_CASE(vmx_nmi_exit, 0, 2, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_sends_nmi);

	VMX_SET(PIN_CTLS, VMX_PIN_NMI);
	vmx_l2_run_to(l2, VMX_REASON_EXCEPTION_NMI, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO) & ~(uint64_t)VMX_INTERRUPTION_NMI_UNBLOCK,
		  VMX_INTERRUPTION_VALID | VMX_EVENT_NMI | X86_NMI, "SDM 28.2.2");
	EXPECT_EQ(irq_count[X86_NMI], 0, "SDM 26.2: neither L1 nor L2 took it");
	vmx_l2_run_to_call(l2, 1);
}
