// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck diagnose: what is wrong here and how to fix it; and the catalogue of findings.
 */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/replay.h"
#include "diagnose/diagnose.h"
#include "diagnose/kvm_defects.h"
#include "lib/terminal.h"
#include "report/render.h"

static bool list(void)
{
	struct catalogue_entry e;
	struct text t = { 0 };

	for (size_t i = 0; catalogue_at(i, &e); i++)
		text_addf(&t, "%-22s %-9s %s\n", e.id, severity_name(e.severity), e.title);
	for (size_t i = 0; i < n_kvm_defects; i++)
		text_addf(&t, "%-22s %-9s kvm-defect: KVM %s\n", kvm_defects[i].name,
			  severity_name(kvm_defects[i].harmful ? SEVERITY_BLOCKER :
								 SEVERITY_ADVICE),
			  kvm_defects[i].what);
	return print_text(&t);
}

static int explain(const char *id)
{
	const struct kvm_defect *defect = kvm_defect_named(id);
	const char *text = finding_explain(id), *cause = finding_cause(NULL, id);
	struct text t = { 0 }, about = { 0 };

	if (defect) {
		kvm_defect_explain(&about, defect);
		text = about.s;
	}
	if (!text) {
		complain("there is no finding '%s'; nestcheck diagnose --list shows "
			 "them all",
			 id);
		return EXIT_USAGE;
	}
	text_addf(&t, "%s\n\n", id);
	if (cause) {
		text_wrap(&t, 0, NULL, cause);
		text_add(&t, "\n");
	}
	text_wrap(&t, 0, NULL, text);
	text_free(&about);
	return print_text(&t) ? 0 : verdict_exit_status(VERDICT_ERROR);
}

static bool print_diagnosis(const struct report *r, bool all)
{
	struct text t = { 0 };

	if (all)
		render_findings(&t, r);
	else
		render_diagnosis(&t, r);
	return print_text(&t);
}

int cmd_diagnose(int argc, char **argv)
{
	bool json = false, quiet = false, all = false, catalogue = false, printed = true;
	const char *facts = NULL, *id = NULL;
	const struct option_row rows[] = {
		{ "--all", NULL, "every finding with its evidence and remedy, advice as well",
		  &all },
		{ "--list", NULL, "list all possible findings", &catalogue },
		{ "--explain", "ID", "what a finding means", &id },
		OPTION_JSON(&json),
		OPTION_FACTS(&facts),
		OPTION_QUIET(&quiet),
	};
	struct command_line cl = {
		.usage = "nestcheck diagnose [--all | --list | --explain ID] [--json] "
			 "[--facts FILE] [--quiet]",
		.about =
			"Reports what keeps nesting from working here, or from working well, the "
			"evidence, and what to do first, on one screen. It runs no test: use nestcheck run. "
			"Exit status: 0 no blocker, 1 FAIL, 3 UNSUPPORTED, 4 the facts cannot be read.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
	};
	struct report r;
	int status = parse_options(&cl, argc, argv);

	if (status != OPTIONS_GO_ON)
		return status;
	if (catalogue)
		return list() ? 0 : verdict_exit_status(VERDICT_ERROR);
	if (id)
		return explain(id);
	report_init(&r);
	status = verdict_exit_status(VERDICT_ERROR);
	if (gather_and_judge(&r, facts)) {
		if (json)
			printed = print_report_json(&r);
		else if (!quiet)
			printed = print_diagnosis(&r, all);
		if (printed)
			status = verdict_exit_status(r.verdict.result);
	}
	report_free(&r);
	return status;
}
