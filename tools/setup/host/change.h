/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Changes one file of a root atomically, even if the power fails, and undoes the change.
 *
 * The old file is kept in the same folder, as NAME.before-nestcheck. It is the same inode under
 * another name, so that undo is one rename() and restores contents, mode, owner, times and
 * attributes. If there was no file, nothing is kept, and undo deletes the new one.
 *
 * The new file records which of the two it was, with the digest of the old contents, and ends in a
 * digest of itself. So undo brings back only what was here when nestcheck wrote, and knows whether
 * somebody changed either file since. A NAME.before-nestcheck without such a record is not ours.
 * Files of earlier versions have no record at all: for these, it is.
 */
#ifndef NESTCHECK_SETUP_HOST_CHANGE_H
#define NESTCHECK_SETUP_HOST_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/output.h"
#include "lib/replace_file.h"
#include "lib/sha256.h"

#define CHANGE_NAME   "nestcheck-kvm.conf"
#define CHANGE_KEPT   CHANGE_NAME ".before-nestcheck"
#define CHANGE_FOLDER "etc/modprobe.d"

/* --- the text (change_text.c); pure ------------------------------------------------------- */

struct change_record {
	bool made_folder;	 /* undo has to remove the folder as well */
	bool kept;		 /* there was a file, and it is kept */
	char digest[SHA256_HEX]; /* of its contents */
};

/* module: "kvm_intel" or "kvm_amd". */
void change_contents(struct text *t, const char *module, const struct change_record *r);

/* Reads the record of our file. False: it has none, and only made_folder is known. */
bool change_record_of(const char *contents, struct change_record *r);

enum change_owner {
	OWNER_NOBODY,  /* there is no such file */
	OWNER_US,      /* as we wrote it, byte for byte */
	OWNER_EDITED,  /* ours by its first line, but changed since */
	OWNER_ANOTHER, /* not ours */
};

enum change_owner change_owner_of(const char *contents);

/*
 * The change as a unified diff. before, after: NULL if there is no file. path: "/etc/...".
 * Adds nothing if they are equal.
 */
void change_diff(struct text *t, const char *path, const char *before, const char *after);

/* --- the file (change_file.c) ------------------------------------------------------------------ */

/*
 * root: a descriptor of the root. All of these return 0 or a negative errno, with the failed action
 * in how->step: "cannot write". With how->done it failed after the change: "that may not survive a
 * power cut".
 */

/* Keeps other nestchecks from changing this root: folder_lock() of its etc; -1: it is not locked. */
struct change_lock {
	int etc, lock;
};
int change_lock(int root, struct change_lock *l, struct replaced *how);
void change_unlock(struct change_lock *l);

/*
 * The file as it is, in new memory. -EINVAL: it is a link, a folder or the like; -EFBIG: 1 MiB or
 * more.
 */
int change_read(int root, char **s, size_t *size);

/*
 * The digest of a regular file of CHANGE_FOLDER, of at most 1 MiB. False: there is none, or it
 * cannot be read.
 */
bool change_digest(int root, const char *name, char digest[SHA256_HEX]);

/*
 * before: the owner of the file that is there now. If that is OWNER_ANOTHER, it is kept, provided
 * that its digest is still that of the record.
 */
int change_write(int root, const char *contents, enum change_owner before,
		 const struct change_record *r, struct replaced *how);

/* Restores the kept file, or deletes ours; made_folder as in the record. */
int change_undo(int root, bool kept, bool made_folder, struct replaced *how);

/* What change_write() with `before` would do, or change_undo() with restore as kept (change_try.c). */
struct change_plan {
	enum change_owner before;
	bool undo, restore, made_folder;
	unsigned int how; /* FORESEE_... */
};

/* Whether that would fail, as far as lib/foresee.h sees. Changes nothing. */
int change_try(int root, const struct change_plan *p, struct replaced *how);

enum change_kept {
	KEPT_NOTHING,
	KEPT_SAME,  /* a second name of the same file: a change was interrupted */
	KEPT_OTHER, /* another file */
};

enum change_kept change_kept_of(int root);

/* Removes leftovers of an interrupted change, under the lock: only what we wrote by its digest. */
void change_clean(int root);

#endif
