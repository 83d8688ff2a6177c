// SPDX-License-Identifier: GPL-2.0-only
/*
 * The serial port's registers (TI TL16C750 data sheet; names as in linux/serial_reg.h).
 */
#include "vmm/serial.h"

#include <linux/serial_reg.h>

/* IIR[7:5]: which FIFO is on; older kernels' headers do not name them. */
#define IIR_FIFO_16550A 0xc0
#define IIR_FIFO_16750	0xe0

#define IER_MASK 0x0f
#define MCR_MASK 0x1f

bool serial_write(struct serial *s, unsigned int reg, uint8_t value)
{
	bool latch = s->lcr & UART_LCR_DLAB;

	switch (reg) {
	case UART_TX:
		if (latch) {
			s->dll = value;
			return false;
		}
		s->empty = true; /* it is out already */
		return !(s->mcr & UART_MCR_LOOP);
	case UART_IER:
		if (latch) {
			s->dlm = value;
			return false;
		}
		/* An empty transmitter interrupts as soon as it may. */
		if (value & ~s->ier & UART_IER_THRI)
			s->empty = true;
		s->ier = value & IER_MASK;
		return false;
	case UART_FCR:
		if (!latch) /* the long FIFO is chosen behind the latch bit */
			value = (uint8_t)((value & ~UART_FCR7_64BYTE) |
					  (s->fcr & UART_FCR7_64BYTE));
		s->fcr = value & UART_FCR_ENABLE_FIFO ? value : 0;
		return false;
	case UART_LCR:
		s->lcr = value;
		return false;
	case UART_MCR:
		s->mcr = value & MCR_MASK;
		return false;
	case UART_SCR:
		s->scr = value;
		return false;
	}
	return false;
}

static uint8_t read_iir(struct serial *s)
{
	uint8_t fifo = 0, what = UART_IIR_NO_INT;

	if (s->fcr & UART_FCR_ENABLE_FIFO)
		fifo = s->fcr & UART_FCR7_64BYTE ? IIR_FIFO_16750 : IIR_FIFO_16550A;
	if (serial_interrupt(s)) {
		what = UART_IIR_THRI;
		s->empty = false; /* reading is the acknowledgment */
	}
	return fifo | what;
}

static uint8_t read_msr(const struct serial *s)
{
	if (!(s->mcr & UART_MCR_LOOP))
		return UART_MSR_DCD | UART_MSR_DSR | UART_MSR_CTS;
	return (uint8_t)((s->mcr & UART_MCR_RTS ? UART_MSR_CTS : 0) |
			 (s->mcr & UART_MCR_DTR ? UART_MSR_DSR : 0) |
			 (s->mcr & UART_MCR_OUT1 ? UART_MSR_RI : 0) |
			 (s->mcr & UART_MCR_OUT2 ? UART_MSR_DCD : 0));
}

uint8_t serial_read(struct serial *s, unsigned int reg)
{
	bool latch = s->lcr & UART_LCR_DLAB;

	switch (reg) {
	case UART_RX:
		return latch ? s->dll : 0;
	case UART_IER:
		return latch ? s->dlm : s->ier;
	case UART_IIR:
		return read_iir(s);
	case UART_LCR:
		return s->lcr;
	case UART_MCR:
		return s->mcr;
	case UART_LSR:
		return UART_LSR_TEMT | UART_LSR_THRE;
	case UART_MSR:
		return read_msr(s);
	case UART_SCR:
		return s->scr;
	}
	return 0xff;
}

bool serial_interrupt(const struct serial *s)
{
	return s->empty && s->ier & UART_IER_THRI;
}
