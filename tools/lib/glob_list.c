// SPDX-License-Identifier: GPL-2.0-only
/*
 * Matches names against lists of globs.
 */
#include "lib/glob_list.h"

#include <fnmatch.h>
#include <string.h>

bool glob_list_next(const char **list, char *glob, size_t size)
{
	size_t len = strcspn(*list, ",");

	if (!**list)
		return false;
	*glob = '\0';
	if (len < size) {
		memcpy(glob, *list, len);
		glob[len] = '\0';
	}
	*list += len + ((*list)[len] == ',');
	return true;
}

bool glob_list_matches(const char *list, const char *name)
{
	char glob[GLOB_MAX];

	while (glob_list_next(&list, glob, sizeof(glob)))
		if (*glob && fnmatch(glob, name, 0) == 0)
			return true;
	return false;
}
