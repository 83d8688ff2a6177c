// SPDX-License-Identifier: GPL-2.0-only
/* The lines of modprobe.d that are kept. */
#include "machine.h"

#include "facts/collect.h"

static void lines_about_kvm(void **state)
{
	static const char *const wanted[] = {
		"options kvm_intel nested=0",	"options kvm-amd nested=1 npt=0",
		"  options\tkvm ignore_msrs=1", "blacklist kvm",
		"install kvm_intel /bin/false", "alias something kvm_amd",
		"softdep kvm pre: irqbypass",	"blacklist vboxdrv",
	};
	static const char *const others[] = {
		"",
		"#options kvm_intel nested=0",
		"  # blacklist kvm",
		"kvm_intel",
		"options kvmgt x=1",
		"options snd kvm=1",
		"options i915 enable_guc=3",
		"softdep vfio pre: something kvm",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!modprobe_line_wanted(wanted[i]))
			fail_msg("not taken: %s", wanted[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (modprobe_line_wanted(others[i]))
			fail_msg("taken: %s", others[i]);
}

/* The name decides, not the directory. */
static void order_of_files(void **state)
{
	const char *s[] = { "/etc/modprobe.d/kvm.conf", "/etc/modprobe.d/z.conf",
			    "/usr/lib/modprobe.d/a.conf", "/usr/lib/modprobe.d/qemu.conf" };
	struct strings paths = { s, 4 };

	(void)state;
	modprobe_sort(&paths);
	assert_string_equal(s[0], "/usr/lib/modprobe.d/a.conf");
	assert_string_equal(s[1], "/etc/modprobe.d/kvm.conf");
	assert_string_equal(s[2], "/usr/lib/modprobe.d/qemu.conf");
	assert_string_equal(s[3], "/etc/modprobe.d/z.conf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_about_kvm),
		cmocka_unit_test(order_of_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
