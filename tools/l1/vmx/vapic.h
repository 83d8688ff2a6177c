/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the cases of APIC virtualization set up: SDM Vol. 3 chapter 30.
 *
 * The virtual-APIC page is L1's to read and write between L2's turns; offsets are lib/hw/apic.h's.
 * The APIC-access page is another one: L2 reaches it at a linear address that is not its physical
 * one, by 4 KiB pages all the way, as larger ones need not be virtualized (30.4.5).
 */
#ifndef NESTCHECK_L1_VMX_VAPIC_H
#define NESTCHECK_L1_VMX_VAPIC_H

#include "l1/vmx/vmx.h"
#include "lib/hw/apic.h"

/* "use TPR shadow" is on, with a page of zeroes. */
volatile uint8_t *vapic_new(void);

static inline volatile uint32_t *vapic_at(volatile uint8_t *page, uint32_t offset)
{
	return (volatile uint32_t *)(page + offset);
}

/* A vector's bit in the three registers of 256 bits: APIC_ISR, APIC_IRR. */
bool vapic_vector(volatile uint8_t *page, uint32_t offset, uint8_t vector);
void vapic_set_vector(volatile uint8_t *page, uint32_t offset, uint8_t vector);

/* "virtualize APIC accesses" is on; page: as L1 has it, linear: as L2 has it. */
struct apic_access {
	volatile uint8_t *page, *linear;
};
struct apic_access apic_access_new(struct l2 *l2);

#endif
