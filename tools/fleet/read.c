// SPDX-License-Identifier: GPL-2.0-only
/* Finds and reads the documents of a fleet. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fleet/fleet.h"
#include "lib/error_text.h"

static void problem(struct fleet *f, const char *path, const char *what)
{
	strings_add(&f->arena, &f->problems,
		    arena_printf(&f->arena, "cannot read '%s': %s", path, what));
}

/* Of a regular file: into buf, of one byte more than the most that it may have. -1: errno. */
static ssize_t read_whole(int fd, char *buf)
{
	size_t n = 0;
	ssize_t got;

	do {
		got = read(fd, buf + n, FLEET_DOCUMENT_MAX + 1 - n);
		if (got > 0)
			n += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	return got < 0 ? -1 : (ssize_t)n;
}

/* Reads and closes it. What it is may have changed since its folder was read. */
static void read_open(struct fleet *f, const char *path, int fd)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		problem(f, path, "it is not a regular file");
		close(fd);
		return;
	}
	n = read_whole(fd, f->buffer);
	if (n < 0) {
		problem(f, path, error_text(errno));
	} else if (n > (ssize_t)FLEET_DOCUMENT_MAX) {
		problem(f, path, "it is larger than 2 MiB");
	} else {
		f->buffer[n] = '\0';
		fleet_take(f, path, st.st_mtime, f->buffer, (size_t)n);
	}
	close(fd);
}

static int by_text(const void *pa, const void *pb)
{
	const char *const *a = pa, *const *b = pb;

	return strcmp(*a, *b);
}

/* The names in a folder, sorted. */
static struct strings names_in(struct arena *a, DIR *dir)
{
	struct strings names = { NULL, 0 };
	struct dirent *e;

	while ((e = readdir(dir)))
		if (e->d_name[0] != '.')
			strings_add(a, &names, e->d_name);
	if (names.n)
		qsort(names.s, names.n, sizeof(names.s[0]), by_text);
	return names;
}

static bool is_document(const char *name)
{
	size_t n = strlen(name);

	return n > strlen(".json") && !strcmp(name + n - strlen(".json"), ".json");
}

static void read_folder(struct fleet *f, const char *path, int fd, int depth);

/*
 * An entry of a folder, which may be anything: a FIFO is not waited for, a device not opened. A link
 * counts as what it names, unless that is a folder. NULL, or why it cannot be read.
 */
static const char *read_entry(struct fleet *f, int folder, const char *path, const char *name,
			      int depth)
{
	const int how = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	struct stat st;
	bool is_folder;
	int fd;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_text(errno);
	is_folder = S_ISDIR(st.st_mode);
	if (!is_folder && !is_document(name))
		return NULL;
	if (S_ISLNK(st.st_mode) && fstatat(folder, name, &st, 0) < 0)
		return error_text(errno);
	if (!is_folder && !S_ISREG(st.st_mode))
		return "it is not a regular file";
	fd = openat(folder, name, how | (is_folder ? O_DIRECTORY | O_NOFOLLOW : 0));
	if (fd < 0)
		return error_text(errno);
	if (is_folder)
		read_folder(f, path, fd, depth + 1);
	else
		read_open(f, path, fd);
	return NULL;
}

/* Closes fd. */
static void read_folder(struct fleet *f, const char *path, int fd, int depth)
{
	const char *slash = path[strlen(path) - 1] == '/' ? "" : "/", *what;
	DIR *dir = depth <= FLEET_DEPTH_MAX ? fdopendir(fd) : NULL;
	struct arena a = { NULL };
	struct strings names;

	if (!dir) {
		problem(f, path,
			depth > FLEET_DEPTH_MAX ? "more than 8 folders inside of one another" :
						  error_text(errno));
		close(fd);
		return;
	}
	names = names_in(&a, dir);
	for (size_t i = 0; i < names.n; i++) {
		const char *entry = arena_printf(&a, "%s%s%s", path, slash, names.s[i]);

		what = read_entry(f, dirfd(dir), entry, names.s[i], depth);
		if (what)
			problem(f, entry, what);
	}
	closedir(dir);
	arena_free(&a);
}

void fleet_read(struct fleet *f, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		problem(f, path, error_text(errno));
	else if (!fstat(fd, &st) && S_ISDIR(st.st_mode))
		read_folder(f, path, fd, 1);
	else
		read_open(f, path, fd);
}
