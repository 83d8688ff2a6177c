// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pace from the duration of exits; and the emulator whose defects may show if it cannot be
 * detected.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/emulator.h"
#include "lib/hw/cpuid.h"
#include "lib/pace.h"

#define US 1000ULL
#define MS 1000000ULL

static void scales(void **state)
{
	static const struct {
		struct pace pace;
		unsigned int scale, slow;
	} rows[] = {
		/* Hardware, with VMCS shadowing and without. */
		{ { 2 * US, 6 * US }, 1, 1 },
		{ { 5 * US, 50 * US }, 1, 1 },
		/* A cloud's guest: a hypervisor also handles its L1's exits. */
		{ { 20 * US, 200 * US }, 4, 1 },
		/* TCG, Bochs. */
		{ { 85 * US, 240 * US }, 5, 1 },
		{ { 248 * US, 600 * US }, 12, 2 },
		/* Either under KVM. */
		{ { 567 * US, 6300 * US }, PACE_SCALE_MAX, 25 },
		/* Extreme values. */
		{ { 1, 1 }, 1, 1 },
		{ { 1, 50 * US + 1 }, 2, 1 },
		{ { UINT64_MAX, UINT64_MAX }, PACE_SCALE_MAX, UINT32_MAX },
		/* L2 did not come back: by L1's. */
		{ { 2 * US, 0 }, 1, 1 },
		{ { 85 * US, 0 }, 5, 1 },
		{ { 3 * MS, 0 }, PACE_SCALE_MAX, 1 },
		{ { 0, 0 }, PACE_SCALE_UNKNOWN, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (pace_scale(&rows[i].pace) != rows[i].scale)
			fail_msg("row %zu: scale %u", i, pace_scale(&rows[i].pace));
		if (pace_slow_clock(&rows[i].pace) != rows[i].slow)
			fail_msg("row %zu: clock %u", i, pace_slow_clock(&rows[i].pace));
	}
}

/* A CPU with the hypervisor bit, or without, and 12 letters of a hypervisor's name. */
static struct facts guest_of(const char *name, bool bit)
{
	static struct cpuid_fact leaves[2];
	static struct cpu_facts cpu;

	leaves[0] = (struct cpuid_fact){ .leaf = CPUID_FEATURES,
					 .ecx = bit ? CPUID_1_ECX_HYPERVISOR : 0 };
	leaves[1] = (struct cpuid_fact){ .leaf = CPUID_HYPERVISOR };
	memcpy(&leaves[1].ebx, name, 4);
	memcpy(&leaves[1].ecx, name + 4, 4);
	memcpy(&leaves[1].edx, name + 8, 4);
	cpu = (struct cpu_facts){ .cpuid = leaves, .n_cpuid = 2 };
	return (struct facts){ .cpus = &cpu, .n_cpus = 1 };
}

static void below(void **state)
{
	static const char kvm[13] = "KVMKVMKVM\0\0\0";
	struct facts f = guest_of(kvm, true), none = { .n_cpus = 0 };

	(void)state;
	assert_int_equal(emulator_below(&f, EMULATOR_TCG), EMULATOR_TCG);
	assert_int_equal(emulator_below(&f, EMULATOR_BOCHS), EMULATOR_BOCHS);
	assert_int_equal(emulator_below(&f, EMULATOR_NONE), EMULATOR_NONE);
	assert_int_equal(emulator_below(&none, EMULATOR_TCG), EMULATOR_NONE);
	f = guest_of(kvm, false);
	assert_int_equal(emulator_below(&f, EMULATOR_TCG), EMULATOR_NONE);
	f = guest_of("KVMKVMKVMKVM", true);
	assert_int_equal(emulator_below(&f, EMULATOR_TCG), EMULATOR_NONE);
	f = guest_of("Microsoft Hv", true);
	assert_int_equal(emulator_below(&f, EMULATOR_TCG), EMULATOR_NONE);
	/* Detection overrides below=. */
	f = guest_of("TCGTCGTCGTCG", true);
	assert_int_equal(emulator_below(&f, EMULATOR_BOCHS), EMULATOR_TCG);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(scales),
		cmocka_unit_test(below),
	};

	return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
