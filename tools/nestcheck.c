// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck: only command dispatch. The commands are in cmd/.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "chain/guest_init.h"
#include "cmd/cmd.h"
#include "lib/report.h"
#include "lib/streams.h"
#include "lib/terminal.h"
#include "lib/version.h"

static const struct command commands[] = {
	{ "run", "check this machine from hardware to an L2 guest (the default)", cmd_run },
	{ "probe", "show what the CPUs and the kernel offer", cmd_probe },
	{ "diagnose", "report what is wrong and how to fix it", cmd_diagnose },
	{ "load", "load KVM with nesting on", cmd_load },
	{ "selftest", "run L1 and L2 guests and check them", cmd_selftest },
	{ "chain", "run Linux in Linux in Linux", cmd_chain },
	{ "report", "show a stored report", cmd_report },
	{ "compare", "show what differs between two stored reports", cmd_compare },
	{ "fleet", "show what the reports of many machines say together", cmd_fleet },
	{ "send", "send a stored report to a server", cmd_send },
	{ "setup", "turn nesting on, here and for guests", cmd_setup },
	{ "msr", "show a model-specific register on every CPU, decoded", cmd_msr },
};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(void)
{
	struct text t = { 0 };

	text_add(&t, "nestcheck: does nested virtualization work on this machine?\n\n"
		     "usage: nestcheck [COMMAND] [OPTION...]\n\n"
		     "commands:\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		text_addf(&t, "  %-10s %s\n", commands[i].name, commands[i].summary);
	text_add(&t,
		 "\n"
		 "options of most commands:\n"
		 "  --json        the JSON document instead of text\n"
		 "  --facts FILE  use recorded facts or a stored report instead of this machine\n"
		 "  --quiet       only the verdict line and errors as text\n"
		 "  --help        the options of a command: nestcheck COMMAND --help\n"
		 "  --version     the version\n"
		 "\n"
		 "exit status: 0 PASS, or nothing wrong found by a command without tests; 1 FAIL;\n"
		 "  2 usage error; 3 UNSUPPORTED; 4 ERROR, or not all output could be written\n");
	print_text(&t);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static int dispatch(int argc, char **argv)
{
	static char run[] = "run";
	static char *default_argv[] = { run, NULL };
	const struct command *c;

	if (argc < 2)
		return cmd_run(1, default_argv);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage();
		return 0;
	}
	if (!strcmp(argv[1], "--version")) {
		print("nestcheck " NESTCHECK_VERSION "\n");
		return 0;
	}
	/* `nestcheck --json` is `nestcheck run --json`; argv[0] takes the place of the name. */
	if (argv[1][0] == '-') {
		argv[0] = run;
		return cmd_run(argc, argv);
	}
	c = find_command(argv[1]);
	if (!c) {
		complain("there is no command '%s'; see nestcheck --help", argv[1]);
		return EXIT_USAGE;
	}
	return c->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	if (getpid() == 1)
		chain_guest_init();
	if (!streams_open())
		return verdict_exit_status(VERDICT_ERROR);
	return streams_end(dispatch(argc, argv));
}
