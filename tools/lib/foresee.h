/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a change of a folder would fail, without trying it, for --dry-run: a mount that is
 * read-only, a missing right, what chattr(1) forbids even root, something mounted on a file. Not
 * seen: a full disk, and what a security module forbids.
 */
#ifndef NESTCHECK_LIB_FORESEE_H
#define NESTCHECK_LIB_FORESEE_H

/* As if we were root; as if it were not mounted read-only. */
#define FORESEE_AS_ROOT	  1u
#define FORESEE_READ_ONLY 2u

/* A new name in a folder: 0 or a negative errno. */
int foresee_add(int folder, unsigned int how);

/* Taking a name away, or giving it to another file. 0 if there is none. */
int foresee_take(int folder, const char *name);

#endif
