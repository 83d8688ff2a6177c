/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lines for machines on the image's serial consoles (design.md, "Lines for machines"), one write
 * each. They do nothing with lines=verdict. A console that accepts nothing delays neither the cases
 * nor the verdict: its lines wait in its queue.
 *
 * Each case has its line when it has run. A soak runs each many times: its cases are shown when it is
 * over, with the worst result of each, as in the report.
 */
#ifndef NESTCHECK_CMD_LINES_H
#define NESTCHECK_CMD_LINES_H

#include "cmd/run.h"

/* total: the cases that will run, without the chain. Nothing the second time. */
void lines_begin(struct run *run, size_t total);
void lines_case(struct run *run, const struct case_outcome *c);

/* After the self-test: what was not shown before, the chain, and the costs. */
void lines_end(struct run *run);

#endif
