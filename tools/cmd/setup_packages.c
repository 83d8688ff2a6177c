// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup packages: prints what to install for QEMU and libvirt. Installs nothing.
 */
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "lib/error_text.h"
#include "lib/terminal.h"
#include "setup/root.h"
#include "setup/setup.h"

/* The os-release of a root; NULL after a message, with an exit status. */
static const char *read_root(struct arena *a, const char *root, int *status)
{
	int fd = root_open(root);
	struct unseen unseen = { .n = 0 };
	const char *text = fd < 0 ? NULL : root_os_release(a, fd, &unseen);
	bool proxmox = fd >= 0 && root_has(fd, "usr/bin/pveversion", &unseen);

	if (fd >= 0)
		close(fd);
	*status = verdict_exit_status(VERDICT_ERROR);
	if (unseen.err) {
		complain("%s in %s cannot be read: %s, so the distribution is not known: --for ID",
			 unseen.path, root, error_text(-unseen.err));
		return NULL;
	}
	if (!text || !*text) {
		complain("there is no etc/os-release in %s, so the distribution is not known: "
			 "--for ID",
			 root);
		return NULL;
	}
	/* Its packages conflict with Debian's: apt would remove Proxmox VE. */
	if (proxmox) {
		complain("this is Proxmox VE, which has a QEMU of its own; Debian's packages would "
			 "replace it. Nothing is to be installed: nestcheck setup guest --for "
			 "proxmox");
		*status = EXIT_REFUSED;
		return NULL;
	}
	return text;
}

int cmd_setup_packages(int argc, char **argv)
{
	const char *root = NULL, *id = NULL, *text;
	const struct option_row rows[] = {
		{ "--for", "ID", "for that distribution, by its ID in os-release: debian, rhel ...",
		  &id },
		{ "--root", "DIR", "for the installed system mounted at DIR", &root },
	};
	struct command_line cl = {
		.usage = "nestcheck setup packages [--for ID | --root DIR]",
		.about =
			"Prints the commands that install QEMU with KVM, libvirt, virt-install and "
			"libguestfs on this distribution, by its os-release. Installs nothing. "
			"Exit status: 0; 1 if the distribution is not known, or is not to be "
			"changed so; 4 there is no os-release, or it cannot be read.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
	};
	int status = parse_options(&cl, argc, argv);
	struct arena a = { NULL };
	struct text out = { 0 };

	if (status != OPTIONS_GO_ON)
		return status;
	if (id && root) {
		complain("--for and --root exclude each other; usage: %s", cl.usage);
		return EXIT_USAGE;
	}
	if (id && (!*id || strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789._-") != strlen(id))) {
		complain("--for takes an ID of os-release: lower-case letters, digits and . _ -");
		return EXIT_USAGE;
	}
	text = id ? arena_printf(&a, "ID=%s\n", id) : read_root(&a, root ? root : "/", &status);
	if (text && packages_text(text, &out)) {
		status = print_text(&out) ? 0 : verdict_exit_status(VERDICT_ERROR);
	} else if (text) {
		complain("%s", out.s);
		status = EXIT_REFUSED;
	}
	text_free(&out);
	arena_free(&a);
	return status;
}
