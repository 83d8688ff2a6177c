// SPDX-License-Identifier: GPL-2.0-only
/* Prints a text made from options and a report (see setup_texts.h). */
#include "cmd/setup_texts.h"

#include <string.h>

#include "cmd/replay.h"
#include "lib/terminal.h"

#define NUMBER_MAX 99999999

static bool complete(struct setup_words *w,
		     bool (*options_ok)(const struct guest_options *o, struct text *out))
{
	struct text problem = { 0 };
	bool ok;

	if (w->level && strcmp(w->level, "l1") != 0 && strcmp(w->level, "l2") != 0) {
		complain("--level takes l1 or l2");
		return false;
	}
	w->o.level = w->level && !strcmp(w->level, "l2") ? 2 : 1;
	if (!option_number("--cpus", w->cpus, 1, NUMBER_MAX, &w->o.cpus) ||
	    !option_number("--memory", w->memory, 1, NUMBER_MAX, &w->o.memory_mb) ||
	    !option_number("--disk", w->disk, 1, NUMBER_MAX, &w->o.disk_gb))
		return false;
	guest_defaults(&w->o);
	ok = options_ok(&w->o, &problem);
	if (!ok)
		complain("%s", problem.s);
	text_free(&problem);
	return ok;
}

/* False: guests cannot nest. */
static bool print_blockers(const struct report *r, const struct guest_options *o)
{
	struct text t = { 0 };
	bool can = guest_notes(r, o, &t);

	print_error_text(&t);
	return can;
}

int setup_print(struct setup_words *w,
		bool (*options_ok)(const struct guest_options *o, struct text *out),
		bool (*make)(const struct report *r, const struct guest_options *o,
			     struct text *out))
{
	int status = verdict_exit_status(VERDICT_ERROR);
	struct text t = { 0 };
	struct report r;

	if (!complete(w, options_ok))
		return EXIT_USAGE;
	report_init(&r);
	if (gather_known(&r, w->facts)) {
		bool can = print_blockers(&r, &w->o);

		if (make(&r, &w->o, &t)) {
			if (print_text(&t))
				status = can ? 0 : EXIT_REFUSED;
		} else {
			complain("%s", t.s);
			text_free(&t);
			status = EXIT_REFUSED;
		}
	}
	report_free(&r);
	return status;
}
