// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck fleet: what the reports of many machines say together.
 */
#include "fleet/fleet.h"

#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "lib/json.h"
#include "lib/terminal.h"

/* More than a shell's pattern gives in a folder; a folder itself is one. */
#define OPERANDS_MAX 65536

/* False, with a message, for a list that cannot be read or names nothing. */
static bool take_expected(struct fleet *f, const char *path)
{
	char *text;
	size_t len;
	int ret = read_document(path, &text, &len);

	if (ret < 0) {
		complain("cannot read the list '%s': %s", path, document_error(ret));
		return false;
	}
	fleet_expect(f, text);
	free(text);
	if (!f->n_expected)
		complain("the list '%s' names no machine", path);
	return f->n_expected;
}

static void complain_of(const struct fleet *f)
{
	for (size_t i = 0; i < f->problems.n; i++)
		complain("%s", f->problems.s[i]);
	if (!f->problems.n && !f->n_documents)
		complain("there is no report: no file *.json");
}

struct shown_as {
	bool json, csv, html, quiet;
};

/* False if not all could be written. */
static bool show(const struct fleet *f, const struct shown_as *as)
{
	struct text t = { 0 };

	if (as->json)
		return print_json(fleet_json(f));
	if (as->csv)
		fleet_csv(&t, f);
	else if (as->html)
		fleet_html(&t, f);
	else if (!as->quiet)
		fleet_text(&t, f);
	return print_text(&t);
}

static int run(struct fleet *f, const struct command_line *cl, const char *expect,
	       const struct shown_as *as)
{
	if (expect && !take_expected(f, expect))
		return verdict_exit_status(VERDICT_ERROR);
	for (size_t i = 0; i < cl->n_operands; i++)
		fleet_read(f, cl->operands[i]);
	fleet_sort(f);
	complain_of(f);
	return show(f, as) ? fleet_status(f) : verdict_exit_status(VERDICT_ERROR);
}

int cmd_fleet(int argc, char **argv)
{
	const char *expect = NULL;
	struct shown_as as = { .json = false };
	const struct option_row rows[] = {
		{ "--expect", "FILE",
		  "the machines that should be there, an id or a MAC a line; only they count",
		  &expect },
		OPTION_JSON(&as.json),
		{ "--csv", NULL, "a row for each machine, for a spreadsheet", &as.csv },
		{ "--html", NULL, "one page that stands alone, for a browser and for paper",
		  &as.html },
		OPTION_QUIET(&as.quiet),
	};
	struct command_line cl = {
		.usage =
			"nestcheck fleet DIR|FILE... [--expect FILE] [--json | --csv | --html] [--quiet]",
		.about =
			"Shows what the stored reports of many machines say together: verdicts; groups "
			"with equal capabilities and kernel, and who is unlike the others of its "
			"model; findings; costs; checks that were started and never finished. Of a "
			"machine the newest report counts. DIR: every file *.json in it and its "
			"folders. Exit status: 0 all machines that count passed, 1 some did not, 4 "
			"something could not be read, or a report has no verdict, or there is none.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
		.max_operands = OPERANDS_MAX,
	};
	struct fleet f;
	int status;

	fleet_init(&f);
	cl.operands = arena_alloc(&f.arena, OPERANDS_MAX * sizeof(*cl.operands));
	status = parse_options(&cl, argc, argv);
	if (status == OPTIONS_GO_ON && !cl.n_operands) {
		complain("the reports are missing; usage: %s", cl.usage);
		status = EXIT_USAGE;
	}
	if (status == OPTIONS_GO_ON && as.json + as.csv + as.html > 1) {
		complain("--json, --csv and --html exclude each other; usage: %s", cl.usage);
		status = EXIT_USAGE;
	}
	if (status == OPTIONS_GO_ON)
		status = run(&f, &cl, expect, &as);
	fleet_free(&f);
	return status;
}
