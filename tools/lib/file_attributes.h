/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owner, mode, ACL, SELinux label, other extended attributes and chattr(1)'s flags of a file.
 */
#ifndef NESTCHECK_LIB_FILE_ATTRIBUTES_H
#define NESTCHECK_LIB_FILE_ATTRIBUTES_H

#include <stddef.h>

/*
 * Gives the file `to`, which was just created and is complete, those of `from`. What may not be set
 * is named in lost ("owner, SELinux label"); 0, or a negative errno for any other failure.
 *
 * Not copied: what belongs to the contents (security.ima, security.evm) or to overlayfs.
 */
int attributes_copy(int from, int to, char *lost, size_t size);

/* Gives a file the SELinux label of another one or of a folder, if that has one and we may. */
void attributes_copy_label(int from, int to);

#endif
