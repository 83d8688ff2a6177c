// SPDX-License-Identifier: GPL-2.0-only
/*
 * The self-test in a child, and its results if the child does not return.
 */
#include "selftest/guard.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/error_text.h"
#include "lib/streams.h"
#include "selftest/health.h"

/* Many times what all cases with their details need; unused pages cost nothing. */
#define SHARED_SIZE (64U << 20)

#define POLL_MS	   100
#define STOPPED_MS 2000
#define START_MS   60000
/* A killed process ends at once, unless it hangs in the kernel. */
#define DEATH_MS   5000
#define WHY_SIZE   512

/* In memory that parent and child share. saved: r->selftest at the child's last guard_*() call. */
struct guard {
	struct selftest_state saved;
	struct case_outcome current;
	enum {
		GUARDS_STEP,
		GUARDS_CASE,
		GUARDS_CHAIN
	} kind;
	_Atomic int64_t deadline_ms;
	unsigned int limit_ms;
	unsigned int round, cpu; /* round: 0 if there is only one */
	bool done;
	int ret;
};

static void note(struct guard *g, const struct report *r, const struct case_outcome *c, int kind,
		 unsigned int limit_ms)
{
	if (!g)
		return;
	g->saved = r->selftest;
	g->current = *c;
	g->kind = kind;
	g->limit_ms = limit_ms;
	g->deadline_ms = monotonic_ms() + limit_ms;
}

void guard_case(struct guard *g, const struct report *r, const struct case_outcome *c,
		unsigned int limit_ms)
{
	note(g, r, c, GUARDS_CASE, limit_ms);
}

void guard_at(struct guard *g, const struct report *r, const char *what, unsigned int limit_ms)
{
	note(g, r, &(struct case_outcome){ .name = what }, GUARDS_STEP, limit_ms);
}

void guard_chain(struct guard *g, const struct report *r, unsigned int limit_ms)
{
	note(g, r, &(struct case_outcome){ .name = "the chain" }, GUARDS_CHAIN, limit_ms);
}

void guard_round(struct guard *g, unsigned int round, unsigned int cpu)
{
	if (!g)
		return;
	g->round = round;
	g->cpu = cpu;
}

/* True when the child has ended, with its status; false if its time is over. */
static bool wait_for(pid_t pid, int from_child, struct guard *g, int *status)
{
	struct pollfd p = { .fd = from_child, .events = POLLIN };
	int64_t last = monotonic_ms();

	for (;;) {
		pid_t got = waitpid(pid, status, WNOHANG);
		int64_t now;

		if (got == pid)
			return true;
		if (got < 0 && errno != EINTR) {
			*status = 0;
			return true;
		}
		/* If we were stopped (job control, a paused machine), so was the child. */
		now = monotonic_ms();
		if (now - last > STOPPED_MS)
			g->deadline_ms += now - last;
		last = now;
		if (now > g->deadline_ms)
			return false;
		/* The pipe carries no data; the child's end closes it, or a child of that later. */
		if (poll(&p, 1, POLL_MS) > 0)
			usleep(1000);
	}
}

static bool killed_in_time(pid_t pid)
{
	kill(pid, SIGKILL);
	for (unsigned int ms = 0; ms < DEATH_MS; ms += 10) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return true;
		usleep(10000);
	}
	return false;
}

static const char *describe_end(struct report *r, pid_t pid, bool ended, int status,
				const struct guard *g)
{
	const char *in = g->current.name;

	if (g->round && g->kind == GUARDS_CASE)
		in = arena_printf(&r->arena, "%s (on CPU %u, pass %u)", in, g->cpu, g->round);
	if (!ended)
		return arena_printf(
			&r->arena, "%s was silent for %u s%s", in, g->limit_ms / 1000,
			killed_in_time(pid) ?
				"" :
				", and its process cannot be killed: it hangs in the kernel");
	if (WIFSIGNALED(status))
		return arena_printf(&r->arena, "the process that ran %s was killed (signal %d, %s)",
				    in, WTERMSIG(status), strsignal(WTERMSIG(status)));
	return arena_printf(&r->arena, "the process that ran %s ended with status %d", in,
			    WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

/* The current case in the report's list; it is added if this is the first round. */
static struct case_outcome *listed(struct report *r, const struct case_outcome *c)
{
	struct selftest_state *s = &r->selftest;
	struct case_outcome *out;

	for (size_t i = 0; i < s->n_cases; i++)
		if (!strcmp(s->cases[i].name, c->name))
			return &s->cases[i];
	out = arena_push(&r->arena, &s->cases, &s->n_cases);
	*out = *c;
	return out;
}

static void add_host_warning(struct report *r, const struct guard *g, struct health *health)
{
	char why[WHY_SIZE];
	enum health_state state = health_look(health, why, sizeof(why));
	struct case_outcome *out;

	if (state == HEALTH_GOOD)
		return;
	r->selftest.warned = arena_strdup(&r->arena, why);
	r->selftest.error = arena_printf(&r->arena, "%s: %s", r->selftest.error, why);
	if (state == HEALTH_BAD && g->kind == GUARDS_CHAIN)
		chain_fail_by_host(&r->selftest.chain, r->selftest.warned);
	if (state != HEALTH_BAD || g->kind != GUARDS_CASE)
		return;
	out = listed(r, &g->current);
	out->result = CASE_FAIL;
	out->detail = r->selftest.warned;
	out->saw = (struct observation){ .how = OBSERVED_LOG, .what = r->selftest.warned };
}

static _Noreturn void child(struct report *r, struct guard *g,
			    int (*work)(struct report *r, struct guard *g, void *data), void *data,
			    pid_t parent)
{
	int ret;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* 0: a parent in another PID namespace. */
	if (getppid() != parent && getppid() != 0)
		_exit(1);
	ret = work(r, g, data);
	g->saved = r->selftest;
	g->ret = ret;
	g->done = true;
	_exit(0);
}

static int no_process(struct report *r, int error)
{
	r->selftest.error =
		arena_printf(&r->arena, "no process for the self-test: %s", error_text(error));
	return -error;
}

static int run_in(struct report *r, struct guard *g,
		  int (*work)(struct report *r, struct guard *g, void *data), void *data)
{
	struct health health;
	pid_t pid, parent = getpid();
	int fds[2], status, ret;
	const char *before;
	bool ended;

	if (pipe(fds) < 0)
		return no_process(r, errno);
	/* If SIGCHLD is ignored, waitpid() gets no status. */
	signal(SIGCHLD, SIG_DFL);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		child(r, g, work, data, parent);
	}
	close(fds[1]);
	if (pid < 0) {
		ret = no_process(r, errno);
		close(fds[0]);
		return ret;
	}
	health_start(&health);
	ended = wait_for(pid, fds[0], g, &status);
	close(fds[0]);
	r->selftest = g->saved;
	if (ended && g->done) {
		health_end(&health);
		return g->ret;
	}
	/* It could not write its output, and said so. */
	if (ended && WIFEXITED(status) && WEXITSTATUS(status) == STREAMS_LOST)
		exit(verdict_exit_status(VERDICT_ERROR));
	before = r->selftest.error;
	r->selftest.error = describe_end(r, pid, ended, status, g);
	if (before)
		r->selftest.error = arena_printf(&r->arena, "%s; %s", before, r->selftest.error);
	add_host_warning(r, g, &health);
	health_end(&health);
	return -EIO;
}

int guard_run(struct report *r, int (*work)(struct report *r, struct guard *g, void *data),
	      void *data)
{
	int ret = arena_share(&r->arena, SHARED_SIZE);
	struct guard *g;

	if (ret < 0)
		return no_process(r, -ret);
	g = arena_alloc(&r->arena, sizeof(*g));
	guard_at(g, r, "the start of the self-test", START_MS);
	ret = run_in(r, g, work, data);
	arena_unshare(&r->arena);
	return ret;
}
