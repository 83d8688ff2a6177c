// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup guest: prints what a guest needs from its hypervisor: libvirt, QEMU, clouds ...
 */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/setup_texts.h"
#include "lib/terminal.h"

/* --cpu list needs no other option, and none matters. */
static bool list_ok(const struct guest_options *o, struct text *out)
{
	(void)o;
	(void)out;
	return true;
}

static bool list_cpus(const struct report *r, const struct guest_options *o, struct text *out)
{
	(void)o;
	return guest_cpu_list(r, out);
}

int cmd_setup_guest(int argc, char **argv)
{
	struct setup_words w = { 0 };
	const struct option_row rows[] = {
		{ "--for", "KIND",
		  "libvirt, virt-install, qemu, vagrant, virtualbox, vmware, hyperv, proxmox, gcp, "
		  "aws, azure",
		  &w.o.kind },
		{ "--level", "L", "l1 (default): what this machine gives L1; l2: what L1 gives L2",
		  &w.level },
		SETUP_ROWS(&w),
		{ "--cdrom", "ISO", "install from this; without it, the disk must have a system",
		  &w.o.cdrom },
		{ "--os", "OS",
		  "libvirt: of L1; linux (default), or windows, to run Hyper-V, WSL2 or Docker "
		  "Desktop (then the memory is 8192 and the disk 80)",
		  &w.o.os },
		{ "--part", "PART",
		  "libvirt: domain, cpu, baseline (the CPU with each feature, like virsh "
		  "cpu-baseline); qemu: all, disk, run; vagrant: nested, cpu-feature; "
		  "proxmox: all, node, vm. The first is the default",
		  &w.o.part },
		OPTION_FACTS(&w.facts),
	};
	struct command_line cl = {
		.usage =
			"nestcheck setup guest --for KIND [--level l1|l2] [OPTION...] | --cpu list",
		.about =
			"Prints what a guest needs so that it can run guests itself, as its "
			"hypervisor's own file or commands, for this machine's CPU. Changes "
			"nothing. What keeps nesting from working here is printed first, on "
			"stderr. --cpu list shows the CPU models that this machine can give. Exit "
			"status: 0; 1 if guests of this machine cannot nest, now or ever; 4 if the "
			"facts cannot be read.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
	};
	int status = parse_options(&cl, argc, argv);

	if (status != OPTIONS_GO_ON)
		return status;
	if (w.o.cpu && !strcmp(w.o.cpu, "list")) {
		w.o.kind = "list";
		return setup_print(&w, list_ok, list_cpus);
	}
	if (!w.o.kind) {
		complain("--for KIND is missing; usage: %s", cl.usage);
		return EXIT_USAGE;
	}
	return setup_print(&w, guest_options_ok, guest_text);
}
