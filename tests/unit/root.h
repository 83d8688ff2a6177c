/* SPDX-License-Identifier: GPL-2.0-only */
/* A root in a new folder for each test: cmocka_unit_test_setup_teardown(TEST, make, drop). */
#ifndef NESTCHECK_TESTS_UNIT_ROOT_H
#define NESTCHECK_TESTS_UNIT_ROOT_H

#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "setup/root.h"

static struct arena arena;
static char top[] = "/tmp/nestcheck-root-XXXXXX";
static struct unseen unseen;
static int root;

/* The disk fails after so many reads. */
#define READS_MANY 1000000
static int reads_left = READS_MANY;

ssize_t read(int fd, void *buf, size_t size)
{
	if (reads_left-- > 0)
		return syscall(SYS_read, fd, buf, size > 2 ? size / 2 : size);
	errno = EIO;
	return -1;
}

ssize_t pread(int fd, void *buf, size_t size, off_t offset)
{
	if (reads_left-- > 0)
		return syscall(SYS_pread64, fd, buf, size, offset);
	errno = EIO;
	return -1;
}

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
	unseen = (struct unseen){ .n = 0 };
	reads_left = READS_MANY;
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
