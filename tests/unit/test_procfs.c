// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small files: reading them, and the errors for unreadable ones.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/procfs.h"

static char path[] = "/tmp/nestcheck-unit-XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 || close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void whole(void **state)
{
	char buf[8];

	(void)state;
	assert_int_equal(write_word(path, "0123456789"), 0);
	assert_int_equal(read_file(path, buf, sizeof(buf)), 7);
	assert_string_equal(buf, "0123456");
	/* Bytes that must not be overwritten. */
	assert_int_equal(write_file(path, "ab", 2), 0);
	assert_int_equal(read_file(path, buf, 4), 3);
	assert_string_equal(buf, "ab2");
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(read_file(path, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "");
	strcpy(buf, "stale");
	assert_int_equal(read_file("/", buf, sizeof(buf)), -EISDIR);
	assert_string_equal(buf, "");
	assert_int_equal(read_file("/nowhere/at/all", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(write_word("/nowhere/at/all", "x"), -ENOENT);
}

static void lines(void **state)
{
	char buf[32];

	(void)state;
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(write_word(path, "  1 mem\n202 cpu/msr\n LOC:  7  8\nLOC: 9\n"), 0);
	assert_string_equal(procfs_line(path, "LOC:", buf, sizeof(buf)), "  7  8\n");
	assert_string_equal(procfs_line(path, "202 cpu/msr", buf, sizeof(buf)), "\n");
	assert_null(procfs_line(path, "cpu/msr", buf, sizeof(buf)));
	assert_null(procfs_line("/nowhere/at/all", "", buf, sizeof(buf)));
}

static void numbers(void **state)
{
	uint64_t total = 0, there = 0;
	int64_t n = 5;

	(void)state;
	assert_int_equal(truncate(path, 0), 0);
	assert_false(procfs_number(path, &n));
	assert_int_equal(write_word(path, "-12\n"), 0);
	assert_true(procfs_number(path, &n));
	assert_int_equal(n, -12);
	assert_int_equal(write_word(path, "none"), 0);
	assert_false(procfs_number(path, &n));
	assert_false(procfs_number("/nowhere/at/all", &n));
	assert_true(meminfo_kb("MemTotal", &total) && meminfo_kb("MemAvailable", &there));
	assert_true(total >= there && there > 0);
	assert_false(meminfo_kb("Mem", &total));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(lines),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
