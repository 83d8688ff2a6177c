/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The documents of which a lab keeps many: reports, and the notes "nestcheck.started/1" that a machine
 * sends before its check, so that one that hangs in it is known.
 *
 *	{ "schema": "nestcheck.started/1", "version": "0.1.0", "started": "2026-01-02T03:04:05Z",
 *	  "machine": { "id": "rack1-07", "mac": "52:54:00:12:34:56" } }
 *
 * A report may have the same `machine`.
 */
#ifndef NESTCHECK_LIB_STORED_H
#define NESTCHECK_LIB_STORED_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/report.h"

/* The most characters of an id or a MAC. */
#define STORED_NAME_MAX 128

/* is_report: else it is a note, of which only r->started and r->tool_version are set. */
struct stored {
	bool is_report;
	const char *id, *mac; /* NULL: it does not say; in r->arena */
};

/*
 * Fills r and s from a document. 0, or -EINVAL with a message in *error (in r->arena), as
 * report_from_json() does, also if it is neither of the two. For many documents: r->arena is shared
 * (arena_share()) and released after each; of a document it takes up to 150 times the size.
 */
int stored_from_json(struct report *r, struct stored *s, const char *text, size_t len,
		     const char **error);

#endif
