// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine's I/O ports: serial port, channel, power-off and reset.
 */
#include <linux/kvm.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>

#include "vmm/acpi.h"
#include "vmm/machine_internal.h"

#define PAGE	       4096
#define KEYBOARD_PORT  0x64
#define KEYBOARD_RESET 0xfe /* pulse output port bit 0: a PC's reset line */
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

static void serial_port(struct machine *m, struct kvm_run *run, uint8_t *data)
{
	unsigned int reg = run->io.port - ACPI_COM1_PORT;

	for (uint32_t i = 0; i < run->io.count; i++) {
		if (run->io.direction == KVM_EXIT_IO_IN)
			data[i] = serial_read(&m->serial, reg);
		else if (serial_write(&m->serial, reg, data[i]))
			send(m, data[i]);
	}
}

/* KVM_CAP_COALESCED_PIO, since Linux 4.20: api.rst, 4.116. Without it each OUT is an exit. */
void machine_open_channel(struct machine *m)
{
	struct kvm_coalesced_mmio_zone zone = { .addr = MACHINE_CHANNEL_PORT,
						.size = MACHINE_CHANNEL_BELL - MACHINE_CHANNEL_PORT,
						.pio = 1 };
	int page = ioctl(m->vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_COALESCED_MMIO);

	if (page <= 0 || ((size_t)page + 1) * PAGE > m->vm.run_size ||
	    ioctl(m->vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_COALESCED_PIO) <= 0 ||
	    ioctl(m->vm.fd, KVM_REGISTER_COALESCED_MMIO, &zone) < 0)
		return;
	m->ring = (void *)((char *)m->cpus[0].vcpu.run + (size_t)page * PAGE);
}

static void say(struct machine *m, const uint8_t *bytes, size_t n)
{
	m->said_us = machine_us(m);
	if (n && m->o->channel)
		m->o->channel(m, (const char *)bytes, n, m->o->data);
}

void machine_drain(struct machine *m)
{
	struct kvm_coalesced_mmio_ring *ring = m->ring;
	const unsigned int max = (PAGE - sizeof(*ring)) / sizeof(ring->coalesced_mmio[0]);
	uint8_t bytes[PAGE];
	size_t n = 0;

	while (ring && ring->first != __atomic_load_n(&ring->last, __ATOMIC_ACQUIRE)) {
		const struct kvm_coalesced_mmio *one = &ring->coalesced_mmio[ring->first % max];

		if (one->len <= sizeof(one->data)) {
			memcpy(bytes + n, one->data, one->len);
			n += one->len;
		}
		__atomic_store_n(&ring->first, (ring->first + 1) % max, __ATOMIC_RELEASE);
		if (n > sizeof(bytes) - sizeof(one->data)) {
			say(m, bytes, n);
			n = 0;
		}
	}
	if (n)
		say(m, bytes, n);
}

static void channel_port(struct machine *m, struct kvm_run *run, uint8_t *data)
{
	const uint32_t magic = MACHINE_CHANNEL_MAGIC;

	if (run->io.direction == KVM_EXIT_IO_OUT)
		say(m, data, (size_t)run->io.size * run->io.count);
	else if (run->io.size == sizeof(magic) && run->io.count == 1)
		memcpy(data, &magic, sizeof(magic));
}

static void end_port(struct machine *m, struct machine_cpu *cpu, uint16_t port, uint8_t value)
{
	if (port == ACPI_SLEEP_PORT && value == ACPI_SLEEP_S5)
		machine_set_end(m, MACHINE_POWERED_OFF, cpu, "the guest powered itself off");
	else if (port == ACPI_RESET_PORT && value & RESET_CPU)
		machine_set_end(m, MACHINE_RESET, cpu, "the guest reset itself (port 0xcf9)");
	else if (port == KEYBOARD_PORT && value == KEYBOARD_RESET)
		machine_set_end(m, MACHINE_RESET, cpu, "the guest reset itself (port 0x64)");
}

/*
 * A port without a device reads as ones, unless a kernel would wait for them to change. 0x42: it
 * calibrates by the 8254 as long as the counter reads ones (tsc.c, pit_expect_msb()). 0x71: a set
 * bit says that the RTC is updating itself (mc146818-lib.c); 1 is January 1st, 2001.
 */
static uint8_t absent(uint16_t port)
{
	switch (port) {
	case 0x42:
		return 0;
	case 0x71:
		return 1;
	default:
		return 0xff;
	}
}

void machine_port(struct machine *m, struct machine_cpu *cpu)
{
	struct kvm_run *run = cpu->vcpu.run;
	uint8_t *data = (uint8_t *)run + run->io.data_offset;

	machine_drain(m);
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
	else
		data[0] = absent(run->io.port);
}
