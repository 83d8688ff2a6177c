/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists of globs, as `only` and `skip` take them. Pure.
 */
#ifndef NESTCHECK_LIB_GLOB_LIST_H
#define NESTCHECK_LIB_GLOB_LIST_H

#include <stdbool.h>

/* list: fnmatch(3) patterns with commas between them; an empty one matches nothing. */
bool glob_list_matches(const char *list, const char *name);

#endif
