/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the image runs as it was built. The kernel unpacks a further initrd over the image's own
 * files, which may be meant (the lab's modules) but changes what a verdict is about.
 *
 * The built image has a list of its files with their digests. If the kernel unpacked another
 * archive, whichever way it came, its log says so; then init compares every file with the list,
 * before it starts nestcheck, and tells it the result. nestcheck believes that of the init that was
 * built, of which it compares what runs; of another it compares every file itself. So they do if
 * the log does not reach back to the boot, or if the kernel was to start another program than
 * /init. Other boots digest nothing.
 *
 * What this cannot show, because whoever did it also decides what is said: init and nestcheck
 * replaced together, either of them together with the list, the kernel replaced, or another program
 * started first (rdinit=) that hides what it did. A file that was added is not looked for. So this
 * is a label against mistakes. Only whoever controls the boot (the file, the command line, the
 * initrd) can say what was booted.
 */
#ifndef NESTCHECK_LIB_MANIFEST_H
#define NESTCHECK_LIB_MANIFEST_H

#include "lib/report.h"

/* initramfs/manifest writes it; initramfs/replicate the digest of /lib/vmlinux. */
#define MANIFEST_PATH "/etc/nestcheck/manifest"

/*
 * One line: "DIGEST  PATH" as `b2sum -l 256` writes it. False if it is none. digest and path point into
 * the line, which is changed. Public for tests.
 */
bool manifest_line(char *line, const char **digest, const char **path);

/*
 * Adds the paths that are not as in the list of this root folder ("": /, where PID 1 is compared by
 * what it runs), in its order. Before them the list itself, if it lacks init or nestcheck. Public
 * for tests.
 */
void manifest_compare(struct arena *a, const char *root, struct strings *out);

/*
 * The same for the running image, if it may have been changed. always: without asking the kernel's
 * log, as in a shell whose user may have replaced files himself. found: what init found, a line each;
 * NULL: nobody has compared. It is believed only of the init that was built. Behind the paths
 * "rdinit=PROGRAM", if the kernel was to start another program than /init.
 */
void manifest_modified(struct arena *a, bool always, const char *found, struct strings *out);

/* Adds the lines of found, the list that init passes on. Public for tests. */
void manifest_add_found(struct arena *a, const char *found, struct strings *out);

/* What the kernel's log says of a further initrd. */
enum boot_record {
	BOOT_RECORD_OTHER = 0,
	BOOT_RECORD_INITRD, /* init/initramfs.c, do_populate_rootfs(): the kernel unpacks one */
	BOOT_RECORD_INIT,   /* init/main.c, run_init_process(): it starts PID 1, later than that */
	BOOT_RECORD_LOST,   /* not number seq: the records before it are no longer there */
};

/* One record of /dev/kmsg, which should be number seq (the boot's first is 0). Public for tests. */
enum boot_record boot_record(const char *record, uint64_t seq);

/*
 * Whether the kernel unpacked a further initrd, by its log from the first record on; unknown if
 * that is not there. fd: /dev/kmsg, not blocking. Public for tests.
 */
enum tri boot_log_initrd(int fd);

/*
 * The last word rdinit=PROGRAM of a kernel's command line, in the arena; NULL: /init. Public for
 * tests.
 */
const char *boot_rdinit(struct arena *a, const char *cmdline);

#endif
