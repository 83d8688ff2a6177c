/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ACPI tables for a machine that has CPUs, one serial port, and nothing else. The serial port has
 * no interrupt, so the kernel polls it. Nothing then needs the I/O APIC. Its setup takes 515
 * accesses, each an exit: half as many as the rest of a nested kernel's start has.
 *
 * "Hardware-reduced" (ACPI 6.5, 4.1): no PM timer, no SCI, and the kernel does not touch the 8259s
 * and the 8254 (arch/x86/kernel/acpi/boot.c: acpi_generic_reduced_hw_init()).
 */
#ifndef NESTCHECK_VMM_ACPI_H
#define NESTCHECK_VMM_ACPI_H

#include <stddef.h>
#include <stdint.h>

#define ACPI_SLEEP_PORT	 0x600 /* sleep control, and sleep status behind it; a byte each */
#define ACPI_SLEEP_S5	 0x34  /* SLP_EN, and 5 as SLP_TYP: 4.8.3.7 */
#define ACPI_RESET_PORT	 0xcf9
#define ACPI_RESET_VALUE 0x06 /* a hard reset, to a PC's chipset */

#define ACPI_LAPIC_ADDRESS 0xfee00000U

#define ACPI_COM1_PORT 0x3f8

/* The most that acpi_write() writes, for any number of CPUs. */
#define ACPI_SIZE_MAX 4096

/*
 * Writes the tables to buf, which is `address` in the guest; the RSDP comes first. APIC ids are
 * 0 to cpus - 1. Returns the size in bytes.
 */
size_t acpi_write(uint8_t *buf, uint64_t address, unsigned int cpus);

#endif
