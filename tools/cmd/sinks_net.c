// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sinks of report= that are URLs: HTTP, TFTP, syslog.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd/run.h"
#include "diagnose/diagnose.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/machine_name.h"
#include "lib/network_files.h"
#include "lib/procfs.h"
#include "lib/status.h"
#include "report/render.h"
#include "send/send.h"

#define TICK_MS 200

bool find_mac(struct report *r)
{
	char mac[MACHINE_MAC_LEN + 2];

	if (read_file(MACHINE_MAC_FILE, mac, sizeof(mac)) < 0)
		return false;
	mac[strcspn(mac, "\n")] = '\0';
	if (!machine_mac_valid(mac))
		return false;
	if (!r->machine.mac || strcmp(r->machine.mac, mac) != 0)
		r->machine.mac = arena_strdup(&r->arena, mac);
	return true;
}

/* Why there will be no network, in a; NULL: there may be one. */
static const char *network_problem(struct arena *a)
{
	char why[NETWORK_PROBLEM_MAX + 2];

	if (!send_has_network())
		return "this image has no network";
	if (read_file(NETWORK_PROBLEM_FILE, why, sizeof(why)) <= 0)
		return NULL;
	why[strcspn(why, "\n")] = '\0';
	return arena_strdup(a, why);
}

/* The interface may come up late: a switch can take half a minute. NULL when it is there, else why not. */
static const char *wait_for_network(struct report *r, long long end, void (*alive)(void *data),
				    void *data)
{
	static const struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };
	const char *why;

	while (!find_mac(r)) {
		why = network_problem(&r->arena);
		if (why)
			return why;
		if (monotonic_ms() >= end)
			return "no interface had an address in time";
		nanosleep(&tick, NULL);
		if (alive)
			alive(data);
	}
	return NULL;
}

static bool is_url(const char *sink)
{
	return strstr(sink, "://");
}

static void not_sent(struct report *r, const char *url, enum send_problem problem, const char *why,
		     unsigned int tries)
{
	struct unsent *u = arena_push(&r->arena, &r->unsent, &r->n_unsent);

	u->target = arena_strdup(&r->arena, url);
	u->problem = problem;
	u->why = arena_strdup(&r->arena, why);
	u->tries = tries;
}

const char *net_sink_problem(struct run *run, const char *url, bool *dead)
{
	struct send_url u;
	const char *why = send_url_parse(url, run->p.report_method == METHOD_PUT, &u);

	if (why)
		return why;
	why = network_problem(&run->r.arena);
	if (why) {
		*dead = true;
		not_sent(&run->r, url, SEND_NO_NETWORK, why, 0);
	}
	return NULL;
}

/* --- ahead of the check ------------------------------------------------------------------- */

static void send_started(struct run *run)
{
	long long end = monotonic_ms() + run->p.report_timeout_s * 1000LL;
	const char *list = run->p.report;
	struct send_outcome o;
	char url[PARAMS_TEXT_MAX];
	struct send_job job = {
		.url = url,
		.post = run->p.report_method == METHOD_POST,
		.timeout_s = run->p.report_timeout_s,
	};
	struct send_url u;

	if (wait_for_network(&run->r, end, NULL, NULL))
		return;
	job.document = started_to_json(&run->r);
	send_words_of(&run->r.arena, &run->r, &job.words);
	while (sink_next(&list, url, sizeof(url))) {
		/* syslog has only the verdict. A wrong URL is named by the check. */
		if (is_url(url) && !send_url_parse(url, !job.post, &u) && u.scheme != SEND_SYSLOG)
			send_document(&job, &o);
	}
}

void net_sinks_start(struct run *run)
{
	pid_t parent = getpid();

	if (!run->image || !is_url(run->p.report) || network_problem(&run->r.arena))
		return;
	run->started = fork();
	if (run->started < 0)
		run->started = 0;
	if (run->started)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Only the check itself speaks to init. */
	status_open(-1);
	if (getppid() == parent)
		send_started(run);
	_exit(0);
}

/* A late "started" must not take the place of the report. Its curl dies with it. */
static void end_started(struct run *run)
{
	int status;

	if (!run->started)
		return;
	kill(run->started, SIGKILL);
	waitpid(run->started, &status, 0);
	run->started = 0;
}

/* --- the report ---------------------------------------------------------------------------- */

/* A slow serial line is still at the report's text. */
static void alive(void *data)
{
	struct run *run = data;

	consoles_flush(&run->cs, 0);
	status_alive("sending the report");
}

/* Its evidence and remedy, where there is room for them. */
static void say_unsent(struct run *run, const struct finding *f)
{
	for (int i = 0; i < run->cs.n; i++) {
		struct console *c = &run->cs.c[i];
		struct text t = { .width = c->columns };

		if (c->kind == CONSOLE_SCREEN)
			text_addf(&t, "nestcheck: not sent: %s\n", f->evidence);
		else
			render_finding(&t, f);
		console_text(c, &t);
		text_free(&t);
	}
}

static void send_one(struct run *run, struct send_job *job)
{
	struct report *r = &run->r;
	struct send_outcome o;
	size_t findings = r->n_findings;

	send_document(job, &o);
	if (o.problem == SEND_NOTHING) {
		consoles_printf(&run->cs, "nestcheck: report sent to %s\n", o.url);
	} else {
		not_sent(r, job->url, o.problem, o.why, o.tries);
		diagnose_unsent(r, r->n_unsent - 1);
	}
	for (; findings < r->n_findings; findings++)
		say_unsent(run, &r->findings[findings]);
	consoles_flush(&run->cs, TICK_MS);
}

void net_sinks_send(struct run *run)
{
	long long end = monotonic_ms() + run->p.report_timeout_s * 1000LL;
	struct report *r = &run->r;
	const char *list = run->p.report, *why = NULL;
	char url[PARAMS_TEXT_MAX];
	struct send_job job = {
		.url = url,
		.line = run->verdict,
		.post = run->p.report_method == METHOD_POST,
		.timeout_s = run->p.report_timeout_s,
		.alive = alive,
		.data = run,
	};
	bool waited = false;
	char *json = NULL;

	end_started(run);
	for (unsigned int i = 0; i < SINKS_MAX && sink_next(&list, url, sizeof(url)); i++) {
		if (!is_url(url) || run->dead_sinks >> i & 1)
			continue;
		if (!waited)
			why = wait_for_network(r, end, alive, run);
		waited = true;
		if (why) {
			size_t n = r->n_findings;

			not_sent(r, url, SEND_NO_NETWORK, why, 0);
			diagnose_unsent(r, r->n_unsent - 1);
			say_unsent(run, &r->findings[n]);
			continue;
		}
		/* With what was not sent to those before. */
		free(json);
		json = report_to_json(r);
		job.document = json;
		send_words_of(&r->arena, r, &job.words);
		send_one(run, &job);
	}
	free(json);
}
