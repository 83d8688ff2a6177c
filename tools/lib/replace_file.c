// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replaces a file in a folder, completely or not at all (see replace_file.h).
 */
#include "lib/replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/file_attributes.h"

#define TEMPORARY      ".nestcheck-"
#define TEMPORARY_SIZE (sizeof(TEMPORARY) + 16)
/* A random name that is taken is a coincidence once, and an error of ours after that. */
#define TRIES	       8

/* A new file before it has its name. name: the random one, "" for none. */
struct fresh {
	int folder, fd;
	char name[TEMPORARY_SIZE];
};

int write_all(int fd, const char *s, size_t size)
{
	while (size) {
		ssize_t n = write(fd, s, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n)
			return -EIO;
		if (n > 0) {
			s += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

bool is_temporary(const char *name)
{
	size_t len = strlen(TEMPORARY);

	return !strncmp(name, TEMPORARY, len) && strlen(name) == TEMPORARY_SIZE - 1 &&
	       strspn(name + len, "0123456789abcdef") == 16;
}

static void random_name(char name[TEMPORARY_SIZE])
{
	uint64_t n;

	/* O_EXCL keeps us from harm; the random name is only for not having to try again. */
	if (getrandom(&n, sizeof(n), GRND_NONBLOCK) != sizeof(n))
		n = (uint64_t)getpid() << 32 | (uint32_t)(uintptr_t)&n;
	snprintf(name, TEMPORARY_SIZE, TEMPORARY "%016" PRIx64, n);
}

/* EINTR: fsync() of network file systems. EINVAL: a file system that has nothing to sync. */
static int sync_fd(int fd)
{
	int ret;

	do
		ret = fsync(fd);
	while (ret && errno == EINTR);
	return ret && errno != EINVAL ? -errno : 0;
}

int folder_sync(int folder)
{
	int ret = sync_fd(folder);

	/* We may write to this folder, but not read it, so there is no descriptor to sync. */
	if (ret == -EBADF) {
		sync();
		ret = 0;
	}
	return ret;
}

static int create(struct fresh *f, bool nameless, mode_t mode)
{
	f->name[0] = '\0';
	if (nameless) {
		f->fd = openat(f->folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
		return f->fd < 0 ? -errno : 0;
	}
	for (int i = 0; i < TRIES; i++) {
		random_name(f->name);
		f->fd = openat(f->folder, f->name,
			       O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, mode);
		if (f->fd >= 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	f->name[0] = '\0';
	return -errno;
}

static void discard(struct fresh *f)
{
	if (f->name[0])
		unlinkat(f->folder, f->name, 0);
	close(f->fd);
}

static int fill(const struct fresh *f, const struct new_file *n, struct replaced *out)
{
	int ret = write_all(f->fd, n->s, n->size);

	out->step = "write beside it";
	out->lost[0] = '\0';
	if (!ret && n->like >= 0)
		ret = attributes_copy(n->like, f->fd, out->lost, sizeof(out->lost));
	else if (!ret && n->folder_label)
		attributes_copy_label(f->folder, f->fd);
	/* The umask does not apply to a mode that the caller chose. */
	if (!ret && n->like < 0 && n->mode && fchmod(f->fd, n->mode))
		ret = -errno;
	return ret ? ret : sync_fd(f->fd);
}

/* Gives the nameless file a name that is not in use. */
static int name_it(const struct fresh *f, const char *name)
{
	char path[64];

	/* Without CAP_DAC_READ_SEARCH it works only in this way, which needs /proc. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", f->fd);
	if (!linkat(f->fd, "", f->folder, name, AT_EMPTY_PATH))
		return 0;
	if (errno == EEXIST || errno == ENOSPC || errno == EDQUOT || errno == EIO)
		return -errno;
	return linkat(AT_FDCWD, path, f->folder, name, AT_SYMLINK_FOLLOW) ? -errno : 0;
}

static int name_it_randomly(struct fresh *f)
{
	int ret = -EEXIST;

	for (int i = 0; i < TRIES && ret == -EEXIST; i++) {
		random_name(f->name);
		ret = name_it(f, f->name);
	}
	if (ret)
		f->name[0] = '\0';
	return ret;
}

static int rename_new(const struct fresh *f, const char *name, bool exclusive)
{
	if (!exclusive)
		return renameat(f->folder, f->name, f->folder, name) ? -errno : 0;
	if (!syscall(SYS_renameat2, f->folder, f->name, f->folder, name, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* File systems without that flag; the other name is deleted below. */
	if (linkat(f->folder, f->name, f->folder, name, 0))
		return -errno;
	unlinkat(f->folder, f->name, 0);
	return 0;
}

static int publish(struct fresh *f, const char *name, const struct new_file *n,
		   struct replaced *out)
{
	int ret;

	/* One step, and no second name at any time. */
	if (!f->name[0] && n->like < 0) {
		ret = name_it(f, name);
		if (ret != -EEXIST || n->exclusive)
			return ret;
	}
	if (!f->name[0]) {
		ret = name_it_randomly(f);
		if (ret)
			return ret;
	}
	out->step = "replace it";
	return rename_new(f, name, n->exclusive);
}

static int attempt(int folder, const char *name, const struct new_file *n, bool nameless,
		   struct replaced *out)
{
	struct fresh f = { .folder = folder };
	mode_t first = n->like >= 0 || n->mode ? 0600 : 0666;
	sigset_t all, before;
	int ret;

	/* A name of ours must not outlive us for a ^C that comes while it is there. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, nameless ? NULL : &all, &before);
	out->step = "write beside it";
	ret = create(&f, nameless, first);
	if (!ret) {
		ret = fill(&f, n, out);
		sigprocmask(SIG_BLOCK, &all, NULL);
		if (!ret)
			ret = publish(&f, name, n, out);
		if (ret)
			discard(&f);
		else
			close(f.fd);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ret;
}

int replace_at(int folder, const char *name, const struct new_file *n, struct replaced *out)
{
	struct replaced ignored;
	int ret;

	if (!out)
		out = &ignored;
	*out = (struct replaced){ 0 };
	if (strlen(name) > NAME_MAX)
		return -ENAMETOOLONG;
	ret = attempt(folder, name, n, true, out);
	/* No O_TMPFILE: FAT, NFS, FUSE, older overlayfs; or no /proc. */
	if (ret == -EOPNOTSUPP || ret == -EISDIR || ret == -ENOENT || ret == -EINVAL ||
	    ret == -ENOSYS)
		ret = attempt(folder, name, n, false, out);
	if (ret)
		return ret;
	out->step = "sync its folder";
	ret = folder_sync(folder);
	out->done = ret != 0;
	return ret;
}

int create_at(int folder, const char *stem, const char *suffix, const char *s, size_t size,
	      char *name, size_t name_size)
{
	const struct new_file n = { .s = s, .size = size, .like = -1, .exclusive = true };
	struct stat st;
	int ret = -EEXIST;

	for (int i = 1; i < 100 && ret == -EEXIST; i++) {
		if (i == 1)
			snprintf(name, name_size, "%s%s", stem, suffix);
		else
			snprintf(name, name_size, "%s-%d%s", stem, i, suffix);
		/* Only to save the writing: n.exclusive decides. */
		if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW))
			ret = replace_at(folder, name, &n, NULL);
	}
	return ret;
}
