// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck probe: shows what the CPUs, the kernel and KVM offer. Changes nothing.
 */
#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/replay.h"
#include "facts/facts.h"
#include "lib/json.h"
#include "lib/terminal.h"
#include "report/render.h"

static bool print_facts(const struct report *r)
{
	return print_json(facts_to_json(&r->facts));
}

static bool print_probe(const struct report *r, bool all)
{
	struct text t = { 0 };

	render_probe(&t, r);
	if (all)
		render_registers(&t, r);
	return print_text(&t);
}

int cmd_probe(int argc, char **argv)
{
	bool json = false, quiet = false, record = false, all = false, printed = true;
	const char *facts = NULL;
	const struct option_row rows[] = {
		OPTION_JSON(&json),
		{ "--record", NULL, "only the raw facts (JSON), for --facts later", &record },
		{ "--all", NULL, "also every register bit by bit", &all },
		OPTION_FACTS(&facts),
		OPTION_QUIET(&quiet),
	};
	struct command_line cl = {
		.usage = "nestcheck probe [--json | --record | --all] [--facts FILE] [--quiet]",
		.about =
			"Reads every CPU, the firmware and the kernel, and shows what they offer "
			"for nesting, and the versions of QEMU and libvirt (asked with --version). "
			"Neither loads KVM nor tests it. Reading the CPUs' registers needs root "
			"and the module msr. Exit status: 0; 1 or 3 if a finding says "
			"FAIL or UNSUPPORTED; 4 if the facts cannot be read.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
	};
	struct report r;
	int status = parse_options(&cl, argc, argv);

	if (status != OPTIONS_GO_ON)
		return status;
	report_init(&r);
	status = verdict_exit_status(VERDICT_ERROR);
	if (gather_and_judge(&r, facts)) {
		if (!facts)
			collect_software(&r);
		if (record)
			printed = print_facts(&r);
		else if (json)
			printed = print_report_json(&r);
		else if (!quiet)
			printed = print_probe(&r, all);
		if (printed)
			status = verdict_exit_status(r.verdict.result);
	}
	report_free(&r);
	return status;
}
