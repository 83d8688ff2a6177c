/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of a serial port that is always ready to send and never receives: a 16750, which
 * is a 16550 with 64 bytes of FIFO, so that a kernel polls a quarter as often before it sends.
 * Pure: its only outputs are the returned bytes and the interrupt line.
 */
#ifndef NESTCHECK_VMM_SERIAL_H
#define NESTCHECK_VMM_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

#define SERIAL_PORTS 8 /* from its base on */

/* Zero is the state after a reset. */
struct serial {
	uint8_t ier, fcr, lcr, mcr, scr, dll, dlm;
	bool empty; /* the "transmitter empty" interrupt is pending */
};

/* Returns true if value, written to this register, is sent on the line. */
bool serial_write(struct serial *s, unsigned int reg, uint8_t value);
uint8_t serial_read(struct serial *s, unsigned int reg);

/* The level of the interrupt line, which is not connected (acpi.h). Public for tests. */
bool serial_interrupt(const struct serial *s);

#endif
