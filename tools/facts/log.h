/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's messages during an operation.
 */
#ifndef NESTCHECK_FACTS_LOG_H
#define NESTCHECK_FACTS_LOG_H

#include "lib/report.h"

/* The current end of the log: a file descriptor, or a negative errno. */
int log_mark(void);

/*
 * Adds the wanted messages (log_match.c) since the mark to out, and a line in brackets if there are
 * too many. Closes the mark; a negative one adds nothing.
 */
void log_since(struct arena *a, int mark, struct strings *out);

#endif
