// SPDX-License-Identifier: GPL-2.0-only
/*
 * The values of only and skip: their patterns, and the one that matches no case.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/glob_list.h"
#include "selftest/cases.h"

size_t l1_cases(struct arena *a, enum l1_vendor vendor, struct selftest_case **cases)
{
	static struct selftest_case vmx[] = { { .name = "vmx_hlt" }, { .name = "vmx_cpuid" } };
	static struct selftest_case svm[] = { { .name = "svm_hlt" } };

	(void)a;
	*cases = vendor == L1_VMX ? vmx : svm;
	return vendor == L1_VMX ? 2 : 1;
}

static void patterns(void **state)
{
	static const struct {
		const char *list, *patterns;
	} rows[] = {
		{ "", "" },
		{ "a", "a;" },
		{ "a,b*", "a;b*;" },
		{ ",", ";" },
		{ ",a,,b,", ";a;;b;" },
		{ "a, b", "a; b;" },
		{ "12345678", ";" },
		{ "1234567", "1234567;" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *list = rows[i].list;
		char all[64] = "", glob[8];

		while (glob_list_next(&list, glob, sizeof(glob))) {
			strcat(all, glob);
			strcat(all, ";");
		}
		assert_string_equal(all, rows[i].patterns);
	}
}

static void unknown(void **state)
{
	static const struct {
		const char *list, *unknown;
	} rows[] = {
		{ NULL, NULL },
		{ "", NULL },
		{ "svm_hlt", NULL },
		/* For both vendors; a pattern; the chain; what the chain's name contains. */
		{ "svm_hlt,vmx_hlt", NULL },
		{ "*_cpuid", NULL },
		{ "chain", NULL },
		{ "c*n", NULL },
		{ ",,svm_hlt,", NULL },
		{ "svm_htl", "svm_htl" },
		{ "svm_hlt,chains", "chains" },
		{ "vmx_hlt, svm_hlt", " svm_hlt" },
		{ "SVM_HLT", "SVM_HLT" },
		{ "x,y", "x" },
		{ "svm_[", "svm_[" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena a = { NULL };
		const char *name = selftest_unknown_case(&a, rows[i].list);

		if (rows[i].unknown)
			assert_string_equal(name, rows[i].unknown);
		else
			assert_null(name);
		arena_free(&a);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns),
		cmocka_unit_test(unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
