/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parts that more than one renderer is made of. Private to this room.
 */
#ifndef NESTCHECK_REPORT_PARTS_H
#define NESTCHECK_REPORT_PARTS_H

#include "lib/output.h"
#include "lib/report.h"

/* CPU, firmware and kvm, a line or a few each; brief: one line each, cut. */
void part_machine(struct text *t, const struct report *r, bool brief);
/* L1 and L2: what the self-test started. */
void part_guests(struct text *t, const struct report *r, bool brief);

/* One finding with evidence and remedy; short_form: its first line alone. */
void part_finding(struct text *t, const struct finding *f, bool short_form);
void part_findings(struct text *t, const struct report *r);

/*
 * The chain (parts_chain.c). Summary: a sentence or two; nothing where none was asked for. Levels: a
 * line or two each. Capabilities: each level's side by side. Consoles: the last lines of the level
 * that failed and of the one below it.
 */
void part_chain_summary(struct text *t, const struct chain_state *c);
void part_chain_levels(struct text *t, const struct chain_state *c);
void part_chain_capabilities(struct text *t, const struct report *r);
void part_chain_consoles(struct text *t, const struct chain_state *c);

/*
 * chain_brief.c: why the chain did not pass, in a few words that the verdict's line has room for:
 * "L2 hung, stage cpus", "L1: vmx-locked-off: VT-x (VMX) is ...".
 */
#define CHAIN_BRIEF_MAX 72
const char *chain_brief(struct arena *a, const struct chain_state *c);

/* "40 cases: 38 passed, 1 failed, 1 skipped" */
void part_case_counts(struct text *t, const struct report *r);

#endif
