// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the volume that the user named may be changed, and which of its systems. Pure.
 */
#include <string.h>

#include "setup/disk/disk.h"

#define ANYWAY                                                                                    \
	"If it is hibernated, it would not know of the change when it resumes, and could damage " \
	"its file systems: start it, and shut it down. --force changes it anyway."

/* A hibernated system may have this volume mounted, wherever its memory is. */
static bool may_be_hibernated(const struct disks *disks, const struct disk_device *d,
			      struct text *why)
{
	for (size_t i = 0; i < disks->n; i++)
		if (disks->d[i].volume.hibernated) {
			text_addf(
				why,
				"/dev/%s is not changed: /dev/%s contains a hibernated system. " ANYWAY,
				d->name, disks->d[i].name);
			return true;
		}
	if (disks->sleep_variable)
		text_addf(why,
			  "/dev/%s is not changed: UEFI's variable HibernateLocation tells of a "
			  "hibernated system. " ANYWAY,
			  d->name);
	return disks->sleep_variable;
}

static const struct installed *choose(const struct disk_device *d, const char *subvolume,
				      struct text *why)
{
	for (size_t i = 0; i < d->n_systems && subvolume; i++)
		if (d->systems[i].subvolume && !strcmp(d->systems[i].subvolume, subvolume))
			return &d->systems[i];
	if (d->n_systems == 1 && !subvolume)
		return &d->systems[0];
	if (subvolume) {
		text_addf(why, "no system was found in a subvolume '%s' of /dev/%s.", subvolume,
			  d->name);
		return NULL;
	}
	text_addf(why, "there are several systems on /dev/%s: name one with --subvolume, of",
		  d->name);
	for (size_t i = 0; i < d->n_systems; i++)
		text_addf(why, "%s %s", i ? "," : "",
			  d->systems[i].subvolume ? d->systems[i].subvolume : "the default");
	text_add(why, ".");
	return NULL;
}

/* The chosen system, if none of its swaps can have its memory. */
static const struct installed *awake(const struct disks *disks, const struct disk_device *d,
				     const struct disk_options *o, const struct installed *s,
				     struct text *why)
{
	struct text place = { 0 };

	if (!s || o->force || !sleep_possible(disks, &s->sleep, &place))
		return s;
	text_addf(why, "/dev/%s is not changed: %s " ANYWAY, d->name, place.s);
	text_free(&place);
	return NULL;
}

const struct installed *disk_may_change(const struct disks *disks, const struct disk_device *d,
					const struct disk_options *o, struct text *why)
{
	if (d->refused)
		text_addf(why, "/dev/%s is not changed: %s.", d->name, d->refused);
	else if (d->partitioned)
		text_addf(why, "/dev/%s is a disk with partitions: name one of them.", d->name);
	else if (d->problem)
		text_addf(why, "/dev/%s was not examined: %s.", d->name, d->problem);
	else if (d->volume.kind == VOLUME_SEALED)
		text_addf(why, "/dev/%s (%s) cannot be opened here: %s.", d->name, d->volume.type,
			  d->volume.advice);
	else if (!d->n_systems)
		text_addf(why, "no installed Linux was found on /dev/%s (%s).", d->name,
			  d->volume.type ? d->volume.type : "unknown contents");
	else if (d->read_only && !o->dry_run)
		text_addf(why, "the medium of /dev/%s is read-only.", d->name);
	else if (!o->force && may_be_hibernated(disks, d, why))
		return NULL;
	else if (d->volume.damaged && !o->force && !o->dry_run)
		text_addf(why,
			  "the file system of /dev/%s has errors, by its superblock: have that "
			  "system check it (fsck), or use --force.",
			  d->name);
	else if (d->unclean && !o->force && !o->dry_run)
		text_addf(
			why,
			"/dev/%s was not shut down properly. Its journal would be replayed before "
			"the change: start that system once and shut it down, or use --force.",
			d->name);
	else
		return awake(disks, d, o, choose(d, o->subvolume, why), why);
	return NULL;
}
