// SPDX-License-Identifier: GPL-2.0-only
/*
 * All consoles: opening, and their queues. console_flush.c writes the queues out.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "lib/console.h"
#include "lib/escape.h"

#define URGENT_MAX 2048 /* a longer line is truncated; the verdict's has 512 at most */

/* Linux VTs are tty0 to tty63; the names of serial ports contain more letters. */
static bool is_screen(const char *name)
{
	return !strncmp(name, "tty", 3) && name[3] && !name[3 + strspn(name + 3, "0123456789")];
}

struct console *consoles_add(struct consoles *cs, const char *name, int fd)
{
	struct console *c = &cs->c[cs->n];
	struct winsize ws;

	if (cs->n == CONSOLE_MAX)
		return NULL;
	cs->n++;
	memset(c, 0, sizeof(*c));
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->fd = fd;
	c->columns = 80;
	c->rows = 25;
	if (is_screen(name)) {
		c->kind = CONSOLE_SCREEN;
		if (!ioctl(fd, TIOCGWINSZ, &ws) && ws.ws_col && ws.ws_row) {
			c->columns = ws.ws_col;
			c->rows = ws.ws_row;
		}
	}
	return c;
}

static int open_device(const char *name)
{
	struct termios t;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name);
	/* Init reads keys from it. O_NONBLOCK also avoids waiting for a carrier. */
	fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	/* A serial port without hardware can be opened but never polls writable. */
	if (fd >= 0 && tcgetattr(fd, &t) && errno == EIO) {
		close(fd);
		return -1;
	}
	return fd;
}

int consoles_open(struct consoles *cs, const char *list)
{
	memset(cs, 0, sizeof(*cs));
	if (!list) {
		/* Stays blocking: the mode is shared with the calling shell. */
		int fd = dup(STDOUT_FILENO);

		if (fd >= 0)
			consoles_add(cs, "stdout", fd);
		return cs->n;
	}
	while (*list) {
		size_t len = strcspn(list, ",");
		char name[32];
		int fd;

		if (len && len < sizeof(name)) {
			snprintf(name, sizeof(name), "%.*s", (int)len, list);
			fd = open_device(name);
			if (fd >= 0 && !consoles_add(cs, name, fd))
				close(fd);
		}
		list += len + (list[len] != '\0');
	}
	return cs->n;
}

bool console_reopen(struct console *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = open_device(c->name);
	c->mid_line = false;
	return c->fd >= 0;
}

void consoles_close(struct consoles *cs)
{
	for (int i = 0; i < cs->n; i++) {
		if (cs->c[i].fd >= 0)
			close(cs->c[i].fd);
		free(cs->c[i].queue);
	}
	memset(cs, 0, sizeof(*cs));
}

/*
 * Drops whole lines after the urgent ones, the oldest first, until `room` bytes fit. If the first
 * of them is partly written, its newline stays.
 */
static void make_room(struct console *c, size_t room)
{
	size_t len = c->len - c->urgent, limit = CONSOLE_QUEUE_MAX - room, drop;
	const char *nl;
	char *text;

	if (c->len <= limit || !len)
		return;
	text = c->queue + c->urgent;
	drop = c->len - limit < len ? c->len - limit : len;
	nl = memchr(text + drop - 1, '\n', len - drop + 1);
	drop = nl ? (size_t)(nl - text) + !c->mid_line : len;
	memmove(text, text + drop, len - drop);
	c->len -= drop;
	c->dropped += drop;
}

/* Inserts len bytes at `at`; false if there is no memory. */
static bool insert(struct console *c, size_t at, const char *text, size_t len)
{
	if (len == 0)
		return true;
	if (c->len + len > c->size) {
		size_t size = c->size ? c->size : 4096;
		char *queue;

		while (size < c->len + len)
			size *= 2;
		queue = realloc(c->queue, size);
		if (!queue)
			return false;
		c->queue = queue;
		c->size = size;
	}
	memmove(c->queue + at + len, c->queue + at, c->len - at);
	memcpy(c->queue + at, text, len);
	c->len += len;
	return true;
}

static void queue(struct console *c, const char *text, size_t len)
{
	if (c->fd < 0)
		return;
	if (len > CONSOLE_QUEUE_MAX) {
		c->dropped += len - CONSOLE_QUEUE_MAX;
		text += len - CONSOLE_QUEUE_MAX;
		len = CONSOLE_QUEUE_MAX;
	}
	make_room(c, len);
	if (!insert(c, c->len, text, len))
		c->dropped += len;
}

void console_text(struct console *c, const struct text *t)
{
	struct text shown = { 0 };

	if (t->raw) {
		text_append(&shown, t);
		t = &shown;
	}
	if (t->len)
		queue(c, t->s, t->len);
	text_free(&shown);
}

void console_write(struct console *c, const char *lines, size_t len)
{
	struct text raw = { .raw = true };

	text_value_n(&raw, lines, len);
	console_text(c, &raw);
	text_free(&raw);
}

static bool insert_urgent(struct console *c, const char *line)
{
	size_t len = strlen(line), start = c->urgent;
	bool first = !start && c->mid_line;

	if (c->fd < 0 || (first && !insert(c, 0, "\n", 1)))
		return false;
	start += first;
	if (!insert(c, start, line, len) || !insert(c, start + len, "\n", 1))
		return false;
	c->urgent = start + len + 1;
	return true;
}

bool console_urgent(struct console *c, const char *line)
{
	char shown[URGENT_MAX];

	return insert_urgent(c, escape(shown, sizeof(shown), line));
}

void consoles_format(struct consoles *cs, const char *fmt, ...)
{
	struct text t = { 0 };
	va_list ap;

	va_start(ap, fmt);
	text_vformat(&t, fmt, ap);
	va_end(ap);
	for (int i = 0; i < cs->n; i++)
		console_text(&cs->c[i], &t);
	text_free(&t);
}
