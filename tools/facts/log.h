/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel logs while something is done: the reason in its own words.
 */
#ifndef NESTCHECK_FACTS_LOG_H
#define NESTCHECK_FACTS_LOG_H

#include "lib/report.h"

/* The log's end as it is now: a file descriptor, or a negative errno. */
int log_mark(void);

/*
 * The kernel's messages since the mark that this project looks at (log_match.c), into out.
 * Closes the mark; a negative one gives nothing.
 */
void log_since(struct arena *a, int mark, struct strings *out);

#endif
