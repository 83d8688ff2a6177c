/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a page of HTML that stands alone: one style sheet (page.css), no script, nothing that is
 * fetched; it says so to the browser, too, which then runs none. Pure.
 *
 * Names of elements and attributes are literals; whatever else is given is a value, and is escaped,
 * as on a terminal (lib/escape.h) and for HTML. Elements are closed in the order of their opening. So no
 * value can become markup, and no element stays open.
 *
 *	html_open(&h, "td", "class", "fail", "title", reason, NULL);
 *	html_text(&h, name);
 *	html_close(&h);
 */
#ifndef NESTCHECK_REPORT_HTML_H
#define NESTCHECK_REPORT_HTML_H

#include "lib/output.h"

/* Elements inside of one another. */
#define HTML_DEPTH_MAX 16

/* t: what was written so far. */
struct html {
	struct text t;
	const char *open[HTML_DEPTH_MAX];
	unsigned int depth;
};

/* The page up to its body, which html_end() closes; the title is the heading as well. */
void html_begin(struct html *h, const char *title);
void html_end(struct html *h);

/* Pairs of an attribute's name, which must be a literal, and a value; a pair without value is left out. */
#define html_open(h, tag, ...) html_open_element((h), "" tag, __VA_ARGS__)
void html_close(struct html *h);

/* For the macro only. */
void html_open_element(struct html *h, const char *tag, ...) __attribute__((sentinel));

/* Contents. A format is a literal without markup. */
void html_text(struct html *h, const char *s);
#define html_textf(h, ...) html_format((h), "" __VA_ARGS__)
void html_format(struct html *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* An element with a text: tag, text, then attributes as above. */
#define html_leaf(h, tag, text, ...)              \
	do {                                      \
		html_open((h), tag, __VA_ARGS__); \
		html_text((h), (text));           \
		html_close((h));                  \
	} while (0)

#endif
