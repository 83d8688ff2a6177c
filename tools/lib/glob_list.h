/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists of globs, the values of `only` and `skip`. Pure.
 */
#ifndef NESTCHECK_LIB_GLOB_LIST_H
#define NESTCHECK_LIB_GLOB_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* list: comma-separated fnmatch(3) patterns; an empty pattern matches nothing. */
bool glob_list_matches(const char *list, const char *name);

/*
 * Copies the next pattern to glob and moves *list behind it; false at the end. An empty pattern, and
 * one that does not fit, which matches nothing, are copied as "".
 */
bool glob_list_next(const char **list, char *glob, size_t size);

/* The longest pattern, with its NUL. */
#define GLOB_MAX 128

#endif
