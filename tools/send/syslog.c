// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line to syslog: one datagram (RFC 5426) with a message as in RFC 5424. Nobody acknowledges it; only
 * that no one listens can be known.
 */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/machine_name.h"
#include "lib/status.h"
#include "send/send.h"

/* RFC 5424, 6.2.1: facility 1, "user-level messages", times 8, and a severity. */
#define FACILITY   (1 * 8)
/* So long an ICMP message says that nobody listens. */
#define REFUSED_MS 300
/* A clock that was never set: before the first release. */
#define CLOCK_MIN  1764547200

static int severity(const char *line)
{
	static const int severities[] = {
		[VERDICT_NONE] = 5,	   /* notice */
		[VERDICT_PASS] = 6,	   /* informational */
		[VERDICT_FAIL] = 3,	   /* error */
		[VERDICT_UNSUPPORTED] = 4, /* warning */
		[VERDICT_ERROR] = 2,	   /* critical */
	};
	static const char prefix[] = "nestcheck: VERDICT ";
	bool verdict = !strncmp(line, prefix, sizeof(prefix) - 1);

	return severities[verdict ? verdict_parse(line + sizeof(prefix) - 1) : VERDICT_NONE];
}

size_t syslog_message(char *buf, size_t size, const char *line, const char *host, int64_t now)
{
	char stamp[32] = "-";
	time_t seconds = (time_t)now;
	struct tm tm;
	int n;

	if (now >= CLOCK_MIN && gmtime_r(&seconds, &tm))
		strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &tm);
	n = snprintf(buf, size, "<%d>1 %s %s nestcheck - VERDICT - %s", FACILITY + severity(line),
		     stamp, host && *host ? host : "-", line);
	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

/* --- the child: a look-up of a name cannot be given a limit ---------------------------------- */

enum child_end {
	CHILD_SENT,
	CHILD_NO_NAME,
	CHILD_NO_WAY,
	CHILD_REFUSED
};

static enum child_end send_to(const struct addrinfo *a, const char *message, size_t len)
{
	int fd = socket(a->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0), error = 0;
	socklen_t size = sizeof(error);
	struct pollfd p = { .fd = fd, .events = 0 };
	enum child_end end = CHILD_NO_WAY;

	if (fd < 0)
		return end;
	if (!connect(fd, a->ai_addr, a->ai_addrlen) && send(fd, message, len, 0) == (ssize_t)len) {
		end = CHILD_SENT;
		if (poll(&p, 1, REFUSED_MS) > 0 &&
		    !getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) && error)
			end = error == ECONNREFUSED ? CHILD_REFUSED : CHILD_NO_WAY;
	}
	close(fd);
	return end;
}

static enum child_end look_up_and_send(const struct send_url *u, const char *message, size_t len)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV };
	struct addrinfo *found;
	enum child_end end = CHILD_NO_WAY;
	char port[8];

	snprintf(port, sizeof(port), "%u", u->port);
	if (getaddrinfo(u->host, port, &hints, &found))
		return CHILD_NO_NAME;
	for (const struct addrinfo *a = found; a && end != CHILD_SENT; a = a->ai_next) {
		enum child_end one = send_to(a, message, len);

		/* The first that is more than no way there. */
		if (a == found || one != CHILD_NO_WAY)
			end = one;
	}
	freeaddrinfo(found);
	return end;
}

void send_by_syslog(const struct send_job *job, const struct send_url *u, int ms,
		    struct send_try *t)
{
	static const struct send_try ends[] = {
		[CHILD_SENT] = { SEND_NOTHING, "", false },
		[CHILD_NO_NAME] = { SEND_NO_NAME, "the name has no address", true },
		[CHILD_NO_WAY] = { SEND_NO_CONNECTION, "there is no way to it", true },
		[CHILD_REFUSED] = { SEND_NO_CONNECTION, "nobody listens there", true },
	};
	const char *host = job->words.id ? job->words.id : job->words.mac;
	long long end = monotonic_ms() + ms;
	static const struct timespec tick = { .tv_nsec = 20 * 1000000L };
	char message[SYSLOG_MAX];
	size_t len = syslog_message(message, sizeof(message), job->line, host, time(NULL));
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(look_up_and_send(u, message, len));
	}
	while (pid > 0 && waitpid(pid, &status, WNOHANG) != pid) {
		if (monotonic_ms() >= end) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			break;
		}
		nanosleep(&tick, NULL);
		if (job->alive)
			job->alive(job->data);
	}
	if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) <= CHILD_REFUSED)
		*t = ends[WEXITSTATUS(status)];
	else
		*t = (struct send_try){ SEND_NO_NAME, "the name was not looked up in time", true };
}
