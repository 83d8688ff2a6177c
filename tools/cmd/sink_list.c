// SPDX-License-Identifier: GPL-2.0-only
/*
 * The items of report=.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/run.h"

bool sink_next(const char **list, char *item, size_t size)
{
	size_t n = strcspn(*list, ",");

	if (!n)
		return false;
	snprintf(item, size, "%.*s", (int)n, *list);
	*list += n + ((*list)[n] == ',');
	return true;
}
