// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one verdict that init itself gives: ERROR, if nestcheck gave none.
 */
#include <string.h>

#include "init.h"
#include "lib/output.h"
#include "report/render.h"

#define CLEAR	   "\033[H\033[J"
#define MAGENTA	   "\033[35m"
#define COLOUR_OFF "\033[0m"

static void banner(struct console *c)
{
	struct text t = { .s = NULL };

	text_add(&t, CLEAR MAGENTA);
	render_banner(&t, "ERROR", c->columns - 1, banner_height(c->rows));
	text_add(&t, COLOUR_OFF "\n");
	console_text(c, &t);
	text_free(&t);
}

void say_error(struct init *in, const char *line)
{
	in->verdict = VERDICT_ERROR;
	for (int i = 0; i < in->cs.n; i++) {
		if (in->cs.c[i].kind == CONSOLE_SCREEN)
			banner(&in->cs.c[i]);
	}
	say(in, "the check did not complete: something is wrong in this machine, or in "
		"nestcheck. Please report the next line");
	consoles_line(&in->cs, line, 1000);
}
