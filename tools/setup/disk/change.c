// SPDX-License-Identifier: GPL-2.0-only
/*
 * The change itself, on the one volume that the user named: shown on a read-only mount,
 * confirmed, made on a writable mount.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/error_text.h"
#include "lib/terminal.h"
#include "setup/disk/disk.h"

static bool confirmed(const struct disk_device *d)
{
	char line[16];

	if (!isatty(0)) {
		complain("no terminal to ask on: --yes changes /dev/%s without asking", d->name);
		return false;
	}
	print("\nChange /dev/%s? yes or no: ", d->name);
	return fgets(line, sizeof(line), stdin) && !strcmp(line, "yes\n");
}

static int cannot(const char *what, const struct disk_device *d, int err)
{
	if (err == -ESTALE) {
		complain("/dev/%s is not changed: it is another volume than the one that was found",
			 d->name);
		return verdict_exit_status(VERDICT_FAIL);
	}
	complain("/dev/%s cannot be %s: %s", d->name, what, error_text(-err));
	return verdict_exit_status(VERDICT_ERROR);
}

/* Has host_setup() show what it would do. */
static int show(struct report *r, const struct disk_device *d, const struct installed *s,
		const struct disk_options *o)
{
	struct host_options host = { .root = DISK_ROOT,
				     .dry_run = true,
				     .mounted_to_look = true,
				     .force = o->force,
				     .undo = o->undo,
				     .quiet = o->quiet };
	bool unclean;
	int status, err = disk_mount_read_only(d, s->subvolume, &unclean);

	if (err) {
		disk_clear_read_only(d);
		return cannot("mounted", d, err);
	}
	status = host_setup(r, &host);
	err = disk_unmount();
	disk_clear_read_only(d);
	return err ? cannot("unmounted", d, err) : status;
}

static int change(struct report *r, const struct disk_device *d, const struct installed *s,
		  const struct disk_options *o)
{
	/* Quiet, because the change has been shown. */
	struct host_options host = {
		.root = DISK_ROOT, .force = o->force, .undo = o->undo, .quiet = true
	};
	int status, err = disk_look_again(d);

	if (err)
		return cannot("read again; nothing was changed", d, err);
	err = disk_mount_write(d, s->subvolume);
	if (err)
		return cannot("mounted for writing", d, err);
	status = host_setup(r, &host);
	err = disk_unmount();
	return err ? cannot("unmounted; not all may have been written", d, err) : status;
}

/* The exit status that the real change would have, after its dry run. */
static int foreseen(const struct disks *disks, const struct disk_device *d,
		    const struct disk_options *o)
{
	struct disk_options real = *o;
	struct text t = { 0 };
	bool may;

	real.dry_run = false;
	may = disk_may_change(disks, d, &real, &t);
	if (!may)
		complain("it would not be changed: %s", t.s);
	text_free(&t);
	return may ? 0 : verdict_exit_status(VERDICT_FAIL);
}

static int show_and_change(struct report *r, const struct disks *disks, const struct disk_device *d,
			   const struct installed *s, const struct disk_options *o)
{
	int status = show(r, d, s, o);

	if (!status && o->dry_run)
		return foreseen(disks, d, o);
	if (status)
		return status;
	if (!o->yes && !confirmed(d)) {
		complain("nothing was changed");
		return verdict_exit_status(VERDICT_FAIL);
	}
	status = change(r, d, s, o);
	if (!status && !o->quiet)
		print("\n/dev/%s: done, and unmounted. It takes effect when that system starts.\n",
		      d->name);
	return status;
}

int disk_change(struct report *r, const struct disks *disks, const struct disk_device *d,
		const struct disk_options *o)
{
	struct text t = { 0 };
	const struct installed *s = disk_may_change(disks, d, o, &t);
	int status, fd;

	if (!s) {
		complain("%s", t.s);
		text_free(&t);
		return verdict_exit_status(VERDICT_FAIL);
	}
	if (!o->quiet) {
		disk_show_device(d, &t);
		text_add(&t, "\n");
		print_text(&t);
	}
	text_free(&t);
	/* Open until the end: a disk that is plugged in meanwhile must not get its name. */
	fd = disk_open(d);
	if (fd < 0)
		return cannot("opened", d, fd);
	status = show_and_change(r, disks, d, s, o);
	close(fd);
	return status;
}
