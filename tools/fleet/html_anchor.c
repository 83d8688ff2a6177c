// SPDX-License-Identifier: GPL-2.0-only
/* Names of places in the page: see html.h. */
#include <stdio.h>

#include "fleet/html.h"

const char *fleet_anchor(struct html_page *p, char what, size_t i)
{
	snprintf(p->anchor, sizeof(p->anchor), "#%c%zu", what, i);
	return p->anchor;
}
