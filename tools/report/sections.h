/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sections that several renderers share. Private to this room.
 */
#ifndef NESTCHECK_REPORT_SECTIONS_H
#define NESTCHECK_REPORT_SECTIONS_H

#include "lib/output.h"
#include "lib/report.h"

#define SECTION_LABEL 10 /* columns of the labels */

/* The machine's name if it has one, CPU, firmware and kvm, one or more lines each; brief: one line each, truncated. */
void section_machine(struct text *t, const struct report *r, bool brief);
/* L1 and L2: what the self-test started. */
void section_guests(struct text *t, const struct report *r, bool brief);

/* The number of lines of a text; NULL has none. */
int lines_in(const char *s);

/* sections_findings.c: one finding with evidence and remedy; short_form: only its first line. */
void section_finding(struct text *t, const struct finding *f, bool short_form);
void section_findings(struct text *t, const struct report *r);

/*
 * The chain (sections_chain.c). Summary: a sentence or two; nothing if the chain was not requested.
 * Levels: a line or two each. Capabilities: all levels side by side. Consoles: the last lines of
 * the level that failed and of the one below it.
 */
void section_chain_summary(struct text *t, const struct chain_state *c);
void section_chain_levels(struct text *t, const struct chain_state *c);
void section_chain_capabilities(struct text *t, const struct report *r);
void section_chain_consoles(struct text *t, const struct chain_state *c);

/*
 * chain_brief.c: why the chain did not pass, short enough for the verdict's line: "L2 hung, stage
 * cpus", "L1: vmx-locked-off: VT-x (VMX) is ...".
 */
#define CHAIN_BRIEF_MAX 72
const char *chain_brief(struct arena *a, const struct chain_state *c);

/* "40 cases: 38 passed, 1 failed, 1 skipped" */
void section_case_counts(struct text *t, const struct report *r);

#endif
