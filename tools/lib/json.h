/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The JSON documents nestcheck.facts/1 (design.md, "Facts") and nestcheck.report/1
 * (design.md, "Report document"): writer and reader.
 *
 * Writing: keys in a fixed order, two-space indent, a newline at the end, so that reports can be
 * compared with diff. Reading: every part is optional, and absent values stay unknown. A malformed
 * value (a wrong type, an invalid hex string, a `like` without such a CPU) is an error that names
 * its place.
 */
#ifndef NESTCHECK_LIB_JSON_H
#define NESTCHECK_LIB_JSON_H

#include <stddef.h>

#include "lib/report.h"

/*
 * A value of jansson as text, formatted as above, and frees it. A string holds UTF-8, but
 * characters that control a terminal or are not seen are escaped (is_unseen() of lib/escape.h).
 * malloc'd, as by the next two.
 */
struct json_t;
char *json_text(struct json_t *document);

/* Return malloc'd text, which the caller frees. */
char *facts_to_json(const struct facts *f);
char *report_to_json(const struct report *r);

/*
 * nestcheck.started/1 (design.md, "Report document"): that this machine has begun a check, for who waits
 * for its report. Of r only the machine's name, the time and the version.
 */
char *started_to_json(const struct report *r);

/*
 * Fills r->facts from a facts document, or from the facts of a report document. Returns 0, or
 * -EINVAL with a message in *error (in r->arena): "cpus[2].msr.0x3a: not a hex string".
 */
int facts_from_json(struct report *r, const char *text, size_t len, const char **error);

/* Fills r from a report document, for rendering and comparing; same errors. */
int report_from_json(struct report *r, const char *text, size_t len, const char **error);

/* Fills r->machine, started and tool_version from such a document; same errors. */
int started_from_json(struct report *r, const char *text, size_t len, const char **error);

/*
 * Reads a file of at most 64 MiB into malloc'd memory; "-" is standard input. 0 or a negative
 * errno, which document_error() describes.
 */
int read_document(const char *path, char **text, size_t *len);
const char *document_error(int err);

#endif
