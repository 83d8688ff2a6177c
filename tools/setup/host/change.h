/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Changes one file of a root atomically, even if the power fails, and undoes the change.
 *
 * The old file is kept in the same folder, as NAME.before-nestcheck. It is the same inode under
 * another name, so that undo is one rename() and restores contents, mode, owner, times and
 * attributes. If there was no file, nothing is kept: the new file's first line identifies it as
 * ours, and undo deletes it.
 */
#ifndef NESTCHECK_SETUP_HOST_CHANGE_H
#define NESTCHECK_SETUP_HOST_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/output.h"

#define CHANGE_NAME   "nestcheck-kvm.conf"
#define CHANGE_KEPT   CHANGE_NAME ".before-nestcheck"
#define CHANGE_FOLDER "etc/modprobe.d"

/* --- the text (change_text.c); pure ------------------------------------------------------- */

/* module: "kvm_intel" or "kvm_amd". made_folder: undo has to remove the folder as well. */
void change_contents(struct text *t, const char *module, bool made_folder);

enum change_owner {
	OWNER_NOBODY,  /* there is no such file */
	OWNER_US,      /* as we wrote it, except comments */
	OWNER_EDITED,  /* ours by its first line, but changed since */
	OWNER_ANOTHER, /* not ours */
};

enum change_owner change_owner_of(const char *contents);

/* Whether our file says that the folder was created for it. */
bool change_made_folder(const char *contents);

/*
 * The change as a unified diff. before, after: NULL if there is no file. path: "/etc/...".
 * Adds nothing if they are equal.
 */
void change_diff(struct text *t, const char *path, const char *before, const char *after);

/* --- the file (change_file.c) ------------------------------------------------------------------ */

/*
 * root: a descriptor of the root. All of these return 0 or a negative errno with the failed action
 * in *what ("cannot write").
 *
 * change_write: keep: the existing file is not ours, and is kept. An earlier kept file stays.
 */
int change_write(int root, const char *contents, bool keep, const char **what);

/*
 * change_undo: restores the kept file, or deletes ours; made_folder as above.
 */
int change_undo(int root, bool kept, bool made_folder, const char **what);

enum change_kept {
	KEPT_NOTHING,
	KEPT_SAME,  /* a second name of the same file: a change was interrupted */
	KEPT_OTHER, /* the previous file */
};

enum change_kept change_kept_of(int root);

/* Removes leftovers of an interrupted change. */
void change_clean(int root);

#endif
