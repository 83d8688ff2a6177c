// SPDX-License-Identifier: GPL-2.0-only
/*
 * Known defects: every row of both tables excuses exactly the failures that it describes.
 */

#include "releases.h"
#include "rules.h"

#include "diagnose/kvm_defects.h"
#include "lib/hw/svm.h"
#include "report/judge.h"
#include "selftest/emulator.h"

/* Replaces a value that the row compares with one that does not match. */
#define OTHER 0x5a5a5a5a5a5aULL

/* The observation of a case that fails exactly as in the row; stars are filled in. */
static struct observation sample(const struct observation_match *m, char *buf, size_t size)
{
	struct observation o = { m->how, NULL, m->expected, m->seen };
	size_t n = 0;

	for (const char *s = m->what; s && *s && n + 4 < size; s++)
		n += (size_t)snprintf(buf + n, size - n, *s == '*' ? "xyz" : "%c", *s);
	buf[n] = 0;
	if (m->what)
		o.what = buf;
	return o;
}

/* Changes the `part`-th value that the row compares; false: there are no more. */
static bool spoil(const struct observation_match *m, unsigned int part, struct observation *o)
{
	switch (part) {
	case 0:
		o->how = m->how == OBSERVED_TIMEOUT ? OBSERVED_SHUTDOWN : OBSERVED_TIMEOUT;
		return true;
	case 1:
		o->what = m->what && strcmp(m->what, "*") != 0 ? "another expectation" : NULL;
		return m->what != NULL;
	case 2:
		o->expected = OTHER;
		return !(m->any & ANY_EXPECTED);
	case 3:
		o->seen = OTHER;
		return !(m->any & ANY_SEEN);
	}
	return false;
}

#define SPOILS 4

/* Only by the table; never without an emulator. */
static bool has_row(enum emulator e, const char *case_name, const struct observation *saw)
{
	for (size_t i = 0; e != EMULATOR_NONE && i < n_emulator_defects; i++)
		if (emulator_defects[i].emulator == e &&
		    !strcmp(emulator_defects[i].case_name, case_name) &&
		    observation_matches(&emulator_defects[i].saw, saw))
			return true;
	return false;
}

static void emulator_rows(void **state)
{
	static const enum emulator all[] = { EMULATOR_NONE, EMULATOR_TCG, EMULATOR_BOCHS };
	char buf[256], again[256];

	(void)state;
	assert_true(n_emulator_defects > 20);
	for (size_t i = 0; i < n_emulator_defects; i++) {
		const struct emulator_defect *d = &emulator_defects[i];
		struct observation o = sample(&d->saw, buf, sizeof(buf));

		assert_non_null(d->reason);
		/* render_plain.c cuts the text after the reason at the colon. */
		assert_null(strstr(d->reason, ": "));
		if (!emulator_defect(d->emulator, d->case_name, &o))
			fail_msg("%s: its own observation does not match", d->case_name);
		for (size_t e = 0; e < sizeof(all) / sizeof(all[0]); e++)
			if (!has_row(all[e], d->case_name, &o) &&
			    emulator_defect(all[e], d->case_name, &o))
				fail_msg("%s: xfail on an emulator without a row", d->case_name);
		if (emulator_defect(d->emulator, "svm_of_another_name", &o))
			fail_msg("%s: softens other cases", d->case_name);
		for (unsigned int part = 0; part < SPOILS; part++) {
			struct observation other = sample(&d->saw, again, sizeof(again));

			if (spoil(&d->saw, part, &other) &&
			    emulator_defect(d->emulator, d->case_name, &other))
				fail_msg("%s: hides another failure (%u)", d->case_name, part);
		}
	}
}

static void run_of(struct report *r, const char *release)
{
	haswell(r, 1);
	r->facts.kernel.release = release;
	r->facts.kernel.version = NULL;
	r->selftest.ran = true;
	r->selftest.taint_known = TRI_YES;
	r->selftest.cases = NULL;
	r->selftest.n_cases = 0;
}

static struct case_outcome *add(struct report *r, const char *name, bool core,
				enum case_result result)
{
	struct case_outcome *c = arena_push(&r->arena, &r->selftest.cases, &r->selftest.n_cases);

	*c = (struct case_outcome){ .name = name, .result = result, .core = core, .entries = 1 };
	c->nested_run = result == CASE_PASS;
	return c;
}

static enum verdict_result judge_with(const char *release, const char *name,
				      const struct observation *o, bool *found, bool *blocks)
{
	enum verdict_result result;
	const struct finding *f;
	struct report r;

	run_of(&r, release);
	add(&r, "vmx_enter", true, CASE_PASS);
	add(&r, name, false, CASE_FAIL)->saw = *o;
	diagnose(&r);
	judge_run(&r);
	f = finding_of(&r, "kvm-defect");
	*found = f;
	*blocks = f && f->severity == SEVERITY_BLOCKER;
	/* Exactly one of them. */
	if (!f != (finding_of(&r, "selftest-failed") != NULL))
		fail_msg("%s on %s: findings", name, release);
	result = r.verdict.result;
	report_free(&r);
	return result;
}

/* No longer matches the row; if it matches no other either, it is a plain failure. */
static void spoilt_fails(const struct kvm_defect *d, const char *release, const char *name,
			 const struct observation *o)
{
	struct case_outcome c = { .name = name, .result = CASE_FAIL, .saw = *o };
	struct kernel_version v;
	bool found, blocks;

	assert_true(kernel_version_parse(release, &v));
	if (kvm_defect_match(d, 1, &c, &v))
		fail_msg("%s: hides another failure of %s", d->name, name);
	if (!kvm_defect_match(kvm_defects, n_kvm_defects, &c, &v) &&
	    (judge_with(release, name, o, &found, &blocks) != VERDICT_FAIL || found))
		fail_msg("%s: another failure of %s is softened", d->name, name);
}

/* Moves the releases with the row's observation to the front; returns their number. */
static size_t seen_on(const struct kernel_range *k, char releases[][32], size_t n)
{
	size_t with = 0;

	for (size_t i = 0; i < n; i++) {
		struct kernel_version v;
		char other[32];

		assert_true(kernel_version_parse(releases[i], &v));
		if (kernel_range_state(k, &v) != RANGE_INSIDE)
			continue;
		memcpy(other, releases[with], sizeof(other));
		memcpy(releases[with++], releases[i], sizeof(other));
		memcpy(releases[i], other, sizeof(other));
	}
	return with;
}

/* Releases that have the defect, but with another observation than this sighting. */
static void looks_otherwise(const struct kvm_defect *d, const struct kvm_sighting *seen,
			    const struct observation *o, char releases[][32], size_t n)
{
	struct case_outcome c = { .name = seen->case_name, .result = CASE_FAIL, .saw = *o };
	struct kernel_version v;

	for (size_t i = 0; i < n; i++) {
		assert_true(kernel_version_parse(releases[i], &v));
		if (kvm_defect_match(d, 1, &c, &v))
			fail_msg("%s: has another look on %s", d->name, releases[i]);
	}
}

static void kvm_rows(void **state)
{
	char inside[RELEASES][32], outside[RELEASES][32];
	char buf[256];
	bool found, blocks;

	(void)state;
	for (size_t i = 0; i < n_kvm_defects; i++) {
		const struct kvm_defect *d = &kvm_defects[i];

		assert_non_null(d->seen[0].case_name);
		for (size_t k = 0; k < KVM_DEFECT_SIGHTINGS && d->seen[k].case_name; k++) {
			const struct kvm_sighting *seen = &d->seen[k];
			struct observation o = sample(&seen->saw, buf, sizeof(buf));
			enum verdict_result wanted = d->harmful ? VERDICT_FAIL : VERDICT_PASS;
			size_t n_outside, n, with;

			n = releases_of(&seen->kernels, inside, outside, &n_outside);
			looks_otherwise(d, seen, &o, outside, n_outside);
			n = seen_on(&d->kernels, inside, n);
			n += releases_of(&d->kernels, inside + n, outside, &n_outside);
			with = seen_on(&seen->kernels, inside, n);
			if (!with)
				fail_msg("%s: no release has this look of %s", d->name,
					 seen->case_name);
			looks_otherwise(d, seen, &o, inside + with, n - with);
			for (size_t v = 0; v < with; v++) {
				if (judge_with(inside[v], seen->case_name, &o, &found, &blocks) !=
					    wanted ||
				    !found || blocks != d->harmful)
					fail_msg("%s: %s on %s", d->name, seen->case_name,
						 inside[v]);
			}
			for (size_t v = 0; v < n_outside; v++) {
				const struct kvm_defect *other = NULL;
				struct case_outcome c = { .name = seen->case_name,
							  .result = CASE_FAIL,
							  .saw = o };
				struct kernel_version kernel;

				assert_true(kernel_version_parse(outside[v], &kernel));
				other = kvm_defect_match(d, 1, &c, &kernel);
				if (other)
					fail_msg("%s: softens %s, which has not got it", d->name,
						 outside[v]);
			}
			for (unsigned int part = 0; part < SPOILS; part++) {
				struct observation spoilt = o;

				if (spoil(&seen->saw, part, &spoilt))
					spoilt_fails(d, inside[0], seen->case_name, &spoilt);
			}
			if (judge_with(inside[0], "vmx_of_another_name", &o, &found, &blocks) !=
				    VERDICT_FAIL ||
			    found)
				fail_msg("%s: softens other cases", d->name);
		}
	}
}

/* From the records and reviews of the stable list, not from the table. */
static void stable_releases(void **state)
{
	static const struct {
		const char *name, *last_with, *first_without;
	} rows[] = {
		/* CVE-2026-43133. */
		{ "nsvm-vmsave-vmcb02", "6.19.5", "6.19.6" },
		{ "nsvm-vmsave-vmcb02", "6.6.127", "6.6.128" },
		{ "nsvm-vmsave-vmcb02", "5.15.201", "5.15.202" },
		/* "7.0.4-rc1 review", 2026-05-04, 221 and 226 of 307. */
		{ "nsvm-gif-after-invalid", "7.0.3", "7.0.4" },
		{ "nsvm-ncr3-unchecked", "7.0.3", "7.0.4" },
	};
	struct kernel_version v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct kvm_defect *d = kvm_defect_named(rows[i].name);

		assert_non_null(d);
		assert_true(kernel_version_parse(rows[i].last_with, &v));
		assert_int_equal(kernel_range_state(&d->kernels, &v), RANGE_INSIDE);
		assert_true(kernel_version_parse(rows[i].first_without, &v));
		assert_int_equal(kernel_range_state(&d->kernels, &v), RANGE_FIXED);
	}
}

/* Without a version, its defects are not known. */
static void unknown_kernel(void **state)
{
	const struct kvm_sighting *seen = &kvm_defects[0].seen[0];
	bool found, blocks;
	char buf[256];
	struct observation o = sample(&seen->saw, buf, sizeof(buf));

	(void)state;
	assert_int_equal(judge_with(NULL, seen->case_name, &o, &found, &blocks), VERDICT_FAIL);
	assert_false(found);
	assert_int_equal(judge_with("some-kernel", seen->case_name, &o, &found, &blocks),
			 VERDICT_FAIL);
	assert_false(found);
}

/* The finding: advice or a blocker, the fixed release, the harm. */
static void kvm_defect_is_named(void **state)
{
	struct report r;
	struct case_outcome *c;
	const struct finding *f;

	(void)state;
	run_of(&r, "5.10.262");
	add(&r, "vmx_enter", true, CASE_PASS);
	c = add(&r, "vmx_msr_bitmap_read", false, CASE_FAIL);
	c->saw =
		(struct observation){ OBSERVED_VALUE, "MSR 0xc0000100, read: exit reason", 31, 18 };
	c->detail = "the words about it";
	f = must(&r, "kvm-defect");
	assert_int_equal(f->severity, SEVERITY_BLOCKER);
	assert_contains(f->title, "nvmx-msr-intercept-lost: KVM of this kernel lets L2 access");
	assert_contains(f->evidence, "vmx_msr_bitmap_read: the words about it");
	assert_contains(f->evidence, "KVM as L1 loses");
	assert_contains(f->remedy, "Update the kernel: no fix in 5.10; 5.15.3 has it");
	judge_run(&r);
	assert_contains(r.verdict.reason,
			"kvm-defect: nvmx-msr-intercept-lost: vmx_msr_bitmap_read");
	/* If there is also an unknown failure, that one is named. */
	add(&r, "vmx_other", false, CASE_FAIL)->detail = "something";
	must(&r, "kvm-defect");
	judge_run(&r);
	assert_contains(r.verdict.reason, "selftest-failed: vmx_other");
	r.facts.kernel.release = "5.15.3";
	must_not(&r, "kvm-defect");
	report_free(&r);
}

/* A remedy must not lead to the next FAIL. */
static void remedies(void **state)
{
	static const struct {
		const char *name, *release, *remedy;
	} rows[] = {
		{ "nsvm-interrupt-livelock", "5.10.262",
		  "no fix in 5.10; 5.17 has it (commit 2b0ecccb5531); take 6.4, because that one "
		  "has nsvm-vintr-vector-0 instead" },
		{ "nsvm-vintr-vector-0", "6.1.192",
		  "no fix in 6.1; 6.4 has it (commit 7334ede457c6)" },
		{ "nsvm-vmsave-vmcb02", "6.13.7",
		  "no fix in 6.13; 6.18.16 has it (commit 127ccae2c185)" },
		{ "nsvm-clgi-without-svme", "5.10.262", "no release is known to have the fix" },
	};
	struct kernel_version v;

	(void)state;
	assert_true(n_kvm_defects < KVM_DEFECTS_MAX);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text t = { 0 };

		assert_true(kernel_version_parse(rows[i].release, &v));
		kvm_defect_fixed(kvm_defect_named(rows[i].name), &v, &t);
		assert_string_equal(t.s, rows[i].remedy);
		text_free(&t);
	}
}

/* The number does not identify such kernels, unless they report the version they are based on. */
static void distribution_remedies(void **state)
{
	static const struct observation saw = { OBSERVED_VALUE, "MSR 0xc0000100, read: exit reason",
						31, 18 };
	static const struct {
		const char *release, *signature, *remedy;
	} rows[] = {
		{ "5.15.0-130-generic", NULL,
		  "Update the kernel: fixed in 5.15.3 (commit 67f4b9969c30), or a newer update of your "
		  "distribution's kernel" },
		{ "5.15.0-2-generic", "Ubuntu 5.15.0-2.2-generic 5.15.2",
		  "Update the kernel: fixed in 5.15.3 (commit 67f4b9969c30)" },
		/* No longer in the row's range. */
		{ "5.15.0-130-generic", "Ubuntu 5.15.0-130.140-generic 5.15.173", NULL },
		{ "5.10.262", NULL,
		  "Update the kernel: no fix in 5.10; 5.15.3 has it (commit 67f4b9969c30)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct finding *f;
		struct report r;

		run_of(&r, rows[i].release);
		r.facts.kernel.version_signature = rows[i].signature;
		add(&r, "vmx_enter", true, CASE_PASS);
		add(&r, "vmx_msr_bitmap_read", false, CASE_FAIL)->saw = saw;
		diagnose(&r);
		f = finding_of(&r, "kvm-defect");
		assert_int_equal(f != NULL, rows[i].remedy != NULL);
		if (f)
			assert_string_equal(f->remedy, rows[i].remedy);
		report_free(&r);
	}
}

/* The version is not enough for a finding. */
static void nothing_failed(void **state)
{
	char inside[2 * KERNEL_SERIES_MAX + 3][32], outside[2 * KERNEL_SERIES_MAX + 3][32];
	size_t n_outside;

	(void)state;
	for (size_t i = 0; i < n_kvm_defects; i++) {
		size_t n = releases_of(&kvm_defects[i].kernels, inside, outside, &n_outside);

		for (size_t v = 0; v < n; v++) {
			struct report r;

			run_of(&r, inside[v]);
			add(&r, "vmx_enter", true, CASE_PASS);
			add(&r, kvm_defects[i].seen[0].case_name, false, CASE_PASS);
			diagnose(&r);
			judge_run(&r);
			assert_int_equal(r.verdict.result, VERDICT_PASS);
			assert_null(finding_of(&r, "kvm-defect"));
			report_free(&r);
		}
	}
}

static void names(void **state)
{
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < n_kvm_defects; i++) {
		const struct kvm_defect *d = &kvm_defects[i];

		assert_ptr_equal(kvm_defect_named(d->name), d);
		assert_null(finding_explain(d->name));
		kvm_defect_explain(&t, d);
		assert_contains(t.s, d->what);
		assert_contains(t.s, d->seen[0].case_name);
		text_free(&t);
		t = (struct text){ 0 };
	}
	assert_null(kvm_defect_named("no-such-defect"));
}

/* A fault remains FAIL, names the emulator, and only applies to the detected one. */
static void emulator_fault(void **state)
{
	const struct observation o = { OBSERVED_VALUE, "exit", SVM_EXIT_VMMCALL,
				       SVM_EXIT_SHUTDOWN };
	struct case_outcome c = { .name = "svm_enter_leave", .result = CASE_FAIL, .saw = o };

	(void)state;
	assert_non_null(emulator_fault_of(EMULATOR_TCG, false, &c));
	assert_null(emulator_fault_of(EMULATOR_TCG, true, &c));
	assert_null(emulator_fault_of(EMULATOR_BOCHS, false, &c));
	assert_null(emulator_fault_of(EMULATOR_NONE, false, &c));
	assert_null(emulator_defect(EMULATOR_TCG, c.name, &o));
	c.saw.seen = SVM_EXIT_HLT;
	assert_null(emulator_fault_of(EMULATOR_TCG, false, &c));
	c.saw = o;
	c.result = CASE_PASS;
	assert_null(emulator_fault_of(EMULATOR_TCG, false, &c));
}

/* The finding, and the verdict that names it instead of a list of cases. */
static void emulator_fault_is_named(void **state)
{
	struct report r;
	struct case_outcome *c;

	(void)state;
	zen(&r, 1);
	r.selftest.ran = true;
	r.selftest.taint_known = TRI_YES;
	set_hypervisor(&r, "TCGTCGTCGTCG");
	r.facts.behaviour = tcg_behaviour;
	set_parameter(&r, "npt", "0");
	c = add(&r, "svm_enter_leave", true, CASE_FAIL);
	c->saw =
		(struct observation){ OBSERVED_VALUE, "exit", SVM_EXIT_VMMCALL, SVM_EXIT_SHUTDOWN };
	c->detail = "exit: expected VMMCALL, seen SHUTDOWN";
	assert_int_equal(must(&r, "emulator-defect")->severity, SEVERITY_BLOCKER);
	judge_run(&r);
	assert_int_equal(r.verdict.result, VERDICT_FAIL);
	assert_contains(r.verdict.reason, "emulator-defect: This emulator does not check");
	r.facts.behaviour = hardware_behaviour;
	must_not(&r, "emulator-defect");
	r.facts.behaviour = tcg_behaviour;
	set_parameter(&r, "npt", "1");
	must_not(&r, "emulator-defect");
	judge_run(&r);
	assert_int_equal(r.verdict.result, VERDICT_FAIL);
	assert_contains(r.verdict.reason, "selftest-failed: svm_enter_leave");
	report_free(&r);
}

/* An ambiguous number counts neither for nor against a row: the observation decides. */
static void number_that_does_not_tell(void **state)
{
	static const struct {
		const char *release;
		enum verdict_result result;
	} rows[] = {
		{ "4.18.0-553.el8_10.x86_64", VERDICT_PASS }, /* RHEL: KVM of 5.x */
		{ "4.18.20", VERDICT_FAIL },
		{ "7.1.0-rc2", VERDICT_PASS }, /* release candidate of the version with the fix */
		{ "7.1.0", VERDICT_FAIL },
	};
	const struct observation gif = { OBSERVED_VALUE, "taken_behind_vmexit(l2)", 0, 1 };
	const struct observation mce = { OBSERVED_VALUE, "read_cr4()", 0x20, 0x60 };
	bool found, blocks;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = i < 2 ? "svm_smi_in_l2" : "svm_gif_invalid";

		assert_int_equal(judge_with(rows[i].release, name, i < 2 ? &mce : &gif, &found,
					    &blocks),
				 rows[i].result);
		assert_int_equal(found, rows[i].result == VERDICT_PASS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(emulator_rows),
		cmocka_unit_test(kvm_rows),
		cmocka_unit_test(stable_releases),
		cmocka_unit_test(unknown_kernel),
		cmocka_unit_test(kvm_defect_is_named),
		cmocka_unit_test(remedies),
		cmocka_unit_test(distribution_remedies),
		cmocka_unit_test(nothing_failed),
		cmocka_unit_test(names),
		cmocka_unit_test(emulator_fault),
		cmocka_unit_test(emulator_fault_is_named),
		cmocka_unit_test(number_that_does_not_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
