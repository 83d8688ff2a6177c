/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of a serial port that is always ready to send and never receives: a 16750, which
 * is a 16550 with 64 bytes of FIFO, so that a kernel asks a quarter as often whether it may go
 * on. Pure: what it does to its surroundings are the bytes it returns and the interrupt line.
 */
#ifndef NESTCHECK_VMM_SERIAL_H
#define NESTCHECK_VMM_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

#define SERIAL_PORTS 8 /* from its base on */

/* Zero is what a reset leaves. */
struct serial {
	uint8_t ier, fcr, lcr, mcr, scr, dll, dlm;
	bool empty; /* the "transmitter is empty" interrupt waits to be seen */
};

/* True where *value, written to this register, went out on the line. */
bool serial_write(struct serial *s, unsigned int reg, uint8_t value);
uint8_t serial_read(struct serial *s, unsigned int reg);

/* The level of the interrupt line, which goes nowhere: acpi.h. IIR tells it. */
bool serial_interrupt(const struct serial *s);

#endif
