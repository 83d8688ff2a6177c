/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every console at once, none of which can hold the others up.
 *
 * Consoles are device names as in /sys/class/tty/console/active ("tty0", "ttyS0").
 * Each is opened non-blocking with a queue of its own; console_flush() hands out what
 * the devices take until all queues are empty or the time is up. A console that takes
 * nothing keeps its queue for the next flush, up to a limit past which the oldest
 * report text is dropped and the drop is counted; a verdict line is never dropped for it.
 */
#ifndef NESTCHECK_LIB_CONSOLE_H
#define NESTCHECK_LIB_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#define CONSOLE_MAX 8

/* Text that waits for one console at most; see console_write(). */
#define CONSOLE_QUEUE_MAX (256 * 1024)

enum console_kind {
	CONSOLE_STREAM, /* serial line, pipe, file: 80 columns, no control sequences */
	CONSOLE_SCREEN, /* a Linux VT: sized by TIOCGWINSZ */
};

/*
 * queue: len bytes from queue[0] on, of which the first `urgent` are lines that must not be
 * dropped. mid_line: the last byte handed out was no newline.
 */
struct console {
	char name[32];
	int fd; /* -1 once the device has failed */
	enum console_kind kind;
	int columns, rows;
	char *queue;
	size_t len, size;
	size_t urgent;
	size_t dropped;
	bool mid_line;
};

struct consoles {
	struct console c[CONSOLE_MAX];
	int n;
};

/*
 * list: comma-separated names; one that cannot be opened is left out. NULL: standard
 * output alone. Returns how many are open.
 */
int consoles_open(struct consoles *cs, const char *list);

/* One more, from an open descriptor that the caller leaves to cs; NULL where it is full. Public for tests. */
struct console *consoles_add(struct consoles *cs, const char *name, int fd);

/*
 * Once more by its name: the end of a session that had it as its terminal has hung it up.
 * False where it is gone.
 */
bool console_reopen(struct console *c);

/* What is still queued is lost: flush before. */
void consoles_close(struct consoles *cs);

/* Queues text; past CONSOLE_QUEUE_MAX the oldest whole lines go, counted in c->dropped. */
void console_write(struct console *c, const char *text, size_t len);
void consoles_printf(struct consoles *cs, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Hands out what is queued for at most ms milliseconds; true where all of it went. */
bool consoles_flush(struct consoles *cs, int ms);

/* Queues a line (without its newline) ahead of everything but other such lines. */
bool console_urgent(struct console *c, const char *line);

/*
 * One line, in one write() per console, ahead of anything still queued there. A console
 * with a line half out gets a newline first. At most ms milliseconds for all of them.
 */
void consoles_line(struct consoles *cs, const char *line, int ms);

/*
 * Waits until the devices have sent what they took, at most ms milliseconds and not for one
 * that stands still: before the power goes off. Unlike tcdrain() it cannot hang. true where
 * all of it went out.
 */
bool consoles_drain(struct consoles *cs, int ms);
bool console_fd_drain(int fd, int ms);

#endif
