// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup check: checks whether nesting is on, with the usual manual checks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/replay.h"
#include "cmd/setup_check_extra.h"
#include "lib/json.h"
#include "lib/json_out.h"
#include "lib/terminal.h"

/* Not known is no statement about the machine (design.md, "Exit status"). */
static int status_of(const struct check_row *rows, size_t n)
{
	static const enum verdict_result results[] = {
		[CHECK_UNKNOWN] = VERDICT_ERROR,
		[CHECK_OK] = VERDICT_PASS,
		[CHECK_NO] = VERDICT_FAIL,
	};

	return verdict_exit_status(results[check_result(rows, n)]);
}

static bool print_rows_json(const struct check_row *rows, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct check_row *row = &rows[i];
		bool help = row->state == CHECK_NO && *row->remedy;
		json_t *object = json_object();

		out_set(object, "group", out_string(row->group));
		out_set(object, "what", out_string(row->name));
		out_set(object, "value", out_string(row->value));
		out_set(object, "wanted", json_boolean(row->wanted));
		out_set(object, "state", out_string(check_state_name(row->state)));
		out_set(object, "remedy", out_string(help ? row->remedy : NULL));
		out_append(array, object);
	}
	return print_json(json_text(array));
}

static bool print_rows(const struct report *r, const struct check_row *rows, size_t n)
{
	struct text t = { 0 }, warning = { 0 };

	if (setup_warn(r, &warning)) {
		text_add(&warning, "\n");
		print_error_text(&warning);
	}
	check_table(r, rows, n, &t);
	return print_text(&t);
}

int cmd_setup_check(int argc, char **argv)
{
	struct check_row rows[CHECK_ROWS_MAX];
	struct check_extra extra = { 0 };
	const char *facts = NULL, *level = "2";
	bool json = false, quiet = false, printed = true;
	const struct option_row options[] = {
		{ "--json", NULL, "the rows as a JSON array", &json },
		{ "--level", "1|2", "1: only that guests run here; 2 (default): that they can nest",
		  &level },
		OPTION_FACTS(&facts),
		OPTION_QUIET(&quiet),
	};
	struct command_line cl = {
		.usage = "nestcheck setup check [--json] [--level 1|2] [--facts FILE] [--quiet]",
		.about =
			"Checks whether nesting is on, on the host or inside of a guest: the CPU's "
			"flags, the module and its parameters beside what the hardware has, "
			"/dev/kvm; then whether libguestfs can use KVM here and VirtualBox can "
			"run. Changes nothing. Exit status: 0 all that nesting needs is there, 1 "
			"some of it is not, 4 some of it is not known. Rows marked 'nice' do not "
			"count.",
		.rows = options,
		.n_rows = sizeof(options) / sizeof(options[0]),
	};
	struct report r;
	int status = parse_options(&cl, argc, argv);
	size_t n;

	if (status != OPTIONS_GO_ON)
		return status;
	if (strcmp(level, "1") != 0 && strcmp(level, "2") != 0) {
		complain("--level is 1 or 2, not '%s'", level);
		return EXIT_USAGE;
	}
	report_init(&r);
	status = verdict_exit_status(VERDICT_ERROR);
	if (gather_and_judge(&r, facts)) {
		if (!facts)
			gather_extra(&r, &extra);
		n = check_rows(&r, &extra, rows);
		check_level(rows, n, *level - '0');
		if (json)
			printed = print_rows_json(rows, n);
		else if (!quiet)
			printed = print_rows(&r, rows, n);
		if (printed)
			status = status_of(rows, n);
	}
	report_free(&r);
	return status;
}
