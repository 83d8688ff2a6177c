// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which kernels a root has (see kernels.h).
 */
#include "setup/kernels.h"

#include <ctype.h>
#include <stdlib.h>

int release_compare(const char *a, const char *b)
{
	while (*a || *b) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			char *a_end, *b_end;
			unsigned long x = strtoul(a, &a_end, 10), y = strtoul(b, &b_end, 10);

			if (x != y)
				return x > y ? -1 : 1;
			a = a_end;
			b = b_end;
			continue;
		}
		if (*a != *b)
			return (unsigned char)*a > (unsigned char)*b ? -1 : 1;
		a++;
		b++;
	}
	return 0;
}

static int newest_first(const void *a, const void *b)
{
	return release_compare(*(const char *const *)a, *(const char *const *)b);
}

/* Every kernel package installs or creates one of these: modules.builtin(5), depmod(8). */
static bool has_modules(struct arena *a, int root, const char *folder, const char *name,
			struct unseen *u)
{
	return root_has(root, arena_printf(a, "%s/%s/modules.dep", folder, name), u) ||
	       root_has(root, arena_printf(a, "%s/%s/modules.builtin", folder, name), u);
}

const char *root_kernels(struct arena *a, int root, struct strings *releases, struct unseen *u)
{
	static const char *const folders[] = { "usr/lib/modules", "lib/modules" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		struct strings names = { NULL, 0 };

		root_list(a, root, folders[i], &names, u);
		for (size_t j = 0; j < names.n; j++)
			if (isdigit((unsigned char)names.s[j][0]) &&
			    has_modules(a, root, folders[i], names.s[j], u))
				strings_add(a, releases, names.s[j]);
		if (!releases->n)
			continue;
		qsort(releases->s, releases->n, sizeof(releases->s[0]), newest_first);
		return folders[i];
	}
	return NULL;
}
