/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Output to all consoles, none of which can delay the others.
 *
 * Consoles are device names as in /sys/class/tty/console/active ("tty0", "ttyS0"). Each is opened
 * non-blocking and has its own queue. consoles_flush() writes as much as the devices accept, until
 * all queues are empty or the time is up. A console that accepts nothing keeps its queue for the
 * next flush. Above a limit the oldest report text is dropped, and the drop is counted; verdict
 * lines are never dropped for it.
 */
#ifndef NESTCHECK_LIB_CONSOLE_H
#define NESTCHECK_LIB_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/output.h"

#define CONSOLE_MAX 8

/* The most text queued for one console; see console_write(). */
#define CONSOLE_QUEUE_MAX (256 * 1024)

enum console_kind {
	CONSOLE_STREAM, /* serial line, pipe, file: 80 columns, no control sequences */
	CONSOLE_SCREEN, /* a Linux VT: sized by TIOCGWINSZ */
};

/*
 * queue: len bytes, of which the first `urgent` are lines that must not be dropped.
 * mid_line: the last byte written was not a newline.
 */
struct console {
	char name[32];
	int fd;	   /* -1 once the device has failed */
	int error; /* why it has: an errno */
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
 * list: comma-separated names; a console that cannot be opened is omitted. NULL: only standard
 * output. Returns how many are open.
 */
int consoles_open(struct consoles *cs, const char *list);

/* Adds an open descriptor, of which cs takes ownership; NULL if cs is full. Public for tests. */
struct console *consoles_add(struct consoles *cs, const char *name, int fd);

/*
 * Opens the device again: when a session ends that had it as its terminal, it is hung up.
 * False if it cannot be opened.
 */
bool console_reopen(struct console *c);

/* Discards what is still queued: flush first. */
void consoles_close(struct consoles *cs);

/*
 * Queue text. Above CONSOLE_QUEUE_MAX drop the oldest whole lines, counted in c->dropped. A text as
 * it was built (lib/output.h); lines, escaped except for their ends; a format, which is a literal,
 * with values that are escaped.
 */
void console_text(struct console *c, const struct text *t);
void console_write(struct console *c, const char *lines, size_t len);
#define consoles_printf(cs, ...) consoles_format((cs), "" __VA_ARGS__)

/* Called by that macro only. */
void consoles_format(struct consoles *cs, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes queued text for at most ms milliseconds; true if all of it was written. */
bool consoles_flush(struct consoles *cs, int ms);

/*
 * Queues a line of ours (passed without newline) ahead of everything except other urgent lines.
 * What is not printable ASCII in it is escaped.
 */
bool console_urgent(struct console *c, const char *line);

/*
 * Writes one line, in one write() per console, ahead of anything still queued there. A console in
 * the middle of a line gets a newline first. At most ms milliseconds for all consoles.
 */
void consoles_line(struct consoles *cs, const char *line, int ms);

/*
 * The same for serial lines, pipes and files only, without waiting: what a device does not accept at
 * once stays queued, in this order.
 */
void consoles_stream_line(struct consoles *cs, const char *line);

/*
 * For use before power-off: waits at most ms milliseconds until the devices have sent what they
 * accepted, but not for a device that makes no progress. Unlike tcdrain() it cannot hang. True if
 * everything was sent.
 */
bool consoles_drain(struct consoles *cs, int ms);
bool console_fd_drain(int fd, int ms);

#endif
