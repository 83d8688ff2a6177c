// SPDX-License-Identifier: GPL-2.0-only
/* The recorded parts of the kernel's command line, and /proc/cpuinfo's flags. */
#include "machine.h"

#include "facts/collect.h"

static void secrets_are_left_out(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "", "" },
		{ "quiet splash", "quiet splash" },
		{ "BOOT_IMAGE=/vmlinuz root=UUID=7-3 ro kvm-intel.nested=0",
		  "BOOT_IMAGE=... root=... ro kvm-intel.nested=0" },
		{ "netroot=iscsi:user:word@10.0.0.1::iqn ip=dhcp", "netroot=... ip=..." },
		{ "ks=\"http://a b/c\" nopat", "ks=... nopat" },
		{ "nestcheck.report=http://me:word@host/", "nestcheck.report=..." },
		{ "  modprobe.blacklist=kvm_intel\tmitigations=off,nosmt\n",
		  "modprobe.blacklist=kvm_intel mitigations=off,nosmt" },
		{ "kvm_amdgpu=1 xkvm.nested=1", "kvm_amdgpu=... xkvm.nested=..." },
		{ "a http://me:word@host/ b", "a b" },
		{ "\"foo=a b\" \"kvm.x=1 2\" a\"b c\" d", "foo=... \"kvm.x=1 2\" a=... d" },
	};
	struct arena a = { NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(cmdline_without_secrets(&a, rows[i].in), rows[i].out);
	arena_free(&a);
}

static void flags_of_cpuinfo(void **state)
{
	const char *intel = "processor\t: 0\nflags\t\t: fpu vmxx vmx est\nvmx flags\t: vnmi\n";

	(void)state;
	assert_int_equal(cpuinfo_flag(intel, "vmx"), TRI_YES);
	assert_int_equal(cpuinfo_flag(intel, "svm"), TRI_NO);
	assert_int_equal(cpuinfo_flag(intel, "vnmi"), TRI_NO);
	assert_int_equal(cpuinfo_flag(intel, "flags"), TRI_NO);
	assert_int_equal(cpuinfo_flag("processor\t: 0\n", "vmx"), TRI_UNKNOWN);
	assert_int_equal(cpuinfo_flag("x: 1\nflags\t\t: fpu vme", "vmx"), TRI_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_are_left_out),
		cmocka_unit_test(flags_of_cpuinfo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
