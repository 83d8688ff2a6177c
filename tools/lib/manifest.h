/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the image runs as it was built. The kernel unpacks a further initrd over the image's own
 * files, which may be meant (the lab's modules) but changes what a verdict is about.
 *
 * The built image has a list of its files with their digests. What runs is compared with it, at
 * every boot: there are many ways to a further initrd, and the kernel does not report all of them.
 *
 *	init		nestcheck, before it starts it
 *	nestcheck	what else a verdict depends on: init (as PID 1 runs it), KVM's modules; with the
 *			chain also /lib/vmlinux
 *	both		every file, if a further initrd is known of or one of these is not as built
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

enum manifest_use {
	MANIFEST_ALL = 0,
	MANIFEST_BY_INIT,
	MANIFEST_BY_RUN,
	MANIFEST_BY_CHAIN, /* a run with the chain */
};

/*
 * One line: "DIGEST  PATH" as sha256sum writes it. False if it is none. digest and path point into
 * the line, which is changed. Public for tests.
 */
bool manifest_line(char *line, const char **digest, const char **path);

/*
 * Adds the paths that are not as in the list of this root folder ("": /), in its order, of the
 * files for this use. Before them the list itself, if it lacks init or nestcheck. Public for tests.
 */
void manifest_compare(struct arena *a, const char *root, enum manifest_use use,
		      struct strings *out);

/*
 * The same for the running image, as above. Behind the paths "rdinit=PROGRAM", if the kernel was to
 * start another program than /init.
 */
void manifest_modified(struct arena *a, enum manifest_use use, struct strings *out);

/*
 * Whether these bytes of /sys/kernel/boot_params/data have a further initrd; unknown if there are
 * too few. Public for tests.
 */
enum tri boot_params_initrd(const uint8_t *params, size_t len);

/* What a kernel's command line says of it. Public for tests. */
struct boot_words {
	const char *init; /* the last word rdinit=PROGRAM; NULL: /init */
	bool initrd; /* initrdmem=ADDRESS,SIZE, or initrd= likewise (or the EFI stub's initrd=FILE) */
};
struct boot_words boot_words(struct arena *a, const char *cmdline);

#endif
