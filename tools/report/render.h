/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Renderers: the judged record in, text out. Pure; who writes the text where is the
 * commands' business. JSON is lib/json.h.
 */
#ifndef NESTCHECK_REPORT_RENDER_H
#define NESTCHECK_REPORT_RENDER_H

#include "lib/output.h"
#include "lib/report.h"

/* Serial lines, pipes, files: 80 columns, no control sequences. */
void render_plain(struct text *t, const struct report *r);

/* The same with all there is to tell of the chain: what a stored report is read for. */
void render_long(struct text *t, const struct report *r);

/* What `nestcheck chain` prints: the chain at length, the findings, and the verdict with its reason. */
void render_chain(struct text *t, const struct report *r);

/*
 * A screen of columns x rows characters: the verdict as a banner of at least an eighth of
 * the rows, the short table (CPU, firmware, kvm, L1, L2), the findings as far as they fit
 * and a line that says how many did not. May use SGR colours; no cursor addressing but
 * clearing the screen first.
 */
void render_screen(struct text *t, const struct report *r, int columns, int rows);

/* The banner alone: the word in block letters `height` rows high at most. */
void render_banner(struct text *t, const char *word, int columns, int height);

/* How high it has to be to take an eighth of a screen of so many rows: whole letters. */
int banner_height(int rows);

/* What `probe` prints: identity, capabilities, findings. */
void render_probe(struct text *t, const struct report *r);

/* What `probe --all` adds: the recorded registers, bit by bit. */
void render_registers(struct text *t, const struct report *r);

/* What `diagnose` prints: the findings alone. */
void render_findings(struct text *t, const struct report *r);

/* TAP 13 of the self-test cases, and of the chain as the last of them. */
void render_tap(struct text *t, const struct report *r);

#endif
