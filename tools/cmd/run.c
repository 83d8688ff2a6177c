// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck run: runs every stage in order, from this machine's hardware to a verdict.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/run.h"
#include "cmd/written.h"
#include "lib/clock.h"
#include "lib/error_text.h"
#include "lib/json.h"
#include "lib/replace_file.h"
#include "lib/status.h"
#include "lib/terminal.h"

/* Options as given; NULL: absent. */
struct arguments {
	const char *status_fd, *consoles, *params, *only, *skip, *selftest, *id;
};

static void run_stage(struct run *run, const struct stage *s)
{
	long long start = monotonic_ms();
	struct stage_time *t;

	status_stage(s->name);
	if (s->doing && (run->image || strcmp(s->name, "load")))
		show_progress(run, s->doing);
	faults_inject(run, s->name);
	if (run->terminal && !s->doing)
		show_progress(run, NULL);
	s->run(run);
	t = arena_push(&run->r.arena, &run->r.timing, &run->r.n_timing);
	t->stage = s->name;
	t->ms = (uint64_t)(monotonic_ms() - start);
}

static void run_all(struct run *run)
{
	const struct stage *s = run->r.replayed ? replay_stages : run_stages;
	size_t n = run->r.replayed ? n_replay_stages : n_run_stages;
	long long start = monotonic_ms();

	for (size_t i = 0; i < n; i++) {
		run_stage(run, &s[i]);
		run->r.duration_ms = (uint64_t)(monotonic_ms() - start);
	}
}

/* Writes the rest of the report to slow consoles; consoles that accept nothing are skipped. */
static void finish_consoles(struct run *run)
{
	size_t before = SIZE_MAX, left;

	for (;;) {
		bool all = consoles_flush(&run->cs, 500);

		left = 0;
		for (int i = 0; i < run->cs.n; i++)
			left += run->cs.c[i].len;
		if (all || left >= before)
			return;
		before = left;
		status_alive("consoles");
	}
}

/* The consoles may be slow or stuck; standard output is a program's, which gets everything. */
static void finish_stdout(struct run *run)
{
	struct console *c = &run->cs.c[0];

	while (c->fd >= 0 && c->len)
		consoles_flush(&run->cs, 1000);
	if (c->fd < 0 || c->dropped)
		stdout_failed(c->error);
}

/* --json and --report; false if the report could not be written. */
static bool write_json_report(struct run *run)
{
	struct replaced how;
	char *json;
	int ret;

	if (run->file) {
		json = report_to_json(&run->r);
		ret = replace_file(run->file, json, strlen(json), &how);
		free(json);
		if (!say_written(run->file, ret, &how))
			return false;
	}
	return !run->json || print_report_json(&run->r);
}

static bool apply_arguments(struct run *run, const struct arguments *w)
{
	const struct {
		const char *key, *value;
	} overrides[] = {
		{ "only", w->only },
		{ "skip", w->skip },
		{ "selftest", w->selftest },
		{ "id", w->id },
	};
	unsigned int fd = 0;
	size_t before;
	int ret;

	if (!option_number("--status-fd", w->status_fd, 0, 1 << 20, &fd))
		return false;
	if (w->status_fd)
		status_open((int)fd);
	if (w->params) {
		run->p.tests = !access(PARAMS_TESTS_FILE, F_OK);
		ret = params_load(&run->p, w->params);
		if (ret)
			params_problem(&run->p, "%s: %s; all parameters are at their defaults",
				       w->params, error_text(-ret));
	}
	before = run->p.problems.n;
	for (size_t i = 0; i < sizeof(overrides) / sizeof(overrides[0]); i++) {
		if (!overrides[i].value)
			continue;
		params_set(&run->p, PARAM_CMDLINE, overrides[i].key, overrides[i].value);
		if (run->p.problems.n == before)
			continue;
		complain("--%s: invalid value '%s'; see nestcheck run --help", overrides[i].key,
			 overrides[i].value);
		return false;
	}
	return true;
}

static int run_and_report(struct run *run, const struct arguments *w)
{
	bool printed;

	if (run->facts && !replay_facts(&run->r, run->facts))
		return verdict_exit_status(VERDICT_ERROR);
	run->stdout_only = !w->consoles;
	if (w->consoles)
		consoles_open(&run->cs, w->consoles);
	else if (!run->json && !consoles_open(&run->cs, NULL))
		stdout_failed(errno);
	run->terminal = !run->image && !run->facts && isatty(STDERR_FILENO);
	set_started(&run->r);
	if (run->p.id[0])
		run->r.machine.id = run->p.id;
	net_sinks_start(run);
	run_all(run);
	printed = write_json_report(run);
	sinks_send(run);
	finish_consoles(run);
	if (!w->consoles && run->cs.n)
		finish_stdout(run);
	return printed ? verdict_exit_status(run->r.verdict.result) :
			 verdict_exit_status(VERDICT_ERROR);
}

int cmd_run(int argc, char **argv)
{
	static struct run run;
	struct arguments w = { .params = NULL };
	const struct option_row rows[] = {
		OPTION_JSON(&run.json),
		{ "--quiet", NULL, "only the verdict's line", &run.quiet },
		OPTION_FACTS(&run.facts),
		{ "--report", "FILE",
		  "also write the JSON report to FILE; a link is followed; - is --json",
		  &run.file },
		{ "--selftest", "WHICH", "quick (the default), full, soak (an hour) or off",
		  &w.selftest },
		{ "--only", "GLOBS", "run only these cases: svm_npt*,svm_cpuid", &w.only },
		{ "--skip", "GLOBS", "do not run these cases", &w.skip },
		{ "--id", "NAME", "the machine's name, for its report and the verdict's line",
		  &w.id },
		{ "--image", NULL,
		  "for the image's init: load KVM, obey report= and fault=", &run.image },
		{ "--status-fd", "N", "for init: a line per stage and case", &w.status_fd },
		{ "--consoles", "LIST", "for init: tty0,ttyS0 instead of standard output",
		  &w.consoles },
		{ "--params", "FILE", "for init: the parameters it found", &w.params },
		{ "--modified", "LINES", "for init: the image's files that it found replaced",
		  &run.found },
	};
	struct command_line cl = {
		.usage = "nestcheck run [options]",
		.about =
			"Examines the CPUs, the firmware and KVM, runs an L2 guest in an L1 guest, "
			"and prints a verdict with its reasons. On an installed system it neither "
			"loads nor unloads modules: see nestcheck load. Exit status: 0 PASS, 1 "
			"FAIL, 3 UNSUPPORTED, 4 ERROR. Leaving out self-test cases gives ERROR "
			"(partial).",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
	};
	int status = parse_options(&cl, argc, argv);

	if (status != OPTIONS_GO_ON)
		return status;
	if (run.file && !strcmp(run.file, "-")) {
		run.json = true;
		run.file = NULL;
	}
	report_init(&run.r);
	params_init(&run.p);
	status = apply_arguments(&run, &w) ? run_and_report(&run, &w) : EXIT_USAGE;
	consoles_close(&run.cs);
	params_free(&run.p);
	report_free(&run.r);
	return status;
}
