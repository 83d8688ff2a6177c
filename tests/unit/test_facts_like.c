// SPDX-License-Identifier: GPL-2.0-only
/* Equal CPUs are stored once, and look-ups return the same as if they were not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "diagnose/diagnose.h"
#include "facts/collect.h"
#include "lib/json.h"

#define LEAVES 20

/* A CPU of a type: `kind` changes most leaves, the APIC id two, a missing leaf the keys. */
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

/* cpus-differ reports this; NULL: it does not fire, so the topology leaves do not count. */
static void must_say(const struct report *r, const char *text)
{
	static const char *const places[] = { "0x00000001:0 EBX", "0x0000000b", "0x0000001f",
					      "0x00000004",	  "0x8000001d", "0x8000001e" };
	const char *evidence = NULL;

	for (size_t i = 0; i < r->n_findings; i++)
		if (!strcmp(r->findings[i].id, "cpus-differ"))
			evidence = r->findings[i].evidence;
	assert_non_null(evidence);
	if (text && !strstr(evidence, text))
		fail_msg("'%s' is not in: %s", text, evidence);
	for (size_t i = 0; !text && i < sizeof(places) / sizeof(places[0]); i++)
		assert_null(strstr(evidence, places[i]));
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

/* The CPUs of a machine with two sockets: only the topology differs. */
static struct cpu_facts socket_cpu(struct arena *a, int id)
{
	static const uint32_t leaves[] = { 0,	       1,	   2,	       4,
					   7,	       0xb,	   0xd,	       0x14,
					   0x1f,       0x80000000, 0x80000001, 0x80000008,
					   0x8000001d, 0x8000001e };
	struct cpu_facts c = { .id = id, .like = -1 };
	uint32_t apic = (uint32_t)id;

	for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
		for (uint32_t sub = 0; sub < 4; sub++) {
			struct cpuid_fact *f = arena_push(a, &c.cpuid, &c.n_cpuid);

			*f = (struct cpuid_fact){ leaves[i], sub, 0x17, 1, 2, 3 };
			if (leaves[i] == 1)
				f->ebx = apic << 24 | 0x800;
			if (leaves[i] == 0xb || leaves[i] == 0x1f)
				f->edx = apic;
			/* Sharing of the last cache: firmware leaves the other socket fewer. */
			if ((leaves[i] == 4 || leaves[i] == 0x8000001d) && sub == 3)
				f->eax = id < 256 ? 0x03fc0163 : 0x01fc0163;
			if (leaves[i] == 0x8000001e)
				f->eax = apic;
		}
	}
	for (uint32_t index = 0x480; index <= 0x491; index++)
		*arena_push(a, &c.msr, &c.n_msr) = (struct msr_fact){ index, false, 0xff00000000 };
	*arena_push(a, &c.msr, &c.n_msr) = (struct msr_fact){ 0x3a, false, 5 };
	*arena_push(a, &c.msr, &c.n_msr) = (struct msr_fact){ 0x8b, false, 0x2b00000000 };
	return c;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One full description, a few keys per CPU; diagnosed, written, read and diagnosed again. */
static void test_two_sockets(void **state)
{
	struct report r, again;
	struct arena scratch = { NULL };
	const char *error;
	char *json;
	double begin = seconds();

	(void)state;
	report_init(&r);
	for (int i = 0; i < 512; i++) {
		struct cpu_facts c = socket_cpu(&scratch, i);

		/* The other socket's microcode is older; one CPU has lost a control. */
		if (i >= 256)
			c.msr[c.n_msr - 1].value = 0x2a00000000;
		if (i == 77)
			c.msr[0xb].value = 0xfd00000000;
		memcpy(&c.cpuid[0].ebx, "Genu", 4);
		memcpy(&c.cpuid[0].edx, "ineI", 4);
		memcpy(&c.cpuid[0].ecx, "ntel", 4);
		facts_add_cpu(&r.arena, &r.facts, &c);
		check(&r.facts, (size_t)i, &c);
		arena_free(&scratch);
	}
	for (size_t i = 1; i < 512; i++) {
		assert_int_equal(r.facts.cpus[i].like, 0);
		assert_true(r.facts.cpus[i].n_cpuid <= 18);
		assert_int_equal(r.facts.cpus[i].n_msr, i >= 256 || i == 77);
	}
	diagnose(&r);
	must_say(&r, "MSR 0x48b IA32_VMX_PROCBASED_CTLS2 is 0x000000fd00000000 on CPU 77 ");
	must_say(&r, "microcode (MSR 0x8b) is 0x2a on CPUs 256-511, 0x2b elsewhere");
	must_say(&r, NULL);
	json = facts_to_json(&r.facts);
	assert_true(strlen(json) < 1000000);
	report_init(&again);
	assert_int_equal(facts_from_json(&again, json, strlen(json), &error), 0);
	free(json);
	diagnose(&again);
	must_say(&again, "microcode (MSR 0x8b) is 0x2a on CPUs 256-511, 0x2b elsewhere");
	report_free(&again);
	report_free(&r);
	/* With sanitizers; it takes a tenth of that. */
	assert_true(seconds() - begin < 5);
}

/* Performance and efficiency cores: two descriptions, and `like` never leads to a `like`. */
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

/* A CPU without a leaf cannot be `like` one that has it: it would inherit the leaf. */
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
		cmocka_unit_test(test_equal_cpus),   cmocka_unit_test(test_two_sockets),
		cmocka_unit_test(test_hybrid),	     cmocka_unit_test(test_missing_key),
		cmocka_unit_test(test_odd_register), cmocka_unit_test(test_cpu_lists),
	};

	return cmocka_run_group_tests_name("facts: like", tests, NULL, NULL);
}
