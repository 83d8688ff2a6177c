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
#include "setup/root.h"
#include "setup/setup.h"

/* --- a volume by its first and last bytes: probe.c, pure ------------------------------- */

enum volume_kind {
	VOLUME_UNKNOWN, /* no signature that we know */
	VOLUME_ROOT,	/* a file system for a Linux root that we can mount */
	VOLUME_SEALED,	/* may contain Linux, but we cannot open it: LVM, LUKS, RAID, ZFS ... */
	VOLUME_OTHER,	/* no Linux in it: swap, FAT, NTFS ... */
};

/* The advice for most of what is sealed. */
#define VOLUME_BOOT_IT "start that system itself and run nestcheck setup host in it"

/* How much is read of both ends; a smaller device has less. Promise's RAID is 3087 sectors from the end. */
#define VOLUME_HEAD (256 * 1024)
#define VOLUME_TAIL (1600 * 1024)

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
	bool member;	    /* a disk that is in a RAID with all that is on it */
	bool unclean;	    /* not unmounted, by its superblock */
	bool damaged;	    /* has errors that a check has to repair, by its superblock */
	bool swap;
	bool hibernated; /* swap with a hibernation image, possibly of a member */
	bool ours;	 /* has our label, as the boot medium does */
	char label[65];
	char uuid[37];
};

void volume_probe(const struct volume_bytes *b, struct volume *v);

/* --- hibernation: super.c, sleep.c --------------------------------------------------------- */

enum swap_state {
	SWAP_UNKNOWN,	 /* not read, or no swap */
	SWAP_EMPTY,	 /* no hibernated system in it */
	SWAP_HIBERNATED, /* a hibernated system's memory */
};

/* Of a swap device or file by its first bytes, SWAP_HEAD of them if there are as many. Pure. */
#define SWAP_HEAD 65536
enum swap_state swap_state(const unsigned char *head, size_t size);

/* Where a system may have put its memory when it hibernated. */
struct sleep_place {
	const char *named_by;  /* "/etc/fstab" */
	const char *what;      /* "UUID=...", "/dev/mapper/swap", "/swapfile", "resume_offset=9" */
	bool file;	       /* a swap file of that root; else a device */
	enum swap_state state; /* of a file */
};

/* More of them are not listed, and count as one that cannot be examined. */
#define SLEEP_PLACES 32

struct sleep_places {
	struct sleep_place v[SLEEP_PLACES];
	size_t n;
	bool more;
	struct unseen unseen; /* what may name others */
};

/*
 * What a file of a system names: swaps of fstab(5) and of systemd.swap(5) units; resume= and
 * resume_offset= of kernel command lines; RESUME= of initramfs-tools. Pure.
 */
void sleep_read_fstab(struct arena *a, const char *path, const char *text, struct sleep_places *p);
void sleep_read_unit(struct arena *a, const char *path, const char *text, struct sleep_places *p);
void sleep_read_boot(struct arena *a, const char *path, const char *text, struct sleep_places *p);
void sleep_read_resume(struct arena *a, const char *path, const char *text, struct sleep_places *p);

/* All of that in a root, and what its swap files contain. */
void sleep_find(struct arena *a, int root, struct sleep_places *p);

struct disks;
struct text;
/*
 * Whether the system with these places may be hibernated: false if each of them was examined and
 * contains no image; else true with a sentence in why. Pure.
 */
bool sleep_possible(const struct disks *disks, const struct sleep_places *p, struct text *why);

/* systemd's variable that tells its boot loader where to resume from (systemd-hibernate-resume(8)). */
#define SLEEP_VARIABLE "HibernateLocation-8cf2644b-4b0b-428f-9387-6d876050dc67"

/* --- what is installed: system.c ------------------------------------------------------- */

/* PRETTY_NAME or else NAME of an os-release (os-release(5)) in arena a; NULL if neither. Pure. Public for tests. */
const char *os_release_name(struct arena *a, const char *text);

/* subvolume: of btrfs, NULL for the default one. */
struct installed {
	const char *subvolume;
	const char *name;
	struct strings kernels; /* releases, newest first */
	struct sleep_places sleep;
};

/*
 * The system in the root that is mounted at a path. 0; -ENOENT if there is no os-release; another
 * negative errno if that cannot be read.
 */
int installed_at(struct arena *a, const char *root, struct installed *s);

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
	uint64_t seq;	     /* BLKGETDISKSEQ when it was examined */
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
	bool sleep_variable;	 /* UEFI has SLEEP_VARIABLE */
};

/*
 * A partition of a disk that is a member of something larger is one, too: the array is of whole
 * disks. Pure. Public for tests.
 */
void disks_mark_members(struct disks *disks);

/* Every disk and partition and its contents; mounts file systems read-only for a moment. */
void disks_find(struct arena *a, struct disks *disks);

/* Whether a device, "8:1", is in the text of proc_pid_mountinfo(5). Pure. Public for tests. */
bool disk_is_mounted(const char *mountinfo, const char *number);

/* --- whether it is still the same: same.c ------------------------------------------------ */

/*
 * The device that was found, open for reading. While it is open its name is given to no other one.
 * A negative errno; -ESTALE if another device has its name.
 */
int disk_open(const struct disk_device *d);

/* Reads the volume again, past the cache. 0; -ESTALE if it is another one; another negative errno. */
int disk_look_again(const struct disk_device *d);

/* By what a volume says of itself. Pure. Public for tests. */
bool disk_volume_is(const struct volume *a, const struct volume *b);

/* --- mounting: mount.c ------------------------------------------------------------------ */

#define DISK_ROOT "/run/nestcheck-disk"

/*
 * Mounts at DISK_ROOT, read-only, without a replay. *unclean: there is something to replay.
 * 0 or a negative errno; -ESTALE if it is another device than the one that was found.
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

/* fork(), but the child dies with its parent. */
int disk_child(void);

/* --- one call: session.c ---------------------------------------------------------------- */

/*
 * Calls work(arg) in a child and returns the exit status that it returns. Before and after it
 * unmounts what a call left at DISK_ROOT that was killed or ran out of memory, makes its device
 * writable again, and says so on stderr. A second call at the same time is refused.
 */
int disk_session(int (*work)(void *arg), void *arg);

/*
 * state.c: what a call leaves for the next one if it is killed. disk_state_lock() waits so long for
 * another call, and returns 0 or a negative errno. disk_state_note() records the device that is
 * about to be made read-only; NULL: none is any more. disk_state_read() returns the name that was
 * recorded, or "". disk_state_leave() is for a child that only reads: if it waits for a disk for
 * ever, later calls need not wait for it.
 */
int disk_state_lock(unsigned int seconds);
void disk_state_note(const char *name);
void disk_state_read(char *name, size_t size);
void disk_state_leave(void);

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
