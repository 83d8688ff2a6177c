// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MSRs that are read: by vendor, CPUID and the registers read before, never by guessing;
 * refused differs from not tried.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "facts/collect.h"
#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"

/* Every register is readable, as in an emulator, except one. */
struct machine {
	uint64_t basic, proc, proc2, exit;
	uint32_t odd; /* this one gives `err` */
	int err;
};

static int answer(void *ctx, uint32_t index, uint64_t *value)
{
	const struct machine *m = ctx;

	if (index == m->odd)
		return m->err;
	switch (index) {
	case MSR_IA32_VMX_BASIC:
		*value = m->basic;
		break;
	case MSR_IA32_VMX_PROCBASED_CTLS:
		*value = m->proc;
		break;
	case MSR_IA32_VMX_PROCBASED_CTLS2:
		*value = m->proc2;
		break;
	case MSR_IA32_VMX_EXIT_CTLS:
		*value = m->exit;
		break;
	default:
		*value = index;
		break;
	}
	return 0;
}

#define LEAF0_INTEL                                         \
	{                                                   \
		0, 0, 7, 0x756e6547, 0x6c65746e, 0x49656e69 \
	}
#define LEAF0_AMD                                           \
	{                                                   \
		0, 0, 7, 0x68747541, 0x444d4163, 0x69746e65 \
	}
#define LEAF1_VMX                                                              \
	{                                                                      \
		1, 0, 0, 0, CPUID_1_ECX_VMX, CPUID_1_EDX_MSR | CPUID_1_EDX_PAT \
	}
#define LEAF1_PLAIN                                              \
	{                                                        \
		1, 0, 0, 0, 0, CPUID_1_EDX_MSR | CPUID_1_EDX_PAT \
	}
#define LEAF_EXT(c)                                                                   \
	{                                                                             \
		CPUID_EXT_FEATURES, 0, 0, 0, (c), CPUID_EXT_EDX_LM | CPUID_EXT_EDX_NX \
	}

static const struct cpuid_fact intel[] = { LEAF0_INTEL, LEAF1_VMX, LEAF_EXT(0) };
static const struct cpuid_fact intel_hidden[] = { LEAF0_INTEL, LEAF1_PLAIN, LEAF_EXT(0) };
static const struct cpuid_fact amd[] = { LEAF0_AMD, LEAF1_VMX, LEAF_EXT(CPUID_EXT_ECX_SVM) };
static const struct cpuid_fact amd_hidden[] = { LEAF0_AMD, LEAF1_PLAIN, LEAF_EXT(0) };

#define HASWELL                                                                                    \
	{                                                                                          \
		0x00d810000000002b, 0xf7f9fffe0401e172, 0x00047fff00000000, 0x007fffff00036dff, 0, \
			0                                                                          \
	}

static struct cpu_facts walk(struct arena *a, struct machine *m, const struct cpuid_fact *leaves,
			     size_t n)
{
	const struct msr_reader reader = { answer, m };
	struct cpu_facts c = { .like = -1 };

	for (size_t i = 0; i < n; i++)
		*arena_push(a, &c.cpuid, &c.n_cpuid) = leaves[i];
	msr_walk(a, &c, &reader);
	return c;
}

#define WALK(a, m, leaves) walk((a), (m), (leaves), sizeof(leaves) / sizeof((leaves)[0]))

static const struct msr_fact *find(const struct cpu_facts *c, uint32_t index)
{
	const struct facts f = { .cpus = (struct cpu_facts *)c, .n_cpus = 1 };

	return cpu_msr(&f, c, index);
}

static void test_intel(void **state)
{
	struct machine m = HASWELL;
	struct arena a = { NULL };
	struct cpu_facts c = WALK(&a, &m, intel);

	(void)state;
	for (uint32_t i = MSR_IA32_VMX_BASIC; i <= MSR_IA32_VMX_VMFUNC; i++)
		assert_non_null(find(&c, i));
	/* No tertiary controls in this CPU's primary ones, no secondary exit controls. */
	assert_null(find(&c, MSR_IA32_VMX_PROCBASED_CTLS3));
	assert_null(find(&c, MSR_IA32_VMX_EXIT_CTLS2));
	assert_int_equal(find(&c, MSR_IA32_FEAT_CTL)->value, MSR_IA32_FEAT_CTL);
	assert_non_null(find(&c, MSR_IA32_MISC_ENABLE));
	assert_null(find(&c, MSR_VM_CR));
	/* Leaf 7 was not recorded. */
	assert_null(find(&c, MSR_IA32_ARCH_CAPABILITIES));
	for (size_t i = 1; i < c.n_msr; i++)
		assert_true(c.msr[i - 1].index < c.msr[i].index);
	arena_free(&a);
}

static void test_intel_without_secondary_controls(void **state)
{
	struct machine m = HASWELL;
	struct arena a = { NULL };
	struct cpu_facts c;

	(void)state;
	m.proc = 0x77f9fffe0401e172;
	m.basic = 0x005810000000002b;
	c = WALK(&a, &m, intel);
	assert_null(find(&c, MSR_IA32_VMX_PROCBASED_CTLS2));
	assert_null(find(&c, MSR_IA32_VMX_EPT_VPID_CAP));
	assert_null(find(&c, MSR_IA32_VMX_TRUE_PINBASED_CTLS));
	assert_non_null(find(&c, MSR_IA32_VMX_VMCS_ENUM));
	arena_free(&a);
}

static void test_intel_newest(void **state)
{
	struct machine m = HASWELL;
	struct arena a = { NULL };
	struct cpu_facts c;

	(void)state;
	m.proc |= UINT64_C(1) << (32 + 17);
	m.exit |= UINT64_C(1) << 63;
	c = WALK(&a, &m, intel);
	assert_non_null(find(&c, MSR_IA32_VMX_PROCBASED_CTLS3));
	assert_non_null(find(&c, MSR_IA32_VMX_EXIT_CTLS2));
	arena_free(&a);
}

/* Emulators implement the other vendor's registers, and those of features that CPUID lacks. */
static void test_no_guesses(void **state)
{
	struct machine m = HASWELL;
	struct arena a = { NULL };
	struct cpu_facts c;

	(void)state;
	c = WALK(&a, &m, amd);
	assert_null(find(&c, MSR_IA32_FEAT_CTL));
	assert_null(find(&c, MSR_IA32_VMX_BASIC));
	assert_null(find(&c, MSR_IA32_MISC_ENABLE));
	assert_non_null(find(&c, MSR_VM_CR));
	assert_non_null(find(&c, MSR_VM_HSAVE_PA));
	assert_null(find(&c, MSR_TSC_RATIO));
	c = WALK(&a, &m, amd_hidden);
	assert_null(find(&c, MSR_VM_CR));
	assert_non_null(find(&c, MSR_EFER));
	c = WALK(&a, &m, intel_hidden);
	assert_null(find(&c, MSR_IA32_FEAT_CTL));
	assert_null(find(&c, MSR_IA32_VMX_BASIC));
	arena_free(&a);
}

static void test_refused_is_not_untried(void **state)
{
	struct machine m = HASWELL;
	struct arena a = { NULL };
	struct cpu_facts c;

	(void)state;
	m.odd = MSR_IA32_FEAT_CTL;
	m.err = -EIO;
	c = WALK(&a, &m, intel);
	assert_true(find(&c, MSR_IA32_FEAT_CTL)->refused);
	assert_false(find(&c, MSR_IA32_VMX_BASIC)->refused);
	m.err = -EPERM;
	c = WALK(&a, &m, intel);
	assert_null(find(&c, MSR_IA32_FEAT_CTL));
	/* Registers that a refused one would have announced are not tried. */
	m.odd = MSR_IA32_VMX_PROCBASED_CTLS;
	m.err = -EIO;
	c = WALK(&a, &m, intel);
	assert_null(find(&c, MSR_IA32_VMX_PROCBASED_CTLS2));
	arena_free(&a);
}

static void test_nothing_recorded(void **state)
{
	struct machine m = HASWELL;
	struct arena a = { NULL };
	struct cpu_facts c = walk(&a, &m, NULL, 0);

	(void)state;
	assert_int_equal(c.n_msr, 0);
	arena_free(&a);
}

static void test_expected(void **state)
{
	struct machine m = HASWELL;
	struct arena a = { NULL };
	struct cpu_facts c = WALK(&a, &m, amd);
	const struct facts f = { .cpus = &c, .n_cpus = 1 };

	(void)state;
	assert_true(msr_known(MSR_IA32_VMX_BASIC));
	assert_false(msr_known(0x10));
	assert_false(msr_expected(&f, &c, MSR_IA32_VMX_BASIC));
	assert_true(msr_expected(&f, &c, MSR_VM_CR));
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_intel),
		cmocka_unit_test(test_intel_without_secondary_controls),
		cmocka_unit_test(test_intel_newest),
		cmocka_unit_test(test_no_guesses),
		cmocka_unit_test(test_refused_is_not_untried),
		cmocka_unit_test(test_nothing_recorded),
		cmocka_unit_test(test_expected),
	};

	return cmocka_run_group_tests_name("facts: msr", tests, NULL, NULL);
}
