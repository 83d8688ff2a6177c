// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine's I/O ports: serial port, channel, and the ways to end it all.
 */
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>

#include "vmm/acpi.h"
#include "vmm/machine_parts.h"

#define KEYBOARD_PORT  0x64
#define KEYBOARD_RESET 0xfe /* pulse output port bit 0: what a PC's reset line hangs on */
#define RESET_CPU      0x04 /* in port 0xcf9 */

void machine_flush(struct machine *m)
{
	size_t n = m->n_out;

	m->n_out = 0;
	if (n && m->o->console)
		m->o->console(m, m->out, n, m->o->data);
}

static void send(struct machine *m, uint8_t byte)
{
	m->said_us = machine_us(m);
	m->out[m->n_out++] = (char)byte;
	if (byte == '\n' || m->n_out == sizeof(m->out))
		machine_flush(m);
}

/* KVM is told of a change only: it is an edge that the guest's interrupt controller sees. */
static void set_interrupt(struct machine *m)
{
	struct kvm_irq_level line = { .irq = ACPI_COM1_GSI, .level = serial_interrupt(&m->serial) };

	if (line.level == m->interrupt)
		return;
	m->interrupt = line.level;
	ioctl(m->vm.fd, KVM_IRQ_LINE, &line);
}

static void serial_port(struct machine *m, struct kvm_run *run, uint8_t *data)
{
	unsigned int reg = run->io.port - ACPI_COM1_PORT;

	for (uint32_t i = 0; i < run->io.count; i++) {
		if (run->io.direction == KVM_EXIT_IO_IN)
			data[i] = serial_read(&m->serial, reg);
		else if (serial_write(&m->serial, reg, data[i]))
			send(m, data[i]);
	}
	set_interrupt(m);
}

static void channel_port(struct machine *m, struct kvm_run *run, uint8_t *data)
{
	const uint32_t magic = MACHINE_CHANNEL_MAGIC;

	if (run->io.direction == KVM_EXIT_IO_IN) {
		if (run->io.size == sizeof(magic) && run->io.count == 1)
			memcpy(data, &magic, sizeof(magic));
		return;
	}
	if (run->io.size != 1)
		return;
	m->said_us = machine_us(m);
	if (m->o->channel)
		m->o->channel(m, (const char *)data, run->io.count, m->o->data);
}

static void end_port(struct machine *m, struct machine_cpu *cpu, uint16_t port, uint8_t value)
{
	if (port == ACPI_SLEEP_PORT && value == ACPI_SLEEP_S5)
		machine_over(m, MACHINE_POWERED_OFF, cpu, "the guest powered itself off");
	else if (port == ACPI_RESET_PORT && value & RESET_CPU)
		machine_over(m, MACHINE_RESET, cpu, "the guest reset itself (port 0xcf9)");
	else if (port == KEYBOARD_PORT && value == KEYBOARD_RESET)
		machine_over(m, MACHINE_RESET, cpu, "the guest reset itself (port 0x64)");
}

void machine_port(struct machine *m, struct machine_cpu *cpu)
{
	struct kvm_run *run = cpu->vcpu.run;
	uint8_t *data = (uint8_t *)run + run->io.data_offset;

	if (run->io.direction == KVM_EXIT_IO_IN)
		memset(data, 0xff, (size_t)run->io.size * run->io.count);
	if (run->io.port == MACHINE_CHANNEL_PORT)
		channel_port(m, run, data);
	else if (run->io.size != 1)
		return;
	else if (run->io.port >= ACPI_COM1_PORT && run->io.port < ACPI_COM1_PORT + SERIAL_PORTS)
		serial_port(m, run, data);
	else if (run->io.direction == KVM_EXIT_IO_OUT)
		end_port(m, cpu, run->io.port, data[0]);
	else if (run->io.port == ACPI_SLEEP_PORT || run->io.port == ACPI_SLEEP_PORT + 1)
		data[0] = 0;
}
