// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup: dispatches its sub-commands; each has its own file.
 */
#include <string.h>

#include "cmd/cmd.h"
#include "lib/report.h"
#include "lib/terminal.h"

static const struct command subcommands[] = {
	{ "host", "turn nesting on here: modprobe.d, the module, the parameter", cmd_setup_host },
	{ "disk", "the same on an installed system's disk, from the live image", cmd_setup_disk },
	{ "guest", "what the level above must give a guest: libvirt, QEMU, clouds ...",
	  cmd_setup_guest },
	{ "xml", "turn nesting on in a libvirt domain", cmd_setup_xml },
	{ "script", "shell scripts that create L1 and L2, and a bridge", cmd_setup_script },
	{ "check", "check whether nesting is on, with the usual manual checks", cmd_setup_check },
	{ "packages", "which packages to install here: QEMU, libvirt, virt-install ...",
	  cmd_setup_packages },
	{ NULL, NULL, NULL },
};

static void usage(bool wrong)
{
	struct text t = { 0 };

	text_add(&t, "nestcheck setup: turn nesting on, on this machine and for its guests\n\n"
		     "usage: nestcheck setup WHAT [OPTION...]\n\n");
	for (const struct command *c = subcommands; c->name; c++)
		text_addf(&t, "  %-10s %s\n", c->name, c->summary);
	text_add(
		&t,
		"\nnestcheck setup WHAT --help: its options\nExit status: 0 here; that of WHAT.\n");
	if (wrong)
		print_error_text(&t);
	else
		print_text(&t);
}

int cmd_setup(int argc, char **argv)
{
	if (argc < 2) {
		usage(true);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage(false);
		return 0;
	}
	for (const struct command *c = subcommands; c->name; c++)
		if (!strcmp(argv[1], c->name))
			return c->run(argc - 1, argv + 1);
	complain("there is no 'setup %s'; see nestcheck setup --help", argv[1]);
	return EXIT_USAGE;
}
