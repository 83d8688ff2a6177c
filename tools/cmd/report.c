// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck report: shows a stored report document.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "lib/json.h"
#include "lib/number.h"
#include "lib/status.h"
#include "lib/terminal.h"
#include "report/formats.h"
#include "report/judge.h"
#include "report/render.h"

#define SCREEN_MIN 10
#define SCREEN_MAX 2000

/* "80x25" */
static bool parse_screen(const char *s, int *columns, int *rows)
{
	const char *at = s;
	uint64_t wide, high;

	if (number_take(&at, SCREEN_MAX, &wide) && *at++ == 'x' && wide >= SCREEN_MIN &&
	    number_parse(at, SCREEN_MIN, SCREEN_MAX, &high)) {
		*columns = (int)wide;
		*rows = (int)high;
		return true;
	}
	complain("--screen takes columns and rows from %d to %d, like 80x25, not '%s'", SCREEN_MIN,
		 SCREEN_MAX, s);
	return false;
}

/* "text, tap, ...", or for the help a line each. */
static const char *format_names(struct arena *a)
{
	const char *names = "";

	for (size_t i = 0; i < n_report_formats; i++)
		names = arena_printf(a, "%s%s%s", names, i ? ", " : "", report_formats[i].name);
	return names;
}

static const char *formats_about(struct arena *a)
{
	const char *about = "for another program:";

	for (size_t i = 0; i < n_report_formats; i++)
		about = arena_printf(a, "%s%s %s (%s)", about, i ? "," : "", report_formats[i].name,
				     report_formats[i].about);
	return about;
}

struct shown_as {
	bool json, tap, text, quiet;
	const char *screen, *format;
	int columns, rows;
};

/* False, with a message, for two of them or a bad value. */
static bool check_shown_as(struct shown_as *as, struct arena *a, const char *usage)
{
	if (as->json + as->tap + as->text + (as->screen != NULL) + (as->format != NULL) > 1) {
		complain(
			"--text, --json, --tap, --screen and --format exclude each other; usage: %s",
			usage);
		return false;
	}
	if (as->format && strcmp(as->format, "json") && !report_format(as->format)) {
		complain("--format: '%s' is none of json, %s", as->format, format_names(a));
		return false;
	}
	return !as->screen || parse_screen(as->screen, &as->columns, &as->rows);
}

static bool is_json(const struct shown_as *as)
{
	return as->json || (as->format && !strcmp(as->format, "json"));
}

static bool show(const struct report *r, const struct shown_as *as)
{
	const char *format = as->tap ? "tap" : as->format;
	struct text t = { 0 };

	if (is_json(as))
		return print_report_json(r);
	if (!format && !as->screen && as->quiet)
		return true;
	if (as->screen)
		render_screen(&t, r, as->columns, as->rows);
	else
		report_format(format ? format : "text")->render(&t, r);
	return print_text(&t);
}

/*
 * Whoever reads only what is printed, as MAAS does, must not take a PASS for one that is contradicted.
 * The document itself (--json) stays as it is.
 */
static void withdraw_pass(struct report *r, const char *problem)
{
	if (!problem || r->verdict.result != VERDICT_PASS)
		return;
	r->verdict.result = VERDICT_ERROR;
	r->verdict.grade = GRADE_NONE;
	r->verdict.reason = arena_printf(&r->arena, "the report %s", problem);
}

int cmd_report(int argc, char **argv)
{
	struct shown_as as = { .json = false };
	const char *file = NULL;
	struct report r;

	report_init(&r);
	const struct option_row rows[] = {
		{ "--text", NULL, "plain text of 80 columns (the default)", &as.text },
		OPTION_JSON(&as.json),
		{ "--tap", NULL, "TAP 13 of the self-test's cases", &as.tap },
		{ "--screen", "CxR", "for a screen of C columns and R rows: 80x25", &as.screen },
		{ "--format", "NAME", formats_about(&r.arena), &as.format },
		OPTION_QUIET(&as.quiet),
	};
	struct command_line cl = {
		.usage =
			"nestcheck report FILE [--text | --json | --tap | --screen CxR | --format NAME] "
			"[--quiet]",
		.about =
			"Shows a stored report (nestcheck run --report FILE, or --json). FILE - is "
			"standard input. Exit status: that of the report's verdict, 0, 1, 3 or 4; 4 also if FILE is no report, or one without a verdict (probe's, a replay's) or "
			"with a PASS that its own cases contradict.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
		.operands = &file,
		.max_operands = 1,
	};
	int status = parse_options(&cl, argc, argv);
	const char *problem;
	bool printed;

	if (status == OPTIONS_GO_ON && !file)
		complain("the report's file is missing; usage: %s", cl.usage);
	if (status == OPTIONS_GO_ON && (!file || !check_shown_as(&as, &r.arena, cl.usage)))
		status = EXIT_USAGE;
	if (status == OPTIONS_GO_ON) {
		status = verdict_exit_status(VERDICT_ERROR);
		if (take_document(&r, file, report_from_json, "the report ", "not a report")) {
			problem = judge_stored(&r);
			if (!is_json(&as))
				withdraw_pass(&r, problem);
			printed = show(&r, &as);
			if (problem)
				complain("'%s': the report %s", file, problem);
			else if (printed)
				status = verdict_exit_status(r.verdict.result);
		}
	}
	report_free(&r);
	return status;
}
