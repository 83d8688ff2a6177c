// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's lists of CPUs: "0-3,8". */
#include "facts/collect.h"

#include <errno.h>
#include <stdlib.h>

int cpu_list_parse(struct arena *a, const char *list, int max, int **ids, size_t *n)
{
	const char *s = list;
	char *end;

	*ids = NULL;
	*n = 0;
	while (*s && *s != '\n') {
		long first, last;

		if (*s < '0' || *s > '9')
			return -EINVAL;
		first = last = strtol(s, &end, 10);
		s = end;
		if (*s == '-') {
			if (s[1] < '0' || s[1] > '9')
				return -EINVAL;
			last = strtol(s + 1, &end, 10);
			s = end;
		}
		if (first > last || last > 1000000)
			return -EINVAL;
		for (; first <= last && *n < (size_t)max; first++)
			*arena_push(a, ids, n) = (int)first;
		if (*s == ',')
			s++;
		else if (*s && *s != '\n')
			return -EINVAL;
	}
	return 0;
}
