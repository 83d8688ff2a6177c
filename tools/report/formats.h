/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A report in the formats of other programs. Each is a row of the table, and a file format_NAME.c,
 * whose head says who reads it and by which rules. All are pure, as in render.h.
 */
#ifndef NESTCHECK_REPORT_FORMATS_H
#define NESTCHECK_REPORT_FORMATS_H

#include "lib/output.h"
#include "lib/report.h"

struct report_format {
	const char *name; /* of --format */
	const char *about;
	void (*render)(struct text *t, const struct report *r);
};

extern const struct report_format report_formats[];
extern const size_t n_report_formats;

/* NULL: there is no such format. */
const struct report_format *report_format(const char *name);

/* The rows' render functions. */
void format_github(struct text *t, const struct report *r);
void format_junit(struct text *t, const struct report *r);
void format_lava(struct text *t, const struct report *r);
void format_maas(struct text *t, const struct report *r);
void format_nfd(struct text *t, const struct report *r);

/*
 * For them: a value as text_value() shows it, of which each character in `special` is replaced by
 * the word at the same index.
 */
void format_value(struct text *t, const char *s, const char *special, const char *const *words);

/* "PASS", "fast", "all core cases passed"; of a report that was not judged "NONE", "none". */
const char *format_verdict(const struct report *r);
const char *format_grade(const struct report *r);
const char *format_reason(const struct report *r);

#endif
