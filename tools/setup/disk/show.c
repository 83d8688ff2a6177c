// SPDX-License-Identifier: GPL-2.0-only
/*
 * The listing of setup disk. Pure.
 */
#include <string.h>

#include "setup/disk/disk.h"

#define INDENT 4

static void add_size(struct text *out, uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB" };
	double value = (double)bytes;
	size_t unit = 0;

	/* Decimal units, as disks are sold. */
	for (; value >= 1000 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		value /= 1000;
	text_addf(out, "%.*f %s", value < 10 && unit ? 1 : 0, value, units[unit]);
}

/* "/dev/sda1: ext4, 20 GB, SATA (QEMU HARDDISK)", then label and UUID. */
static void show_volume(const struct disk_device *d, struct text *out)
{
	const struct volume *v = &d->volume;

	text_addf(out, "  /dev/%s: %s, ", d->name, v->type ? v->type : "unknown contents");
	add_size(out, d->size);
	if (d->bus)
		text_addf(out, ", %s", d->bus);
	if (d->model)
		text_addf(out, " (%s)", d->model);
	text_addf(out, "%s\n", d->read_only ? ", read-only medium" : "");
	if (*v->label && *v->uuid)
		text_addf(out, "    label %s, UUID %s\n", v->label, v->uuid);
	else if (*v->label)
		text_addf(out, "    label %s\n", v->label);
	else if (*v->uuid)
		text_addf(out, "    UUID %s\n", v->uuid);
}

void disk_show_device(const struct disk_device *d, struct text *out)
{
	struct text line = { 0 };

	show_volume(d, out);
	for (size_t i = 0; i < d->n_systems; i++) {
		const struct installed *s = &d->systems[i];

		text_addf(&line, "%s", s->name);
		if (s->subvolume)
			text_addf(&line, ", subvolume %s", s->subvolume);
		text_value(&line, s->kernels.n ? "; kernels: " : "; no kernel modules in it");
		for (size_t k = s->kernels.n; k-- > 0;)
			text_addf(&line, "%s%s", s->kernels.s[k], k ? ", " : "");
		text_wrap(out, INDENT, NULL, line.s);
		text_free(&line);
	}
	if (d->unclean)
		text_wrap(out, INDENT, NULL,
			  "It was not shut down properly: its journal has to be replayed first.");
	if (d->volume.damaged)
		text_wrap(
			out, INDENT, NULL,
			"Its file system has errors, by its superblock: it has to be checked first.");
	if (d->refused)
		text_addf(out, "    Not to be changed: %s.\n", d->refused);
	if (d->problem)
		text_addf(out, "    Not examined: %s.\n", d->problem);
	if (d->volume.advice) {
		text_addf(&line, "Its contents cannot be opened here: %s.", d->volume.advice);
		text_wrap(out, INDENT, NULL, line.s);
		text_free(&line);
	}
}

enum group {
	GROUP_SYSTEM,
	GROUP_SEALED,
	GROUP_NOTHING,
	GROUPS
};

static enum group group_of(const struct disk_device *d)
{
	if (d->n_systems)
		return GROUP_SYSTEM;
	if (d->volume.kind == VOLUME_SEALED || d->problem)
		return GROUP_SEALED;
	return GROUP_NOTHING;
}

static void show_group(const struct disks *disks, enum group g, const char *title, struct text *out)
{
	bool first = true;

	for (size_t i = 0; i < disks->n; i++) {
		const struct disk_device *d = &disks->d[i];

		/* Of a partitioned disk only the partitions are shown; an empty slot is not. */
		if (d->partitioned || !d->size || group_of(d) != g)
			continue;
		if (first && out->len)
			text_add(out, "\n");
		if (first)
			text_addf(out, "%s\n", title);
		first = false;
		disk_show_device(d, out);
	}
}

void disks_show(const struct disks *disks, struct text *out)
{
	const struct disk_device *first = NULL;

	show_group(disks, GROUP_SYSTEM, "Installed systems:", out);
	show_group(disks, GROUP_SEALED, "Not opened:", out);
	show_group(disks, GROUP_NOTHING, "No installed Linux in:", out);
	if (!out->len)
		text_add(out, "No disks were found.\n");
	for (size_t i = 0; i < disks->problems.n; i++)
		text_wrap(out, 0, NULL, disks->problems.s[i]);
	for (size_t i = disks->n; i-- > 0;)
		if (disks->d[i].n_systems && !disks->d[i].refused && !disks->d[i].read_only)
			first = &disks->d[i];
	if (first)
		text_addf(out, "\nTo preview the change: nestcheck setup disk /dev/%s --dry-run\n",
			  first->name);
}
