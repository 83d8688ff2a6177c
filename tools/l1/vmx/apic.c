// SPDX-License-Identifier: GPL-2.0-only
/*
 * The APIC-access page: exits by kind and offset, and what the virtual-APIC page answers in its
 * place. SDM Vol. 3 30.4, 28.2.1 (table 28-6).
 */
#include "l1/vmx/vapic.h"

static volatile uint32_t *target;

extern uint8_t apic_read_at[], apic_read_end[], apic_write_at[], apic_write_end[];

static void l2_read(void)
{
	uint64_t v;

	asm volatile("apic_read_at: mov (%1), %k0; apic_read_end:"
		     : "=a"(v)
		     : "d"(target)
		     : "memory");
	l2_call(v);
}

static void l2_write(void)
{
	asm volatile("apic_write_at: mov %0, (%1); apic_write_end:"
		     :
		     : "a"(0x35f), "d"(target)
		     : "memory");
	l2_call(1);
}

static void l2_fetch(void)
{
	((void (*)(void))(uintptr_t)target)();
	l2_call(0xc3);
}

static void start(const struct apic_access *apic, void (*fn)(void), uint32_t offset)
{
	expect_at("%s at %#x: ",
		  fn == l2_read	 ? "read" :
		  fn == l2_write ? "write" :
				   "fetch",
		  offset);
	target = vapic_at(apic->linear, offset);
	vmwrite(VMCS_GUEST_RIP, code(fn));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
}

static void expect_access(struct l2 *l2, uint32_t qualification)
{
	vmx_l2_run_to(l2, VMX_REASON_APIC_ACCESS, "SDM 30.4");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), qualification, "SDM 28.2.1, table 28-6");
	EXPECT_EQ(vmread(VMCS_IDT_VECTORING_INFO) & VMX_INTERRUPTION_VALID, 0, "SDM 28.2.4");
}

/* The exit is a fault: L1 does the access in L2's place. */
static void expect_read(struct l2 *l2, const struct apic_access *apic, uint32_t offset)
{
	start(apic, l2_read, offset);
	expect_access(l2, offset | VMX_APIC_READ);
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(apic_read_at), "SDM 28.3.3");
	vmwrite(VMCS_GUEST_RIP, phys(apic_read_end));
	l2->gprs.rax = 0x1234abcd;
	vmx_l2_run_to_call(l2, 0x1234abcd);
}

static void expect_write(struct l2 *l2, const struct apic_access *apic, uint32_t offset)
{
	uint32_t before = *vapic_at(apic->page, offset);

	start(apic, l2_write, offset);
	expect_access(l2, offset | VMX_APIC_WRITE);
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(apic_write_at), "SDM 28.3.3");
	EXPECT_EQ(l2->gprs.rax, 0x35f, "SDM 28.3.3");
	EXPECT_EQ(*vapic_at(apic->page, offset), before, "SDM 30.4.3: the write was not done");
	vmwrite(VMCS_GUEST_RIP, phys(apic_write_end));
	vmx_l2_run_to_call(l2, 1);
}

/* Without the TPR shadow every access exits. */
VMX_CASE(vmx_apic_access, L1_SLOW, 10, L1_NEEDS(APIC_ACCESS))
{
	struct apic_access apic;
	struct l2 *l2 = vmx_l2_create(l2_read);

	apic = apic_access_new(l2);
	expect_read(l2, &apic, APIC_ID);
	expect_read(l2, &apic, APIC_TPR);
	expect_read(l2, &apic, 0xffc);
	expect_write(l2, &apic, APIC_EOI);
	expect_write(l2, &apic, APIC_ICR_LOW);
}

/*
 * Nor is an instruction fetched from there.
 * L1_UNPROVEN: ends Bochs, to 3.1 (cpu.cc, prefetch()).
 */
VMX_CASE(vmx_apic_access_fetch, L1_UNPROVEN, 2, L1_NEEDS(APIC_ACCESS))
{
	struct apic_access apic;
	struct l2 *l2 = vmx_l2_create(l2_fetch);

	apic = apic_access_new(l2);
	*vapic_at(apic.page, 0x40) = 0xc3c3c3c3;
	start(&apic, l2_fetch, 0x40);
	expect_access(l2, 0x40 | VMX_APIC_FETCH);
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(target), "SDM 28.3.3");
	VMX_CLEAR(PROC2_CTLS, VMX_PROC2_APIC_ACCESSES);
	vmx_l2_run_to_call(l2, 0xc3);
}

static void expect_virtual_read(struct l2 *l2, const struct apic_access *apic,
				volatile uint8_t *page, uint32_t offset)
{
	uint32_t value = 0x11000000 | offset;

	start(apic, l2_read, offset);
	*vapic_at(page, offset) = value;
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 30.4.2: from the virtual-APIC page");
	EXPECT_EQ(l2->gprs.rax, value, "SDM 30.4.2: from the virtual-APIC page");
	vmx_l2_skip();
}

/* With it only the TPR is virtual, and its threshold counts here too. */
VMX_CASE(vmx_apic_access_tpr, L1_SLOW, 7, L1_NEEDS(TPR_SHADOW) | L1_NEEDS(APIC_ACCESS))
{
	volatile uint8_t *page;
	struct apic_access apic;
	struct l2 *l2 = vmx_l2_create(l2_read);

	page = vapic_new();
	apic = apic_access_new(l2);
	expect_virtual_read(l2, &apic, page, APIC_TPR);
	start(&apic, l2_write, APIC_TPR);
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(*vapic_at(page, APIC_TPR), 0x5f, "SDM 30.4.3.2: bytes 3:1 are cleared");
	EXPECT_EQ(*vapic_at(apic.page, APIC_TPR), 0, "SDM 30.4.3.1: nor the APIC-access page");
	expect_read(l2, &apic, APIC_ID);
	expect_write(l2, &apic, APIC_SVR);

	start(&apic, l2_write, APIC_TPR);
	*vapic_at(page, APIC_TPR) = 0x90;
	vmwrite(VMCS_TPR_THRESHOLD, 6);
	vmx_l2_run_to(l2, VMX_REASON_TPR_BELOW_THRESHOLD, "SDM 30.1.2");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(apic_write_end), "SDM 30.1.2");
}

static const uint32_t virtual_reads[] = {
	APIC_ID,	APIC_VERSION,	    APIC_TPR,	    APIC_EOI,	   APIC_LDR,
	APIC_SVR,	APIC_ISR,	    APIC_ISR + 112, APIC_TMR,	   APIC_IRR,
	APIC_IRR + 112, APIC_ESR,	    APIC_ICR_LOW,   APIC_ICR_HIGH, APIC_LVT_TIMER,
	APIC_LVT_LINT0, APIC_INITIAL_COUNT, APIC_DIVIDE,
};
static const uint32_t virtual_writes[] = {
	APIC_ID,	APIC_LDR,	APIC_SVR,	    APIC_ESR,	 APIC_ICR_LOW,
	APIC_LVT_TIMER, APIC_LVT_LINT0, APIC_INITIAL_COUNT, APIC_DIVIDE,
};

/* APIC-register virtualization: reads from the page; a write is in the page when it exits. */
VMX_CASE(vmx_apic_registers, L1_SLOW, 40, L1_NEEDS(APIC_ACCESS) | L1_NEEDS(APIC_REGISTERS))
{
	volatile uint8_t *page;
	struct apic_access apic;
	struct l2 *l2 = vmx_l2_create(l2_read);

	page = vapic_new();
	apic = apic_access_new(l2);
	VMX_SET(PROC2_CTLS, VMX_PROC2_APIC_REGISTERS);
	for (size_t i = 0; i < ARRAY_SIZE(virtual_reads); i++)
		expect_virtual_read(l2, &apic, page, virtual_reads[i]);
	expect_read(l2, &apic, APIC_CURRENT_COUNT);
	for (size_t i = 0; i < ARRAY_SIZE(virtual_writes); i++) {
		start(&apic, l2_write, virtual_writes[i]);
		*vapic_at(page, virtual_writes[i]) = 0;
		vmx_l2_run_to(l2, VMX_REASON_APIC_WRITE, "SDM 30.4.3.2");
		EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), virtual_writes[i], "SDM 28.2.1");
		EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(apic_write_end), "SDM 30.4.3.2: a trap");
		EXPECT_EQ(*vapic_at(page, virtual_writes[i]), 0x35f, "SDM 30.4.3.1");
		vmx_l2_run_to_call(l2, 1);
	}
	expect_write(l2, &apic, APIC_VERSION);
}
