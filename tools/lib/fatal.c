// SPDX-License-Identifier: GPL-2.0-only
/* Ends the program for lack of memory, without asking for any. */
#include "lib/fatal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATUS_ERROR 4 /* (design.md, "Exit status") */

static void say(const char *s)
{
	/* There is nowhere to report a failure. */
	if (write(STDERR_FILENO, s, strlen(s)) < 0)
		return;
}

_Noreturn void out_of_memory(const char *doing)
{
	say("nestcheck: out of memory: too little is free on this machine ");
	say(doing);
	say("\n");
	exit(STATUS_ERROR);
}
