// SPDX-License-Identifier: GPL-2.0-only
/* Writing for a user to what is no file: FIFOs, sockets, devices, terminals, standard output. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>

/* Reads all that comes from fd, after a while, and returns its size as exit status by modulo. */
static pid_t reader(int fd, const char *path, bool gives_up)
{
	pid_t child = fork();
	size_t size = 0;
	char buf[4096];
	ssize_t n = 1;

	if (child)
		return child;
	usleep(100000);
	if (path)
		fd = open(path, O_RDONLY);
	while (!gives_up && n > 0) {
		n = read(fd, buf, sizeof(buf));
		for (ssize_t i = 0; i < n; i++)
			size += buf[i] == 'x';
		usleep(1000);
	}
	_exit(gives_up ? 0 : (int)(size % 251));
}

static int ended(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* More than a pipe holds. */
#define MUCH 200000

static void fifos(void **state)
{
	char *much = malloc(MUCH);
	struct replaced how;
	pid_t child;

	(void)state;
	memset(much, 'x', MUCH);
	assert_int_equal(mkfifo("f", 0600), 0);
	child = reader(-1, "f", false);
	assert_int_equal(replace_file("f", much, MUCH, NULL), 0);
	assert_int_equal(ended(child), MUCH % 251);
	child = reader(-1, "f", true);
	assert_int_equal(replace_file("f", much, MUCH, NULL), -EPIPE);
	ended(child);
	assert_int_equal(back_up_and_replace("f", "x", &how), -EINVAL);
	assert_true(is_kind("f", S_IFIFO));
	gone("f");
	free(much);
}

static void sockets(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "s" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), got;
	char buf[8] = "";

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(replace("s", "x"), -ECONNREFUSED);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(replace("s", "hello"), 0);
	got = accept(fd, NULL, NULL);
	assert_int_equal(read(got, buf, sizeof(buf)), 5);
	assert_string_equal(buf, "hello");
	close(got);
	close(fd);
	assert_true(is_kind("s", S_IFSOCK));
	gone("s");
}

/*
 * A device of our own in this folder: were it replaced, the machine's would be the next. Without
 * root, the machine's, which an ordinary user cannot replace. NULL: none.
 */
static const char *device(const char *name, unsigned int minor_number)
{
	static char path[32];

	snprintf(path, sizeof(path), "/dev/%s", name);
	if (geteuid())
		return path;
	if (mknod(name, S_IFCHR | 0600, makedev(1, minor_number)))
		return NULL;
	strcpy(path, name);
	/* A folder that is mounted nodev. */
	if (access(path, W_OK) || replace(path, "") == -EACCES) {
		gone(path);
		return NULL;
	}
	return path;
}

static void drop_device(const char *path)
{
	assert_true(is_kind(path, S_IFCHR));
	if (!geteuid())
		gone(path);
}

static void devices(void **state)
{
	const char *path = device("null", 3);
	struct replaced how;

	(void)state;
	if (!path)
		skip();
	assert_int_equal(replace(path, "x"), 0);
	assert_int_equal(symlink(path, "f"), 0);
	assert_int_equal(replace("f", "x"), 0);
	assert_true(is_kind("f", S_IFLNK));
	gone("f");
	assert_int_equal(back_up_and_replace(path, "x", &how), -EINVAL);
	drop_device(path);
	path = device("full", 7);
	assert_int_equal(replace_file(path, "x", 1, &how), -ENOSPC);
	assert_false(how.done);
	drop_device(path);
	assert_int_equal(replace(".", "x"), -EISDIR);
}

/* Never a disk, whatever is on it. */
static void disks(void **state)
{
	struct replaced how;

	(void)state;
	/* Loop 0x7ffff: there is no such disk. */
	if (geteuid() || mknod("disk", S_IFBLK | 0600, makedev(7, 0x7ffff)))
		skip();
	assert_int_equal(replace_file("disk", "x", 1, &how), -EINVAL);
	assert_string_equal(how.step, "write to a disk");
	assert_true(is_kind("disk", S_IFBLK));
	gone("disk");
}

static void terminals(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	char buf[8] = "";

	(void)state;
	if (master < 0 || grantpt(master) || unlockpt(master))
		skip();
	assert_int_equal(replace(ptsname(master), "hello"), 0);
	assert_int_equal(read(master, buf, sizeof(buf)), 5);
	assert_string_equal(buf, "hello");
	close(master);
}

/* What /dev/stdout is: into a file, after what is there; into a pipe, which has no name. */
static void own_output(void **state)
{
	int saved = dup(1), fd, pipes[2];
	char buf[8] = "";

	(void)state;
	assert_int_equal(symlink("/proc/self/fd/1", "out"), 0);
	fflush(stdout);
	fd = open("f", O_CREAT | O_WRONLY, 0600);
	assert_int_equal(dup2(fd, 1), 1);
	assert_int_equal(write(1, "one ", 4), 4);
	assert_int_equal(replace("out", "two "), 0);
	assert_int_equal(replace("f", "three "), 0);
	assert_int_equal(write(1, "four", 4), 4);
	assert_int_equal(dup2(saved, 1), 1);
	holds("f", "one two three four");
	close(fd);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(dup2(pipes[1], 1), 1);
	fd = replace("out", "hello");
	assert_int_equal(dup2(saved, 1), 1);
	assert_int_equal(fd, 0);
	assert_int_equal(read(pipes[0], buf, sizeof(buf)), 5);
	assert_string_equal(buf, "hello");
	close(pipes[0]);
	close(pipes[1]);
	close(saved);
	assert_true(is_kind("out", S_IFLNK));
	gone("out");
	gone("f");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fifos), TEST(sockets),   TEST(devices),
		TEST(disks), TEST(terminals), TEST(own_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
