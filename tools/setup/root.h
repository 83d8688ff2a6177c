/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of a root, possibly of another system that is mounted somewhere. Links are resolved inside
 * the root, never out of it (openat2(2), RESOLVE_IN_ROOT, since Linux 5.6).
 */
#ifndef NESTCHECK_SETUP_ROOT_H
#define NESTCHECK_SETUP_ROOT_H

#include "lib/report.h"

/*
 * A descriptor of the root, or a negative errno; -ENOTDIR also if it has no etc/ and so is no
 * root.
 */
int root_open(const char *root);

/* path: from the root, without a leading slash. Returns a descriptor or a negative errno. */
int root_open_at(int root, const char *path, int flags);

/*
 * What was not seen of a root: the first such file or folder, and how many there are. What is not
 * there hides nothing, and does not count. Every caller decides what it means.
 */
struct unseen {
	const char *path; /* as it was given to root_read() or root_list(); NULL: all was seen */
	int err;	  /* a negative errno; 0: it is larger than ROOT_FILE_MAX */
	size_t n;
};

/* path is kept. The first path counts once, however often it fails. */
void unseen_add(struct unseen *u, const char *path, int err);

/*
 * NUL-terminated; NULL if it is missing, no regular file, or cannot be read to its end. Of a file
 * larger than ROOT_FILE_MAX only that much is read.
 */
#define ROOT_FILE_MAX	   (1 << 20)
#define ROOT_FILE_MAX_TEXT "1 MiB"
char *root_read(struct arena *a, int root, const char *path, struct unseen *u);

/* Adds the names in a folder, sorted, without those that begin with a dot. */
void root_list(struct arena *a, int root, const char *path, struct strings *names,
	       struct unseen *u);

bool root_has(int root, const char *path, struct unseen *u);

/* The text of os-release; NULL if there is none that can be read. */
const char *root_os_release(struct arena *a, int root, struct unseen *u);

/* The value of KEY= at the beginning of a line, unquoted as by the shell; NULL if empty. Pure. */
const char *os_release_value(struct arena *a, const char *text, const char *key);

/*
 * Whether a root has what is typical of a system: "PATH": a file or folder; "PATH:TEXT": a line of
 * that file begins with TEXT; "ID=NAME": os-release has that ID. "A|B": one of these. False also if
 * that is unseen, whose path is allocated in a.
 */
bool root_shows(struct arena *a, int root, const char *evidence, struct unseen *u);

/* Whether it is the running system's root. */
bool root_is_own(int root);

#endif
