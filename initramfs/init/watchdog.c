// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs `nestcheck run` under a deadline, which restarts at each line that nestcheck writes to its
 * status pipe. Only a VERDICT line there proves a verdict; without one, init itself reports ERROR,
 * with the last line that it received.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"
#include "lib/clock.h"
#include "lib/error_text.h"
#include "lib/output.h"
#include "lib/pace.h"
#include "lib/status.h"

/*
 * Lines are gathered for so long before they are read. To wake up for each is two context switches a
 * case, which was an eighth of the self-test on an emulated Haswell.
 */
#define GATHER_MS 100

struct run {
	int pipe;
	pid_t pid;
	struct status_lines lines;
	char last[STATUS_LINE_MAX + 1];
	char stage[64];
	unsigned int cases, pace;
	enum verdict_result verdict;
	bool modified; /* the verdict says so */
};

/* A slow machine gets more time, unless the user set the limit. */
static int timeout_ms(const struct params *p, const struct run *r)
{
	return (int)(p->timeout_s * (p->timeout_set ? 1 : r->pace) * 1000);
}

static void exec_nestcheck(const struct init *in, int status_fd)
{
	const char *path = params_fault(&in->params, "run-missing") ? "/bin/nestcheck.missing" :
								      NESTCHECK_PATH;
	struct text modified = { 0 };
	char fd[12];

	for (size_t i = 0; i < in->modified.n; i++)
		text_addf(&modified, "%s\n", in->modified.s[i]);
	snprintf(fd, sizeof(fd), "%d", status_fd);
	fcntl(status_fd, F_SETFD, 0);
	setpgid(0, 0);
	execl(path, "nestcheck", "run", "--image", "--status-fd", fd, "--consoles",
	      in->console_list, "--params", PARAMS_PATH, "--modified", modified.s ? modified.s : "",
	      (char *)NULL);
	dprintf(status_fd, "%s: %s\n", path, error_text(errno));
	_exit(127);
}

static int start(const struct init *in, struct run *r)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	r->pipe = fd[0];
	/* The writing end blocks: a line must not be lost because init is busy. */
	fcntl(fd[1], F_SETFL, 0);
	r->pid = child_fork();
	if (r->pid == 0)
		exec_nestcheck(in, fd[1]);
	close(fd[1]);
	if (r->pid < 0) {
		int ret = -errno;

		close(fd[0]);
		return ret;
	}
	return 0;
}

static void take_line(const char *line, void *data)
{
	struct run *r = data;
	const char *text;

	switch (status_parse(line, &text)) {
	case STATUS_STAGE:
		snprintf(r->stage, sizeof(r->stage), "%s", text);
		break;
	case STATUS_CASE:
		r->cases += status_case_ran(text);
		break;
	case STATUS_PACE:
		if (status_pace_of(text))
			r->pace = status_pace_of(text);
		break;
	case STATUS_VERDICT:
		r->verdict = verdict_parse(text);
		r->modified = verdict_is_modified(text);
		break;
	case STATUS_ALIVE:
	case STATUS_OTHER:
		break;
	}
	/* A verdict without its keyword: no other line may look like a verdict. */
	snprintf(r->last, sizeof(r->last), "%s", r->verdict ? text : line);
}

/* Reads the pipe. 1: there was data; 0: none now; -1: it was closed. */
static int take_status(struct run *r)
{
	int took = 0;

	for (;;) {
		char bytes[STATUS_LINE_MAX];
		ssize_t n = read(r->pipe, bytes, sizeof(bytes));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return took ? took : n == 0 || errno != EAGAIN ? -1 : 0;
		took = 1;
		status_feed(&r->lines, bytes, (size_t)n, take_line, r);
	}
}

/* Waits for the end of nestcheck: true with its status, false at the deadline. */
static bool watch(struct run *r, const struct params *params, int *status)
{
	long long end = monotonic_ms() + timeout_ms(params, r), gathered = 0;
	bool open = true;

	for (;;) {
		long long now = monotonic_ms(), left = end - now;
		bool gathers = open && gathered > now;
		struct pollfd p[2] = {
			{ .fd = children_fd, .events = POLLIN },
			{ .fd = open && !gathers ? r->pipe : -1, .events = POLLIN },
		};
		pid_t ended;
		int took;

		if (gathers && left > gathered - now)
			left = gathered - now;
		poll(p, 2, left < 0 ? 0 : children_fd < 0 && left > 100 ? 100 : (int)left);
		took = open ? take_status(r) : 0;
		if (took > 0) {
			gathered = monotonic_ms() + GATHER_MS;
			end = monotonic_ms() + timeout_ms(params, r);
		}
		open = open && took >= 0;
		while ((ended = child_reap(status))) {
			if (ended != r->pid)
				continue;
			if (open)
				take_status(r);
			return true;
		}
		if (took <= 0 && monotonic_ms() >= end)
			return false;
	}
}

/*
 * Whether nestcheck's verdict is valid, or else why not, as a clause. If nestcheck crashed, or its
 * exit status does not match, it is not. If it hung after the verdict, it was writing the report:
 * the verdict is valid.
 */
static bool is_verdict_valid(const struct run *r, bool ended, int status, int timeout, char *why,
			     size_t size)
{
	const char *when = r->verdict ? " after its verdict" : "";

	if (!ended)
		snprintf(why, size, "nestcheck run was silent for %d s%s and was stopped",
			 timeout / 1000, when);
	else if (WIFSIGNALED(status))
		snprintf(why, size, "nestcheck run was killed by signal %d%s", WTERMSIG(status),
			 when);
	else
		snprintf(why, size, "nestcheck run ended with status %d%s", WEXITSTATUS(status),
			 r->verdict ? when : " and no verdict");
	if (!r->verdict || !ended)
		return r->verdict;
	return WIFEXITED(status) && WEXITSTATUS(status) == verdict_exit_status(r->verdict);
}

static void no_verdict(struct init *in, const struct run *r, const char *how)
{
	struct text reason = { 0 };
	char line[1024];

	/* The last line may be a verdict's, with the name. */
	verdict_add_reason(&reason, how);
	text_addf(&reason, "; stage: %s; last: ", r->stage[0] ? r->stage : "none");
	verdict_add_reason(&reason, r->last[0] ? r->last : "nothing");
	snprintf(line, sizeof(line), "nestcheck: VERDICT ERROR grade=none cases=%u%s reason=%s",
		 r->cases, in->modified.n ? VERDICT_MODIFIED : "", reason.s);
	text_free(&reason);
	verdict_add_id(line, sizeof(line), in->params.id);
	say_error(in, line);
}

void watchdog_run(struct init *in)
{
	struct run r = { .pid = -1, .pace = PACE_SCALE_UNKNOWN };
	int status = 0, ret;
	bool ended;
	char how[160];

	in->verdict = VERDICT_ERROR;
	consoles_flush(&in->cs, 100);
	ret = start(in, &r);
	if (ret) {
		snprintf(how, sizeof(how), "cannot start nestcheck run: %s", error_text(-ret));
		no_verdict(in, &r, how);
		return;
	}
	ended = watch(&r, &in->params, &status);
	if (!ended) {
		kill(-r.pid, SIGKILL);
		/* A process that hangs in the kernel cannot be killed: continue without it. */
		child_wait(r.pid, 1000, &status);
	}
	close(r.pipe);
	in->pace = r.pace;
	if (!is_verdict_valid(&r, ended, status, timeout_ms(&in->params, &r), how, sizeof(how))) {
		no_verdict(in, &r, how);
		return;
	}
	if (in->modified.n && !r.modified) {
		no_verdict(in, &r,
			   "its verdict does not say that files of the image were replaced");
		return;
	}
	in->verdict = r.verdict;
	if (!ended)
		say(in, "%s (last: %s)", how, r.last);
}
