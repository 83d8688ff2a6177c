// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line that says what `nestcheck run` is doing.
 */

#include "cmd/run.h"
#include "lib/terminal.h"

void show_progress(struct run *run, const char *text)
{
	if (run->quiet)
		return;
	if (run->terminal)
		print_error("\r\033[K%s%.70s", text ? "nestcheck: " : "", text ? text : "");
	else if (run->image && text)
		consoles_printf(&run->cs, "nestcheck: %s\n", text);
	consoles_flush(&run->cs, 20);
}
