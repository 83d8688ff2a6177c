// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases known to crash or hang a kernel: the kernels and the cases.
 */

#include "releases.h"
#include "rules.h"

#include "diagnose/kvm_defects.h"
#include "selftest/hazards.h"

/* Each with cases that it covers, and one that it does not. */
static void hazard_rows(void **state)
{
	static const struct {
		const char *cases[4], *beside;
		const char *fix;
	} rows[] = {
		{ { "svm_state_l2", "svm_state_l2_cr2", "svm_state_virq", "svm_state_area" },
		  "svm_state_l1",
		  "e1779c2714c3" },
		{ { "vmx_state_timer" }, "vmx_state_l2", "ecec76885bcf" },
		{ { "svm_shutdown_own", "svm_shutdown_own_paging" }, "svm_vls", "ed129ec9057f" },
		{ { "svm_invalid_npt" }, "svm_invalid_state", "b71138fcc362" },
		{ { "svm_vmsave_host_address" }, "svm_vls", "c7dfa4009965" },
	};
	char inside[RELEASES][32], outside[RELEASES][32];
	struct kernel_version none = { 0 }, v;

	(void)state;
	assert_int_equal(n_hazards, sizeof(rows) / sizeof(rows[0]));
	for (size_t i = 0; i < n_hazards; i++) {
		const struct hazard *h = &hazards[i];
		size_t n_outside, n = releases_of(&h->kernels, inside, outside, &n_outside);

		assert_string_equal(h->commit, rows[i].fix);
		for (size_t c = 0; c < 4 && rows[i].cases[c]; c++) {
			const char *name = rows[i].cases[c];

			for (size_t k = 0; k < n; k++) {
				assert_true(kernel_version_parse(inside[k], &v));
				if (!hazard_of(name, &v))
					fail_msg("%s is run on %s", name, inside[k]);
				assert_null(hazard_of(rows[i].beside, &v));
			}
			for (size_t k = 0; k < n_outside; k++) {
				assert_true(kernel_version_parse(outside[k], &v));
				if (hazard_of(name, &v))
					fail_msg("%s is left out on %s", name, outside[k]);
			}
			assert_null(hazard_of(name, &none));
		}
	}
}

/* A distribution's version number does not identify its KVM: RHEL's 4.18 has that of 5.x. */
static void hazard_distribution(void **state)
{
	static const struct {
		const char *release, *version;
		bool hazard;
	} rows[] = {
		/* svm_state_l2: 5.8 to 5.17, 5.15.25. */
		{ "5.7.19", NULL, false },
		{ "4.18.0-553.el8_10.x86_64", NULL, true },
		{ "5.4.0-200-generic", NULL, true },
		{ "5.4.17-2136.el8uek.x86_64", NULL, true },
		{ "5.14.0-503.el9.x86_64", NULL, true },
		{ "6.8.0-45-generic", NULL, false },
		/* Debian reports the release of its source. */
		{ "4.19.0-27-amd64", "#1 SMP Debian 4.19.316-1 (2024-06-25)", false },
		{ "5.10.0-33-amd64", "#1 SMP Debian 5.10.226-1 (2024-10-03)", true },
		{ "6.1.0-40-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1", false },
		/* Release candidate of the version with the fix. */
		{ "5.17.0-rc2", NULL, true },
		{ "5.16.0-rc2", NULL, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct hazard *h;
		struct kernel_version v;

		assert_true(kernel_version_of(rows[i].release, rows[i].version, NULL, &v));
		h = hazard_of("svm_state_l2", &v);
		if (!h != !rows[i].hazard)
			fail_msg("%s: %s", rows[i].release, h ? h->what : "no hazard");
		assert_null(hazard_of("svm_vmmcall", &v));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hazard_rows),
		cmocka_unit_test(hazard_distribution),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
