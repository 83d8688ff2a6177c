/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The disks of this machine, in the live image: drivers, volumes, the systems installed on them.
 *
 * Pure functions tell a volume's contents from its bytes. Nothing is written before disk_change(),
 * whose one volume the user names: while a volume is mounted to be examined it is read-only in the
 * kernel (BLKROSET), so that not even a journal is replayed.
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
	VOLUME_ROOT,	/* a file system for a Linux root that we can mount */
	VOLUME_SEALED,	/* may contain Linux, but we cannot open it: LVM, LUKS, RAID, ZFS ... */
	VOLUME_OTHER,	/* no Linux in it: swap, FAT, NTFS ... */
};

/* How much is read of both ends; a smaller device has less. */
#define VOLUME_HEAD (256 * 1024)
#define VOLUME_TAIL (128 * 1024)

struct volume_bytes {
	const unsigned char *head, *tail;
	size_t head_size, tail_size;
	uint64_t size; /* of the whole device */
};

/* Strings are static, except label and uuid, which are empty if there is none. */
struct volume {
	enum volume_kind kind;
	const char *type;   /* "ext4", "LVM2 member" */
	const char *driver; /* its file system: "ext4", "xfs", "btrfs" */
	const char *advice; /* for VOLUME_SEALED: what to do instead */
	bool unclean;	    /* not unmounted, by its superblock */
	bool hibernated;    /* swap with a hibernation image */
	bool ours;	    /* has our label, as the boot medium does */
	char label[65];
	char uuid[37];
};

void volume_probe(const struct volume_bytes *b, struct volume *v);

/* --- what is installed: system.c ------------------------------------------------------- */

/* PRETTY_NAME or else NAME of an os-release (os-release(5)) in arena a; NULL if neither. Pure. Public for tests. */
const char *os_release_name(struct arena *a, const char *text);

/* subvolume: of btrfs, NULL for the default one. */
struct installed {
	const char *subvolume;
	const char *name;
	struct strings kernels; /* releases, newest first */
};

/* The system in the root that is mounted at a path; false if there is no os-release. */
bool installed_at(struct arena *a, const char *root, struct installed *s);

/* --- the machine's disks: drivers.c, list.c ----------------------------------------- */

/* The modules in the image; an installed host has no such folder. */
#define DISK_MODULES "/lib/modules/disk"

/*
 * The driver for a PCI function: a name in DISK_MODULES/order; "" if none is needed, as for every
 * function that is no disk controller; NULL for a disk controller without a driver here. Pure.
 * class: as sysfs has it, 0x010802.
 */
const char *disk_controller_driver(uint32_t class, uint32_t vendor, uint32_t device);

/* The modules of a driver by the text of `order`, in arena a; none if it is not listed. Pure. */
struct strings disk_driver_modules(struct arena *a, const char *order, const char *driver);

/* Loads all modules of a driver. 0, or a negative errno with a sentence on stderr. */
int disk_driver_load(struct arena *a, const char *driver);

/* Loads the drivers of all controllers of this machine and waits for their disks. */
void disk_controllers_load(struct arena *a, struct strings *problems);

struct disk_device {
	const char *name;    /* "sda1" */
	const char *disk;    /* "sda", possibly the device itself */
	const char *bus;     /* "SATA", "NVMe", "virtio", "USB"; NULL: not known */
	const char *model;   /* NULL: not known */
	const char *number;  /* "8:1" */
	uint64_t size;	     /* bytes */
	bool partitioned;    /* a disk that has partitions */
	bool read_only;	     /* the medium */
	const char *refused; /* why it may not be changed: mounted, the boot medium */
	const char *problem; /* why it could not be read or mounted */
	bool unclean;	     /* the journal is not empty, or it was not unmounted */
	struct volume volume;
	struct installed *systems;
	size_t n_systems;
};

struct disks {
	struct disk_device *d;
	size_t n;
	struct strings problems; /* such as controllers without a driver, each a sentence */
};

/* Every disk and partition and its contents; mounts file systems read-only for a moment. */
void disks_find(struct arena *a, struct disks *disks);

/* Whether a device, "8:1", is in the text of proc_pid_mountinfo(5). Pure. Public for tests. */
bool disk_is_mounted(const char *mountinfo, const char *number);

/* --- mounting: mount.c ------------------------------------------------------------------ */

#define DISK_ROOT "/run/nestcheck-disk"

/*
 * Mounts at DISK_ROOT, read-only, without a replay. *unclean: there is something to replay.
 * 0 or a negative errno.
 */
int disk_mount_read_only(const struct disk_device *d, const char *subvolume, bool *unclean);
/* Clears the flag that disk_mount_read_only() set; call after disk_unmount(), or on failure. */
void disk_clear_read_only(const struct disk_device *d);
/* Mounts at DISK_ROOT for writing; replays the journal. */
int disk_mount_write(const struct disk_device *d, const char *subvolume);
/* If it returns 0, everything that was written is on the disk. */
int disk_unmount(void);

/*
 * Calls fn(arg) in a child, which is killed after so many seconds: a disk may never answer.
 * Returns what fn returns, 0 or a negative errno; or -ETIMEDOUT.
 */
int disk_bounded(unsigned int seconds, int (*fn)(void *arg), void *arg);

/* --- showing, changing: show.c, change.c --------------------------------------------- */

/* All disks, those with systems first. Pure. */
void disks_show(const struct disks *disks, struct text *out);
/* One device and the systems installed on it, a few lines. Pure. */
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

/* Shows, asks, changes. Returns an exit status. */
int disk_change(struct report *r, const struct disks *disks, const struct disk_device *d,
		const struct disk_options *o);

#endif
