// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the consoles' queues, each as fast as its device accepts it. Nothing is written before
 * poll() reports room, so that a line is written in one piece and a descriptor that could not be
 * made non-blocking seldom blocks.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/console.h"

/* A pipe or a tty that polls writable has room for this much (PIPE_BUF, pipe(7)). */
#define CHUNK 4096

/* A device that sends nothing for this long is stopped: 9600 baud is a byte per millisecond. */
#define STOPPED_MS 500

static const struct timespec tick = { .tv_nsec = 5000000 };

static void consume(struct console *c, size_t n)
{
	c->mid_line = c->queue[n - 1] != '\n';
	memmove(c->queue, c->queue + n, c->len - n);
	c->len -= n;
	c->urgent -= n < c->urgent ? n : c->urgent;
}

/*
 * One write() of at most a chunk: of the urgent lines, if there are any, otherwise of the rest.
 * False if the device accepts nothing now.
 */
static bool write_some(struct console *c)
{
	size_t len = c->urgent ? c->urgent : c->len;
	ssize_t n = write(c->fd, c->queue, len < CHUNK ? len : CHUNK);

	if (n > 0) {
		consume(c, (size_t)n);
	} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
		/* Unplugged, or a port without hardware: do not retry forever. */
		c->error = errno;
		close(c->fd);
		c->fd = -1;
		c->dropped += c->len;
		c->len = c->urgent = 0;
	} else {
		return false;
	}
	return true;
}

/*
 * Waits for room, this long at most, and returns whether any descriptor has it. A poll() that fails
 * knows nothing of them: all are tried, so that nothing stays unwritten for it.
 */
static bool wait_for_room(struct pollfd *p, int n, long long ms)
{
	int ready = poll(p, (nfds_t)n, ms > 0 ? (int)ms : 0);

	if (ready >= 0 || errno == EINTR)
		return ready > 0;
	for (int i = 0; i < n; i++)
		p[i].revents = POLLOUT;
	return true;
}

/*
 * Writes until no queue has text (urgent: urgent text) or the time is up. The time is checked after
 * each round, so that 0 ms still writes what the devices accept at once.
 */
static bool flush_queues(struct consoles *cs, int ms, bool urgent)
{
	long long end = monotonic_ms() + ms;

	for (;;) {
		struct pollfd p[CONSOLE_MAX];
		int owner[CONSOLE_MAX], n = 0;
		bool ready, wrote = false;
		long long left;

		for (int i = 0; i < cs->n; i++) {
			struct console *c = &cs->c[i];

			if (c->fd < 0 || !(urgent ? c->urgent : c->len))
				continue;
			p[n] = (struct pollfd){ .fd = c->fd, .events = POLLOUT };
			owner[n++] = i;
		}
		if (!n)
			return true;
		left = end - monotonic_ms();
		ready = wait_for_room(p, n, left);
		for (int i = 0; i < n; i++) {
			if (p[i].revents)
				wrote |= write_some(&cs->c[owner[i]]);
		}
		if (!wrote && left <= 0)
			return false;
		if (!wrote && ready)
			nanosleep(&tick, NULL);
	}
}

bool consoles_flush(struct consoles *cs, int ms)
{
	return flush_queues(cs, ms, false);
}

void consoles_line(struct consoles *cs, const char *line, int ms)
{
	for (int i = 0; i < cs->n; i++)
		console_urgent(&cs->c[i], line);
	flush_queues(cs, ms, true);
}

void consoles_stream_line(struct consoles *cs, const char *line)
{
	for (int i = 0; i < cs->n; i++)
		if (cs->c[i].kind == CONSOLE_STREAM)
			console_urgent(&cs->c[i], line);
	flush_queues(cs, 0, true);
}

bool console_fd_drain(int fd, int ms)
{
	long long now = monotonic_ms(), end = now + ms, progress = now;
	int left, before = INT_MAX;

	/* Serial ports and terminals report what is unsent; other files have no such count. */
	while (!ioctl(fd, TIOCOUTQ, &left) && left > 0) {
		now = monotonic_ms();
		if (left < before) {
			before = left;
			progress = now;
		}
		if (now >= end || now - progress >= STOPPED_MS)
			return false;
		nanosleep(&tick, NULL);
	}
	return true;
}

bool consoles_drain(struct consoles *cs, int ms)
{
	long long end = monotonic_ms() + ms;
	bool all = true;

	for (int i = 0; i < cs->n; i++) {
		long long left = end - monotonic_ms();

		if (cs->c[i].fd >= 0)
			all &= console_fd_drain(cs->c[i].fd, left > 0 ? (int)left : 0);
	}
	return all;
}
