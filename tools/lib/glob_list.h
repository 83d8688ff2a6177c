/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists of globs, the values of `only` and `skip`. Pure.
 */
#ifndef NESTCHECK_LIB_GLOB_LIST_H
#define NESTCHECK_LIB_GLOB_LIST_H

#include <stdbool.h>

/* list: comma-separated fnmatch(3) patterns; an empty pattern matches nothing. */
bool glob_list_matches(const char *list, const char *name);

#endif
