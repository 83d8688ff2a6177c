/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files in a new folder, for the tests of what writes them.
 */
#ifndef NESTCHECK_TESTS_UNIT_FILES_H
#define NESTCHECK_TESTS_UNIT_FILES_H

#include "machine.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/replace_file.h"

static char home[PATH_MAX];

/* In a new folder, which has to be empty at the end. */
static inline int make(void **state)
{
	static char folder[32];

	(void)state;
	strcpy(folder, "/tmp/nestcheck-replace-XXXXXX");
	return !getcwd(home, sizeof(home)) || !mkdtemp(folder) || chdir(folder);
}

static inline int drop(void **state)
{
	char folder[PATH_MAX];

	(void)state;
	return !getcwd(folder, sizeof(folder)) || chdir(home) || rmdir(folder);
}

static inline void holds(const char *path, const char *s)
{
	char buf[64] = "";
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_int_equal(fread(buf, 1, sizeof(buf) - 1, f), strlen(s));
	fclose(f);
	assert_string_equal(buf, s);
}

static inline bool is_kind(const char *path, mode_t kind)
{
	struct stat st;

	return !lstat(path, &st) && (st.st_mode & S_IFMT) == kind;
}

static inline void gone(const char *path)
{
	assert_int_equal(unlink(path), 0);
}

static inline int replace(const char *path, const char *s)
{
	return replace_file(path, s, strlen(s), NULL);
}

static inline int back_up_and_replace(const char *path, const char *s, struct replaced *how)
{
	struct target t;
	int ret = target_open(&t, path, true, how);

	if (!ret)
		ret = target_write(&t, s, strlen(s), true, how);
	target_close(&t);
	return ret;
}

/* A test in such a folder. */
#define TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)

#endif
