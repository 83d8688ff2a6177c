// SPDX-License-Identifier: GPL-2.0-only
/* Writing a file for a user: what it keeps, what it never touches, and that no other file remains. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "lib/clock.h"

static void put(const char *path, const char *s)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(s, f);
	fclose(f);
}

static unsigned int mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
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

/* Whatever is there keeps its name: a file, one that may not be written, a link, a folder. */
static void another_name(void **state)
{
	static const char *const wanted[] = { "r.json", "r-2.json", "r-6.json", "r-7.json" };
	int folder = open(".", O_RDONLY | O_DIRECTORY);
	char name[16];

	(void)state;
	put("precious", "mine\n");
	for (int i = 0; i < 4; i++) {
		assert_int_equal(create_at(folder, "r", ".json", "new\n", 4, name, sizeof(name)),
				 0);
		assert_string_equal(name, wanted[i]);
		holds(name, "new\n");
		if (i == 1) {
			put("r-3.json", "old\n");
			assert_int_equal(chmod("r-3.json", 0400), 0);
			assert_int_equal(symlink("precious", "r-4.json"), 0);
			assert_int_equal(mkdir("r-5.json", 0700), 0);
		}
	}
	holds("precious", "mine\n");
	holds("r-3.json", "old\n");
	assert_true(is_kind("r-4.json", S_IFLNK) && is_kind("r-5.json", S_IFDIR));
	for (int i = 0; i < 4; i++)
		gone(wanted[i]);
	gone("precious");
	gone("r-3.json");
	gone("r-4.json");
	assert_int_equal(rmdir("r-5.json"), 0);
	/* All names are taken. */
	for (int i = 0; i < 99; i++)
		assert_int_equal(create_at(folder, "s", "", "x", 1, name, sizeof(name)), 0);
	assert_int_equal(create_at(folder, "s", "", "x", 1, name, sizeof(name)), -EEXIST);
	gone("s");
	for (int i = 2; i < 100; i++) {
		snprintf(name, sizeof(name), "s-%d", i);
		gone(name);
	}
	close(folder);
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
	int ready[2], status, fd, lock;
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
	assert_int_equal(folder_lock(fd, &lock), 0);
	assert_true(monotonic_ms() - start >= 200);
	close(fd);
	if (lock >= 0)
		close(lock);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(ready[0]);
	close(ready[1]);
	/* Who only replaces does not wait. */
	fd = open(".", O_RDONLY | O_DIRECTORY);
	assert_int_equal(folder_lock(fd, &lock), 0);
	assert_int_equal(replace("f", "new\n"), 0);
	close(fd);
	if (lock >= 0)
		close(lock);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(new_ones),
		TEST(old_ones),
		TEST(neighbours),
		TEST(another_name),
		TEST(names_of_any_length),
		TEST(links),
		TEST(links_of_others),
		TEST(attributes),
		TEST(inherited),
		TEST(backups),
		TEST(failures),
		TEST(changed_meanwhile),
		TEST(one_after_the_other),
		TEST(temporaries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
