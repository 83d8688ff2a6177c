// SPDX-License-Identifier: GPL-2.0-only
/* Kernel releases, and the known vulnerabilities that they have by their number. */
#include "machine.h"

#include "diagnose/cves.h"

static void releases_are_read(void **state)
{
	static const struct {
		const char *release;
		struct kernel_version v;
	} good[] = {
		{ "6.12.117-nestcheck", { 6, 12, 117, 0, false, false, false } },
		{ "6.12.95", { 6, 12, 95, 0, false, false, false } },
		{ "7.2.0-rc5", { 7, 2, 0, 5, false, false, false } },
		{ "7.2", { 7, 2, 0, 0, false, false, false } },
		{ "7.2~rc5-1~exp1 (2026-08-01)", { 7, 2, 0, 5, false, false, false } },
		{ "6.18.5+", { 6, 18, 5, 0, false, false, false } },
		{ "6.1.0-40-amd64", { 6, 1, 0, 0, true, true, true } },
		{ "6.12.48+deb13-amd64", { 6, 12, 48, 0, true, true, false } },
		{ "5.14.0-503.11.1.el9_5.x86_64", { 5, 14, 0, 0, true, true, true } },
		{ "7.1.4-200.fc44.x86_64", { 7, 1, 4, 0, true, true, false } },
		{ "6.8.0-45-generic", { 6, 8, 0, 0, true, true, true } },
		{ "6.8.12-4-pve", { 6, 8, 12, 0, true, true, false } },
		{ "6.17.5-arch1-1", { 6, 17, 5, 0, true, true, false } },
		{ "6.6.36.3-microsoft-standard-WSL2", { 6, 6, 36, 0, true, true, false } },
		{ "7.2.0-0.rc6.260805gc21bb4193868.50.fc45.x86_64",
		  { 7, 2, 0, 6, true, true, true } },
	};
	static const char *const bad[] = { "", "6", "six.one", "6.", ".6", "6.x", "v6.12", NULL };
	struct kernel_version v;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!kernel_version_parse(good[i].release, &v))
			fail_msg("%s was not read", good[i].release);
		if (v.major != good[i].v.major || v.minor != good[i].v.minor ||
		    v.patch != good[i].v.patch || v.rc != good[i].v.rc ||
		    v.distribution != good[i].v.distribution || v.rebased != good[i].v.rebased ||
		    v.patch_unknown != good[i].v.patch_unknown)
			fail_msg("%s: %u.%u.%u rc %u, %s", good[i].release, v.major, v.minor,
				 v.patch, v.rc, v.distribution ? "distribution" : "none");
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(kernel_version_parse(bad[i], &v));
}

/* One letter for each vulnerability in the order of the table: Open, Fixed, ? unknown. */
static void states(void **state)
{
	static const struct {
		const char *release, *expected;
	} rows[] = {
		{ "6.12.87", "OOOO" },	 { "6.12.88", "FOOO" },	  { "6.12.94", "FOOO" },
		{ "6.12.95", "FFOO" },	 { "6.12.100", "FFOO" },  { "6.12.101", "FFFF" },
		{ "6.18.29", "OOOO" },	 { "6.18.30", "FOOO" },	  { "6.18.38", "FFOO" },
		{ "6.18.41", "FFOO" },	 { "6.18.42", "FFFF" },	  { "6.6.139", "OOOO" },
		{ "6.6.143", "FOOO" },	 { "6.6.144", "FFOO" },	  { "6.6.148", "FFFF" },
		{ "6.1.176", "OOOO" },	 { "6.1.177", "FFOO" },	  { "6.1.183", "FFOF" },
		{ "5.15.216", "OOOF" },	 { "5.15.222", "FFOF" },  { "5.10.264", "OOOO" },
		{ "5.10.265", "OOOF" },	 { "5.8.18", "OOFO" },	  { "5.4.300", "OOFO" },
		{ "4.18.0", "OOFO" },	 { "4.8.1", "OOFF" },	  { "2.4.37", "FFFF" },
		{ "6.17.13", "OOOO" }, /* no longer maintained when the fixes came */
		{ "7.0.7", "FOOO" },	 { "7.1.0-rc2", "OOOO" }, { "7.1.0-rc3", "FOOO" },
		{ "7.1.2", "FOOO" },	 { "7.1.3", "FFOO" },	  { "7.1.6", "FFFF" },
		{ "7.2.0-rc1", "FFO?" }, { "7.2.0-rc5", "FFF?" }, { "7.2.0", "FFFF" },
		{ "7.3.0-rc1", "FFFF" }, { "8.0.1", "FFFF" },
	};
	struct kernel_version v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char seen[CVES + 1] = "";

		assert_true(kernel_version_parse(rows[i].release, &v));
		for (size_t h = 0; h < CVES; h++)
			seen[h] = "?OF"[cve_state(h, &v)];
		if (strcmp(seen, rows[i].expected) != 0)
			fail_msg("%s: %s, expected %s", rows[i].release, seen, rows[i].expected);
	}
}

/* Additional information in uname -v and /proc/version_signature. */
static void distributions(void **state)
{
	static const struct {
		const char *release, *version, *signature;
		unsigned int patch;
		bool distribution, patch_unknown;
	} rows[] = {
		{ "6.8.12", "#1 SMP", NULL, 12, false, false },
		{ "6.8.0", "#1 SMP", NULL, 0, false, false },
		{ "6.8.0-45-generic", "#45-Ubuntu SMP", NULL, 0, true, true },
		{ "6.8.0-45-generic", "#45-Ubuntu SMP", "Ubuntu 6.8.0-45.45-generic 6.8.12", 12,
		  true, false },
		/* Of another series, and no signature at all. */
		{ "6.8.0-45-generic", "#45-Ubuntu SMP", "Ubuntu 6.5.0-45.45-generic 6.5.13", 0,
		  true, true },
		{ "6.8.0-45-generic", "#45-Ubuntu SMP", "Ubuntu", 0, true, true },
		{ "6.8.0-45-generic", "#45-Ubuntu SMP", "", 0, true, true },
		{ "5.14.0-503.11.1.el9_5.x86_64", "#1 SMP", NULL, 0, true, true },
		{ "6.8.12-4-pve", "#1 SMP", NULL, 12, true, false },
		{ "6.1.0-40-amd64", "#1 SMP Debian 6.1.153-1 (2026-01-01)", NULL, 153, true,
		  false },
		{ "6.1.0-40-amd64", NULL, NULL, 0, true, true },
	};
	struct kernel_version v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(
			kernel_version_of(rows[i].release, rows[i].version, rows[i].signature, &v));
		if (v.patch != rows[i].patch || v.distribution != rows[i].distribution ||
		    v.patch_unknown != rows[i].patch_unknown)
			fail_msg("row %zu: .%u%s%s", i, v.patch,
				 v.distribution ? ", of a distribution" : "",
				 v.patch_unknown ? ", not known" : "");
	}
	assert_false(
		kernel_version_of("some-kernel", NULL, "Ubuntu 6.8.0-45.45-generic 6.8.12", &v));
}

static void fixed_in_the_same_series(void **state)
{
	struct kernel_version v;
	char buf[80];

	(void)state;
	assert_true(kernel_version_parse("6.1.100", &v));
	cve_fixed_in(1, &v, buf, sizeof(buf));
	assert_string_equal(buf, "fixed in 6.1.177");
	/* A series without a fix: the next one that has it, never an older one. */
	assert_true(kernel_version_parse("6.17.1", &v));
	cve_fixed_in(1, &v, buf, sizeof(buf));
	assert_string_equal(buf, "no fix in 6.17; 6.18.38 has it");
	assert_true(kernel_version_parse("6.19.3", &v));
	cve_fixed_in(1, &v, buf, sizeof(buf));
	assert_string_equal(buf, "no fix in 6.19; 7.1.3 has it");
	assert_true(kernel_version_parse("7.1.0-rc2", &v));
	cve_fixed_in(0, &v, buf, sizeof(buf));
	assert_string_equal(buf, "fixed in 7.1");
}

static void release_behind(void **state)
{
	/* As nsvm-interrupt-livelock and nsvm-vintr-vector-0; with series; without an end. */
	static const struct kernel_range first = { .since = { 5, 8 }, .fixed = { 5, 17 } },
					 then = { .since = { 5, 8 }, .fixed = { 6, 4 } },
					 series = { .fixed = { 7, 0 },
						    .in = { { 6, 18, 0, 16 }, { 6, 12, 0, 75 } } },
					 endless = { .since = { 5, 14 } };
	static const struct {
		const struct kernel_range *ranges[2];
		const char *from, *to;
	} rows[] = {
		{ { &first }, "5.10.262", "5.17" },
		{ { &first, &then }, "5.10.262", "6.4" },
		{ { &then, &first }, "5.10.262", "6.4" },
		{ { &series }, "6.12.74", "6.12.75" },
		{ { &series }, "6.6.1", "6.12.75" },
		{ { &series }, "6.13.7", "6.18.16" },
		{ { &series }, "6.19.5", "7.0" },
		{ { &series }, "7.0.0-rc3", "7.0" },
		{ { &series, &then }, "5.10.0", "6.12.75" },
		{ { &endless }, "6.1.0", NULL },
		{ { &series, &endless }, "6.1.0", NULL },
		{ { &endless, &first }, "5.10.0", NULL },
	};
	struct kernel_version v, to;
	char name[40];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = rows[i].ranges[1] ? 2 : 1;

		assert_true(kernel_version_parse(rows[i].from, &v));
		if (kernel_release_without(rows[i].ranges, n, &v, &to) != (rows[i].to != NULL))
			fail_msg("row %zu", i);
		if (!rows[i].to)
			continue;
		kernel_version_name(&to, name, sizeof(name));
		assert_string_equal(name, rows[i].to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(releases_are_read), cmocka_unit_test(states),
		cmocka_unit_test(distributions),     cmocka_unit_test(fixed_in_the_same_series),
		cmocka_unit_test(release_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
