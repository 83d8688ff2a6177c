/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The disks of this machine, in the live image: drivers, volumes, the systems installed on them.
 *
 * What is on a volume is decided from its bytes by pure functions. Nothing is written before
 * disk_change(), which is given one volume by its user: a volume that is mounted to be looked at
 * is set read-only in the kernel for that time (BLKROSET), so that not even a journal is replayed.
 */
#ifndef NESTCHECK_SETUP_DISK_DISK_H
#define NESTCHECK_SETUP_DISK_DISK_H

#include <stdint.h>

#include "lib/output.h"
#include "lib/report.h"
#include "setup/setup.h"

/* --- a volume by its first and last bytes: probe.c, pure ------------------------------- */

enum volume_kind {
	VOLUME_UNKNOWN, /* no signature that we know */
	VOLUME_ROOT,	/* a file system that Linux is installed on, and that we can mount */
	VOLUME_SEALED,	/* Linux may be in it, but not for us: LVM, LUKS, RAID, ZFS ... */
	VOLUME_OTHER,	/* no Linux in it: swap, FAT, NTFS ... */
};

/* How much of both ends is looked at; a smaller device has less. */
#define VOLUME_HEAD (256 * 1024)
#define VOLUME_TAIL (128 * 1024)

struct volume_bytes {
	const unsigned char *head, *tail;
	size_t head_size, tail_size;
	uint64_t size; /* of the whole device */
};

/* Strings are static but for label and uuid; empty where there is none. */
struct volume {
	enum volume_kind kind;
	const char *type;   /* "ext4", "LVM2 member" */
	const char *driver; /* what mounts it: "ext4", "xfs", "btrfs" */
	const char *advice; /* of what is sealed: what to do instead */
	bool unclean;	    /* by its superblock: was not unmounted */
	bool hibernated;    /* swap that a sleeping system will be woken from */
	bool ours;	    /* what the boot medium has: our label */
	char label[65];
	char uuid[37];
};

void volume_probe(const struct volume_bytes *b, struct volume *v);

/* --- what is installed: system.c ------------------------------------------------------- */

/* PRETTY_NAME or else NAME of an os-release (os-release(5)) in arena a; NULL where neither is. Pure. Public for tests. */
const char *os_release_name(struct arena *a, const char *text);

/* subvolume: of btrfs, NULL for the one that is mounted where nothing is said. */
struct installed {
	const char *subvolume;
	const char *name;
	struct strings kernels; /* releases, newest first */
};

/* What is in the root mounted at a path; false where no os-release is. */
bool installed_at(struct arena *a, const char *root, struct installed *s);

/* --- the machine's disks: drivers.c, list.c ----------------------------------------- */

/* Where the image has the modules; nothing like it is on an installed host. */
#define DISK_MODULES "/lib/modules/disk"

/*
 * The driver for a PCI function: a name in DISK_MODULES/order; "" where none is needed, which is
 * everything that is no disk; NULL for a disk controller that we have no driver for. Pure.
 * class: as sysfs has it, 0x010802.
 */
const char *disk_controller_driver(uint32_t class, uint32_t vendor, uint32_t device);

/* The modules of a driver out of the text of `order`, in arena a; none where it is not there. Pure. */
struct strings disk_driver_modules(struct arena *a, const char *order, const char *driver);

/* All modules of a driver, loaded. 0 or a negative errno; a sentence on stderr. */
int disk_driver_load(struct arena *a, const char *driver);

/* The drivers of the controllers that are there, and their disks waited for. */
void disk_controllers_load(struct arena *a, struct strings *problems);

struct disk_device {
	const char *name;    /* "sda1" */
	const char *disk;    /* "sda", which may be itself */
	const char *bus;     /* "SATA", "NVMe", "virtio", "USB"; NULL: not known */
	const char *model;   /* NULL: not known */
	const char *number;  /* "8:1" */
	uint64_t size;	     /* bytes */
	bool partitioned;    /* a disk that has partitions */
	bool read_only;	     /* the medium is */
	const char *refused; /* why it may not be changed: mounted, the boot medium */
	const char *problem; /* why it could not be read or mounted */
	bool unclean;	     /* its journal is not empty, or it was not unmounted */
	struct volume volume;
	struct installed *systems;
	size_t n_systems;
};

struct disks {
	struct disk_device *d;
	size_t n;
	struct strings problems; /* controllers without driver and the like, each a sentence */
};

/* Every disk and partition with what is on it; file systems are mounted read-only, and left. */
void disks_find(struct arena *a, struct disks *disks);

/* --- mounting: mount.c ------------------------------------------------------------------ */

#define DISK_ROOT "/run/nestcheck-disk"

/*
 * At DISK_ROOT, read-only, without replaying anything. *unclean: there is something to replay.
 * 0 or a negative errno.
 */
int disk_mount_look(const struct disk_device *d, const char *subvolume, bool *unclean);
/* The read-only flag that looking has set, away; after disk_unmount(), or where it failed. */
void disk_looked(const struct disk_device *d);
/* For writing: what is to be replayed is. */
int disk_mount_write(const struct disk_device *d, const char *subvolume);
/* What was written is on the disk when this is 0. */
int disk_unmount(void);

/*
 * fn(arg) in a child, which is killed after so many seconds: a disk may never answer. What fn
 * returns, 0 or a negative errno; -ETIMEDOUT.
 */
int disk_bounded(unsigned int seconds, int (*fn)(void *arg), void *arg);

/* --- showing, changing: show.c, change.c --------------------------------------------- */

/* All of them, systems first. Pure. */
void disks_show(const struct disks *disks, struct text *out);
/* One device and what is installed on it, a few lines. Pure. */
void disk_show_device(const struct disk_device *d, struct text *out);

struct disk_options {
	const char *subvolume; /* NULL: the only one */
	bool yes, undo, dry_run, force, quiet;
};

/*
 * Which system of d may be changed, or NULL with a sentence in why. Pure.
 */
const struct installed *disk_may_change(const struct disks *disks, const struct disk_device *d,
					const struct disk_options *o, struct text *why);

/* Shows, asks, changes. An exit status. */
int disk_change(struct report *r, const struct disks *disks, const struct disk_device *d,
		const struct disk_options *o);

#endif
