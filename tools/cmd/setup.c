// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup: dispatches its sub-commands; each has its own file.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "lib/report.h"

static const struct command subcommands[] = {
	{ "host", "turn nesting on here: modprobe.d, the module, the parameter", cmd_setup_host },
	{ "disk", "the same on an installed system's disk, from the live image", cmd_setup_disk },
	{ "guest", "what the level above must give a guest: libvirt, QEMU, clouds ...",
	  cmd_setup_guest },
	{ "xml", "turn nesting on in a libvirt domain", cmd_setup_xml },
	{ "script", "shell scripts that create L1 and L2, and a bridge", cmd_setup_script },
	{ "check", "check whether nesting is on, with the usual manual checks", cmd_setup_check },
	{ NULL, NULL, NULL },
};

static void usage(FILE *out)
{
	fputs("nestcheck setup: turn nesting on, on this machine and for its guests\n\n"
	      "usage: nestcheck setup WHAT [OPTION...]\n\n",
	      out);
	for (const struct command *c = subcommands; c->name; c++)
		fprintf(out, "  %-10s %s\n", c->name, c->summary);
	fputs("\nnestcheck setup WHAT --help: its options\n", out);
}

int cmd_setup(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage(stdout);
		return 0;
	}
	for (const struct command *c = subcommands; c->name; c++)
		if (!strcmp(argv[1], c->name))
			return c->run(argc - 1, argv + 1);
	fprintf(stderr, "nestcheck: there is no 'setup %s'; see nestcheck setup --help\n", argv[1]);
	return EXIT_USAGE;
}
