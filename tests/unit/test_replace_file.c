// SPDX-License-Identifier: GPL-2.0-only
/* Replacing a file: the old attributes survive, and no other file remains. */
#include "machine.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/replace_file.h"

static char home[PATH_MAX];

/* In a new folder, which has to be empty at the end. */
static int make(void **state)
{
	static char folder[32];

	(void)state;
	strcpy(folder, "/tmp/nestcheck-replace-XXXXXX");
	return !getcwd(home, sizeof(home)) || !mkdtemp(folder) || chdir(folder);
}

static int drop(void **state)
{
	char folder[PATH_MAX];

	(void)state;
	return !getcwd(folder, sizeof(folder)) || chdir(home) || rmdir(folder);
}

static void put(const char *path, const char *s)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(s, f);
	fclose(f);
}

static void holds(const char *path, const char *s)
{
	char buf[64] = "";
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_int_equal(fread(buf, 1, sizeof(buf) - 1, f), strlen(s));
	fclose(f);
	assert_string_equal(buf, s);
}

static unsigned int mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static int replace(const char *path, const char *s, bool backup)
{
	return replace_file(path, s, strlen(s), backup, NULL);
}

static void new_ones(void **state)
{
	mode_t mask = umask(027);
	const char *what;

	(void)state;
	assert_int_equal(replace("f", "new\n", true), 0);
	holds("f", "new\n");
	assert_int_equal(mode_of("f"), 0640);
	assert_int_equal(umask(mask), 027);
	assert_int_equal(replace_file("f", NULL, 0, false, NULL), 0);
	holds("f", "");
	assert_int_equal(unlink("f"), 0);
	assert_int_equal(replace_file("nothing/f", "x", 1, false, &what), -ENOENT);
	assert_string_equal(what, "write beside it");
}

static void old_ones(void **state)
{
	struct stat st;

	(void)state;
	put("f", "old\n");
	assert_int_equal(chmod("f", 0604), 0);
	if (!geteuid())
		assert_int_equal(chown("f", 1, 2), 0);
	assert_int_equal(symlink("f", "link"), 0);
	assert_int_equal(replace("link", "new\n", false), 0);
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	holds("f", "new\n");
	assert_int_equal(mode_of("f"), 0604);
	assert_int_equal(stat("f", &st), 0);
	if (!geteuid())
		assert_true(st.st_uid == 1 && st.st_gid == 2);
	assert_int_equal(unlink("link"), 0);
	assert_int_equal(unlink("f"), 0);
}

static void backups(void **state)
{
	const char *what;

	(void)state;
	put("f", "old\n");
	assert_int_equal(replace("f", "new\n", true), 0);
	holds("f", "new\n");
	holds("f.bak", "old\n");
	assert_int_equal(replace_file("f", "third\n", 6, true, &what), -EEXIST);
	assert_string_equal(what, "keep a backup of it (.bak)");
	holds("f", "new\n");
	holds("f.bak", "old\n");
	assert_int_equal(unlink("f"), 0);
	assert_int_equal(unlink("f.bak"), 0);
}

static void no_files(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(replace("/dev/null", "x", false), -EINVAL);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	assert_int_equal(replace(".", "x", true), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(new_ones, make, drop),
		cmocka_unit_test_setup_teardown(old_ones, make, drop),
		cmocka_unit_test_setup_teardown(backups, make, drop),
		cmocka_unit_test_setup_teardown(no_files, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
