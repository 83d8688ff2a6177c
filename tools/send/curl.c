// SPDX-License-Identifier: GPL-2.0-only
/*
 * One try with curl: the image's own, or the one of the installed system. It gets no environment, no
 * configuration and no rights of root's, and of the URL's user only what send_url_fill() wrote.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/error_text.h"
#include "lib/trusted_program.h"
#include "lib/version.h"
#include "send/send.h"

/* The image has the first. */
static const char *const programs[] = {
	"/bin/curl",
	"/usr/bin/curl",
	"/usr/local/bin/curl",
	"/run/current-system/sw/bin/curl",
};

/* The number at which curl finds the document. */
#define DOCUMENT_FD 3
#define DOCUMENT    "/proc/self/fd/3"

/* curl ends by itself at its limit; a second later it is killed. */
#define GRACE_MS  1000
/* To be connected; names, addresses and switches take seconds, not minutes. */
#define CONNECT_S 10
#define TICK_MS	  200
/* Its pipes are closed: it ends in a moment. */
#define END_MS	  5

/* Of an answer more is not received; of that, what is kept. */
#define ANSWER_MAX "65536"
#define KEPT_MAX   4096

/* A frame of 1500 bytes has room for it with IPv6 and a tag, too. */
#define TFTP_BLOCK "1428"

static char *find_curl(void)
{
	char *found = NULL;

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]) && !found; i++)
		found = trusted_program(programs[i]);
	return found;
}

/* A pipe's text: its first bytes, NUL-terminated; the rest is read and forgotten. */
struct kept {
	int fd;
	size_t len;
	char text[KEPT_MAX + 1];
};

/* --- the child --------------------------------------------------------------------------- */

#define ARGUMENTS_MAX 40

struct arguments {
	const char *argv[ARGUMENTS_MAX + 1];
	size_t n;
};

static void add(struct arguments *a, const char *const *words)
{
	while (*words && a->n < ARGUMENTS_MAX)
		a->argv[a->n++] = *words++;
	a->argv[a->n] = NULL;
}

#define ADD(a, ...) add((a), (const char *const[]){ __VA_ARGS__, NULL })

static void arguments(struct arguments *a, const struct send_job *job, const struct send_url *u,
		      const char *url, const char *seconds, const char *connect)
{
	/* -q must come first: no configuration file. */
	ADD(a, "curl", "-q", "--silent", "--globoff", "--output", "-", "--write-out",
	    "%{stderr}" SEND_SAID "%{http_code} %{size_upload} %{method} %{errormsg}\n");
	ADD(a, "--connect-timeout", connect, "--max-time", seconds, "--max-filesize", ANSWER_MAX);
	if (u->scheme == SEND_TFTP) {
		ADD(a, "--proto", "=tftp", "--tftp-blksize", TFTP_BLOCK);
	} else {
		ADD(a, "--proto", "=http", "--proto-redir", "=http", "--location", "--max-redirs",
		    "5");
		/* It would wait a second for an answer that small servers never give. */
		ADD(a, "--header", "Expect:", "--header", "Content-Type: application/json");
		ADD(a, "--user-agent", "nestcheck/" NESTCHECK_VERSION);
	}
	if (u->scheme == SEND_HTTP && job->post)
		ADD(a, "--post301", "--post302", "--data-binary", "@" DOCUMENT);
	else
		ADD(a, "--upload-file", DOCUMENT);
	ADD(a, "--url", url);
}

static _Noreturn void start_curl(const char *program, const struct arguments *a, int document,
				 int out, int err)
{
	static const char *const env[] = { "LC_ALL=C", NULL };
	/* They may have any of the numbers that they are to get. */
	int null = fcntl(open("/dev/null", O_RDONLY | O_CLOEXEC), F_DUPFD_CLOEXEC, 10);
	int from = fcntl(document, F_DUPFD_CLOEXEC, 10);

	out = fcntl(out, F_DUPFD_CLOEXEC, 10);
	err = fcntl(err, F_DUPFD_CLOEXEC, 10);
	program_drop_rights();
	/* After that, which would end it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	if (dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0 || dup2(from, DOCUMENT_FD) < 0)
		_exit(127);
	execve(program, (char **)a->argv, (char **)env);
	_exit(127);
}

/* --- the parent -------------------------------------------------------------------------- */

static void take(struct kept *k)
{
	char bytes[4096];
	ssize_t n = read(k->fd, bytes, sizeof(bytes));
	size_t room = KEPT_MAX - k->len;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		close(k->fd);
		k->fd = -1;
		return;
	}
	if ((size_t)n < room)
		room = (size_t)n;
	memcpy(k->text + k->len, bytes, room);
	k->len += room;
	k->text[k->len] = '\0';
}

/* Until curl has ended: true; false: it was killed. */
static bool watch(pid_t pid, struct kept *out, struct kept *err, const struct send_job *job, int ms,
		  int *status)
{
	long long end = monotonic_ms() + ms;

	for (;;) {
		struct pollfd p[2] = { { .fd = out->fd, .events = POLLIN },
				       { .fd = err->fd, .events = POLLIN } };
		bool open = out->fd >= 0 || err->fd >= 0;

		poll(p, 2, open ? TICK_MS : END_MS);
		for (int i = 0; i < 2; i++)
			if (p[i].revents)
				take(i ? err : out);
		if (job->alive)
			job->alive(job->data);
		open = out->fd >= 0 || err->fd >= 0;
		/* It may have ended and left its pipes to nobody, or closed them and go on. */
		if (!open && waitpid(pid, status, WNOHANG) == pid)
			return true;
		if (monotonic_ms() < end)
			continue;
		kill(pid, SIGKILL);
		waitpid(pid, status, 0);
		return false;
	}
}

static bool make_pipe(struct kept *k, int *to)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC))
		return false;
	fcntl(fd[0], F_SETFL, O_NONBLOCK);
	k->fd = fd[0];
	*to = fd[1];
	return true;
}

static void close_all(const int *fd, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

static void run_curl(const char *program, const struct arguments *a, const struct send_job *job,
		     const struct send_url *u, int document, size_t len, int ms, struct send_try *t)
{
	struct kept out = { .fd = -1 }, err = { .fd = -1 };
	struct curl_end e = { .killed = true, .said = err.text, .answer = out.text };
	int to[2] = { -1, -1 }, from[2];
	pid_t pid = -1;

	if (make_pipe(&out, &to[0]) && make_pipe(&err, &to[1]))
		pid = fork();
	if (pid == 0)
		start_curl(program, a, document, to[0], to[1]);
	if (pid < 0)
		snprintf(t->why, sizeof(t->why), "curl could not be started: %s",
			 error_text(errno));
	close_all(to, 2);
	if (pid > 0) {
		e.killed = !watch(pid, &out, &err, job, ms + GRACE_MS, &e.status);
		e.answer_len = out.len;
		send_read_answer(&e, job, u, len, t);
	}
	from[0] = out.fd;
	from[1] = err.fd;
	close_all(from, 2);
}

void send_by_curl(const struct send_job *job, const struct send_url *u, const char *url, int fd,
		  size_t len, int ms, struct send_try *t)
{
	char *program = find_curl(), seconds[16], connect[16];
	struct arguments a = { .n = 0 };
	int s = (ms + 999) / 1000;

	if (!program) {
		t->problem = SEND_NO_PROGRAM;
		snprintf(t->why, sizeof(t->why),
			 "there is no curl in /usr/bin that only root can change");
		return;
	}
	snprintf(seconds, sizeof(seconds), "%d", s);
	snprintf(connect, sizeof(connect), "%d", s < CONNECT_S ? s : CONNECT_S);
	arguments(&a, job, u, url, seconds, connect);
	run_curl(program, &a, job, u, fd, len, s * 1000, t);
	free(program);
}
