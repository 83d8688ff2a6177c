// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup host: turns nesting on on this machine: modprobe.d, the module, the parameter.
 */
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/replay.h"
#include "lib/report.h"
#include "lib/terminal.h"
#include "setup/setup.h"

int cmd_setup_host(int argc, char **argv)
{
	struct host_options o = { 0 };
	const char *facts = NULL, *word = NULL;
	const struct option_row rows[] = {
		{ "--root", "DIR", "an installed system mounted at DIR, instead of this one",
		  &o.root },
		{ "--dry-run", NULL, "show what would change, and change nothing", &o.dry_run },
		{ "--undo", NULL, "same as the argument undo", &o.undo },
		{ "--force", NULL,
		  "also on a kernel that is known to be unsafe, or despite a conflict", &o.force },
		OPTION_FACTS(&facts),
		OPTION_QUIET(&o.quiet),
	};
	struct command_line cl = {
		.usage = "nestcheck setup host [undo] [--root DIR] [--dry-run] [--force] "
			 "[--facts FILE] [--quiet]",
		.about = "Turns nesting on permanently: writes /etc/modprobe.d/nestcheck-kvm.conf "
			 "for this CPU, reloads KVM's module if no virtual machine runs, and reads "
			 "the parameter back. First reports obstacles: the firmware, known "
			 "vulnerabilities of the kernel, conflicting lines of modprobe.d, the boot "
			 "loader and the initramfs, and an /etc that does not outlast a boot, with "
			 "the place that does. undo restores the previous state. With facts "
			 "from a file, --root or --dry-run has to be there. Exit status: "
			 "0 done and, on this machine, nesting is on; 1 refused, or nesting is not "
			 "on yet; 3 this machine can never nest; 4 a file could not be read or "
			 "written. --dry-run ends as root's real run would.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
		.operands = &word,
		.max_operands = 1,
	};
	struct report r;
	int status = parse_options(&cl, argc, argv);

	if (status != OPTIONS_GO_ON)
		return status;
	if (word && strcmp(word, "undo") != 0) {
		complain("setup host takes no argument '%s', only undo", word);
		return EXIT_USAGE;
	}
	o.undo |= word != NULL;
	if (facts && !o.root && !o.dry_run) {
		complain(
			"%s may describe another machine, so nothing is changed on this "
			"one. Name the system to change: --root DIR (/ is this one). To look only: "
			"--dry-run",
			facts);
		return EXIT_USAGE;
	}
	if (!o.root)
		o.root = "/";
	report_init(&r);
	status = verdict_exit_status(VERDICT_ERROR);
	if (o.undo ? gather_and_judge(&r, facts) : gather_known(&r, facts))
		status = host_setup(&r, &o);
	report_free(&r);
	return status;
}
