/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of the image that a further initrd replaced. The kernel unpacks the initrd that a boot loader gives it
 * over the image's own files, which may be meant (the lab's modules) but changes what a verdict is about.
 *
 * The built image has a list of its files with their digests. init and nestcheck both compare with it, so that
 * each finds the other replaced. Whoever replaces both, or the list as well, can say anything: this shows what
 * happened, and is no protection.
 */
#ifndef NESTCHECK_LIB_MANIFEST_H
#define NESTCHECK_LIB_MANIFEST_H

#include "lib/report.h"

/* initramfs/manifest writes it. */
#define MANIFEST_PATH "/etc/nestcheck/manifest"

/*
 * One line: "DIGEST  PATH" as sha256sum writes it, or "size:BYTES  PATH" for the kernel's copy, which is filled in when the
 * kernel is linked. False if it is neither. digest and path point into the line, which is changed. Public for tests.
 */
bool manifest_line(char *line, const char **digest, const char **path);

/*
 * Adds the paths that are not as in the list of this root folder ("": /), in its order. Without a list there are none.
 * Public for tests.
 */
void manifest_compare(struct arena *a, const char *root, struct strings *out);

/*
 * The same for the running image; reads nothing if the boot loader gave the kernel no further initrd, by
 * /sys/kernel/boot_params.
 */
void manifest_modified(struct arena *a, struct strings *out);

/* Whether these bytes of /sys/kernel/boot_params/data have a further initrd; unknown if there are too few. Public for tests. */
enum tri boot_params_initrd(const uint8_t *params, size_t len);

#endif
