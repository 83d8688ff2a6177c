/* SPDX-License-Identifier: GPL-2.0-only */
/* What probe and diagnose have in common: facts from here or from a file, and judged. */
#ifndef NESTCHECK_CMD_REPLAY_H
#define NESTCHECK_CMD_REPLAY_H

#include "lib/report.h"

/*
 * Fills r from a facts file, or where that is NULL from this machine; diagnoses it and
 * gives the verdict that findings alone allow. False, with a message on stderr, where the
 * file cannot be read.
 */
bool gather_and_judge(struct report *r, const char *facts);

#endif
