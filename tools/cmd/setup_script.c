// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup script: shell scripts that create L1 and L2, and a bridge.
 */
#include "cmd/cmd.h"
#include "lib/report.h"

int cmd_setup_script(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return EXIT_USAGE;
}
