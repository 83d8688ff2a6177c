// SPDX-License-Identifier: GPL-2.0-only
/* Parameters of KVM's modules on a kernel's command line, as modprobe(8) reads them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "kvm/kvm.h"

static void words_of_a_module(void **state)
{
	static const struct {
		const char *cmdline, *module, *words;
	} lines[] = {
		{ NULL, "kvm_intel", "" },
		{ "", "kvm_intel", "" },
		{ "console=ttyS0 quiet", "kvm_intel", "" },
		{ "kvm_intel.ept=0", "kvm_intel", "ept=0" },
		{ "kvm-intel.ept=0", "kvm_intel", "ept=0" },
		{ "quiet kvm_intel.ept=0 kvm.mmio_caching=0 kvm-intel.enable_apicv=N\n",
		  "kvm_intel", "ept=0 enable_apicv=N" },
		{ "quiet kvm_intel.ept=0 kvm.mmio_caching=0\n", "kvm", "mmio_caching=0" },
		{ "kvm_intel.ept=0", "kvm_amd", "" },
		{ "kvm_intel.", "kvm_intel", "" },
		/* For the kernel, not for people: nothing is escaped. */
		{ "kvm_intel.a=\xc3\xa4\x1b", "kvm_intel", "a=\xc3\xa4\x1b" },
		{ "kvm_intel", "kvm_intel", "" },
		{ "not.kvm_intel.ept=0 kvm_intelx.ept=0", "kvm_intel", "" },
	};
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_string_equal(kvm_cmdline_parameters(&a, lines[i].cmdline, lines[i].module),
				    lines[i].words);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_a_module),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
