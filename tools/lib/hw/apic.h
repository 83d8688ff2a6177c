/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The local APIC's register page; VMX's virtual-APIC page has the same layout. SDM Vol. 3 11.4.1
 * (table 11-1), 30.1. MSR 0x800 + n of the x2APIC is offset n << 4 (11.12.1.2).
 */
#ifndef NESTCHECK_LIB_HW_APIC_H
#define NESTCHECK_LIB_HW_APIC_H

enum apic_offset {
	APIC_ID = 0x20,
	APIC_VERSION = 0x30,
	APIC_TPR = 0x80,
	APIC_PPR = 0xa0,
	APIC_EOI = 0xb0,
	APIC_LDR = 0xd0,
	APIC_SVR = 0xf0,
	APIC_ISR = 0x100, /* eight registers of 32 vectors, 16 bytes apart */
	APIC_TMR = 0x180,
	APIC_IRR = 0x200,
	APIC_ESR = 0x280,
	APIC_ICR_LOW = 0x300,
	APIC_ICR_HIGH = 0x310,
	APIC_LVT_TIMER = 0x320,
	APIC_LVT_LINT0 = 0x350,
	APIC_INITIAL_COUNT = 0x380,
	APIC_CURRENT_COUNT = 0x390,
	APIC_DIVIDE = 0x3e0,
};

#define MSR_IA32_X2APIC(offset) (0x800U + ((offset) >> 4))

/* ICR: destination shorthand "self", 11.6.1. */
#define APIC_ICR_SELF (1U << 18)

#endif
