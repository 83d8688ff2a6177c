// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck compare: what differs between two stored reports or recordings.
 */
#include "diagnose/compare_reports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "diagnose/diagnose.h"
#include "facts/facts.h"
#include "lib/json.h"
#include "lib/json_out.h"
#include "lib/terminal.h"
#include "report/judge.h"

#define DIFFERENT 1 /* like diff(1) */

/* A stored report is used as it is; a recording is diagnosed here. */
static int take_side(struct report *r, const char *text, size_t len, const char **error)
{
	int ret = report_from_json(r, text, len, error);

	if (!ret || strncmp(*error, "schema", strlen("schema")) != 0)
		return ret;
	report_free(r);
	report_init(r);
	ret = facts_from_json(r, text, len, error);
	if (ret < 0)
		return ret;
	identify_cpu(r);
	diagnose(r);
	judge_findings(r);
	return 0;
}

static bool read_side(struct report *r, const char *path)
{
	return take_document(r, path, take_side, "", "neither a report nor a recording");
}

static void add_side(struct text *t, const char *label, const char *value)
{
	text_wrap(t, 6, label, value ? value : "not known");
}

static void print_differences(const struct difference *d, size_t n, const char *a, const char *b)
{
	struct text t = { 0 };
	const char *section = "";

	text_addf(&t, "A is %s\nB is %s\n", a, b);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(section, d[i].section) != 0) {
			section = d[i].section;
			text_addf(&t, "\n%s\n", section);
		}
		text_addf(&t, "  %s\n", d[i].what);
		add_side(&t, "    A", d[i].a);
		add_side(&t, "    B", d[i].b);
	}
	if (!n)
		text_add(&t, "\nNothing differs.\n");
	print_text(&t);
}

static bool print_differences_json(const struct difference *d, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *object = json_object();

		out_set(object, "section", out_string(d[i].section));
		out_set(object, "name", out_string(d[i].what));
		out_set(object, "a", out_string(d[i].a));
		out_set(object, "b", out_string(d[i].b));
		out_append(array, object);
	}
	return print_json(json_text(array));
}

int cmd_compare(int argc, char **argv)
{
	bool json = false, quiet = false;
	const char *files[2] = { NULL, NULL };
	const struct option_row rows[] = {
		OPTION_JSON(&json),
		OPTION_QUIET(&quiet),
	};
	struct command_line cl = {
		.usage = "nestcheck compare A.json B.json [--json] [--quiet]",
		.about = "Shows what differs between two machines, or two runs on one: stored "
			 "reports (nestcheck run --report FILE) or recordings (nestcheck probe "
			 "--record). Times, the kernel's log and small differences in cost are "
			 "ignored. Exit status: 0 nothing differs, 1 something does, 4 a file "
			 "cannot be read.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
		.operands = files,
		.max_operands = 2,
	};
	struct difference *d;
	struct report a, b;
	int status = parse_options(&cl, argc, argv);
	size_t n;

	if (status != OPTIONS_GO_ON)
		return status;
	if (cl.n_operands != 2) {
		complain("compare takes two files, not %zu; usage: %s", cl.n_operands, cl.usage);
		return EXIT_USAGE;
	}
	report_init(&a);
	report_init(&b);
	status = verdict_exit_status(VERDICT_ERROR);
	if (read_side(&a, files[0]) && read_side(&b, files[1])) {
		n = compare_reports(&a.arena, &a, &b, &d);
		if (json)
			print_differences_json(d, n);
		else if (!quiet)
			print_differences(d, n, files[0], files[1]);
		status = n ? DIFFERENT : 0;
	}
	report_free(&a);
	report_free(&b);
	return status;
}
