// SPDX-License-Identifier: GPL-2.0-only
/*
 * Consoles: each write() separately (a packet pipe preserves them), consoles that do not drain,
 * and the text that is then dropped.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/console.h"

struct fixture {
	struct consoles cs;
	int in[CONSOLE_MAX];
};

static int setup(void **state)
{
	signal(SIGPIPE, SIG_IGN);
	*state = calloc(1, sizeof(struct fixture));
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < f->cs.n; i++)
		close(f->in[i]);
	consoles_close(&f->cs);
	free(f);
	return 0;
}

static struct console *add(struct fixture *f, const char *name)
{
	int fd[2];

	assert_int_equal(pipe2(fd, O_NONBLOCK | O_DIRECT), 0);
	f->in[f->cs.n] = fd[0];
	return consoles_add(&f->cs, name, fd[1]);
}

/* The text of one write(); "" for none. */
static const char *packet(struct fixture *f, int i)
{
	static char buf[8192];
	ssize_t n = read(f->in[i], buf, sizeof(buf) - 1);

	buf[n > 0 ? n : 0] = '\0';
	return buf;
}

/*
 * The output at a terminal's other end, up to this many bytes. The kernel delivers it
 * asynchronously, and OPOST's CR LF separate from the line: an immediate read may return half.
 */
static const char *received(struct fixture *f, int i, size_t want)
{
	static char buf[8192];
	struct pollfd at = { .fd = f->in[i], .events = POLLIN };
	size_t have = 0;
	ssize_t n;

	while (have < want && poll(&at, 1, 5000) == 1) {
		n = read(at.fd, buf + have, sizeof(buf) - 1 - have);
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	buf[have] = '\0';
	return buf;
}

/* Fills the pipe with packets until nothing more goes in. */
static void stuff(struct fixture *f, int i)
{
	while (write(f->cs.c[i].fd, "x", 1) == 1)
		continue;
}

static void text(struct console *c, const char *s)
{
	console_write(c, s, strlen(s));
}

static void test_kinds(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(add(f, "tty0")->kind, CONSOLE_SCREEN);
	assert_int_equal(add(f, "tty12")->kind, CONSOLE_SCREEN);
	assert_int_equal(add(f, "ttyS0")->kind, CONSOLE_STREAM);
	assert_int_equal(add(f, "ttyUSB0")->kind, CONSOLE_STREAM);
	assert_int_equal(add(f, "hvc0")->kind, CONSOLE_STREAM);
	assert_int_equal(add(f, "tty")->kind, CONSOLE_STREAM);
	assert_int_equal(f->cs.c[0].columns, 80);
	assert_int_equal(f->cs.c[0].rows, 25);
}

static void test_printf_goes_to_all(void **state)
{
	struct fixture *f = *state;

	add(f, "ttyS0");
	add(f, "ttyS1");
	consoles_printf(&f->cs, "%s %d\n", "hello", 5);
	assert_string_equal(packet(f, 0), "");
	assert_true(consoles_flush(&f->cs, 0));
	assert_string_equal(packet(f, 0), "hello 5\n");
	assert_string_equal(packet(f, 1), "hello 5\n");
}

static void test_line_is_one_write(void **state)
{
	struct fixture *f = *state;
	char line[1024];

	memset(line, 'v', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	add(f, "ttyS0");
	consoles_line(&f->cs, line, 100);
	assert_int_equal(strlen(packet(f, 0)), sizeof(line));
	assert_string_equal(packet(f, 0), "");
}

static void test_line_overtakes_the_queue(void **state)
{
	struct fixture *f = *state;

	text(add(f, "ttyS0"), "report\n");
	consoles_line(&f->cs, "VERDICT", 0);
	assert_string_equal(packet(f, 0), "VERDICT\n");
	assert_string_equal(packet(f, 0), "");
	consoles_flush(&f->cs, 0);
	assert_string_equal(packet(f, 0), "report\n");
}

static void test_line_ends_a_line_that_is_half_out(void **state)
{
	struct fixture *f = *state;

	text(add(f, "ttyS0"), "self-test ...");
	consoles_flush(&f->cs, 0);
	assert_string_equal(packet(f, 0), "self-test ...");
	consoles_line(&f->cs, "VERDICT", 0);
	assert_string_equal(packet(f, 0), "\nVERDICT\n");
	consoles_line(&f->cs, "again", 0);
	assert_string_equal(packet(f, 0), "again\n");
}

static void test_blocked_console_does_not_hold_the_others_up(void **state)
{
	struct fixture *f = *state;
	long long start, took;

	add(f, "ttyS0");
	add(f, "ttyS1");
	stuff(f, 0);
	start = monotonic_ms();
	consoles_line(&f->cs, "VERDICT", 100);
	took = monotonic_ms() - start;
	assert_true(took >= 100 && took < 1000);
	assert_string_equal(packet(f, 1), "VERDICT\n");
	assert_false(consoles_flush(&f->cs, 0));
}

static void test_blocked_line_comes_first_later(void **state)
{
	struct fixture *f = *state;
	struct console *c = add(f, "ttyS0");

	text(c, "report\n");
	stuff(f, 0);
	consoles_line(&f->cs, "VERDICT", 0);
	consoles_line(&f->cs, "second", 0);
	while (!strcmp(packet(f, 0), "x"))
		continue;
	assert_true(consoles_flush(&f->cs, 100));
	assert_string_equal(packet(f, 0), "VERDICT\nsecond\n");
	assert_string_equal(packet(f, 0), "report\n");
}

/* poll(2): EINVAL where there are more descriptors than RLIMIT_NOFILE. */
static void test_poll_that_fails_loses_nothing(void **state)
{
	struct fixture *f = *state;
	struct rlimit before, none;
	bool written, blocked;
	long long start, took;

	text(add(f, "ttyS0"), "report\n");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	start = monotonic_ms();
	written = consoles_flush(&f->cs, 5000);
	stuff(f, 0);
	text(&f->cs.c[0], "blocked\n");
	blocked = !consoles_flush(&f->cs, 100);
	took = monotonic_ms() - start;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_true(written && blocked);
	assert_true(took >= 100 && took < 2000);
	assert_string_equal(packet(f, 0), "report\n");
}

static void test_full_queue_drops_the_oldest_lines(void **state)
{
	struct fixture *f = *state;
	struct console *c = add(f, "ttyS0");
	char line[101];
	size_t n = CONSOLE_QUEUE_MAX / 100 + 50;

	stuff(f, 0);
	consoles_line(&f->cs, "VERDICT", 0);
	for (size_t i = 0; i < n; i++) {
		snprintf(line, sizeof(line), "%0*zu\n", 99, i);
		text(c, line);
	}
	assert_true(c->len <= CONSOLE_QUEUE_MAX);
	assert_true(c->len > CONSOLE_QUEUE_MAX - 200);
	/* Lost text is counted, consists of whole lines, and never includes the verdict. */
	assert_int_equal(c->len + c->dropped, n * 100 + 8);
	assert_int_equal(c->dropped % 100, 0);
	assert_memory_equal(c->queue, "VERDICT\n", 8);
	snprintf(line, sizeof(line), "%0*zu\n", 99, c->dropped / 100);
	assert_memory_equal(c->queue + 8, line, 100);
}

static void test_drop_keeps_the_end_of_a_line_half_out(void **state)
{
	struct fixture *f = *state;
	struct console *c = add(f, "ttyS0");

	text(c, "half");
	consoles_flush(&f->cs, 0);
	stuff(f, 0);
	text(c, " and half\n");
	for (size_t i = 0; i < CONSOLE_QUEUE_MAX / 8; i++)
		text(c, "1234567\n");
	assert_true(c->dropped > 0);
	assert_memory_equal(c->queue, "\n1234567\n", 9);
}

static void test_huge_text(void **state)
{
	struct fixture *f = *state;
	struct console *c = add(f, "ttyS0");
	char *huge = malloc(CONSOLE_QUEUE_MAX + 1000);

	memset(huge, 'a', CONSOLE_QUEUE_MAX + 1000);
	console_write(c, huge, CONSOLE_QUEUE_MAX + 1000);
	assert_int_equal(c->len, CONSOLE_QUEUE_MAX);
	assert_int_equal(c->dropped, 1000);
	console_write(c, "b", 1);
	assert_int_equal(c->len + c->dropped, CONSOLE_QUEUE_MAX + 1001);
	free(huge);
}

static void test_broken_console_is_given_up(void **state)
{
	struct fixture *f = *state;

	add(f, "ttyS0");
	add(f, "ttyS1");
	close(f->in[0]);
	f->in[0] = -1;
	consoles_line(&f->cs, "VERDICT", 1000);
	assert_int_equal(f->cs.c[0].fd, -1);
	assert_string_equal(packet(f, 1), "VERDICT\n");
	consoles_printf(&f->cs, "more\n");
	assert_true(consoles_flush(&f->cs, 0));
	assert_string_equal(packet(f, 1), "more\n");
}

static void test_too_many(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < CONSOLE_MAX; i++)
		assert_non_null(add(f, "ttyS0"));
	assert_null(consoles_add(&f->cs, "ttyS9", -1));
	assert_int_equal(f->cs.n, CONSOLE_MAX);
}

static void test_open_leaves_out_what_is_not_there(void **state)
{
	struct consoles cs;

	(void)state;
	assert_int_equal(consoles_open(&cs, "no-such-tty,,null,"), 1);
	assert_string_equal(cs.c[0].name, "null");
	consoles_line(&cs, "VERDICT", 100);
	assert_true(consoles_flush(&cs, 0));
	consoles_close(&cs);
	assert_int_equal(consoles_open(&cs, ""), 0);
	consoles_line(&cs, "VERDICT", 100);
	consoles_close(&cs);
}

/* A real tty: newlines become CR LF, and a stopped one blocks nothing. */
static void test_terminal(void **state)
{
	struct fixture *f = *state;
	struct winsize ws = { .ws_row = 50, .ws_col = 160 };
	int tty;

	assert_int_equal(openpty(&f->in[0], &tty, NULL, NULL, &ws), 0);
	fcntl(f->in[0], F_SETFL, O_NONBLOCK);
	fcntl(tty, F_SETFL, O_NONBLOCK);
	consoles_add(&f->cs, "tty0", tty);
	assert_int_equal(f->cs.c[0].columns, 160);
	assert_int_equal(f->cs.c[0].rows, 50);
	consoles_line(&f->cs, "VERDICT", 100);
	assert_string_equal(received(f, 0, 9), "VERDICT\r\n");

	assert_int_equal(tcflow(tty, TCOOFF), 0);
	consoles_line(&f->cs, "stopped", 50);
	assert_string_equal(packet(f, 0), "");
	assert_int_equal(tcflow(tty, TCOON), 0);
	assert_true(consoles_flush(&f->cs, 1000));
	assert_true(consoles_drain(&f->cs, 1000));
	assert_string_equal(received(f, 0, 9), "stopped\r\n");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		T(test_kinds),
		T(test_printf_goes_to_all),
		T(test_line_is_one_write),
		T(test_line_overtakes_the_queue),
		T(test_line_ends_a_line_that_is_half_out),
		T(test_blocked_console_does_not_hold_the_others_up),
		T(test_blocked_line_comes_first_later),
		T(test_poll_that_fails_loses_nothing),
		T(test_full_queue_drops_the_oldest_lines),
		T(test_drop_keeps_the_end_of_a_line_half_out),
		T(test_huge_text),
		T(test_broken_console_is_given_up),
		T(test_too_many),
		T(test_open_leaves_out_what_is_not_there),
		T(test_terminal),
	};

	return cmocka_run_group_tests_name("console", tests, NULL, NULL);
}
