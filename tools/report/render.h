/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Renderers: the judged record in, text out. Pure; the commands decide where the text goes. JSON is
 * lib/json.h.
 */
#ifndef NESTCHECK_REPORT_RENDER_H
#define NESTCHECK_REPORT_RENDER_H

#include "lib/output.h"
#include "lib/report.h"

/* Serial lines, pipes, files: 80 columns, no control sequences. */
void render_plain(struct text *t, const struct report *r);

/* The same with every detail of the chain, for stored reports. */
void render_long(struct text *t, const struct report *r);

/* The same with the verdict's line, if there is one. */
void render_stored(struct text *t, const struct report *r);

/* What `nestcheck chain` prints: the chain in detail, the findings, the verdict and its reason. */
void render_chain(struct text *t, const struct report *r);

/*
 * A screen of columns x rows characters: the verdict as a banner of at least an eighth of
 * the rows, the short table (CPU, firmware, kvm, L1, L2), the findings as far as they fit
 * and a line that says how many did not. May use SGR colours; no cursor addressing but
 * clearing the screen first.
 */
void render_screen(struct text *t, const struct report *r, int columns, int rows);

/* Only the banner: the word in block letters, at most `height` rows high. */
void render_banner(struct text *t, const char *word, int columns, int height);

/*
 * The banner's height that takes at least an eighth of the screen's rows: a multiple of a letter's.
 */
int banner_height(int rows);

/* What `probe` prints: identity, capabilities, findings. */
void render_probe(struct text *t, const struct report *r);

/* What `probe --all` adds: the recorded registers, bit by bit. */
void render_registers(struct text *t, const struct report *r);

/*
 * What `diagnose` prints, on a screen of 80x24 with a row left for the prompt: the cause in plain
 * words; the finding that decides, its evidence and its remedy; the first lines of the two blockers
 * or degraded findings that come next; last, how many are folded. Longer texts end with "...".
 */
void render_diagnosis(struct text *t, const struct report *r);

/* One finding with its evidence and its remedy. */
void render_finding(struct text *t, const struct finding *f);

/* What `diagnose --all` prints: all findings, and nothing else. */
void render_findings(struct text *t, const struct report *r);

/* TAP 13 of the self-test cases, with the chain as the last one. */
void render_tap(struct text *t, const struct report *r);

#endif
