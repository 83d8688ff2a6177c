// SPDX-License-Identifier: GPL-2.0-only
/* What the firmware reports: how it booted us, DMI strings, ACPI tables. */
#include "facts/collect.h"

#include <errno.h>
#include <string.h>

#include "facts/sysfs.h"
#include "lib/procfs.h"

/* No serial numbers and no UUID: reports are shared. */
static const char *const dmi_names[] = {
	"bios_vendor",	   "bios_version", "bios_date",	 "sys_vendor",	  "product_name",
	"product_version", "board_vendor", "board_name", "board_version",
};

#define EFIVARS		    "/sys/firmware/efi/efivars/"
#define EFI_GLOBAL_VARIABLE "-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/*
 * UEFI specification section 3.3: one byte, after the four of efivarfs's attributes. Firmware
 * without Secure Boot does not have the variable (OVMF of 2025, built without it). A variable that
 * all firmware has shows whether variables can be read at all.
 */
static enum tri read_secure_boot(void)
{
	unsigned char buf[5 + 1];
	ssize_t n = read_file(EFIVARS "SecureBoot" EFI_GLOBAL_VARIABLE, buf, sizeof(buf));

	if (n == -ENOENT && sys_exists(EFIVARS "BootCurrent" EFI_GLOBAL_VARIABLE))
		return TRI_NO;
	return n == 5 ? tri_of(buf[4] == 1) : TRI_UNKNOWN;
}

static bool listed(const struct strings *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->s[i], s))
			return true;
	return false;
}

/* Files are named by signature, with a number if there are several: SSDT1, SSDT2. */
static void read_acpi(struct arena *a, struct firmware_facts *f)
{
	struct strings names = { NULL, 0 };

	if (!sys_list(a, "/sys/firmware/acpi/tables", &names)) {
		f->acpi_known = TRI_UNKNOWN;
		return;
	}
	f->acpi_known = TRI_YES;
	for (size_t i = 0; i < names.n; i++) {
		const char *signature = arena_strndup(a, names.s[i], 4);

		/* "data" and "dynamic" are directories. */
		if (strlen(signature) != 4 || signature[0] < 'A' || signature[0] > 'Z')
			continue;
		if (!listed(&f->acpi, signature))
			strings_add(a, &f->acpi, signature);
	}
}

/*
 * These identify Azure, EC2 and Oracle's cloud. On a company's own machine the tag can identify the
 * owner, so only these are kept.
 */
static void read_chassis(struct arena *a, struct firmware_facts *f)
{
	static const char *const kept[] = { "7783-7084-3265-9085-8269-3286-77", "Amazon EC2",
					    "OracleCloud.com" };
	const char *tag = sys_read(a, "/sys/class/dmi/id/chassis_asset_tag");

	for (size_t i = 0; tag && i < sizeof(kept) / sizeof(kept[0]); i++)
		if (!strcmp(tag, kept[i]))
			kv_add(a, &f->dmi, "chassis_asset_tag", tag);
}

static void keep(struct arena *a, struct strings *l, const char *const *kept, const char *value)
{
	for (; *kept; kept++)
		if (!strcmp(value, *kept) && !listed(l, *kept))
			strings_add(a, l, *kept);
}

/*
 * The OEM id of the FADT (ACPI specification 5.2.6: 6 bytes at 10), if it is a hypervisor's; only
 * root can read the tables. diagnose/guest_evidence.c knows the names.
 */
static void read_acpi_oem(struct arena *a, struct firmware_facts *f)
{
	static const char *const kept[] = { "BOCHS", "FIRECK", "CLOUDH", "CROSVM",
					    "VBOX",  "VRTUAL", "MSFTVM", "PRLS",
					    "BHYVE", "Xen",    NULL };
	unsigned char header[36];
	char id[7] = "";
	ssize_t n = read_file("/sys/firmware/acpi/tables/FACP", header, sizeof(header));

	if (n < 16)
		return;
	memcpy(id, header + 10, 6);
	for (size_t i = strlen(id); i && id[i - 1] == ' '; i--)
		id[i - 1] = '\0';
	keep(a, &f->acpi_oem, kept, id);
}

/* Makers of virtual devices; of Microsoft's only Hyper-V's display, as others are real. */
static void read_pci(struct arena *a, struct firmware_facts *f)
{
	static const char *const kept[] = { "1b36", "15ad", "80ee", "5853", "1ab8", "1af4", NULL };
	static const char *const hyperv[] = { "1414", NULL };
	struct strings names = { NULL, 0 }, virtio = { NULL, 0 };

	if (sys_list(a, "/sys/bus/pci/devices", &names))
		for (size_t i = 0; i < names.n; i++) {
			const char *dir = arena_printf(a, "/sys/bus/pci/devices/%s", names.s[i]);
			const char *vendor = sys_readf(a, "%s/vendor", dir);
			const char *device = sys_readf(a, "%s/device", dir);

			if (!vendor || strncmp(vendor, "0x", 2) != 0)
				continue;
			keep(a, &f->pci, kept, vendor + 2);
			if (device && !strcmp(device, "0x5353"))
				keep(a, &f->pci, hyperv, vendor + 2);
		}
	if (sys_list(a, "/sys/bus/virtio/devices", &virtio) && virtio.n)
		strings_add(a, &f->pci, "virtio");
}

void collect_firmware(struct arena *a, struct firmware_facts *f)
{
	if (sys_exists("/sys/firmware/efi"))
		f->boot = "uefi";
	else if (sys_exists("/sys/class/dmi/id"))
		f->boot = "bios"; /* a microVM has neither: it has no firmware */
	f->secure_boot = f->boot && !strcmp(f->boot, "bios") ? TRI_NO : read_secure_boot();
	for (size_t i = 0; i < sizeof(dmi_names) / sizeof(dmi_names[0]); i++) {
		const char *value = sys_readf(a, "/sys/class/dmi/id/%s", dmi_names[i]);

		if (value && *value)
			kv_add(a, &f->dmi, dmi_names[i], value);
	}
	read_chassis(a, f);
	read_acpi(a, f);
	read_acpi_oem(a, f);
	read_pci(a, f);
}
