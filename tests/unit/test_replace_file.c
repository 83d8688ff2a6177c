// SPDX-License-Identifier: GPL-2.0-only
/* Writing a file for a user: what it keeps, what it never touches, and that no other file remains. */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/replace_file.h"

static char home[PATH_MAX];

/* In a new folder, which has to be empty at the end. */
static int make(void **state)
{
	static char folder[32];

	(void)state;
	strcpy(folder, "/tmp/nestcheck-replace-XXXXXX");
	return !getcwd(home, sizeof(home)) || !mkdtemp(folder) || chdir(folder);
}

static int drop(void **state)
{
	char folder[PATH_MAX];

	(void)state;
	return !getcwd(folder, sizeof(folder)) || chdir(home) || rmdir(folder);
}

static void put(const char *path, const char *s)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(s, f);
	fclose(f);
}

static void holds(const char *path, const char *s)
{
	char buf[64] = "";
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_int_equal(fread(buf, 1, sizeof(buf) - 1, f), strlen(s));
	fclose(f);
	assert_string_equal(buf, s);
}

static unsigned int mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static bool is_kind(const char *path, mode_t kind)
{
	struct stat st;

	return !lstat(path, &st) && (st.st_mode & S_IFMT) == kind;
}

static void gone(const char *path)
{
	assert_int_equal(unlink(path), 0);
}

static int replace(const char *path, const char *s)
{
	return replace_file(path, s, strlen(s), NULL);
}

static int back_up_and_replace(const char *path, const char *s, struct replaced *how)
{
	struct target t;
	int ret = target_open(&t, path, true, how);

	if (!ret)
		ret = target_write(&t, s, strlen(s), true, how);
	target_close(&t);
	return ret;
}

static void new_ones(void **state)
{
	mode_t mask = umask(027);
	struct replaced how;

	(void)state;
	assert_int_equal(back_up_and_replace("f", "new\n", &how), 0);
	holds("f", "new\n");
	assert_int_equal(mode_of("f"), 0640);
	assert_int_equal(umask(mask), 027);
	assert_int_equal(replace_file("f", NULL, 0, NULL), 0);
	holds("f", "");
	gone("f");
	assert_int_equal(replace_file("nothing/f", "x", 1, &how), -ENOENT);
	assert_string_equal(how.step, "access its folder");
	assert_false(how.done);
}

static void old_ones(void **state)
{
	struct replaced how;
	struct stat st;

	(void)state;
	put("f", "old\n");
	assert_int_equal(link("f", "other"), 0);
	assert_int_equal(chmod("f", 0604), 0);
	if (!geteuid())
		assert_int_equal(chown("f", 1, 2), 0);
	assert_int_equal(replace_file("f", "new\n", 4, &how), 0);
	assert_string_equal(how.lost, "");
	holds("f", "new\n");
	holds("other", "old\n");
	assert_int_equal(mode_of("f"), 0604);
	assert_int_equal(stat("f", &st), 0);
	if (!geteuid())
		assert_true(st.st_uid == 1 && st.st_gid == 2);
	gone("other");
	gone("f");
}

/* Names that others chose, next to the file. */
static void neighbours(void **state)
{
	static const char *const names[] = { "f.tmp", "f.bak", "f~", ".f.swp" };

	(void)state;
	put("precious", "mine\n");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(symlink("precious", names[i]), 0);
	assert_int_equal(replace("f", "new\n"), 0);
	assert_int_equal(replace("f", "newer\n"), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_true(is_kind(names[i], S_IFLNK));
		gone(names[i]);
	}
	assert_true(is_kind("f", S_IFREG));
	holds("precious", "mine\n");
	gone("precious");
	gone("f");
}

static void names_of_any_length(void **state)
{
	char name[NAME_MAX + 2], path[3 * NAME_MAX + 8], *end = path;
	struct replaced how;

	(void)state;
	memset(name, 'a', sizeof(name));
	name[NAME_MAX] = '\0';
	for (int i = 0; i < 2; i++) {
		end += sprintf(end, "%s", name);
		assert_int_equal(mkdir(path, 0700), 0);
		end += sprintf(end, "/");
	}
	strcpy(end, name);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(replace(path, "new\n"), 0);
		holds(path, "new\n");
	}
	/* Its folder is the only other thing in there. */
	gone(path);
	for (int i = 0; i < 2; i++) {
		*strrchr(path, '/') = '\0';
		assert_int_equal(rmdir(path), 0);
	}
	name[NAME_MAX] = 'a';
	name[NAME_MAX + 1] = '\0';
	assert_int_equal(replace(name, "new\n"), -ENAMETOOLONG);
	/* Too long only with .bak. */
	name[NAME_MAX - 1] = '\0';
	put(name, "old\n");
	assert_int_equal(back_up_and_replace(name, "new\n", &how), -ENAMETOOLONG);
	holds(name, "old\n");
	gone(name);
}

static void links(void **state)
{
	char there[PATH_MAX];

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	assert_non_null(getcwd(there, sizeof(there) - 8));
	strcat(there, "/d/f");
	assert_int_equal(symlink("d/second", "first"), 0);
	assert_int_equal(symlink(there, "d/second"), 0);
	/* The file need not exist; a second time it does. */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(replace("first", i ? "again\n" : "new\n"), 0);
		holds("d/f", i ? "again\n" : "new\n");
		assert_true(is_kind("first", S_IFLNK) && is_kind("d/second", S_IFLNK));
	}
	gone("d/f");
	gone("d/second");
	assert_int_equal(symlink("../first", "d/second"), 0);
	assert_int_equal(replace("first", "x"), -ELOOP);
	gone("first");
	gone("d/second");
	assert_int_equal(symlink("d", "first"), 0);
	assert_int_equal(replace("first", "x"), -EISDIR);
	assert_int_equal(replace("d/", "x"), -EISDIR);
	assert_int_equal(replace("d/..", "x"), -EISDIR);
	assert_int_equal(replace("", "x"), -ENOENT);
	gone("first");
	assert_int_equal(rmdir("d"), 0);
}

/* A link in /tmp that another user made, for instance to /etc/passwd. */
static void links_of_others(void **state)
{
	struct replaced how;

	(void)state;
	if (geteuid())
		skip();
	assert_int_equal(mkdir("d", 0700), 0);
	assert_int_equal(chmod("d", 01777), 0);
	put("precious", "mine\n");
	assert_int_equal(symlink("../precious", "d/f"), 0);
	assert_int_equal(lchown("d/f", 65534, 65534), 0);
	assert_int_equal(replace_file("d/f", "new\n", 4, &how), -EACCES);
	holds("precious", "mine\n");
	assert_true(is_kind("d/f", S_IFLNK));
	/* Our own, and the folder's owner's. */
	assert_int_equal(lchown("d/f", 0, 0), 0);
	assert_int_equal(replace("d/f", "new\n"), 0);
	assert_int_equal(lchown("d/f", 65534, 65534), 0);
	assert_int_equal(chown("d", 65534, 65534), 0);
	assert_int_equal(replace("d/f", "newer\n"), 0);
	holds("precious", "newer\n");
	gone("d/f");
	gone("precious");
	assert_int_equal(rmdir("d"), 0);
}

static void keeps(const char *path, const char *name, const char *value, size_t size)
{
	char now[64];

	if (lgetxattr(path, name, now, sizeof(now)) != (ssize_t)size || memcmp(now, value, size))
		fail_msg("%s is lost", name);
}

/* acl(5), linux/posix_acl_xattr.h: user 1 may read and write. */
static const char acl[] = "\x02\0\0\0\x01\0\x06\0\xff\xff\xff\xff\x02\0\x06\0\x01\0\0\0\x04\0\0\0"
			  "\xff\xff\xff\xff\x10\0\x06\0\xff\xff\xff\xff\x20\0\0\0\xff\xff\xff\xff";
#define ACL "system.posix_acl_access"

static void attributes(void **state)
{
	static const char label[] = "system_u:object_r:virt_etc_rw_t:s0";
	struct replaced how;
	bool labelled;

	(void)state;
	put("f", "old\n");
	if (setxattr("f", "user.mine", "kept", 4, 0)) {
		gone("f");
		skip();
	}
	labelled = !setxattr("f", "security.selinux", label, sizeof(label), 0);
	assert_int_equal(setxattr("f", ACL, acl, sizeof(acl) - 1, 0), 0);
	assert_int_equal(mode_of("f"), 0660);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(replace_file("f", "new\n", 4, &how), 0);
		assert_string_equal(how.lost, "");
		keeps("f", "user.mine", "kept", 4);
		keeps("f", ACL, acl, sizeof(acl) - 1);
		if (labelled)
			keeps("f", "security.selinux", label, sizeof(label));
		assert_int_equal(mode_of("f"), 0660);
	}
	/* What belongs to the old contents. */
	if (!setxattr("f", "security.ima", "\x01", 1, 0)) {
		assert_int_equal(replace("f", "new\n"), 0);
		assert_int_equal(getxattr("f", "security.ima", NULL, 0), -1);
	}
	gone("f");
}

/* What a file inherits from its folder is not what the old file had. */
static void inherited(void **state)
{
	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	put("d/f", "old\n");
	assert_int_equal(chmod("d/f", 0604), 0);
	if (setxattr("d", "system.posix_acl_default", acl, sizeof(acl) - 1, 0)) {
		gone("d/f");
		assert_int_equal(rmdir("d"), 0);
		skip();
	}
	assert_int_equal(replace("d/f", "new\n"), 0);
	assert_int_equal(getxattr("d/f", ACL, NULL, 0), -1);
	assert_int_equal(mode_of("d/f"), 0604);
	/* A new file does get it. */
	assert_int_equal(replace("d/new", "new\n"), 0);
	assert_true(getxattr("d/new", ACL, NULL, 0) > 0);
	gone("d/f");
	gone("d/new");
	assert_int_equal(rmdir("d"), 0);
}

static void backups(void **state)
{
	struct replaced how;

	(void)state;
	put("f", "old\n");
	assert_int_equal(back_up_and_replace("f", "new\n", &how), 0);
	holds("f", "new\n");
	holds("f.bak", "old\n");
	assert_int_equal(back_up_and_replace("f", "third\n", &how), -EEXIST);
	assert_string_equal(how.step, "keep a backup of it (.bak)");
	holds("f", "new\n");
	holds("f.bak", "old\n");
	/* What a killed run leaves. */
	gone("f.bak");
	assert_int_equal(link("f", "f.bak"), 0);
	assert_int_equal(back_up_and_replace("f", "third\n", &how), 0);
	holds("f", "third\n");
	holds("f.bak", "new\n");
	gone("f.bak");
	/* Never through a link, not even one that leads nowhere. */
	assert_int_equal(symlink("nowhere", "f.bak"), 0);
	assert_int_equal(back_up_and_replace("f", "fourth\n", &how), -EEXIST);
	holds("f", "third\n");
	gone("f");
	gone("f.bak");
}

/* A failed write leaves nothing that is in the way of the next. */
static void failures(void **state)
{
	struct rlimit before, none = { 0, 0 };
	struct replaced how;

	(void)state;
	put("f", "old\n");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_IGN);
	none.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(back_up_and_replace("f", "new\n", &how), -EFBIG);
	assert_string_equal(how.step, "write beside it");
	assert_false(how.done);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	holds("f", "old\n");
	assert_int_equal(back_up_and_replace("f", "new\n", &how), 0);
	gone("f");
	gone("f.bak");
}

static void changed_meanwhile(void **state)
{
	struct replaced how;
	struct target t;

	(void)state;
	put("f", "old\n");
	assert_int_equal(target_open(&t, "f", true, &how), 0);
	assert_int_equal(rename("f", "g"), 0);
	put("f", "edited\n");
	assert_int_equal(target_write(&t, "new\n", 4, true, &how), -EBUSY);
	target_close(&t);
	holds("f", "edited\n");
	gone("f");
	assert_int_equal(target_open(&t, "f", true, &how), 0);
	put("f", "appeared\n");
	assert_int_equal(target_write(&t, "new\n", 4, false, &how), -EBUSY);
	target_close(&t);
	holds("f", "appeared\n");
	gone("f");
	gone("g");
}

static void one_after_the_other(void **state)
{
	long long start;
	int ready[2], status, fd;
	pid_t child;
	char c;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (!child) {
		struct target t;

		if (target_open(&t, "f", true, NULL) || write(ready[1], "", 1) != 1)
			_exit(1);
		usleep(300000);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	start = monotonic_ms();
	fd = open(".", O_RDONLY | O_DIRECTORY);
	assert_int_equal(folder_lock(fd), 0);
	assert_true(monotonic_ms() - start >= 200);
	close(fd);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(ready[0]);
	close(ready[1]);
	/* Who only replaces does not wait. */
	fd = open(".", O_RDONLY | O_DIRECTORY);
	assert_int_equal(folder_lock(fd), 0);
	assert_int_equal(replace("f", "new\n"), 0);
	close(fd);
	gone("f");
}

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

static void temporaries(void **state)
{
	(void)state;
	assert_true(is_temporary(".nestcheck-0123456789abcdef"));
	assert_false(is_temporary(".nestcheck-0123456789abcde"));
	assert_false(is_temporary(".nestcheck-0123456789abcdef0"));
	assert_false(is_temporary(".nestcheck-0123456789abcdeF"));
	assert_false(is_temporary("nestcheck-0123456789abcdef"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(new_ones),
		TEST(old_ones),
		TEST(neighbours),
		TEST(names_of_any_length),
		TEST(links),
		TEST(links_of_others),
		TEST(attributes),
		TEST(inherited),
		TEST(backups),
		TEST(failures),
		TEST(changed_meanwhile),
		TEST(one_after_the_other),
		TEST(fifos),
		TEST(sockets),
		TEST(devices),
		TEST(disks),
		TEST(terminals),
		TEST(own_output),
		TEST(temporaries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
