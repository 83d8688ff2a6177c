/* SPDX-License-Identifier: GPL-2.0-only */
/* The page of a fleet while it is written. Private to html*.c. */
#ifndef NESTCHECK_FLEET_HTML_H
#define NESTCHECK_FLEET_HTML_H

#include <stdio.h>

#include "fleet/fleet.h"
#include "report/html.h"

struct html_page {
	struct html h;
	const struct fleet *f;
	char anchor[32];
};

/* "#m12", until the next call: m, a machine's section; t, its tile. */
const char *fleet_anchor(struct html_page *p, char what, size_t i);

/* The costs of the groups as box plots. */
void fleet_html_costs(struct html_page *p);

#endif
