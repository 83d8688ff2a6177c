/* SPDX-License-Identifier: GPL-2.0-only */
/* A root in a new folder for each test: cmocka_unit_test_setup_teardown(TEST, make, drop). */
#ifndef NESTCHECK_TESTS_UNIT_ROOT_H
#define NESTCHECK_TESTS_UNIT_ROOT_H

#include "machine.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "setup/root.h"

static struct arena arena;
static char top[] = "/tmp/nestcheck-root-XXXXXX";
static int root;

HELPER const char *in_root(const char *path)
{
	return arena_printf(&arena, "%s/%s", top, path);
}

HELPER void put(const char *path, const char *contents)
{
	char *folder = arena_strdup(&arena, in_root(path));
	FILE *f;

	for (char *c = folder + sizeof(top); (c = strchr(c, '/')); c++) {
		*c = '\0';
		mkdir(folder, 0755);
		*c = '/';
	}
	f = fopen(folder, "w");
	assert_non_null(f);
	fputs(contents, f);
	fclose(f);
}

HELPER int make(void **state)
{
	(void)state;
	strcpy(top + sizeof(top) - 7, "XXXXXX");
	if (!mkdtemp(top))
		return -1;
	put("etc/passwd", "of the root\n");
	root = root_open(top);
	return root < 0 ? root : 0;
}

HELPER int remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

HELPER int drop(void **state)
{
	(void)state;
	close(root);
	arena_free(&arena);
	return nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
