// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tries, and the pauses between them.
 */
#include "send/send.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/error_text.h"

#define PAUSE_MIN_MS 1000
#define PAUSE_MAX_MS 60000
/* How often alive() is called. */
#define TICK_MS	     200
/* A server that takes longer for one report is given up, and tried again. */
#define TRY_MAX_MS   60000
/* With less than that left another try cannot succeed. */
#define TRY_MIN_MS   1000

unsigned int send_pause_ms(unsigned int tries)
{
	return tries > 6 ? PAUSE_MAX_MS : (unsigned int)PAUSE_MIN_MS << (tries ? tries - 1 : 0);
}

bool send_has_network(void)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		int fd = socket(families[i], SOCK_DGRAM | SOCK_CLOEXEC, 0);

		if (fd >= 0) {
			close(fd);
			return true;
		}
		/* A kernel without a network: of this family, or at all. Anything else is of this process. */
		if (errno != EAFNOSUPPORT && errno != ENOSYS)
			return true;
	}
	return false;
}

/* In memory, with a name that curl can open: its length is known, and it can be sent again. */
static int document_fd(const char *document, size_t len)
{
	int fd = memfd_create("report", MFD_CLOEXEC);

	while (fd >= 0 && len) {
		ssize_t n = write(fd, document, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			close(fd);
			return -1;
		}
		document += n;
		len -= (size_t)n;
	}
	return fd;
}

static void wait_ms(const struct send_job *job, long long ms)
{
	long long end = monotonic_ms() + ms;

	while (monotonic_ms() < end) {
		static const struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };

		nanosleep(&tick, NULL);
		if (job->alive)
			job->alive(job->data);
	}
}

static void fail(struct send_outcome *o, enum send_problem problem, const char *why)
{
	o->problem = problem;
	snprintf(o->why, sizeof(o->why), "%s", why);
}

/* The server has spoken; that it is silent afterwards says less. */
static bool is_answer(enum send_problem problem)
{
	return problem >= SEND_NOT_FOUND && problem < SEND_FAILED;
}

static void one_try(const struct send_job *job, const struct send_url *u, int fd, long long left,
		    struct send_outcome *o, bool *again)
{
	struct send_try t = { .problem = SEND_FAILED };
	int ms = left < TRY_MAX_MS ? (int)left : TRY_MAX_MS;

	o->tries++;
	if (u->scheme == SEND_SYSLOG)
		send_by_syslog(job, u, ms, &t);
	else
		send_by_curl(job, u, o->url, fd, strlen(job->document), ms, &t);
	if (t.problem != SEND_NO_ANSWER || !is_answer(o->problem))
		fail(o, t.problem, t.why);
	*again = t.problem != SEND_NOTHING && t.again;
}

static void try_until(const struct send_job *job, const struct send_url *u, int fd,
		      struct send_outcome *o)
{
	long long end = monotonic_ms() + job->timeout_s * 1000LL;
	bool again = true;

	while (again) {
		long long left = end - monotonic_ms(), pause = send_pause_ms(o->tries);

		if (o->tries) {
			if (left < pause + TRY_MIN_MS)
				return;
			wait_ms(job, pause);
			left -= pause;
		}
		one_try(job, u, fd, left < TRY_MIN_MS ? TRY_MIN_MS : left, o, &again);
	}
}

void send_document(const struct send_job *job, struct send_outcome *o)
{
	struct send_url u;
	const char *why = send_url_parse(job->url, !job->post, &u);
	int fd = -1;

	memset(o, 0, sizeof(*o));
	if (why) {
		fail(o, SEND_FAILED, why);
		return;
	}
	if (!send_url_fill(&u, &job->words, o->url, sizeof(o->url))) {
		fail(o, SEND_FAILED, "its URL is too long");
		return;
	}
	if (!send_has_network()) {
		fail(o, SEND_NO_NETWORK, "this kernel has no network");
		return;
	}
	if (u.scheme != SEND_SYSLOG) {
		fd = document_fd(job->document, strlen(job->document));
		if (fd < 0) {
			fail(o, SEND_FAILED, error_text(errno));
			return;
		}
	}
	try_until(job, &u, fd, o);
	if (fd >= 0)
		close(fd);
}
