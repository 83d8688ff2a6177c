// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup host: the machine's own nesting: modprobe.d, the module, the parameter.
 */
#include "cmd/cmd.h"
#include "lib/report.h"

int cmd_setup_host(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return EXIT_USAGE;
}
