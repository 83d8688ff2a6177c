// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup script: prints shell scripts that create L1 and L2, and a bridge.
 */
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/setup_texts.h"
#include "lib/terminal.h"

int cmd_setup_script(int argc, char **argv)
{
	struct setup_words w = { 0 };
	const struct option_row rows[] = {
		{ "--for", "WHAT",
		  "l1, l2: a guest, with virt-install; bridge: a network for "
		  "guests",
		  &w.o.kind },
		SETUP_ROWS(&w),
		{ "--how", "WAY", "bridge: networkmanager, systemd-networkd or ifupdown",
		  &w.o.part },
		{ "--device", "CARD", "bridge: the network card that becomes its port",
		  &w.o.device },
		OPTION_FACTS(&w.facts),
	};
	struct command_line cl = {
		.usage = "nestcheck setup script --for l1|l2|bridge [OPTION...]",
		.about =
			"Prints a shell script that creates L1 on this machine, L2 inside of L1, "
			"or a bridge for both; the script's --help lists its options. Changes "
			"nothing itself. Exit status: 0; 1 if guests of this machine cannot nest, now or ever; 4 if the facts cannot be read.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
	};
	int status = parse_options(&cl, argc, argv);

	if (status != OPTIONS_GO_ON)
		return status;
	if (!w.o.kind) {
		complain("--for l1, l2 or bridge is missing; usage: %s", cl.usage);
		return EXIT_USAGE;
	}
	if (!strcmp(w.o.kind, "l1") || !strcmp(w.o.kind, "l2")) {
		w.level = w.o.kind;
	} else if (strcmp(w.o.kind, "bridge") != 0) {
		complain("--for takes l1, l2 or bridge");
		return EXIT_USAGE;
	}
	return setup_print(&w, script_options_ok, script_text);
}
