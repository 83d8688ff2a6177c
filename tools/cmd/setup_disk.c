// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup disk: the same on an installed system's disk, from the live image.
 */
#include "cmd/cmd.h"
#include "lib/report.h"

int cmd_setup_disk(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return EXIT_USAGE;
}
