// SPDX-License-Identifier: GPL-2.0-only
/* The devices of a guest of the small VMM: ACPI, serial port, CPUID. */
#include "machine.h"

#include <linux/serial_reg.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/acpi.h"
#include "vmm/cpuid.h"
#include "vmm/entry_failed.h"
#include "vmm/serial.h"

/* --- ACPI, read by offsets of the specification --------------------------------------------- */

#define TABLES 0xe0000ULL

static uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint8_t sum(const uint8_t *p, size_t n)
{
	uint8_t total = 0;

	for (size_t i = 0; i < n; i++)
		total = (uint8_t)(total + p[i]);
	return total;
}

static const uint8_t *table(const uint8_t *buf, uint64_t address, const char *signature)
{
	const uint8_t *t = buf + (address - TABLES);

	assert_memory_equal(t, signature, 4);
	assert_int_equal(sum(t, get32(t + 4)), 0);
	return t;
}

static void acpi_tables_add_up(void **state)
{
	static const unsigned int counts[] = { 1, 2, 64 };
	uint8_t buf[ACPI_SIZE_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		const uint8_t *xsdt, *fadt, *madt, *dsdt;
		size_t n;

		memset(buf, 0, sizeof(buf));
		buf[ACPI_SIZE_MAX] = 0x77;
		n = acpi_write(buf, TABLES, counts[i]);
		assert_true(n <= ACPI_SIZE_MAX);
		assert_int_equal(buf[ACPI_SIZE_MAX], 0x77);
		assert_memory_equal(buf, "RSD PTR ", 8);
		assert_int_equal(sum(buf, 20), 0);
		assert_int_equal(sum(buf, 36), 0);
		xsdt = table(buf, get64(buf + 24), "XSDT");
		assert_int_equal(get32(xsdt + 4), 36 + 2 * 8);
		fadt = table(buf, get64(xsdt + 36), "FACP");
		madt = table(buf, get64(xsdt + 44), "APIC");
		dsdt = table(buf, get64(fadt + 140), "DSDT");
		assert_int_equal(get32(fadt + 40), get64(fadt + 140));
		/* No VGA, no RTC, and no 8042; a reset register; hardware-reduced. */
		assert_int_equal(fadt[109], 0x24);
		assert_int_equal(get32(fadt + 112) & (1 << 10 | 1 << 20), 1 << 10 | 1 << 20);
		assert_int_equal(fadt[116], 1);
		assert_int_equal(get64(fadt + 120), ACPI_RESET_PORT);
		assert_int_equal(fadt[128], ACPI_RESET_VALUE);
		assert_int_equal(get64(fadt + 248), ACPI_SLEEP_PORT);
		assert_int_equal(get32(madt + 4), 44 + counts[i] * 8);
		assert_int_equal(madt[44 + 8 * (counts[i] - 1) + 3], counts[i] - 1);
		assert_int_equal(madt + get32(madt + 4) - buf, n);
		/* The device's package ends where the table does. */
		assert_int_equal(get32(dsdt + 4), 36 + 13 + 2 + dsdt[36 + 13 + 2]);
	}
}

/* --- the serial port ------------------------------------------------------------------------ */

static void serial_sends(void **state)
{
	struct serial s = { 0 };

	(void)state;
	assert_int_equal(serial_read(&s, UART_LSR), UART_LSR_TEMT | UART_LSR_THRE);
	assert_true(serial_write(&s, UART_TX, 'x'));
	serial_write(&s, UART_LCR, UART_LCR_DLAB);
	assert_false(serial_write(&s, UART_DLL, 12));
	assert_false(serial_write(&s, UART_DLM, 1));
	assert_int_equal(serial_read(&s, UART_DLL), 12);
	assert_int_equal(serial_read(&s, UART_DLM), 1);
	serial_write(&s, UART_LCR, UART_LCR_WLEN8);
	assert_int_equal(serial_read(&s, UART_IER), 0);
	assert_int_equal(serial_read(&s, UART_RX), 0);
	serial_write(&s, UART_MCR, UART_MCR_LOOP);
	assert_false(serial_write(&s, UART_TX, 'x'));
	serial_write(&s, UART_SCR, 0x5a);
	assert_int_equal(serial_read(&s, UART_SCR), 0x5a);
}

static void serial_interrupts(void **state)
{
	struct serial s = { 0 };

	(void)state;
	serial_write(&s, UART_TX, 'x');
	assert_false(serial_interrupt(&s));
	serial_write(&s, UART_IER, UART_IER_THRI);
	assert_true(serial_interrupt(&s));
	assert_int_equal(serial_read(&s, UART_IIR), UART_IIR_THRI);
	assert_false(serial_interrupt(&s));
	assert_int_equal(serial_read(&s, UART_IIR), UART_IIR_NO_INT);
	serial_write(&s, UART_TX, 'y');
	assert_true(serial_interrupt(&s));
	serial_write(&s, UART_IER, 0);
	assert_false(serial_interrupt(&s));
	/* Enabled again, it interrupts again. */
	serial_read(&s, UART_IIR);
	serial_write(&s, UART_IER, UART_IER_THRI);
	assert_true(serial_interrupt(&s));
}

/* As drivers/tty/serial/8250/8250_port.c detects a port and identifies a 16750. */
static void serial_is_a_16750(void **state)
{
	const uint8_t fifo = UART_FCR_ENABLE_FIFO, both = UART_FCR_ENABLE_FIFO | UART_FCR7_64BYTE;
	struct serial s = { 0 };

	(void)state;
	serial_write(&s, UART_IER, 0xff);
	assert_int_equal(serial_read(&s, UART_IER), 0x0f);
	serial_write(&s, UART_MCR, UART_MCR_LOOP | UART_MCR_OUT2 | UART_MCR_RTS);
	assert_int_equal(serial_read(&s, UART_MSR) & 0xf0, UART_MSR_DCD | UART_MSR_CTS);
	serial_write(&s, UART_MCR, 0);
	assert_int_equal(serial_read(&s, UART_MSR) & 0xf0,
			 UART_MSR_DCD | UART_MSR_DSR | UART_MSR_CTS);
	assert_int_equal(serial_read(&s, UART_IIR) >> 5, 0);
	serial_write(&s, UART_FCR, both);
	assert_int_equal(serial_read(&s, UART_IIR) >> 5, 6);
	serial_write(&s, UART_LCR, UART_LCR_DLAB);
	serial_write(&s, UART_FCR, both);
	assert_int_equal(serial_read(&s, UART_IIR) >> 5, 7);
	serial_write(&s, UART_LCR, 0);
	serial_write(&s, UART_FCR, fifo);
	assert_int_equal(serial_read(&s, UART_IIR) >> 5, 7);
	serial_write(&s, UART_FCR, 0);
	assert_int_equal(serial_read(&s, UART_IIR) >> 5, 0);
}

/* --- CPUID ---------------------------------------------------------------------------------- */

static const struct kvm_cpuid_entry2 *leaf(const struct kvm_cpuid2 *c, uint32_t function,
					   uint32_t index)
{
	for (uint32_t i = 0; i < c->nent; i++) {
		if (c->entries[i].function == function && c->entries[i].index == index)
			return &c->entries[i];
	}
	fail_msg("leaf 0x%x:%u is missing", function, index);
	return NULL;
}

static void cpus_are_told_apart(void **state)
{
	static const struct kvm_cpuid_entry2 entries[] = {
		{ .function = 0, .eax = 0xd },
		{ .function = 1, .eax = 0x306c3, .ebx = 0x07100800, .ecx = 1 << 5 },
		{ .function = 4, .index = 0, .eax = 0xfc03f121 },
		{ .function = 4, .index = 3, .eax = 0xfc03c163 },
		{ .function = 4, .index = 4, .eax = 0 },
		{ .function = 0xb, .edx = 7 },
		{ .function = 0xd, .eax = 7 },
		{ .function = 0x80000008, .eax = 0x3028, .ecx = 0x700f },
		{ .function = 0x8000001e, .eax = 9, .ebx = 9, .ecx = 9 },
	};
	struct kvm_cpuid2 *from = calloc(1, sizeof(*from) + sizeof(entries)), *c;

	(void)state;
	assert_non_null(from);
	from->nent = sizeof(entries) / sizeof(entries[0]);
	memcpy(from->entries, entries, sizeof(entries));
	c = cpuid_of(from, 2, 3, true);
	assert_non_null(c);
	assert_int_equal(c->nent, from->nent + 2);
	assert_int_equal(leaf(c, 1, 0)->ebx, 0x02030800);
	assert_int_equal(leaf(c, 1, 0)->ecx, 1u << 31 | 1 << 24 | 1 << 5);
	assert_int_equal(leaf(c, 1, 0)->edx, 1 << 28);
	assert_int_equal(leaf(c, 4, 0)->eax, 3u << 26 | (0xfc03f121 & 0x3fff));
	assert_int_equal(leaf(c, 4, 3)->eax, 3u << 26 | 3 << 14 | (0xfc03c163 & 0x3fff));
	assert_int_equal(leaf(c, 4, 4)->eax, 0);
	assert_int_equal(leaf(c, 0xb, 0)->ebx, 1);
	assert_int_equal(leaf(c, 0xb, 0)->ecx, 0x100);
	assert_int_equal(leaf(c, 0xb, 1)->eax, 2);
	assert_int_equal(leaf(c, 0xb, 1)->ebx, 3);
	assert_int_equal(leaf(c, 0xb, 1)->ecx, 0x201);
	assert_int_equal(leaf(c, 0xb, 2)->ebx, 0);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(leaf(c, 0xb, i)->edx, 2);
	assert_int_equal(leaf(c, 0x80000008, 0)->ecx, 0x2002);
	assert_int_equal(leaf(c, 0x8000001e, 0)->eax, 2);
	assert_int_equal(leaf(c, 0x8000001e, 0)->ebx, 2);
	assert_int_equal(leaf(c, 0xd, 0)->eax, 7);
	free(c);
	c = cpuid_of(from, 0, 1, false);
	assert_non_null(c);
	assert_int_equal(leaf(c, 1, 0)->ebx, 0x00010800);
	assert_int_equal(leaf(c, 1, 0)->ecx, 1u << 31 | 1 << 5);
	assert_int_equal(leaf(c, 1, 0)->edx, 0);
	free(c);
	free(from);
}

static void failed_entries_have_names(void **state)
{
	static const struct {
		uint64_t reason;
		const char *words;
	} rows[] = {
		{ 0x80000021, "exit reason 33, invalid guest state" },
		{ 0x80000022, "exit reason 34, an MSR" },
		{ 0x80000029, "exit reason 41, a machine check" },
		{ 7, "VM-instruction error 7, BAD_CONTROL_FIELD" },
		{ 8, "VM-instruction error 8, BAD_HOST_STATE" },
		{ 14, "VM-instruction error 14, unknown" },
		{ 0x7fffffff, "unknown" },
		{ 0xffffffff, "VMEXIT_INVALID" },
		{ ~0ULL, "VMEXIT_INVALID" },
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		entry_failed_text(rows[i].reason, text, sizeof(text));
		if (!strstr(text, rows[i].words))
			fail_msg("0x%llx: \"%s\"", (unsigned long long)rows[i].reason, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(acpi_tables_add_up),  cmocka_unit_test(serial_sends),
		cmocka_unit_test(serial_interrupts),   cmocka_unit_test(serial_is_a_16750),
		cmocka_unit_test(cpus_are_told_apart), cmocka_unit_test(failed_entries_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
