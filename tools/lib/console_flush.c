// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handing out what is queued for the consoles, each as fast as it takes it. Nothing is
 * written before poll() said that there is room, so that a line goes out in one piece and
 * a descriptor that could not be made non-blocking seldom blocks.
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

/* A device that sends nothing for so long is stopped: 9600 baud are a byte per millisecond. */
#define STOPPED_MS 500

static void take(struct console *c, size_t n)
{
	c->mid_line = c->queue[n - 1] != '\n';
	memmove(c->queue, c->queue + n, c->len - n);
	c->len -= n;
	c->urgent -= n < c->urgent ? n : c->urgent;
}

/* One write() of the urgent lines, or of a chunk of the rest. */
static void hand_out(struct console *c)
{
	size_t len = c->urgent ? c->urgent : c->len;
	ssize_t n = write(c->fd, c->queue, len < CHUNK ? len : CHUNK);

	if (n > 0) {
		take(c, (size_t)n);
	} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
		/* Unplugged, or a port that is not there: it must not be tried for ever. */
		close(c->fd);
		c->fd = -1;
		c->dropped += c->len;
		c->len = c->urgent = 0;
	}
}

/*
 * Until nothing, or nothing urgent, is left anywhere, or the time is up. The time is looked
 * at after each round, so that 0 ms still hand out what the devices take at once.
 */
static bool hand_out_all(struct consoles *cs, int ms, bool urgent)
{
	long long end = monotonic_ms() + ms;

	for (;;) {
		struct pollfd p[CONSOLE_MAX];
		int owner[CONSOLE_MAX], n = 0;
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
		if (poll(p, (nfds_t)n, left > 0 ? (int)left : 0) <= 0 && left <= 0)
			return false;
		for (int i = 0; i < n; i++) {
			if (p[i].revents)
				hand_out(&cs->c[owner[i]]);
		}
	}
}

bool consoles_flush(struct consoles *cs, int ms)
{
	return hand_out_all(cs, ms, false);
}

void consoles_line(struct consoles *cs, const char *line, int ms)
{
	for (int i = 0; i < cs->n; i++)
		console_urgent(&cs->c[i], line);
	hand_out_all(cs, ms, true);
}

bool console_fd_drain(int fd, int ms)
{
	static const struct timespec tick = { .tv_nsec = 5000000 };
	long long now = monotonic_ms(), end = now + ms, progress = now;
	int left, before = INT_MAX;

	/* Serial ports and terminals count what they hold; what does not has sent it. */
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
