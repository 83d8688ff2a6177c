/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The line protocol from nestcheck to init (design.md, "Status lines"), on --status-fd.
 *
 *	STAGE collect
 *	PACE 5
 *	CASE vmx_cpuid 5/40 pass
 *	VERDICT PASS grade=fast cases=84 reason=...
 *
 * Each line is one write() and restarts init's deadline. PACE is the factor by which that deadline
 * is longer than on hardware from then on (lib/pace.h). A VERDICT line is the only proof of a
 * verdict. The text after "VERDICT " is, word for word, what follows "nestcheck: VERDICT " on the
 * consoles. All text is escaped (lib/escape.h), so that it cannot end a line.
 */
#ifndef NESTCHECK_LIB_STATUS_H
#define NESTCHECK_LIB_STATUS_H

#include "lib/output.h"
#include "lib/report.h"

/* Longer lines are truncated. */
#define STATUS_LINE_MAX 512

/* fd < 0: without a reader, all calls do nothing. Makes the fd close-on-exec. */
void status_open(int fd);
void status_stage(const char *stage);
void status_case(const char *name, size_t index, size_t total, const char *result);
void status_alive(const char *what); /* a slow operation is in progress: "ALIVE what" */
void status_pace(unsigned int scale);
void status_verdict(const char *text);

/*
 * "PASS grade=fast cases=84 reason=all core cases passed": cases counts those that ran (pass, fail,
 * xfail), not those that were skipped; grade=none for null; before reason, modified=yes if a further
 * initrd replaced files. The reason is escaped (lib/escape.h), and so is " id=" in it. Last, " id=NAME"
 * if the machine has a name. Truncated to size, the reason before the name; returns buf.
 */
#define VERDICT_MODIFIED " modified=yes"
char *verdict_text(char *buf, size_t size, const struct report *r);

/*
 * Adds a reason as the line has it: as text_value() shows it, and without the words " id=", so that
 * those at its end can only be the name's.
 */
void verdict_add_reason(struct text *t, const char *reason);

/*
 * Appends to a text whose reason is complete, " id=NAME"; nothing without a name (NULL or ""). At most
 * size bytes remain, NUL included: the reason is cut for the name.
 */
void verdict_add_id(char *buf, size_t size, const char *id);

/* Whether such a text says modified=yes. */
bool verdict_is_modified(const char *text);

/* Parses such a text; VERDICT_NONE unless it has exactly that form. */
enum verdict_result verdict_parse(const char *text);

/* The reading side. */
enum status_kind {
	STATUS_OTHER = 0, /* not a line of ours */
	STATUS_STAGE,
	STATUS_CASE,
	STATUS_ALIVE,
	STATUS_PACE,
	STATUS_VERDICT,
};

/* *text: what follows the keyword; for STATUS_OTHER the line. */
enum status_kind status_parse(const char *line, const char **text);

/*
 * Splits what arrives into lines, and calls take for each, NUL-terminated, without its newline. A
 * line longer than any of nestcheck's is dropped, with what follows it up to its end.
 */
struct status_lines {
	char buf[STATUS_LINE_MAX + 1]; /* an unfinished line */
	size_t len;
	bool dropping;
};

void status_feed(struct status_lines *l, const char *bytes, size_t n,
		 void (*take)(const char *line, void *data), void *data);

/* Parses the text of a PACE line: 1 to PACE_SCALE_MAX; 0 if it is invalid. */
unsigned int status_pace_of(const char *text);

/* Whether the case of a CASE line's text ran (pass, fail, xfail), as cases= counts. */
bool status_case_ran(const char *text);

#endif
