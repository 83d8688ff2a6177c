/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Changing one file of a root so that it is as before or as after, whenever the power goes, and
 * taking that back.
 *
 * What was there before is kept in the same folder, as NAME.before-nestcheck: the old file itself
 * under another name, so that undo is one rename() and brings back contents, mode, owner, times and
 * attributes. Where nothing was there, nothing is kept: the new file's first line says whose it is,
 * and undo deletes it.
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

/* module: "kvm_intel" or "kvm_amd". made_folder: undo is to remove the folder as well. */
void change_contents(struct text *t, const char *module, bool made_folder);

enum change_owner {
	OWNER_NOBODY,  /* there is no such file */
	OWNER_US,      /* as we wrote it, but for comments */
	OWNER_EDITED,  /* ours by its first line, and changed since */
	OWNER_ANOTHER, /* not ours */
};

enum change_owner change_owner_of(const char *contents);

/* Whether a file of ours says that the folder was made for it. */
bool change_made_folder(const char *contents);

/*
 * The change as a unified diff. before, after: NULL where there is no file. path: "/etc/...".
 * Nothing where they are equal.
 */
void change_diff(struct text *t, const char *path, const char *before, const char *after);

/* --- the file (change_file.c) ------------------------------------------------------------------ */

/*
 * root: a descriptor of the root. All of these return 0 or a negative errno, with *what then
 * saying what was tried ("cannot write").
 *
 * change_write: keep: what is there is not ours, and is kept. What was kept stays as it is.
 */
int change_write(int root, const char *contents, bool keep, const char **what);

/*
 * change_undo: the kept file back, or ours away; made_folder as above.
 */
int change_undo(int root, bool kept, bool made_folder, const char **what);

enum change_kept {
	KEPT_NOTHING,
	KEPT_SAME,  /* a second name of the very file: a change was cut off */
	KEPT_OTHER, /* what was there before */
};

enum change_kept change_kept_of(int root);

/* Away with what a change that was cut off has left. */
void change_clean(int root);

#endif
