// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which names of cases there are.
 */
#include "lib/glob_list.h"
#include "selftest/cases.h"

static bool is_in_table(struct arena *a, enum l1_vendor vendor, const char *glob)
{
	struct selftest_case *cases;
	size_t n = l1_cases(a, vendor, &cases);

	for (size_t i = 0; i < n; i++)
		if (glob_list_matches(glob, cases[i].name))
			return true;
	return false;
}

const char *selftest_unknown_case(struct arena *a, const char *list)
{
	char glob[GLOB_MAX];

	while (list && glob_list_next(&list, glob, sizeof(glob)))
		if (*glob && !glob_list_matches(glob, "chain") && !is_in_table(a, L1_VMX, glob) &&
		    !is_in_table(a, L1_SVM, glob))
			return arena_strdup(a, glob);
	return NULL;
}
