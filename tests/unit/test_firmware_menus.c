// SPDX-License-Identifier: GPL-2.0-only
/* Firmware menus by DMI, and the remedies that include them. */
#include "rules.h"

#include "diagnose/firmware_menus.h"

static const char *text_of(struct report *r, enum firmware_option option)
{
	return firmware_menu_text(&r->arena, &r->facts.firmware, option);
}

static void makers(void **state)
{
	static const struct {
		const char *key, *vendor, *product;
		const char *maker, *in_vmx, *in_svm;
	} machines[] = {
		{ "sys_vendor", "Dell Inc.", "PowerEdge R740", "Dell PowerEdge",
		  "Processor Settings", "Virtualization Technology" },
		{ "sys_vendor", "Dell Inc.", "OptiPlex 7050", "Dell PCs", "Virtualization Support",
		  "F2" },
		{ "sys_vendor", "HPE", "ProLiant DL380 Gen10", "HPE ProLiant", "F9", "AMD" },
		{ "sys_vendor", "HP", "ProLiant DL360 Gen9", "HP ProLiant", "F9", "AMD" },
		{ "sys_vendor", "HP", "HP EliteDesk 800 G3", "HP PCs", "(VTx)", "SVM CPU" },
		{ "sys_vendor", "Hewlett-Packard", "HP Compaq 8200", "HP PCs", "System Security",
		  "F10" },
		{ "sys_vendor", "Lenovo", "ThinkSystem SR650", "ThinkSystem", "Processors", "SVM" },
		{ "sys_vendor", "LENOVO", "20L50000US", "Lenovo PCs", "Virtual Technology", "SVM" },
		{ "board_vendor", "ASUSTeK COMPUTER INC.", NULL, "ASUS", "Intel (VMX)",
		  "SVM Mode" },
		{ "board_vendor", "Gigabyte Technology Co., Ltd.", NULL, "Gigabyte", "Tweaker",
		  "SVM Mode" },
		{ "board_vendor", "Micro-Star International Co., Ltd.", NULL, "MSI", "CPU Features",
		  "SVM Mode" },
		{ "board_vendor", "ASRockRack", NULL, "ASRock", "CPU Configuration", "SVM Mode" },
		{ "sys_vendor", "Supermicro", "SYS-1029", "Supermicro", "Del", "SVM Mode" },
		{ "board_vendor", "Intel Corporation", "NUC7i7BNH", "NUC", "Security", "F2" },
		{ "sys_vendor", "Apple Inc.", "MacBookPro15,1", "Mac", "no setup menu", "macOS" },
		{ "bios_vendor", "American Megatrends Inc.", NULL, "AMI", "Advanced", "SVM" },
		{ "bios_vendor", "INSYDE Corp.", NULL, "Insyde", "F2", "SVM" },
		{ "bios_vendor", "coreboot", NULL, "coreboot", "CONFIG_ENABLE_VMX", "coreboot" },
	};
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		report_init(&r);
		set_dmi(&r, machines[i].key, machines[i].vendor);
		if (machines[i].product)
			set_dmi(&r, "product_name", machines[i].product);
		assert_contains(text_of(&r, FIRMWARE_VMX), machines[i].maker);
		assert_contains(text_of(&r, FIRMWARE_VMX), machines[i].in_vmx);
		assert_contains(text_of(&r, FIRMWARE_SVM), machines[i].in_svm);
		report_free(&r);
	}
}

static void what_is_nearest_goes_first(void **state)
{
	struct report r;

	(void)state;
	report_init(&r);
	assert_null(text_of(&r, FIRMWARE_VMX));
	set_dmi(&r, "bios_vendor", "American Megatrends Inc.");
	assert_string_equal(firmware_menu_find(&r.facts.firmware)->maker, "AMI firmware");
	/* The board takes precedence over its BIOS' maker, the machine over its board. */
	set_dmi(&r, "board_vendor", "ASUSTeK COMPUTER INC.");
	set_dmi(&r, "sys_vendor", "System manufacturer");
	assert_string_equal(firmware_menu_find(&r.facts.firmware)->maker, "ASUS");
	r.facts.firmware.dmi.n = 2;
	set_dmi(&r, "sys_vendor", "Acer");
	assert_string_equal(firmware_menu_find(&r.facts.firmware)->maker, "Acer");
	/* ThinkPads have their name in the version field. */
	r.facts.firmware.dmi.n = 0;
	set_dmi(&r, "sys_vendor", "LENOVO");
	set_dmi(&r, "product_version", "ThinkPad T480");
	assert_string_equal(firmware_menu_find(&r.facts.firmware)->maker, "ThinkPads");
	/* Custom firmware in a vendor's machine. */
	set_dmi(&r, "bios_vendor", "coreboot");
	assert_string_equal(firmware_menu_find(&r.facts.firmware)->maker, "coreboot");
	r.facts.firmware.dmi.n = 0;
	set_dmi(&r, "sys_vendor", "Nobody We Know");
	set_dmi(&r, "board_vendor", "Not Supermicro");
	set_dmi(&r, "bios_vendor", "An AMI of a BIOS");
	assert_null(firmware_menu_find(&r.facts.firmware));
	report_free(&r);
}

static void only_what_is_known_is_said(void **state)
{
	struct report r;

	(void)state;
	report_init(&r);
	set_dmi(&r, "sys_vendor", "Intel(R) Client Systems");
	set_dmi(&r, "product_name", "NUC10i7FNH");
	assert_contains(text_of(&r, FIRMWARE_VMX), "\"Intel Virtualization Technology\"");
	assert_string_equal(text_of(&r, FIRMWARE_SVM),
			    "On Intel NUCs press F2 while the machine starts to enter the setup");
	assert_string_equal(text_of(&r, FIRMWARE_SETUP), text_of(&r, FIRMWARE_SVM));
	assert_string_equal(text_of(&r, FIRMWARE_NX), text_of(&r, FIRMWARE_SVM));
	/* coreboot's switch does not affect NX and TXT. */
	r.facts.firmware.dmi.n = 0;
	set_dmi(&r, "bios_vendor", "coreboot");
	assert_non_null(text_of(&r, FIRMWARE_VMX));
	assert_null(text_of(&r, FIRMWARE_NX));
	assert_null(text_of(&r, FIRMWARE_SETUP));
	report_free(&r);
}

static const char *remedy_of(struct report *r, const char *id)
{
	return must(r, id)->remedy;
}

static void remedies_have_them(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	unloaded(&r);
	set_msr(&r, 0, 0x3a, 1);
	/* Right without. */
	assert_contains(remedy_of(&r, "vmx-locked-off"), "Intel Virtualization Technology");
	assert_null(strstr(remedy_of(&r, "vmx-locked-off"), "usually"));
	set_dmi(&r, "sys_vendor", "Supermicro");
	assert_contains(remedy_of(&r, "vmx-locked-off"), "disconnect the power");
	assert_contains(remedy_of(&r, "vmx-locked-off"), ". On Supermicro usually: press Del");
	set_msr(&r, 0, 0x3a, 3);
	assert_contains(remedy_of(&r, "vmx-txt-only"), "On Supermicro press Del");
	/* A virtual machine's firmware is its hypervisor's. */
	set_msr(&r, 0, 0x3a, 1);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	assert_null(strstr(remedy_of(&r, "vmx-locked-off"), "Supermicro"));
	report_free(&r);
	zen(&r, 1);
	set_msr(&r, 0, 0xc0010114, 0x18);
	set_dmi(&r, "board_vendor", "ASRock");
	assert_contains(remedy_of(&r, "svm-disabled"), "Advanced, CPU Configuration, \"SVM Mode\"");
	set_msr(&r, 0, 0xc0010114, 0x10);
	assert_contains(remedy_of(&r, "svm-disabled"), "On ASRock usually");
	set_msr(&r, 0, 0xc0010114, 8);
	flip_cpuid(&r, 0, 0x80000001, EDX, 20);
	assert_contains(remedy_of(&r, "no-nx"), "No-Execute Memory Protection\"");
	assert_contains(remedy_of(&r, "no-nx"), "On ASRock usually");
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makers),
		cmocka_unit_test(what_is_nearest_goes_first),
		cmocka_unit_test(only_what_is_known_is_said),
		cmocka_unit_test(remedies_have_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
