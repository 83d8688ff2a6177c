// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup guest: what the level above must give a guest: libvirt, QEMU, clouds ....
 */
#include "cmd/cmd.h"
#include "lib/report.h"

int cmd_setup_guest(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return EXIT_USAGE;
}
