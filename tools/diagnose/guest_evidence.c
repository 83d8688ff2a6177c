// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether this machine is a virtual machine, by everything that was recorded: CPUID's hypervisor
 * bit, which a hypervisor can be told to hide (libvirt <feature policy='disable'
 * name='hypervisor'/>, QEMU -cpu host,-hypervisor), its leaves, DMI, the ACPI tables' makers, PCI
 * devices, the kernel's log. Pure.
 */
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/rules.h"
#include "lib/hw/cpuid.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct sign {
	const char *key;  /* of DMI */
	const char *part; /* what its value contains */
	const char *name; /* the row of hypervisors.c; NULL: found there by the same string */
};

/*
 * What only virtual machines have. Clouds show their name on bare metal too, so they are not here.
 * Linux drivers/virt, arch/x86/kernel/cpu; systemd src/basic/virt.c, detect_vm_dmi_vendor(); QEMU
 * hw/i386/{pc,fw_cfg}.c; EDK II OvmfPkg; libvirt (sysinfo of RHEV and oVirt).
 */
static const struct sign signs[] = {
	{ "sys_vendor", "QEMU", "QEMU" },
	{ "product_name", "Standard PC (", "QEMU" },
	{ "bios_vendor", "EFI Development Kit II / OVMF", "QEMU" },
	{ "bios_vendor", "Proxmox distribution of EDK II", NULL },
	{ "product_name", "KVM", "QEMU" },
	{ "product_name", "RHEV Hypervisor", NULL },
	{ "product_name", "oVirt", NULL },
	{ "sys_vendor", "oVirt", NULL },
	{ "product_name", "OpenStack", NULL },
	{ "product_name", "AHV", NULL },
	{ "product_name", "Droplet", "DigitalOcean" },
	{ "board_vendor", "LinuxContainers", NULL },
	{ "sys_vendor", "KubeVirt", NULL },
	{ "sys_vendor", "Cloud Hypervisor", NULL },
	{ "sys_vendor", "ChromiumOS", "crosvm" },
	{ "product_name", "crosvm", NULL },
	{ "product_name", "VirtualBox", NULL },
	{ "board_name", "VirtualBox", NULL },
	{ "sys_vendor", "VMware", NULL },
	{ "sys_vendor", "Xen", NULL },
	{ "product_name", "HVM domU", "Xen" },
	{ "sys_vendor", "Parallels", NULL },
	{ "bios_vendor", "Parallels", NULL },
	{ "bios_vendor", "BHYVE", NULL },
	{ "sys_vendor", "BHYVE", NULL },
	{ "product_name", "BHYVE", NULL },
	{ "product_name", "Apple Virtualization", NULL },
	{ "sys_vendor", "OpenBSD", NULL },
};

/*
 * The OEM id of the ACPI tables: QEMU include/hw/acpi/aml-build.h (ACPI_BUILD_APPNAME6),
 * Firecracker src/vmm/src/acpi/mod.rs (OEM_ID), Cloud Hypervisor vmm/src/acpi.rs, crosvm x86_64/src/acpi.rs, EDK II
 * OvmfPkg/Bhyve. Compared without the blanks at the end.
 */
static const struct {
	const char *oem, *name;
} acpi_signs[] = {
	{ "BOCHS", "QEMU" },	 { "FIRECK", "Firecracker" }, { "CLOUDH", "Cloud Hypervisor" },
	{ "CROSVM", "crosvm" },	 { "VBOX", "VirtualBox" },    { "VRTUAL", "Hyper-V" },
	{ "MSFTVM", "Hyper-V" }, { "PRLS", "Parallels" },     { "BHYVE", "bhyve" },
	{ "Xen", "Xen" },
};

/*
 * PCI vendors of devices that only hypervisors make: pci-ids; QEMU docs/specs/pci-ids.rst; Linux
 * include/linux/pci_ids.h. 1af4 (virtio) counts only without DMI: clouds' network cards show
 * virtio devices on bare metal, too.
 */
static const struct {
	const char *id, *maker, *name;
	bool only_without_dmi;
} pci_signs[] = {
	{ "1b36", "QEMU", "QEMU", false },
	{ "15ad", "VMware", "VMware", false },
	{ "80ee", "VirtualBox", "VirtualBox", false },
	{ "1414", "Hyper-V", "Hyper-V", false },
	{ "5853", "Xen", "Xen", false },
	{ "1ab8", "Parallels", "Parallels", false },
	{ "1af4", "virtio", "a microVM on KVM", true },
	{ "virtio", "virtio", "a microVM on KVM", true },
};

/* Linux arch/x86/kernel/cpu/hypervisor.c, arch/x86/kernel/paravirt.c. */
static const char *const log_signs[] = {
	"Hypervisor detected: ",
	"Booting paravirtualized kernel on KVM",
	"Booting paravirtualized kernel on Xen",
	"Booting paravirtualized kernel on VMware",
};

struct evidence {
	struct arena *a;
	const char *text; /* all of it */
	const char *name; /* of the first that names a row */
};

static void add(struct evidence *e, const char *name, const char *text)
{
	e->text = e->text ? arena_printf(e->a, "%s, %s", e->text, text) : text;
	if (!e->name)
		e->name = name;
}

/* A row of hypervisors.c has this signature. Real CPUs return other leaves' values here. */
static bool is_known_signature(const char *signature)
{
	for (size_t i = 0; signature && i < hypervisor_rows.n; i++)
		for (size_t k = 0; k < HYPERVISOR_SIGNATURES; k++)
			if (hypervisor_rows.rows[i].signatures[k] &&
			    !strcmp(hypervisor_rows.rows[i].signatures[k], signature))
				return true;
	return false;
}

static void add_dmi(struct evidence *e, const struct facts *f)
{
	const struct key_values *dmi = &f->firmware.dmi;
	const char *vendor = kv_get(dmi, "sys_vendor"), *product = kv_get(dmi, "product_name");

	for (size_t i = 0; i < COUNT(signs); i++) {
		const char *value = kv_get(dmi, signs[i].key);

		if (value && strstr(value, signs[i].part)) {
			add(e, signs[i].name,
			    arena_printf(e->a, "DMI %s is \"%s\"", signs[i].key, value));
			return;
		}
	}
	if (vendor && product && !strcmp(vendor, "Microsoft Corporation") &&
	    !strcmp(product, "Virtual Machine"))
		add(e, "Hyper-V", "DMI product_name is \"Virtual Machine\"");
	/* Types of bare metal end in ".metal" or ".metal-24xl". */
	if (vendor && product && !strcmp(vendor, "Amazon EC2") && strchr(product, '.') &&
	    !strstr(product, ".metal"))
		add(e, NULL, arena_printf(e->a, "DMI product_name is \"%s\"", product));
}

static bool listed(const struct strings *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->s[i], s))
			return true;
	return false;
}

static void add_devices(struct evidence *e, const struct facts *f)
{
	const struct firmware_facts *w = &f->firmware;

	for (size_t i = 0; i < COUNT(acpi_signs); i++)
		if (listed(&w->acpi_oem, acpi_signs[i].oem))
			add(e, acpi_signs[i].name,
			    arena_printf(e->a, "the ACPI tables' OEM id is \"%s\"",
					 acpi_signs[i].oem));
	for (size_t i = 0; i < COUNT(pci_signs); i++) {
		if (!listed(&w->pci, pci_signs[i].id) ||
		    (pci_signs[i].only_without_dmi && kv_get(&w->dmi, "sys_vendor")))
			continue;
		add(e, pci_signs[i].name,
		    strcmp(pci_signs[i].id, "virtio") ?
			    arena_printf(e->a, "there are PCI devices of %s (%s)",
					 pci_signs[i].maker, pci_signs[i].id) :
			    "there are virtio devices");
	}
}

static void add_log(struct evidence *e, const struct facts *f)
{
	const struct strings *log = &f->kernel.log;

	for (size_t i = 0; i < log->n; i++)
		for (size_t k = 0; k < COUNT(log_signs); k++)
			if (strstr(log->s[i], log_signs[k])) {
				add(e, NULL,
				    arena_printf(e->a, "the kernel log says \"%s\"", log->s[i]));
				return;
			}
}

static const struct hypervisor *row_named(const char *name)
{
	for (size_t i = 0; name && i < hypervisor_rows.n; i++)
		if (!strcmp(hypervisor_rows.rows[i].name, name))
			return &hypervisor_rows.rows[i];
	return NULL;
}

enum tri guest_find(struct arena *a, const struct facts *f, struct guest_signs *g)
{
	const struct cpuid_fact *one = NULL;
	struct evidence e = { .a = a };

	memset(g, 0, sizeof(*g));
	if (f->n_cpus) {
		one = cpu_cpuid(f, &f->cpus[0], CPUID_FEATURES, 0);
		g->signature = hypervisor_signature(a, f, &f->cpus[0]);
	}
	g->bit = one ? tri_of(one->ecx & CPUID_1_ECX_HYPERVISOR) : TRI_UNKNOWN;
	if (g->bit != TRI_YES && !is_known_signature(g->signature))
		g->signature = NULL;
	if (g->bit != TRI_YES && g->signature)
		add(&e, NULL, arena_printf(a, "CPUID 0x40000000 says \"%s\"", g->signature));
	add_dmi(&e, f);
	add_devices(&e, f);
	add_log(&e, f);
	g->evidence = e.text;
	if (g->bit != TRI_YES && !e.text)
		return g->bit;
	g->row = hypervisor_find(f, g->signature);
	/* Many programs use KVM; what else is there says which one. QEMU needs no other words. */
	if (!g->row || (!strcmp(g->row->name, "KVM") && e.name && strcmp(e.name, "QEMU") != 0 &&
			strcmp(e.name, "Hyper-V") != 0))
		g->row = row_named(e.name) ? row_named(e.name) : g->row;
	return TRI_YES;
}

bool machine_is_guest(const struct report *r, char name[HYPERVISOR_NAME_MAX])
{
	struct arena scratch = { NULL };
	struct guest_signs g;
	bool guest = guest_find(&scratch, &r->facts, &g) == TRI_YES;
	const char *text = g.row ? g.row->name : g.signature;

	if (!text || !*text)
		text = "a hypervisor without a name";
	if (guest) {
		strncpy(name, text, HYPERVISOR_NAME_MAX - 1);
		name[HYPERVISOR_NAME_MAX - 1] = '\0';
	}
	arena_free(&scratch);
	return guest;
}
