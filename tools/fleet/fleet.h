/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the reports of many machines say together (design.md, "Fleet"). Only read.c touches files; the
 * rest is pure. All memory is the fleet's arena's, and lives as long as the fleet.
 *
 *	fleet_init() -> fleet_read() of each operand -> fleet_expect() -> fleet_sort() -> a renderer, fleet_status()
 */
#ifndef NESTCHECK_FLEET_FLEET_H
#define NESTCHECK_FLEET_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diagnose/compare_reports.h"
#include "lib/output.h"
#include "lib/report.h"
#include "lib/sha256.h"
#include "lib/stored.h"

/*
 * The most bytes of a document: 25 times a report of all cases (80 KB), which has room for machines
 * with two thousand CPUs. A larger one is refused, by name.
 */
#define FLEET_DOCUMENT_MAX (2u << 20)
/* The most folders inside of one another. */
#define FLEET_DEPTH_MAX	   8

/* A document as it was read. report: what counts of it here (fleet_keep()); NULL for a note. */
struct fleet_document {
	const char *file;
	const char *id, *mac;	  /* as it says; the MAC in lower case with colons; NULL */
	const char *started;	  /* as it says */
	int64_t started_s, end_s; /* since 1970; -1: it does not say */
	int64_t written_s;	  /* the file's time */
	const struct report *report;
	const char *doubt; /* why its verdict is no statement (judge_stored()); NULL: it is one */
	/*
	 * Equal for machines with equal capabilities and kernel; with the same CPU in the same product;
	 * with equal values of all that compare_reports() would compare in what is kept.
	 */
	const char *key, *model;
	uint8_t fingerprint[SHA256_SIZE];
};

/* A word of --expect's file. */
struct fleet_expected {
	const char *name;
	bool seen;
};

/*
 * A machine. name: its id, else its MAC, else its file's name. at: its newest report, else its
 * newest note. pending: a note without a report after it; NULL: each check that was started came to
 * an end.
 */
struct fleet_machine {
	const char *name;
	const struct fleet_document *at, *pending;
	size_t documents;
	bool expected; /* also if nobody said what is expected */
	size_t group;  /* SIZE_MAX: none, it has no report */
	size_t alike;
};

/* Machines of a group that are the same in all that is compared: fleet.sorted[first] and the next. */
struct fleet_alike {
	size_t group, first, n;
	size_t usual; /* those that they are compared with; their own index: there are none */
	struct difference *differences; /* a: of the usual ones, b: of these */
	size_t n_differences;
};

#define FLEET_VERDICTS (VERDICT_ERROR + 1) /* VERDICT_NONE: no verdict, or a doubtful one */

/* The values of a cost in a group, in cycles. Outliers: see costs.c. */
struct fleet_spread {
	size_t n;
	uint64_t least, low, median, high, most;
	size_t *outliers, n_outliers; /* indices of machines */
};

/* Machines with the same key. members: fleet.sorted[first] and the next; alikes as well. */
struct fleet_group {
	size_t first, n, first_alike, n_alikes;
	size_t verdicts[FLEET_VERDICTS];
	struct fleet_spread costs[EXIT_COSTS];
};

/* A finding with one remedy. machines: indices, in the machines' order. */
struct fleet_finding {
	const struct finding *finding; /* of the first of them */
	size_t *machines, n;
};

struct fleet {
	struct arena arena, scratch; /* scratch: of the document that is being read */
	char *buffer;		     /* its bytes: FLEET_DOCUMENT_MAX and a few */
	struct fleet_document *documents;
	size_t n_documents;
	/* Sentences about what could not be read, each of which names it. */
	struct strings problems;
	bool expects; /* --expect was given */
	struct fleet_expected *expected;
	size_t n_expected;

	/* By fleet_sort(). Machines are sorted by name, groups by size; the larger first. */
	struct fleet_machine *machines;
	size_t n_machines;
	size_t *sorted; /* machines with a report, by group, and by alike there */
	size_t n_sorted;
	struct fleet_group *groups;
	size_t n_groups;
	struct fleet_alike *alikes;
	size_t n_alikes;
	struct fleet_finding *findings; /* blockers first, then by number of machines */
	size_t n_findings;
	size_t verdicts[FLEET_VERDICTS]; /* of machines with a report */
	size_t n_pending, n_never; /* machines with a pending check; expected ones never seen */
};

void fleet_init(struct fleet *f);
void fleet_free(struct fleet *f);

/* --- read.c, document.c ------------------------------------------------------------------ */

/*
 * Reads a file, or every file *.json in a folder and the folders in it, in the order of their names.
 * What cannot be read, or is neither a report nor a note, is a problem. Only regular files are
 * opened; a link to a folder is not followed.
 */
void fleet_read(struct fleet *f, const char *path);

/* Adds a document, of which it keeps what counts here. file and text are not kept. */
void fleet_take(struct fleet *f, const char *file, int64_t written_s, const char *text, size_t len);

/* The spelling in which MACs are compared: 52:54:00:aa:bb:cc, also of PXELINUX's 01-52-54-00-AA-BB-CC. */
const char *fleet_mac(struct arena *a, const char *s);

/* Adds the lines of --expect: an id or a MAC each; what follows a '#', and empty lines, do not count. */
void fleet_expect(struct fleet *f, const char *text);

/* A copy of what counts of r, as a report that compare_reports() takes. */
const struct report *fleet_keep(struct arena *a, const struct report *r);

/* --- sort.c, machines.c, groups.c, findings.c, costs.c ------------------------------------------ */

void fleet_sort(struct fleet *f);

/* The parts of fleet_sort(), in this order. */
void fleet_find_machines(struct fleet *f);
void fleet_find_groups(struct fleet *f);
void fleet_find_findings(struct fleet *f);
void fleet_find_costs(struct fleet *f);

/* VERDICT_NONE for one without a verdict that is a statement. */
enum verdict_result fleet_verdict(const struct fleet_machine *m);

/* "PASS", "no verdict"; "started" if a check was started later and never finished. */
const char *fleet_state(const struct fleet_machine *m);

/* PASS, and no later check of it is pending. */
bool fleet_passed(const struct fleet_machine *m);

/* Whether a capability is not the other vendor's: of those, a CPU can have none. */
bool fleet_cap_matters(const enum tri caps[CAP_COUNT], enum cap cap);

/*
 * The exit status (design.md, "Exit status"): 4 if something could not be read, a report has no
 * verdict, or there is nothing; 1 if a machine that counts did not pass; else 0.
 */
int fleet_status(const struct fleet *f);

/* --- renderers ---------------------------------------------------------------------------- */

void fleet_text(struct text *t, const struct fleet *f);
void fleet_csv(struct text *t, const struct fleet *f);
void fleet_html(struct text *t, const struct fleet *f);
char *fleet_json(const struct fleet *f); /* malloc'd */

#endif
