// SPDX-License-Identifier: GPL-2.0-only
/*
 * Matches names against lists of globs.
 */
#include "lib/glob_list.h"

#include <fnmatch.h>
#include <string.h>

bool glob_list_matches(const char *list, const char *name)
{
	char glob[128];

	while (*list) {
		size_t len = strcspn(list, ",");

		if (len && len < sizeof(glob)) {
			memcpy(glob, list, len);
			glob[len] = 0;
			if (fnmatch(glob, name, 0) == 0)
				return true;
		}
		list += len + (list[len] == ',');
	}
	return false;
}
