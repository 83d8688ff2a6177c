// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one file that is changed (see change.h). The order of the steps makes it safe: the new file
 * is complete and on the disk before it gets a name; the old one has its second name before it
 * loses its first.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "setup/host/change.h"
#include "setup/root.h"

/* Versions without a record always used this name. */
#define EARLY_TEMPORARY "." CHANGE_NAME ".nestcheck-new"

static int failed(struct replaced *how, const char *step)
{
	how->step = step;
	return -errno;
}

static int sync_folder(int folder, struct replaced *how)
{
	how->step = "cannot write to the disk";
	return folder_sync(folder);
}

static int open_etc(int root)
{
	return root_open_at(root, "etc", O_RDONLY | O_DIRECTORY);
}

int change_lock(int root, struct replaced *how)
{
	int err, etc = open_etc(root);

	*how = (struct replaced){ .step = "cannot lock the folder etc for" };
	if (etc < 0)
		return etc;
	err = folder_lock(etc);
	if (!err)
		return etc;
	close(etc);
	return err;
}

static int remove_folder(int root, struct replaced *how)
{
	int err = 0, etc = open_etc(root);

	if (etc < 0)
		return 0;
	/* It stays if it contains anything else by now. */
	if (!unlinkat(etc, "modprobe.d", AT_REMOVEDIR))
		err = sync_folder(etc, how);
	close(etc);
	return err;
}

/* Opens the folder; creates it if it is missing and made is not NULL. */
static int open_folder(int root, bool *made, struct replaced *how)
{
	int etc, err, fd = root_open_at(root, CHANGE_FOLDER, O_RDONLY | O_DIRECTORY);

	how->step = "cannot open";
	if (fd != -ENOENT || !made)
		return fd;
	etc = open_etc(root);
	if (etc < 0)
		return etc;
	*made = !mkdirat(etc, "modprobe.d", 0755);
	err = *made ? 0 : failed(how, "cannot create");
	/* An administrator's umask must not keep modprobe's users from reading it. */
	if (!err && fchmodat(etc, "modprobe.d", 0755, 0))
		err = failed(how, "cannot create");
	if (!err)
		err = sync_folder(etc, how);
	close(etc);
	return err ? err : root_open_at(root, CHANGE_FOLDER, O_RDONLY | O_DIRECTORY);
}

/* A regular file of at most max bytes, as it is, in new memory; NULL for any other. */
static char *read_regular(int folder, const char *name, size_t max, size_t *size)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char *s = NULL;
	struct stat st;
	ssize_t n = 1;

	*size = 0;
	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && (size_t)st.st_size <= max)
		s = malloc((size_t)st.st_size + 1);
	while (s && n && *size < (size_t)st.st_size) {
		n = read(fd, s + *size, (size_t)st.st_size - *size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			free(s);
			s = NULL;
		} else {
			*size += (size_t)n;
		}
	}
	close(fd);
	if (s)
		s[*size] = '\0';
	return s;
}

static bool digest_in(int folder, const char *name, char digest[SHA256_HEX])
{
	uint8_t bytes[SHA256_SIZE];
	size_t size;
	char *s = read_regular(folder, name, ROOT_FILE_MAX, &size);

	if (!s)
		return false;
	sha256(s, size, bytes);
	sha256_hex(bytes, digest);
	free(s);
	return true;
}

bool change_digest(int root, const char *name, char digest[SHA256_HEX])
{
	struct replaced how;
	int folder = open_folder(root, NULL, &how);
	bool ok;

	if (folder < 0)
		return false;
	ok = digest_in(folder, name, digest);
	close(folder);
	return ok;
}

static enum change_kept kept_in(int folder)
{
	struct stat now, before;

	if (fstatat(folder, CHANGE_KEPT, &before, AT_SYMLINK_NOFOLLOW))
		return KEPT_NOTHING;
	if (!fstatat(folder, CHANGE_NAME, &now, AT_SYMLINK_NOFOLLOW) &&
	    now.st_dev == before.st_dev && now.st_ino == before.st_ino)
		return KEPT_SAME;
	return KEPT_OTHER;
}

enum change_kept change_kept_of(int root)
{
	struct replaced how;
	int folder = open_folder(root, NULL, &how);
	enum change_kept kept;

	if (folder < 0)
		return KEPT_NOTHING;
	kept = kept_in(folder);
	close(folder);
	return kept;
}

/* Gives the existing file a second name. */
static int keep_old(int folder, const char *digest, struct replaced *how)
{
	char now[SHA256_HEX];
	int err = 0;

	if (linkat(folder, CHANGE_NAME, folder, CHANGE_KEPT, 0))
		return failed(how, "cannot keep what is in");
	if (!digest_in(folder, CHANGE_KEPT, now) || strcmp(now, digest) != 0) {
		how->step = "another program has just changed";
		err = -EBUSY;
	}
	if (!err)
		err = sync_folder(folder, how);
	if (err)
		unlinkat(folder, CHANGE_KEPT, 0);
	return err;
}

static int write_new(int folder, const char *contents, bool exclusive, struct replaced *how)
{
	struct new_file n = {
		.s = contents,
		.size = strlen(contents),
		.like = -1,
		.mode = 0644,
		/* With SELinux a new file gets it, but not on a root that is only mounted here. */
		.folder_label = true,
		.exclusive = exclusive,
	};
	int err = replace_at(folder, CHANGE_NAME, &n, how);

	how->step = how->done ? "cannot write to the disk" : "cannot write";
	return err;
}

int change_write(int root, const char *contents, enum change_owner before,
		 const struct change_record *r, struct replaced *how)
{
	bool keep = before == OWNER_ANOTHER, made = false;
	struct replaced ignored;
	int err, folder;

	*how = (struct replaced){ 0 };
	folder = open_folder(root, &made, how);
	err = folder < 0 ? folder : 0;
	if (!err && keep)
		err = keep_old(folder, r->digest, how);
	if (!err) {
		err = write_new(folder, contents, before == OWNER_NOBODY, how);
		if (err && !how->done && keep)
			unlinkat(folder, CHANGE_KEPT, 0);
	}
	if (folder >= 0)
		close(folder);
	if (err && !how->done && made)
		remove_folder(root, &ignored);
	return err;
}

int change_undo(int root, bool kept, bool made_folder, struct replaced *how)
{
	int err = 0, folder;

	*how = (struct replaced){ 0 };
	folder = open_folder(root, NULL, how);
	if (folder < 0)
		return folder;
	if (kept && renameat(folder, CHANGE_KEPT, folder, CHANGE_NAME))
		err = failed(how, "cannot restore");
	else if (!kept && unlinkat(folder, CHANGE_NAME, 0))
		err = failed(how, "cannot delete");
	how->done = !err;
	if (!err)
		err = sync_folder(folder, how);
	close(folder);
	return err || !made_folder || kept ? err : remove_folder(root, how);
}

/* A complete file of ours, by its digest: no other program's, whatever it is called. */
static void clean_ours(int folder, const char *name)
{
	size_t size;
	char *s = read_regular(folder, name, 4096, &size);

	if (s && strlen(s) == size && change_owner_of(s) == OWNER_US)
		unlinkat(folder, name, 0);
	free(s);
}

void change_clean(int root)
{
	struct replaced how;
	int copy, folder = open_folder(root, NULL, &how);
	struct dirent *e;
	DIR *d;

	if (folder < 0)
		return;
	/* closedir() closes its descriptor. */
	copy = fcntl(folder, F_DUPFD_CLOEXEC, 3);
	d = copy < 0 ? NULL : fdopendir(copy);
	while (d && (e = readdir(d)))
		if (is_temporary(e->d_name) || !strcmp(e->d_name, EARLY_TEMPORARY))
			clean_ours(folder, e->d_name);
	if (d)
		closedir(d);
	else if (copy >= 0)
		close(copy);
	if (kept_in(folder) == KEPT_SAME)
		unlinkat(folder, CHANGE_KEPT, 0);
	close(folder);
}
