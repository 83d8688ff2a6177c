// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of firmware_menus.h. The wording follows the makers' manuals, which are named above
 * each row. coreboot's source was read for this; most others are from memory: correct a row when a
 * machine shows something else.
 */
#include "diagnose/firmware_menus.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* product: a substring of product_name, product_version or board_name; NULL: any. */
struct firmware_row {
	const char *vendor; /* prefix of DMI's name, case-sensitive */
	const char *product;
	struct firmware_menu menu;
};

/* Replacement firmware on another maker's machine: matched by bios_vendor, before all else. */
static const struct firmware_row replacements[] = {
	/* coreboot src/cpu/intel/common/Kconfig: ENABLE_VMX, SET_IA32_FC_LOCK_BIT. */
	{ "coreboot",
	  NULL,
	  { .maker = "coreboot",
	    .note = "In coreboot this is a build option: CONFIG_ENABLE_VMX=y on Intel. If its "
		    "payload has a setup menu, look there first; else build it with the option, or "
		    "update it" } },
	/* docs.dasharo.com, "Dasharo Menus": the setup is EDK II's, entered by F2. */
	{ "3mdeb", NULL, { .maker = "Dasharo", .key = "F2" } },
	{ "Dasharo", NULL, { .maker = "Dasharo", .key = "F2" } },
};

/* By sys_vendor, then by board_vendor. Rows with a product stand before rows without. */
static const struct firmware_row makers[] = {
	/* Dell, "BIOS and UEFI Reference Guide" of PowerEdge: Processor Settings. */
	{ "Dell",
	  "PowerEdge",
	  { .maker = "Dell PowerEdge",
	    .key = "F2",
	    .menu = "System BIOS, Processor Settings",
	    .intel = "Virtualization Technology",
	    .amd = "Virtualization Technology" } },
	/* Dell, owner's manuals of OptiPlex, Latitude, Precision: System setup options. */
	{ "Dell",
	  NULL,
	  { .maker = "Dell PCs",
	    .key = "F2",
	    .menu = "Virtualization Support (before 2020 models: under that heading in the tree "
		    "at the left)",
	    .intel = "Virtualization",
	    .amd = "Virtualization" } },
	/* HPE, "UEFI System Utilities User Guide for ProLiant Gen9/Gen10": Virtualization Options. */
	{ "HPE",
	  NULL,
	  { .maker = "HPE ProLiant",
	    .key = "F9",
	    .menu = "System Configuration, BIOS/Platform Configuration (RBSU), Virtualization "
		    "Options",
	    .intel = "Intel(R) Virtualization Technology (Intel VT)",
	    .amd = "AMD Virtualization Technology" } },
	{ "HP",
	  "ProLiant",
	  { .maker = "HP ProLiant",
	    .key = "F9",
	    .menu = "System Configuration, BIOS/Platform Configuration (RBSU), Virtualization "
		    "Options (before Gen9: System Options, Processor Options)",
	    .intel = "Intel(R) Virtualization Technology",
	    .amd = "AMD Virtualization" } },
	/* HP, "Business Notebook and Desktop PC F10 setup overview"; Security, System Security. */
	{ "HP",
	  NULL,
	  { .maker = "HP PCs",
	    .key = "Esc and then F10",
	    .menu = "Advanced, System Options (older: Security, System Security; consumer models: "
		    "Configuration)",
	    .intel = "Virtualization Technology (VTx)",
	    .amd = "SVM CPU Virtualization",
	    .nx = "Security, System Security, \"Data Execution Prevention\"" } },
	{ "Hewlett-Packard",
	  "ProLiant",
	  { .maker = "HP ProLiant",
	    .key = "F9",
	    .menu = "System Options, Processor Options",
	    .intel = "Intel(R) Virtualization Technology",
	    .amd = "AMD Virtualization",
	    .nx = "System Options, Processor Options, \"No-Execute Memory Protection\"" } },
	{ "Hewlett-Packard",
	  NULL,
	  { .maker = "HP PCs",
	    .key = "Esc and then F10",
	    .menu = "Security, System Security (notebooks: System Configuration, Device "
		    "Configurations)",
	    .intel = "Virtualization Technology (VTx)",
	    .amd = "Virtualization Technology",
	    .nx = "Security, System Security, \"Data Execution Prevention\"" } },
	/* Lenovo, ThinkPad user guides, "Security menu": Virtualization, Memory Protection. */
	{ "LENOVO",
	  "ThinkPad",
	  { .maker = "ThinkPads",
	    .key = "F1 (Enter and then F1 on some)",
	    .menu = "Security, Virtualization",
	    .intel = "Intel Virtualization Technology",
	    .amd = "AMD SVM Technology",
	    .nx = "Security, Memory Protection, \"Execution Prevention\"" } },
	/* Lenovo, "ThinkSystem UEFI" manuals for Intel and for AMD: Processors. */
	{ "Lenovo",
	  "ThinkSystem",
	  { .maker = "ThinkSystem servers",
	    .key = "F1",
	    .menu = "UEFI Setup (System Configuration), System Settings, Processors",
	    .intel = "Intel Virtualization Technology",
	    .amd = "SVM Mode" } },
	/* Lenovo, ThinkCentre and ThinkStation user guides; WMI deployment guide. */
	{ "LENOVO",
	  "ThinkCentre",
	  { .maker = "ThinkCentres",
	    .key = "F1",
	    .menu = "Advanced, CPU Setup",
	    .intel = "Intel(R) Virtualization Technology",
	    .amd = "SVM Support" } },
	{ "LENOVO",
	  "ThinkStation",
	  { .maker = "ThinkStations",
	    .key = "F1",
	    .menu = "Advanced, CPU Setup",
	    .intel = "Intel(R) Virtualization Technology" } },
	/* Lenovo support, "enable virtualization": IdeaPad, Yoga, Legion. */
	{ "LENOVO",
	  NULL,
	  { .maker = "Lenovo PCs",
	    .key = "F2 (with Fn on some; F1 on desktops)",
	    .menu = "Configuration, Security or Advanced",
	    .intel = "Intel Virtual Technology",
	    .amd = "SVM Support" } },
	/* ASUS FAQ, how to enable it; motherboard BIOS manuals. */
	{ "ASUS",
	  NULL,
	  { .maker = "ASUS",
	    .key = "Del or F2 (and F7 for Advanced Mode)",
	    .menu = "Advanced, CPU Configuration",
	    .intel = "Intel (VMX) Virtualization Technology",
	    .amd = "SVM Mode",
	    .nx = "Advanced, CPU Configuration, \"Execute Disable Bit\" or \"NX Mode\"" } },
	/* GIGABYTE, BIOS setup manuals per chipset: Tweaker or M.I.T., Advanced CPU Settings. */
	{ "Gigabyte",
	  NULL,
	  { .maker = "Gigabyte",
	    .key = "Del (and F2 for Advanced Mode)",
	    .menu = "Tweaker, Advanced CPU Settings (older: M.I.T., Advanced CPU Core Settings, "
		    "or BIOS Features)",
	    .intel = "Intel(R) Virtualization Technology",
	    .amd = "SVM Mode" } },
	{ "GIGABYTE",
	  NULL,
	  { .maker = "Gigabyte",
	    .key = "Del or F2",
	    .menu = "Advanced, CPU Configuration (Tweaker, Advanced CPU Settings on boards for "
		    "desktops)",
	    .intel = "Intel(R) Virtualization Technology",
	    .amd = "SVM Mode" } },
	/* MSI, motherboard manuals and BIOS guides: OC, CPU Features. */
	{ "Micro-Star",
	  NULL,
	  { .maker = "MSI",
	    .key = "Del (and F7 for Advanced Mode)",
	    .menu = "OC, CPU Features (AMD: OC, Advanced CPU Configuration, or CPU Features)",
	    .intel = "Intel Virtualization Tech",
	    .amd = "SVM Mode",
	    .nx = "OC, CPU Features, \"Execute Disable Bit\"" } },
	{ "MSI",
	  NULL,
	  { .maker = "MSI",
	    .key = "Del (and F7 for Advanced Mode)",
	    .menu = "OC, CPU Features",
	    .intel = "Intel Virtualization Tech",
	    .amd = "SVM Mode",
	    .nx = "OC, CPU Features, \"Execute Disable Bit\"" } },
	/* ASRock, motherboard manuals: 4.4.1 CPU Configuration. */
	{ "ASRock",
	  NULL,
	  { .maker = "ASRock",
	    .key = "F2 or Del",
	    .menu = "Advanced, CPU Configuration",
	    .intel = "Intel Virtualization Technology",
	    .amd = "SVM Mode",
	    .nx = "Advanced, CPU Configuration, \"No-Execute Memory Protection\"" } },
	/* Supermicro, motherboard manuals, "Advanced": CPU Configuration; SPEC platform flags. */
	{ "Supermicro",
	  NULL,
	  { .maker = "Supermicro",
	    .key = "Del",
	    .menu = "Advanced, CPU Configuration",
	    .intel = "Intel Virtualization Technology",
	    .amd = "SVM Mode",
	    .nx = "Advanced, CPU Configuration, \"Execute Disable Bit\"" } },
	/* Intel, "Intel NUC BIOS settings"; Visual BIOS: Security. */
	{ "Intel",
	  "NUC",
	  { .maker = "Intel NUCs",
	    .key = "F2",
	    .menu = "Security (Visual BIOS: Advanced, Security)",
	    .intel = "Intel Virtualization Technology" } },
	{ "Intel",
	  "STK",
	  { .maker = "Intel Compute Sticks",
	    .key = "F2",
	    .menu = "Security",
	    .intel = "Intel Virtualization Technology" } },
	/* Acer support, "enable virtualization": Main, System Configuration or Advanced. */
	{ "Acer",
	  NULL,
	  { .maker = "Acer",
	    .key = "F2 (Del on desktops)",
	    .menu = "Main, System Configuration or Advanced (Ctrl+S shows hidden items of Main on "
		    "some)",
	    .intel = "Intel VTX" } },
	/* Fujitsu, "BIOS Setup Utility" manuals: Advanced, CPU Configuration. */
	{ "FUJITSU",
	  NULL,
	  { .maker = "Fujitsu",
	    .key = "F2",
	    .menu = "Advanced, CPU Configuration",
	    .intel = "Intel Virtualization Technology",
	    .nx = "Advanced, CPU Configuration, \"Execute Disable Bit\"" } },
	/* Toshiba and Dynabook user's manuals: Advanced, System Configuration. */
	{ "TOSHIBA",
	  NULL,
	  { .maker = "Toshiba",
	    .key = "F2",
	    .menu = "Advanced, System Configuration",
	    .intel = "Virtualization Technology",
	    .amd = "Virtualization Technology",
	    .nx = "Advanced, System Configuration, \"Execute-Disable Bit Capability\"" } },
	{ "Dynabook",
	  NULL,
	  { .maker = "Dynabook",
	    .key = "F2",
	    .menu = "Advanced, System Configuration",
	    .intel = "Virtualization Technology",
	    .amd = "Virtualization Technology" } },
	/* Huawei, "Server BIOS Parameter Reference" (servers; laptops say HUAWEI). */
	{ "Huawei",
	  NULL,
	  { .maker = "Huawei servers",
	    .key = "Del (F4 on some)",
	    .menu = "Advanced, Socket Configuration, Processor Configuration",
	    .intel = "VMX" } },
	{ "XFUSION",
	  NULL,
	  { .maker = "xFusion servers",
	    .key = "Del (F4 on some)",
	    .menu = "Advanced, Socket Configuration, Processor Configuration",
	    .intel = "VMX" } },
	/*
	 * Apple has no setup, and no update brings one: acidanthera/bugtracker#1870; rEFInd's
	 * refind.conf, enable_and_lock_vmx. Boot Camp sets VMX for the startup disk only.
	 */
	{ "Apple",
	  NULL,
	  { .maker = "Macs",
	    .note = "A Mac has no setup menu, and no firmware update brings one. Its firmware "
		    "allows VMX for the startup disk: choose this system there (in macOS System "
		    "Settings, Startup Disk) instead of with the Option key, shut down and start "
		    "again; or start it with rEFInd and enable_and_lock_vmx true in refind.conf" } },
	/* Framework's knowledge base: its Insyde setup. */
	{ "Framework", NULL, { .maker = "Framework laptops", .key = "F2" } },
};

/* By bios_vendor, if the maker is not known. */
static const struct firmware_row bioses[] = {
	/* AMI Aptio's reference setup. */
	{ "American Megatrends",
	  NULL,
	  { .maker = "AMI firmware",
	    .key = "Del or F2",
	    .menu = "Advanced, CPU Configuration",
	    .intel = "Intel (VMX) Virtualization Technology",
	    .amd = "SVM Mode" } },
	{ "AMI",
	  NULL,
	  { .maker = "AMI firmware",
	    .key = "Del or F2",
	    .menu = "Advanced, CPU Configuration",
	    .intel = "Intel (VMX) Virtualization Technology",
	    .amd = "SVM Mode" } },
	/* InsydeH2O's. */
	{ "INSYDE",
	  NULL,
	  { .maker = "Insyde firmware",
	    .key = "F2 (Esc or Del on some)",
	    .menu = "Configuration, Advanced or Security",
	    .intel = "Intel Virtual Technology",
	    .amd = "SVM Support" } },
	{ "Insyde",
	  NULL,
	  { .maker = "Insyde firmware",
	    .key = "F2 (Esc or Del on some)",
	    .menu = "Configuration, Advanced or Security",
	    .intel = "Intel Virtual Technology",
	    .amd = "SVM Support" } },
	/* Phoenix SecureCore's. */
	{ "Phoenix",
	  NULL,
	  { .maker = "Phoenix firmware",
	    .key = "F2 (Del on some)",
	    .menu = "Advanced, CPU Configuration (Processor Configuration)",
	    .intel = "Intel(R) Virtualization Technology",
	    .amd = "SVM" } },
};

static bool has_part(const struct firmware_facts *f, const char *key, const char *part)
{
	const char *value = kv_get(&f->dmi, key);

	return value && strstr(value, part);
}

static const struct firmware_menu *find(const struct firmware_facts *f, const char *key,
					const struct firmware_row *rows, size_t n)
{
	const char *vendor = kv_get(&f->dmi, key);

	for (size_t i = 0; vendor && i < n; i++) {
		if (strncmp(vendor, rows[i].vendor, strlen(rows[i].vendor)) != 0)
			continue;
		if (!rows[i].product || has_part(f, "product_name", rows[i].product) ||
		    has_part(f, "product_version", rows[i].product) ||
		    has_part(f, "board_name", rows[i].product))
			return &rows[i].menu;
	}
	return NULL;
}

const struct firmware_menu *firmware_menu_find(const struct firmware_facts *f)
{
	const struct {
		const char *key;
		const struct firmware_row *rows;
		size_t n;
	} order[] = {
		{ "bios_vendor", replacements, COUNT(replacements) },
		{ "sys_vendor", makers, COUNT(makers) },
		{ "board_vendor", makers, COUNT(makers) },
		{ "bios_vendor", bioses, COUNT(bioses) },
	};
	const struct firmware_menu *menu = NULL;

	for (size_t i = 0; !menu && i < COUNT(order); i++)
		menu = find(f, order[i].key, order[i].rows, order[i].n);
	return menu;
}

/* The menu and the option's name; NULL if only the key is known. */
static const char *menu_path(struct arena *a, const struct firmware_menu *m,
			     enum firmware_option option)
{
	const char *name = option == FIRMWARE_VMX ? m->intel : m->amd;

	if (option == FIRMWARE_NX)
		return m->nx;
	if (option == FIRMWARE_SETUP || !name)
		return NULL;
	return m->menu ? arena_printf(a, "%s, \"%s\"", m->menu, name) : name;
}

const char *firmware_menu_text(struct arena *a, const struct firmware_facts *f,
			       enum firmware_option option)
{
	const struct firmware_menu *m = firmware_menu_find(f);
	const char *way;

	if (!m)
		return NULL;
	if (m->note)
		return option == FIRMWARE_VMX || option == FIRMWARE_SVM ? m->note : NULL;
	way = menu_path(a, m, option);
	if (!way)
		return arena_printf(a, "On %s press %s while the machine starts to enter the setup",
				    m->maker, m->key);
	return arena_printf(a, "On %s usually: press %s while the machine starts; then %s",
			    m->maker, m->key, way);
}
