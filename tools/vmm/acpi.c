// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ACPI tables: RSDP, XSDT, FADT, MADT, and a DSDT with \_S5 and the serial port.
 * Sections are those of the ACPI specification 6.5.
 */
#include "vmm/acpi.h"

#include <string.h>

#define PACKED __attribute__((packed))

/* 5.2.6 */
struct header {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum;
	char oem[6], table[8];
	uint32_t oem_revision;
	char creator[4];
	uint32_t creator_revision;
} PACKED;

/* 5.2.3.2, generic address structure */
struct address {
	uint8_t space, bits, offset, access;
	uint64_t address;
} PACKED;

/* 5.2.5.3 */
struct rsdp {
	char signature[8];
	uint8_t checksum;
	char oem[6];
	uint8_t revision;
	uint32_t rsdt, length;
	uint64_t xsdt;
	uint8_t checksum_all, reserved[3];
} PACKED;

/* 5.2.8 */
struct xsdt {
	struct header header;
	uint64_t tables[2];
} PACKED;

/* 5.2.9; what a hardware-reduced machine leaves out has one name */
struct fadt {
	struct header header;
	uint32_t facs, dsdt;
	uint8_t fixed_hardware[109 - 44];
	uint16_t boot_arch;
	uint8_t reserved;
	uint32_t flags;
	struct address reset;
	uint8_t reset_value;
	uint16_t arm_boot_arch;
	uint8_t minor;
	uint64_t x_facs, x_dsdt;
	struct address x_fixed_hardware[8];
	struct address sleep_control, sleep_status;
	char hypervisor[8];
} PACKED;
_Static_assert(sizeof(struct fadt) == 276, "FADT of ACPI 6");

enum {
	SPACE_IO = 1,
	ACCESS_BYTE = 1,
	/* flags, table 5.10 */
	FADT_WBINVD = 1 << 0,
	FADT_NO_POWER_BUTTON = 1 << 4,
	FADT_NO_SLEEP_BUTTON = 1 << 5,
	FADT_RESET = 1 << 10,
	FADT_HARDWARE_REDUCED = 1 << 20,
	/* IAPC_BOOT_ARCH, table 5.11: no 8042 either, which has no "not" */
	BOOT_NO_VGA = 1 << 2,
	BOOT_NO_RTC = 1 << 5,
};

/* 5.2.12, with its entries 5.2.12.2 */
struct madt {
	struct header header;
	uint32_t lapic, flags;
} PACKED;

struct madt_lapic {
	uint8_t type, length, processor, id;
	uint32_t flags;
} PACKED;

enum {
	MADT_LAPIC = 0,
	LAPIC_ENABLED = 1
};

/*
 * AML, chapter 20; resource descriptors 6.4.
 *
 *	Name (\_S5, Package () { 5, 0, 0, 0 })
 *	Device (\_SB.COM1) {
 *		Name (_HID, EisaId ("PNP0501"))
 *		Name (_CRS, ResourceTemplate () {
 *			IO (Decode16, 0x3f8, 0x3f8, 1, 8) }) }
 */
static const uint8_t aml[] = {
	0x08, '_',  'S',  '5',	'_',  0x12, 7,	  4,	0x0a, 5,    0,	 0,   0,   /**/
	0x5b, 0x82, 40,	  0x5c, 0x2e, '_',  'S',  'B',	'_',  'C',  'O', 'M', '1', /**/
	0x08, '_',  'H',  'I',	'D',  0x0c, 0x41, 0xd0, 0x05, 0x01,		   /**/
	0x08, '_',  'C',  'R',	'S',  0x11, 13,	  0x0a, 10,			   /**/
	0x47, 0x01, 0xf8, 0x03, 0xf8, 0x03, 1,	  8,				   /**/
	0x79, 0,								   /**/
};

static uint8_t checksum(const void *data, size_t n)
{
	const uint8_t *bytes = data;
	uint8_t sum = 0;

	while (n--)
		sum += *bytes++;
	return (uint8_t)-sum;
}

static struct header header(const char *signature, uint8_t revision, size_t length)
{
	struct header h = { .length = (uint32_t)length,
			    .revision = revision,
			    .oem_revision = 1,
			    .creator_revision = 1 };

	/* None of these ends with a NUL. */
	memcpy(h.signature, signature, sizeof(h.signature));
	memcpy(h.oem, "NSTCHK", sizeof(h.oem));
	memcpy(h.table, "NSTCHECK", sizeof(h.table));
	memcpy(h.creator, "NSCK", sizeof(h.creator));
	return h;
}

static void seal(void *table)
{
	struct header *h = table;

	h->checksum = checksum(h, h->length);
}

static size_t write_dsdt(uint8_t *at)
{
	struct header h = header("DSDT", 2, sizeof(h) + sizeof(aml));

	memcpy(at, &h, sizeof(h));
	memcpy(at + sizeof(h), aml, sizeof(aml));
	seal(at);
	return h.length;
}

static size_t write_fadt(uint8_t *at, uint64_t dsdt)
{
	struct fadt *f = (struct fadt *)at;

	*f = (struct fadt){
		.header = header("FACP", 6, sizeof(*f)),
		.dsdt = (uint32_t)dsdt,
		.x_dsdt = dsdt,
		.boot_arch = BOOT_NO_VGA | BOOT_NO_RTC,
		.flags = FADT_WBINVD | FADT_NO_POWER_BUTTON | FADT_NO_SLEEP_BUTTON | FADT_RESET |
			 FADT_HARDWARE_REDUCED,
		.reset = { SPACE_IO, 8, 0, ACCESS_BYTE, ACPI_RESET_PORT },
		.reset_value = ACPI_RESET_VALUE,
		.minor = 5,
		.sleep_control = { SPACE_IO, 8, 0, ACCESS_BYTE, ACPI_SLEEP_PORT },
		.sleep_status = { SPACE_IO, 8, 0, ACCESS_BYTE, ACPI_SLEEP_PORT + 1 },
	};
	seal(f);
	return sizeof(*f);
}

static size_t write_madt(uint8_t *at, unsigned int cpus)
{
	struct madt *m = (struct madt *)at;
	size_t length = sizeof(*m);

	for (unsigned int i = 0; i < cpus; i++) {
		struct madt_lapic lapic = { MADT_LAPIC, sizeof(lapic), (uint8_t)i, (uint8_t)i,
					    LAPIC_ENABLED };

		memcpy(at + length, &lapic, sizeof(lapic));
		length += sizeof(lapic);
	}
	*m = (struct madt){ .header = header("APIC", 5, length), .lapic = ACPI_LAPIC_ADDRESS };
	seal(m);
	return length;
}

static size_t align(size_t n)
{
	return (n + 15) & ~(size_t)15;
}

size_t acpi_write(uint8_t *buf, uint64_t address, unsigned int cpus)
{
	struct rsdp *rsdp = (struct rsdp *)buf;
	size_t xsdt_at = align(sizeof(*rsdp)), dsdt_at = align(xsdt_at + sizeof(struct xsdt));
	size_t fadt_at = align(dsdt_at + write_dsdt(buf + dsdt_at));
	size_t madt_at = align(fadt_at + write_fadt(buf + fadt_at, address + dsdt_at));
	struct xsdt *xsdt = (struct xsdt *)(buf + xsdt_at);

	*xsdt = (struct xsdt){ .header = header("XSDT", 1, sizeof(*xsdt)),
			       .tables = { address + fadt_at, address + madt_at } };
	seal(xsdt);
	*rsdp = (struct rsdp){ .revision = 2, .length = sizeof(*rsdp), .xsdt = address + xsdt_at };
	memcpy(rsdp->signature, "RSD PTR ", sizeof(rsdp->signature));
	memcpy(rsdp->oem, "NSTCHK", sizeof(rsdp->oem));
	rsdp->checksum = checksum(rsdp, 20); /* what ACPI 1.0 had of it */
	rsdp->checksum_all = checksum(rsdp, sizeof(*rsdp));
	return madt_at + write_madt(buf + madt_at, cpus);
}
