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
#include "machine.h"

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

static struct facts behaving(struct facts f, const struct behaviour_facts *b)
{
	f.behaviour = *b;
	return f;
}

static void below(void **state)
{
	static const char kvm[13] = "KVMKVMKVM\0\0\0";
	struct facts f = behaving(guest_of(kvm, true), &tcg_behaviour), none = { .n_cpus = 0 };

	(void)state;
	assert_int_equal(emulator_below(&f, EMULATOR_TCG), EMULATOR_TCG);
	assert_int_equal(emulator_below(&f, EMULATOR_NONE), EMULATOR_NONE);
	/* below= is a claim as well. */
	assert_int_equal(emulator_below(&f, EMULATOR_BOCHS), EMULATOR_NONE);
	f = behaving(f, &bochs_behaviour);
	assert_int_equal(emulator_below(&f, EMULATOR_BOCHS), EMULATOR_BOCHS);
	assert_int_equal(emulator_below(&f, EMULATOR_TCG), EMULATOR_NONE);
	f = behaving(f, &hardware_behaviour);
	assert_int_equal(emulator_below(&f, EMULATOR_TCG), EMULATOR_NONE);
	assert_int_equal(emulator_below(&f, EMULATOR_BOCHS), EMULATOR_NONE);
	assert_int_equal(emulator_below(&none, EMULATOR_TCG), EMULATOR_NONE);
	f = behaving(guest_of(kvm, false), &tcg_behaviour);
	assert_int_equal(emulator_below(&f, EMULATOR_TCG), EMULATOR_NONE);
	f = behaving(guest_of("KVMKVMKVMKVM", true), &tcg_behaviour);
	assert_int_equal(emulator_below(&f, EMULATOR_TCG), EMULATOR_NONE);
	f = behaving(guest_of("Microsoft Hv", true), &tcg_behaviour);
	assert_int_equal(emulator_below(&f, EMULATOR_TCG), EMULATOR_NONE);
	/* Detection overrides below=. */
	f = behaving(guest_of("TCGTCGTCGTCG", true), &tcg_behaviour);
	assert_int_equal(emulator_below(&f, EMULATOR_BOCHS), EMULATOR_TCG);
}

/* Every name, and both at once, with every behaviour: a name is not enough, nor is a behaviour. */
static void proof(void **state)
{
	static const struct {
		const char *signature;
		bool bit, bochs;
		enum emulator named[2];
	} names[] = {
		{ "GenuineIntel", false, false, { EMULATOR_NONE, EMULATOR_NONE } },
		{ "KVMKVMKVM\0\0\0", true, false, { EMULATOR_NONE, EMULATOR_NONE } },
		{ "TCGTCGTCGTCG", true, false, { EMULATOR_TCG, EMULATOR_NONE } },
		{ "TCGTCGTCGTCG", false, false, { EMULATOR_NONE, EMULATOR_NONE } },
		{ "GenuineIntel", false, true, { EMULATOR_NONE, EMULATOR_BOCHS } },
		{ "KVMKVMKVM\0\0\0", true, true, { EMULATOR_NONE, EMULATOR_BOCHS } },
		{ "TCGTCGTCGTCG", true, true, { EMULATOR_TCG, EMULATOR_BOCHS } },
	};
	static const struct behaviour_facts unknown, *const behaviours[] = {
		&tcg_behaviour, &bochs_behaviour, &hardware_behaviour, &unknown
	};
	static struct key_value bios = { "bios_vendor", "The Bochs Project" };
	struct arena a = { NULL };

	(void)state;
	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
		for (size_t b = 0; b < 4; b++) {
			struct facts f =
				behaving(guest_of(names[n].signature, names[n].bit), behaviours[b]);
			enum emulator want = b < 2 ? names[n].named[b] : EMULATOR_NONE;

			if (names[n].bochs)
				f.firmware.dmi = (struct key_values){ &bios, 1 };
			if (emulator_of(&f) != want)
				fail_msg("name %zu, behaviour %zu: %d", n, b, (int)emulator_of(&f));
			assert_int_equal(emulator_evidence(&f, &a) != NULL, want != EMULATOR_NONE);
		}
	arena_free(&a);
}

/* Each of a behaviour's signs is needed. */
static void every_sign(void **state)
{
	static struct key_value bios = { "bios_vendor", "The Bochs Project" };
	struct facts tcg = behaving(guest_of("TCGTCGTCGTCG", true), &tcg_behaviour), f;
	static const uint64_t not_one_each[] = { 0, BEHAVIOUR_INSTRUCTIONS / 4,
						 BEHAVIOUR_INSTRUCTIONS * 2, 80000 };

	(void)state;
	f = tcg;
	f.behaviour.fsin_one = hardware_behaviour.fsin_one;
	assert_int_equal(emulator_of(&f), EMULATOR_NONE);
	f = tcg;
	f.behaviour.rcpss_three = hardware_behaviour.rcpss_three;
	assert_int_equal(emulator_of(&f), EMULATOR_NONE);
	f = behaving((struct facts){ .firmware.dmi = { &bios, 1 } }, &bochs_behaviour);
	assert_int_equal(emulator_of(&f), EMULATOR_BOCHS);
	f.behaviour.fsin_pi = hardware_behaviour.fsin_pi;
	assert_int_equal(emulator_of(&f), EMULATOR_NONE);
	for (size_t i = 0; i < 4; i++) {
		f.behaviour = bochs_behaviour;
		f.behaviour.ticks_nop = not_one_each[i];
		assert_int_equal(emulator_of(&f), EMULATOR_NONE);
		f.behaviour = bochs_behaviour;
		f.behaviour.ticks_fsin = not_one_each[i];
		assert_int_equal(emulator_of(&f), EMULATOR_NONE);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(scales),
		cmocka_unit_test(below),
		cmocka_unit_test(proof),
		cmocka_unit_test(every_sign),
	};

	return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
