/* SPDX-License-Identifier: GPL-2.0-only */
/* What setup check reads from this machine besides the facts. */
#ifndef NESTCHECK_CMD_SETUP_CHECK_EXTRA_H
#define NESTCHECK_CMD_SETUP_CHECK_EXTRA_H

#include "setup/check/check.h"

/* Strings belong to r->arena. r: its facts must be collected. */
void gather_extra(struct report *r, struct check_extra *x);

#endif
