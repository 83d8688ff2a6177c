// SPDX-License-Identifier: GPL-2.0-only
/*
 * The menu's input: which lines are choices, and that no console is given up.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "init/menu_line.h"

/* The choices that these bytes make, in order; '.' for Enter alone. */
static const char *chosen(struct menu_line *l, const char *bytes, size_t len)
{
	static char made[64];
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = menu_letter(l, bytes[i]);

		if (c != MENU_NOTHING && n < sizeof(made) - 1)
			made[n++] = c == MENU_EMPTY ? '.' : c;
	}
	made[n] = 0;
	return made;
}

static void lines(void **state)
{
	static const struct {
		const char *bytes, *chosen;
	} rows[] = {
		{ "p\n", "p" },		{ "p\r", "p" },	      { "p", "" },
		{ "\n", "." },		{ "\r\n", ".." },     { "pp\n", "" },
		{ "xyz\np\n", "p" },	{ "p\nr\n", "pr" },   { "\x04p\n", "" },
		{ "\x04\np\n", "\4p" }, { "power\n\n", "." }, { "\xff\xfe\x80\np\n", "p" },
	};
	struct menu_line l = { .len = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		l = (struct menu_line){ .len = 0 };
		if (strcmp(chosen(&l, rows[i].bytes, strlen(rows[i].bytes)), rows[i].chosen) != 0)
			fail_msg("row %zu: '%s'", i,
				 chosen(&l, rows[i].bytes, strlen(rows[i].bytes)));
	}
	l = (struct menu_line){ .len = 0 };
	assert_string_equal(chosen(&l, "\0\np\n", 4), "p");
}

/* After any noise, Enter and a letter and Enter is that choice. Any length without a line's end is one line. */
static void noise(void **state)
{
	struct menu_line l = { .len = 0 };

	(void)state;
	srandom(1);
	for (unsigned int round = 0; round < 2000; round++) {
		for (unsigned int i = random() % 3000; i; i--)
			menu_letter(&l, (char)random());
		menu_letter(&l, '\r');
		assert_string_equal(chosen(&l, "p\r", 2), "p");
	}
	for (size_t i = 0; i < 1 << 20; i++)
		assert_int_equal(menu_letter(&l, 'p'), MENU_NOTHING);
	assert_string_equal(chosen(&l, "\np\n", 3), "p");
}

/* ^D is nothing; a hang-up, an error, and an end that never ends are. */
static void reads(void **state)
{
	static const int gone[] = { EIO, ENXIO, ENODEV, EBADF };
	struct menu_loss l = { .lost = false };

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_false(menu_read(&l, 0, 0, POLLIN));
	assert_false(menu_read(&l, 5, 0, POLLIN));
	for (int i = 0; i < 100; i++)
		assert_false(menu_read(&l, 0, 0, POLLIN));
	for (int i = 0; i < 1000 && !menu_read(&l, 0, 0, POLLIN); i++)
		assert_true(i < 999);
	l = (struct menu_loss){ .lost = false };
	assert_true(menu_read(&l, 0, 0, POLLIN | POLLHUP));
	assert_true(menu_read(&l, 0, 0, POLLERR));
	assert_false(menu_read(&l, -1, EAGAIN, POLLIN));
	assert_false(menu_read(&l, -1, EINTR, POLLIN));
	for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		assert_true(menu_read(&l, -1, gone[i], POLLIN));
	/* The last bytes of a console that is hung up are still read. */
	assert_false(menu_read(&l, 5, 0, POLLIN | POLLHUP));
}

/* A console that stays away for days is tried until it is back; after a key, soon again. */
static void loss(void **state)
{
	struct menu_loss l = { .lost = false };
	long long now = 5000, last = now;
	unsigned int tries = 0;

	(void)state;
	assert_false(menu_retry(&l, now));
	menu_lost(&l, now);
	assert_true(l.lost);
	assert_false(menu_retry(&l, now + MENU_RETRY_MS - 1));
	assert_true(menu_retry(&l, now + MENU_RETRY_MS));
	for (; now < 3LL * 86400 * 1000; now += 500) {
		if (!menu_retry(&l, now))
			continue;
		assert_true(now - last <= MENU_RETRY_MAX_MS + 500);
		last = now;
		tries++;
		menu_lost(&l, now);
	}
	assert_in_range(tries, 3 * 86400 / 33, 3 * 86400 / 31);
	menu_found(&l);
	assert_false(l.lost);
	/* It flaps: not each second for ever. */
	menu_lost(&l, now);
	assert_false(menu_retry(&l, now + MENU_RETRY_MAX_MS - 1));
	assert_true(menu_retry(&l, now + MENU_RETRY_MAX_MS));
	menu_found(&l);
	assert_false(menu_read(&l, 1, 0, POLLIN));
	menu_lost(&l, now);
	assert_true(menu_retry(&l, now + MENU_RETRY_MS));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(noise),
		cmocka_unit_test(reads),
		cmocka_unit_test(loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
