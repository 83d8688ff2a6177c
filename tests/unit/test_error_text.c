// SPDX-License-Identifier: GPL-2.0-only
/*
 * lib/error_text.c: every errno of Linux has a text that says something.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/error_text.h"

/* include/uapi/asm-generic/errno.h, as of Linux 6.12 */
#define LAST_ERRNO EHWPOISON

static void test_texts(void **state)
{
	(void)state;
	assert_string_equal(error_text(EUCLEAN), "the file system is damaged");
	assert_string_equal(error_text(ENOENT), "No such file or directory");
	assert_string_equal(error_text(EROFS), "Read-only file system");
	for (int err = 1; err <= LAST_ERRNO; err++) {
		assert_true(strlen(error_text(err)) > 7);
		assert_null(strstr(error_text(err), "No error information"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_texts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
