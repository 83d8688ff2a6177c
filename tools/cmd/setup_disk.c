// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup disk: turns nesting on in a system installed on a disk, from the live image.
 */
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "diagnose/diagnose.h"
#include "facts/facts.h"
#include "kvm/kvm.h"
#include "lib/terminal.h"
#include "setup/disk/disk.h"

/* "/dev/sda1" or "sda1"; NULL: there is none. */
static const struct disk_device *find_device(const struct disks *disks, const char *name)
{
	if (!strncmp(name, "/dev/", 5))
		name += 5;
	for (size_t i = 0; i < disks->n; i++)
		if (!strcmp(disks->d[i].name, name))
			return &disks->d[i];
	return NULL;
}

static int run(struct report *r, const char *device, const struct disk_options *o)
{
	struct disks disks = { 0 };
	const struct disk_device *d;
	struct text t = { 0 };

	/* Show first what keeps nesting from working on this machine. */
	setup_warn(r, &t);
	print_error_text(&t);
	disks_find(&r->arena, &disks);
	if (!device) {
		disks_show(&disks, &t);
		return print_text(&t) ? 0 : verdict_exit_status(VERDICT_ERROR);
	}
	d = find_device(&disks, device);
	if (!d) {
		complain("there is no disk or partition '%s'; nestcheck setup disk lists "
			 "them",
			 device);
		return verdict_exit_status(VERDICT_ERROR);
	}
	return disk_change(r, &disks, d, o);
}

struct job {
	const char *device;
	const struct disk_options *o;
};

static int work(void *arg)
{
	const struct job *job = arg;
	struct report r;
	int status;

	report_init(&r);
	collect_hardware(&r);
	/* Without it, causes that only KVM shows would be missing. */
	kvm_load(&r, kvm_default_module_dir());
	collect_system(&r);
	diagnose(&r);
	status = run(&r, job->device, job->o);
	report_free(&r);
	return status;
}

int cmd_setup_disk(int argc, char **argv)
{
	struct disk_options o = { 0 };
	const char *device = NULL;
	const struct option_row rows[] = {
		{ "--dry-run", NULL, "only show what would change", &o.dry_run },
		{ "--yes", NULL, "change it without asking", &o.yes },
		{ "--undo", NULL, "restore exactly the previous state", &o.undo },
		{ "--force", NULL,
		  "although it was not unmounted, has errors or may be hibernated, or its kernel is "
		  "unsafe",
		  &o.force },
		{ "--subvolume", "NAME", "which of several systems on a btrfs", &o.subvolume },
		OPTION_QUIET(&o.quiet),
	};
	struct command_line cl = {
		.usage = "nestcheck setup disk [DEVICE [--dry-run] [--yes] [--undo] [--force]]",
		.about =
			"In the live image: lists the systems installed on this machine's disks, "
			"or turns nesting on in the named one. Only that volume is written to, and "
			"only after the changes were shown. LVM, RAID and encrypted volumes are "
			"listed, not opened. Exit status: 0 done or nothing to do, 1 refused, 4 it "
			"could not be done.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
		.operands = &device,
		.max_operands = 1,
	};
	int status = parse_options(&cl, argc, argv);

	if (status != OPTIONS_GO_ON)
		return status;
	if (!device && (o.dry_run || o.yes || o.undo || o.force || o.subvolume)) {
		complain("no device was named; usage: %s", cl.usage);
		return EXIT_USAGE;
	}
	if (access(DISK_MODULES "/order", F_OK)) {
		complain("setup disk is for the live image, which brings the drivers; on an "
			 "installed system: nestcheck setup host");
		return verdict_exit_status(VERDICT_ERROR);
	}
	return disk_session(work, &(struct job){ device, &o });
}
