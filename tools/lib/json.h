/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The JSON documents nestcheck.facts/1 (design.md, "Facts") and nestcheck.report/1
 * (design.md, "Report document"), both ways.
 *
 * Writing: keys in a fixed order, two-space indent, a newline at the end, so that
 * reports can be compared with diff. Reading: every part is optional; what is absent
 * stays unknown; what is there and malformed (a wrong type, a hex string that is not
 * one, a `like` that points nowhere) is an error that names the place.
 */
#ifndef NESTCHECK_LIB_JSON_H
#define NESTCHECK_LIB_JSON_H

#include <stddef.h>

#include "lib/report.h"

/* malloc'd text, the caller frees it. */
char *facts_to_json(const struct facts *f);
char *report_to_json(const struct report *r);

/*
 * Fills r->facts from a facts document, or from the "facts" part of a report document.
 * 0, or -EINVAL with a message in *error (in r->arena): "cpus[2].msr.0x3a: not a hex string".
 */
int facts_from_json(struct report *r, const char *text, size_t len, const char **error);

/* A whole report document back into r, for rendering and comparing; same errors. */
int report_from_json(struct report *r, const char *text, size_t len, const char **error);

/* A file of at most 64 MiB into malloc'd memory; "-" is standard input. Negative errno. */
int read_document(const char *path, char **text, size_t *len);

#endif
