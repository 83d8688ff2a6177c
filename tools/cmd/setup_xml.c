// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup xml: a libvirt domain in, the same with nesting out.
 */
#include "cmd/cmd.h"
#include "lib/report.h"

int cmd_setup_xml(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return EXIT_USAGE;
}
