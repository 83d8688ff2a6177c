// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a program is one that nobody else could have put there.
 */
#include "lib/trusted_program.h"

#include <grp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The user and group that own nothing: Linux's overflowuid, and nobody's number everywhere. */
#define NOBODY 65534

/* Who may change it: root and ourselves. In a folder like /tmp each has only his own files. */
static bool is_safe(const struct stat *st)
{
	mode_t others = S_IWOTH | (st->st_gid ? S_IWGRP : 0);

	if (st->st_uid && st->st_uid != geteuid())
		return false;
	return !(st->st_mode & others) || (S_ISDIR(st->st_mode) && st->st_mode & S_ISVTX);
}

char *trusted_program(const char *path)
{
	char *found = realpath(path, NULL);
	bool safe = found && !access(found, X_OK);
	struct stat st;

	for (char *s = found; safe && s; s = strchr(s + 1, '/')) {
		char c = s[s == found];

		/* First "/", then all that ends before a slash. */
		s[s == found] = '\0';
		safe = !lstat(found, &st) && S_ISDIR(st.st_mode) && is_safe(&st);
		s[s == found] = c;
	}
	if (safe && !lstat(found, &st) && S_ISREG(st.st_mode) && is_safe(&st))
		return found;
	free(found);
	return NULL;
}

void program_drop_rights(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (geteuid())
		return;
	/* It fails where there is no other user: in a namespace of one. */
	if (!setgroups(0, NULL) && !setgid(NOBODY) && setuid(NOBODY))
		_exit(127);
}
