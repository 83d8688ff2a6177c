// SPDX-License-Identifier: GPL-2.0-only
/*
 * The CPUID leaves that are recorded: each range to its maximum, each leaf's subleaves by its
 * rule, and a limit whatever a CPU returns.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "facts/collect.h"

struct leaf {
	uint32_t leaf, subleaf, regs[4];
};

/* A CPU that returns the last listed leaf for unlisted ones, as Bochs and Intel do. */
struct machine {
	const struct leaf *leaves;
	size_t n;
	unsigned int asked;
};

static void answer(void *ctx, uint32_t leaf, uint32_t subleaf, uint32_t regs[4])
{
	struct machine *m = ctx;

	bool known = false;

	m->asked++;
	memset(regs, 0, 16);
	for (size_t i = 0; i < m->n; i++) {
		if (m->leaves[i].leaf != leaf)
			continue;
		known = true;
		if (m->leaves[i].subleaf == subleaf)
			memcpy(regs, m->leaves[i].regs, 16);
	}
	if (!known)
		memcpy(regs, m->leaves[m->n - 1].regs, 16);
}

/* Every leaf is all ones: no range ends, no subleaf is the last. */
static void answer_ones(void *ctx, uint32_t leaf, uint32_t subleaf, uint32_t regs[4])
{
	struct machine *m = ctx;

	(void)subleaf;
	m->asked++;
	memset(regs, 0xff, 16);
	/* The maxima are at the ends of their ranges. */
	if (!(leaf & 0xffffff))
		regs[0] = leaf + 0xff;
}

static struct cpu_facts walk(struct arena *a, struct machine *m,
			     void (*read)(void *, uint32_t, uint32_t, uint32_t[4]))
{
	const struct cpuid_reader reader = { read, m };
	struct cpu_facts c = { .like = -1 };

	cpuid_walk(a, &c, &reader);
	return c;
}

static const struct cpuid_fact *find(const struct cpu_facts *c, uint32_t leaf, uint32_t subleaf)
{
	const struct facts f = { .cpus = (struct cpu_facts *)c, .n_cpus = 1 };

	return cpu_cpuid(&f, c, leaf, subleaf);
}

#define INTEL	0x756e6547, 0x6c65746e, 0x49656e69
#define CENTAUR 0x746e6543, 0x736c7561, 0x48727561

static void test_ranges(void **state)
{
	/* As Bochs: 5 basic leaves, the ones after them return the last one. */
	static const struct leaf leaves[] = {
		{ 0, 0, { 4, INTEL } },
		{ 1, 0, { 0x306c3, 0, 0x20, 0 } },
		{ 0x80000000, 0, { 0x80000001, 0, 0, 0 } },
		{ 4, 0, { 0x40000001, 0, 0, 0 } },
	};
	struct machine m = { leaves, 4, 0 };
	struct arena a = { NULL };
	struct cpu_facts c = walk(&a, &m, answer);

	(void)state;
	assert_non_null(find(&c, 0, 0));
	assert_non_null(find(&c, 4, 0));
	assert_null(find(&c, 5, 0));
	assert_null(find(&c, 0xd, 0));
	assert_non_null(find(&c, 0x80000001, 0));
	assert_null(find(&c, 0x80000002, 0));
	/* No hypervisor bit: not read, although the result would look like a signature. */
	assert_null(find(&c, 0x40000000, 0));
	assert_null(find(&c, 0xc0000000, 0));
	for (size_t i = 1; i < c.n_cpuid; i++)
		assert_true(c.cpuid[i - 1].leaf < c.cpuid[i].leaf ||
			    c.cpuid[i - 1].subleaf < c.cpuid[i].subleaf);
	arena_free(&a);
}

static void test_no_extended_range(void **state)
{
	static const struct leaf leaves[] = {
		{ 0, 0, { 1, INTEL } },
		{ 1, 0, { 0x306c3, 0, 0x20, 0 } },
	};
	struct machine m = { leaves, 2, 0 };
	struct arena a = { NULL };
	struct cpu_facts c = walk(&a, &m, answer);

	(void)state;
	/* Its first leaf is recorded, whose maximum says that there are no others. */
	assert_int_equal(c.n_cpuid, 3);
	assert_true(find(&c, 0x80000000, 0)->eax < 0x80000000);
	assert_null(find(&c, 0x80000001, 0));
	arena_free(&a);
}

static void test_hypervisor_ranges(void **state)
{
	/* KVM behind Hyper-V's interface: first "Microsoft Hv", then "KVMKVMKVM". */
	static const struct leaf leaves[] = {
		{ 0, 0, { 1, INTEL } },
		{ 1, 0, { 0, 0, 1u << 31, 0 } },
		{ 0x40000000, 0, { 0x40000005, 0x7263694d, 0x666f736f, 0x76482074 } },
		{ 0x40000001, 0, { 0x31237648, 0, 0, 0 } },
		{ 0x40000100, 0, { 0x40000101, 0x4b4d564b, 0x564b4d56, 0x4d } },
		{ 0x40000101, 0, { 1, 2, 3, 4 } },
		{ 0x12345678, 0, { 0, 0, 0, 0 } },
	};
	struct machine m = { leaves, 7, 0 };
	struct arena a = { NULL };
	struct cpu_facts c = walk(&a, &m, answer);

	(void)state;
	assert_non_null(find(&c, 0x40000005, 0));
	assert_null(find(&c, 0x40000006, 0));
	assert_int_equal(find(&c, 0x40000101, 0)->edx, 4);
	assert_null(find(&c, 0x40000102, 0));
	arena_free(&a);
}

static void test_old_kvm_says_maximum_0(void **state)
{
	static const struct leaf leaves[] = {
		{ 0, 0, { 1, INTEL } },
		{ 1, 0, { 0, 0, 1u << 31, 0 } },
		{ 0x40000000, 0, { 0, 0x4b4d564b, 0x564b4d56, 0x4d } },
		{ 0x40000001, 0, { 7, 0, 0, 0 } },
		{ 0x12345678, 0, { 0, 0, 0, 0 } },
	};
	struct machine m = { leaves, 5, 0 };
	struct arena a = { NULL };
	struct cpu_facts c = walk(&a, &m, answer);

	(void)state;
	assert_int_equal(find(&c, 0x40000001, 0)->eax, 7);
	assert_null(find(&c, 0x40000002, 0));
	arena_free(&a);
}

static void test_centaur_range(void **state)
{
	static const struct leaf leaves[] = {
		{ 0, 0, { 0, CENTAUR } },
		{ 0xc0000000, 0, { 0xc0000001, 0, 0, 0 } },
		{ 0xc0000001, 0, { 5, 0, 0, 0 } },
		{ 0x12345678, 0, { 0, 0, 0, 0 } },
	};
	struct machine m = { leaves, 4, 0 };
	struct arena a = { NULL };
	struct cpu_facts c = walk(&a, &m, answer);

	(void)state;
	assert_int_equal(find(&c, 0xc0000001, 0)->eax, 5);
	assert_null(find(&c, 0xc0000002, 0));
	arena_free(&a);
}

static void test_subleaves(void **state)
{
	static const struct leaf leaves[] = {
		{ 0, 0, { 0x1f, INTEL } },
		{ 1, 0, { 0, 0, 0, 0 } },
		/* Three caches, then type 0. */
		{ 4, 0, { 0x121, 0, 0, 0 } },
		{ 4, 1, { 0x122, 0, 0, 0 } },
		{ 4, 2, { 0x143, 0, 0, 0 } },
		/* The highest is in EAX. */
		{ 7, 0, { 2, 0, 0, 0 } },
		{ 7, 1, { 0x30, 0, 0, 0 } },
		/* Threads, cores, end. */
		{ 0xb, 0, { 1, 2, 0x100, 5 } },
		{ 0xb, 1, { 4, 8, 0x201, 5 } },
		/* x87, SSE, AVX and PKRU in XCR0; CET_U in IA32_XSS. */
		{ 0xd, 0, { 0x207, 0, 0, 0 } },
		{ 0xd, 1, { 0xf, 0, 0x800, 0 } },
		{ 0xd, 2, { 256, 576, 0, 0 } },
		{ 0xd, 9, { 8, 2688, 0, 0 } },
		{ 0xd, 11, { 16, 0, 1, 0 } },
		/* L3 and L2 allocation: bits 1 and 2 of EBX. */
		{ 0x10, 0, { 0, 6, 0, 0 } },
		{ 0x10, 1, { 1, 0, 0, 0 } },
		{ 0x10, 2, { 2, 0, 0, 0 } },
		/* No SGX in leaf 7: only subleaf 0, whatever follows. */
		{ 0x12, 0, { 1, 0, 0, 0 } },
		{ 0x12, 2, { 1, 0, 0, 0 } },
	};
	static const struct {
		uint32_t leaf;
		unsigned int subleaves;
	} expected[] = {
		{ 1, 1 }, { 4, 3 }, { 7, 3 }, { 0xb, 2 }, { 0xd, 5 }, { 0x10, 3 }, { 0x12, 1 },
	};
	struct machine m = { leaves, sizeof(leaves) / sizeof(leaves[0]), 0 };
	struct arena a = { NULL };
	struct cpu_facts c = walk(&a, &m, answer);

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		unsigned int n = 0;

		for (size_t j = 0; j < c.n_cpuid; j++)
			n += c.cpuid[j].leaf == expected[i].leaf;
		if (n != expected[i].subleaves)
			fail_msg("leaf 0x%x: %u subleaves, not %u", expected[i].leaf, n,
				 expected[i].subleaves);
	}
	assert_int_equal(find(&c, 0xd, 9)->ebx, 2688);
	assert_int_equal(find(&c, 0xd, 11)->eax, 16);
	arena_free(&a);
}

static void test_sgx(void **state)
{
	static const struct leaf leaves[] = {
		{ 0, 0, { 0x12, INTEL } },
		{ 7, 0, { 0, 1u << 2, 0, 0 } },
		{ 0x12, 0, { 1, 0, 0, 0 } },
		{ 0x12, 1, { 0x36, 0, 0, 0 } },
		{ 0x12, 2, { 0x70200001, 0, 0, 0 } },
		{ 0x12, 3, { 0, 0, 0, 0 } },
	};
	struct machine m = { leaves, 6, 0 };
	struct arena a = { NULL };
	struct cpu_facts c = walk(&a, &m, answer);

	(void)state;
	assert_non_null(find(&c, 0x12, 1));
	assert_non_null(find(&c, 0x12, 2));
	assert_null(find(&c, 0x12, 3));
	arena_free(&a);
}

static void test_an_end_whatever_it_says(void **state)
{
	struct machine m = { NULL, 0, 0 };
	struct arena a = { NULL };
	struct cpu_facts c = walk(&a, &m, answer_ones);

	(void)state;
	assert_in_range(c.n_cpuid, 256, CPUID_FACTS_MAX);
	assert_in_range(m.asked, 256, 4096);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_no_extended_range),
		cmocka_unit_test(test_hypervisor_ranges),
		cmocka_unit_test(test_old_kvm_says_maximum_0),
		cmocka_unit_test(test_centaur_range),
		cmocka_unit_test(test_subleaves),
		cmocka_unit_test(test_sgx),
		cmocka_unit_test(test_an_end_whatever_it_says),
	};

	return cmocka_run_group_tests_name("facts: cpuid", tests, NULL, NULL);
}
