// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup check: is it on? level by level, as the howtos look.
 */
#include "cmd/cmd.h"
#include "lib/report.h"

int cmd_setup_check(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return EXIT_USAGE;
}
