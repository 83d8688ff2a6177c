// SPDX-License-Identifier: GPL-2.0-only
/*
 * Standard output and standard error (see terminal.h).
 */
#include "lib/terminal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lib/error_text.h"

#define STUCK_MS 2000 /* how long a descriptor that must not block may accept nothing */

/* A failure of standard output has been reported. */
static bool failed;

/* 0 or a negative errno. */
static int put(int fd, const char *s, size_t left)
{
	while (left) {
		ssize_t n = write(fd, s, left);

		if (n > 0) {
			s += n;
			left -= (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			struct pollfd p = { .fd = fd, .events = POLLOUT };

			if (poll(&p, 1, STUCK_MS) == 0)
				return -ETIMEDOUT;
		} else if (n < 0 && errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

static int put_text(int fd, struct text *t)
{
	struct text shown = { 0 };
	int ret;

	if (t->raw && isatty(fd)) {
		text_append(&shown, t);
		ret = put(fd, shown.s, shown.len);
	} else {
		ret = put(fd, t->s, t->len);
	}
	text_free(&shown);
	text_free(t);
	return ret;
}

void stdout_failed(int error)
{
	if (!failed)
		complain("standard output: %s",
			 error ? error_text(error) : "not all could be written");
	failed = true;
}

bool stdout_written(void)
{
	return !failed;
}

bool print_text(struct text *t)
{
	int ret = put_text(STDOUT_FILENO, t);

	if (ret)
		stdout_failed(-ret);
	return stdout_written();
}

bool print_error_text(struct text *t)
{
	return put_text(STDERR_FILENO, t) == 0;
}

bool terminal_print(bool error, const char *fmt, ...)
{
	struct text t = { 0 };
	va_list ap;

	va_start(ap, fmt);
	text_vformat(&t, fmt, ap);
	va_end(ap);
	return error ? print_error_text(&t) : print_text(&t);
}

void terminal_complain(const char *fmt, ...)
{
	struct text t = { 0 };
	va_list ap;

	text_add(&t, "nestcheck: ");
	va_start(ap, fmt);
	text_vformat(&t, fmt, ap);
	va_end(ap);
	text_add(&t, "\n");
	print_error_text(&t);
}
