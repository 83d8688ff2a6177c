// SPDX-License-Identifier: GPL-2.0-only
/* Equal CPUs are stored once, and what is looked up is the same as if they were not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "facts/collect.h"

#define LEAVES 20

/* A CPU of a kind: `kind` changes most leaves, the APIC id two, a missing leaf the keys. */
static struct cpu_facts make_cpu(struct arena *a, int id, uint32_t kind, bool short_of_a_leaf)
{
	struct cpu_facts c = { .id = id, .like = -1 };
	struct msr_fact *m;

	for (uint32_t i = 0; i < LEAVES; i++) {
		struct cpuid_fact *f;

		if (short_of_a_leaf && i == 7)
			continue;
		f = arena_push(a, &c.cpuid, &c.n_cpuid);
		f->leaf = i;
		f->eax = i + kind;
		if (i == 1 || i == 0xb)
			f->ebx = (uint32_t)id;
	}
	m = arena_push(a, &c.msr, &c.n_msr);
	m->index = 0x3a;
	m->value = 5;
	return c;
}

static void check(const struct facts *f, size_t i, const struct cpu_facts *original)
{
	const struct cpu_facts *c = &f->cpus[i];

	assert_int_equal(c->id, original->id);
	for (size_t j = 0; j < original->n_cpuid; j++) {
		const struct cpuid_fact *want = &original->cpuid[j];
		const struct cpuid_fact *have = cpu_cpuid(f, c, want->leaf, want->subleaf);

		assert_non_null(have);
		assert_memory_equal(have, want, sizeof(*want));
	}
	for (size_t j = 0; j < original->n_msr; j++) {
		const struct msr_fact *have = cpu_msr(f, c, original->msr[j].index);

		assert_non_null(have);
		assert_int_equal(have->value, original->msr[j].value);
		assert_int_equal(have->refused, original->msr[j].refused);
	}
}

static void test_equal_cpus(void **state)
{
	struct arena a = { NULL };
	struct facts f = { 0 };

	(void)state;
	for (int i = 0; i < 512; i++) {
		struct cpu_facts c = make_cpu(&a, i, 0, false);

		facts_add_cpu(&a, &f, &c);
		check(&f, (size_t)i, &c);
	}
	assert_int_equal(f.n_cpus, 512);
	assert_int_equal(f.cpus[0].like, -1);
	assert_int_equal(f.cpus[0].n_cpuid, LEAVES);
	for (size_t i = 1; i < f.n_cpus; i++) {
		assert_int_equal(f.cpus[i].like, 0);
		assert_int_equal(f.cpus[i].n_cpuid, 2);
		assert_int_equal(f.cpus[i].n_msr, 0);
	}
	arena_free(&a);
}

/* Performance and efficiency cores: two descriptions, and never a like of a like. */
static void test_hybrid(void **state)
{
	struct arena a = { NULL };
	struct facts f = { 0 };

	(void)state;
	for (int i = 0; i < 8; i++) {
		struct cpu_facts c = make_cpu(&a, i, i >= 4 ? 1000 : 0, false);

		facts_add_cpu(&a, &f, &c);
		check(&f, (size_t)i, &c);
	}
	assert_int_equal(f.cpus[3].like, 0);
	assert_int_equal(f.cpus[4].like, -1);
	assert_int_equal(f.cpus[7].like, 4);
	arena_free(&a);
}

/* One that lacks a leaf cannot be `like` one that has it: the leaf would be seen through. */
static void test_missing_key(void **state)
{
	struct arena a = { NULL };
	struct facts f = { 0 };
	struct cpu_facts whole = make_cpu(&a, 0, 0, false), lacks = make_cpu(&a, 1, 0, true);

	(void)state;
	facts_add_cpu(&a, &f, &whole);
	facts_add_cpu(&a, &f, &lacks);
	assert_int_equal(f.cpus[1].like, -1);
	assert_null(cpu_cpuid(&f, &f.cpus[1], 7, 0));
	arena_free(&a);
}

static void test_odd_register(void **state)
{
	struct arena a = { NULL };
	struct facts f = { 0 };
	struct cpu_facts even = make_cpu(&a, 0, 0, false), odd = make_cpu(&a, 1, 0, false);

	(void)state;
	odd.msr[0].value = 1;
	facts_add_cpu(&a, &f, &even);
	facts_add_cpu(&a, &f, &odd);
	assert_int_equal(f.cpus[1].like, 0);
	assert_int_equal(f.cpus[1].n_msr, 1);
	check(&f, 1, &odd);
	odd.id = 2;
	odd.msr[0].refused = true;
	odd.msr[0].value = 0;
	facts_add_cpu(&a, &f, &odd);
	assert_true(cpu_msr(&f, &f.cpus[2], 0x3a)->refused);
	assert_int_equal(cpu_msr(&f, &f.cpus[0], 0x3a)->value, 5);
	arena_free(&a);
}

static void test_cpu_lists(void **state)
{
	struct arena a = { NULL };
	size_t n;
	int *ids;

	(void)state;
	assert_int_equal(cpu_list_parse(&a, "0-3,8\n", 512, &ids, &n), 0);
	assert_int_equal(n, 5);
	assert_int_equal(ids[3], 3);
	assert_int_equal(ids[4], 8);
	assert_int_equal(cpu_list_parse(&a, "0", 512, &ids, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(cpu_list_parse(&a, "0-511", 64, &ids, &n), 0);
	assert_int_equal(n, 64);
	assert_int_equal(cpu_list_parse(&a, "", 512, &ids, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(cpu_list_parse(&a, "3-1", 512, &ids, &n), -EINVAL);
	assert_int_equal(cpu_list_parse(&a, "0-", 512, &ids, &n), -EINVAL);
	assert_int_equal(cpu_list_parse(&a, "x", 512, &ids, &n), -EINVAL);
	assert_int_equal(cpu_list_parse(&a, "0 1", 512, &ids, &n), -EINVAL);
	assert_int_equal(cpu_list_parse(&a, "99999999999999999999", 512, &ids, &n), -EINVAL);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_cpus),  cmocka_unit_test(test_hybrid),
		cmocka_unit_test(test_missing_key), cmocka_unit_test(test_odd_register),
		cmocka_unit_test(test_cpu_lists),
	};

	return cmocka_run_group_tests_name("facts: like", tests, NULL, NULL);
}
