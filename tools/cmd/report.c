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

static bool print_plain(const struct report *r)
{
	char verdict[STATUS_LINE_MAX];
	struct text t = { 0 };

	render_long(&t, r);
	if (r->verdict.result != VERDICT_NONE)
		text_addf(&t, "\nnestcheck: VERDICT %s\n",
			  verdict_text(verdict, sizeof(verdict), r));
	return print_text(&t);
}

int cmd_report(int argc, char **argv)
{
	bool json = false, tap = false, text = false, quiet = false, printed = true;
	const char *screen = NULL, *file = NULL;
	const struct option_row rows[] = {
		{ "--text", NULL, "plain text of 80 columns (the default)", &text },
		OPTION_JSON(&json),
		{ "--tap", NULL, "TAP 13 of the self-test's cases", &tap },
		{ "--screen", "CxR", "for a screen of C columns and R rows: 80x25", &screen },
		OPTION_QUIET(&quiet),
	};
	struct command_line cl = {
		.usage = "nestcheck report FILE [--text | --json | --tap | --screen CxR] [--quiet]",
		.about =
			"Shows a stored report (nestcheck run --report FILE, or --json). FILE - is "
			"standard input. Exit status: that of the report's verdict, 0, 1, 3 or 4; 4 also if FILE is no report, or one without a verdict (probe's, a replay's) or "
			"with a PASS that its own cases contradict.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
		.operands = &file,
		.max_operands = 1,
	};
	int columns = 0, lines = 0, status = parse_options(&cl, argc, argv);
	const char *problem;
	struct text t = { 0 };
	struct report r;

	if (status != OPTIONS_GO_ON)
		return status;
	if (!file || json + tap + text + (screen != NULL) > 1) {
		complain("%s; usage: %s",
			 file ? "--text, --json, --tap and --screen exclude each other" :
				"the report's file is missing",
			 cl.usage);
		return EXIT_USAGE;
	}
	if (screen && !parse_screen(screen, &columns, &lines))
		return EXIT_USAGE;
	report_init(&r);
	status = verdict_exit_status(VERDICT_ERROR);
	if (take_document(&r, file, report_from_json, "the report ", "not a report")) {
		if (json) {
			printed = print_report_json(&r);
		} else if (tap) {
			render_tap(&t, &r);
			printed = print_text(&t);
		} else if (screen) {
			render_screen(&t, &r, columns, lines);
			printed = print_text(&t);
		} else if (!quiet) {
			printed = print_plain(&r);
		}
		problem = judge_stored(&r);
		if (problem)
			complain("'%s': the report %s", file, problem);
		else if (printed)
			status = verdict_exit_status(r.verdict.result);
	}
	report_free(&r);
	return status;
}
