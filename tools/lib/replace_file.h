/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only way in which nestcheck writes a file for a user: completely or not at all, even if power
 * is lost.
 *
 * The new file is written without a name (O_TMPFILE), or under a random one if the file system has
 * no such files, in the folder of the old one. It is synced before it gets the name, and the folder
 * is synced after that. All of it is done by the folder's descriptor and with O_EXCL: no file of
 * another name is opened, changed or deleted, and no link is written through. Signals wait while
 * the random name is there. If nestcheck is killed in between, ".nestcheck-" and 16 hex digits may
 * remain, a complete file that nothing reads.
 *
 * A name may have any length that the file system allows; a longer one is -ENAMETOOLONG.
 */
#ifndef NESTCHECK_LIB_REPLACE_FILE_H
#define NESTCHECK_LIB_REPLACE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* How it went, for messages. Every function below that takes it also accepts NULL. */
struct replaced {
	const char *step; /* the one that failed: "write beside it" */
	bool done; /* it failed after the change: the new file is there, but not safe from a power cut */
	char lost[96]; /* what the new file does not have of the old one: "owner, SELinux label"; or "" */
};

/* Writes all of s, in as many write() calls as needed. 0 or a negative errno. */
int write_all(int fd, const char *s, size_t size);

/* --- one after the other (folder_lock.c) --------------------------------------------------- */

/*
 * Locks a folder against other nestchecks, for a change that depends on what is there, until both it
 * and *lock are closed; *lock may be -1. -ETIMEDOUT after FOLDER_LOCK_MS.
 *
 * Whoever can read a folder can hold flock(2) on it for ever. So what counts is a lock that only this
 * user can hold: fcntl(2), on a byte of /run/nestcheck.lock or /run/user/UID/nestcheck.lock, which
 * stays there, empty. flock(2) on the folder, the only lock of earlier versions and between different
 * users, is waited for only a second then. Without such a place it is what counts; on file systems
 * without flock(2), nothing.
 */
#define FOLDER_LOCK_MS 10000
int folder_lock(int folder, int *lock);

/* --- by path: what the user named (file_target.c) ---------------------------------------------- */

/*
 * A regular file is replaced; the new one gets its owner, mode, ACL, extended attributes, SELinux
 * label and chattr(1)'s flags, as far as we may set them. Other names of the old file (hard links) keep the old contents.
 *
 * A device, FIFO or socket is written to, and so is the file that is our stdout or stderr. If nobody
 * takes the data, that ends after STREAM_STUCK_MS with -ETIMEDOUT. A disk is refused.
 *
 * A symbolic link is followed, also to a file that does not exist yet, and remains. Not followed
 * (-EACCES): a link of another user's in a folder like /tmp, as the kernel's protected_symlinks.
 */
struct target {
	int folder; /* -1: a stream */
	char *name; /* in the folder */
	int old;    /* the file that is there; -1: none */
	int stream;
	bool locked;
	int lock;
	struct stat seen; /* the old file when it was opened */
};

/*
 * Finds the file. lock: also locks its folder (folder_lock()) until target_close(), for a caller who
 * reads the file in between: target_write() then refuses (-EBUSY) if another program changed it, and
 * target_open() what is not a regular file (-EINVAL).
 * 0 or a negative errno; target_close() in either case.
 */
int target_open(struct target *t, const char *path, bool lock, struct replaced *out);

/*
 * backup: first keeps the old file as NAME.bak: -EEXIST if that is there already, unless it is the
 * same file, left behind by a run that was killed.
 */
int target_write(struct target *t, const char *s, size_t size, bool backup, struct replaced *out);

/*
 * Whether target_write() would fail, without writing (lib/foresee.h): for a target that was opened
 * without a lock.
 */
int target_try(const struct target *t, bool backup, struct replaced *out);

void target_close(struct target *t);

/* All three, without a lock or backup: the last of several at once wins. */
int replace_file(const char *path, const char *s, size_t size, struct replaced *out);

/* --- by folder and name (replace_file.c) --------------------------------------------------- */

struct new_file {
	const char *s;
	size_t size;
	int like;	   /* descriptor of a file that gives owner, mode, attributes; -1: none */
	mode_t mode;	   /* if there is none; 0: as the umask and the folder's default ACL say */
	bool folder_label; /* the folder's SELinux label, for a root that is only mounted here */
	bool exclusive;	   /* -EEXIST if there is a file */
};

/* A file of that name is replaced whatever it is; *out is set completely. */
int replace_at(int folder, const char *name, const struct new_file *n, struct replaced *out);

/*
 * Replaces nothing: creates STEM + SUFFIX or, if there is anything of that name, STEM-2 to STEM-99.
 * *name is set to the name. -EEXIST if all of them are taken.
 */
int create_at(int folder, const char *stem, const char *suffix, const char *s, size_t size,
	      char *name, size_t name_size);

/* Whether it is a name of replace_at()'s, left behind when nestcheck was killed. */
bool is_temporary(const char *name);

/* A change of names survives a power cut only if the folder is synced. */
int folder_sync(int folder);

#endif
