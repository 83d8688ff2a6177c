// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes that have KVM open, which prevents a reload of its module.
 */
#include <ctype.h>
#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "facts/sysfs.h"
#include "setup/host/host.h"

#define USERS_MAX 8

static bool is_kvm(const char *path)
{
	char to[64];
	ssize_t n = readlink(path, to, sizeof(to) - 1);

	if (n < 0)
		return false;
	to[n] = '\0';
	return !strcmp(to, "/dev/kvm") || !strncmp(to, "anon_inode:kvm-", 15);
}

static bool has_kvm_open(struct arena *a, const char *process)
{
	const char *folder = arena_printf(a, "/proc/%s/fd", process);
	DIR *d = opendir(folder);
	struct dirent *e;
	bool found = false;

	while (d && !found && (e = readdir(d)))
		if (e->d_name[0] != '.')
			found = is_kvm(arena_printf(a, "%s/%s", folder, e->d_name));
	if (d)
		closedir(d);
	return found;
}

const char *kvm_users(struct arena *a)
{
	const char *users = NULL, *name;
	struct dirent *e;
	unsigned int n = 0;
	DIR *d = opendir("/proc");

	while (d && (e = readdir(d))) {
		if (!isdigit((unsigned char)e->d_name[0]) || !has_kvm_open(a, e->d_name))
			continue;
		name = sys_readf(a, "/proc/%s/comm", e->d_name);
		if (++n <= USERS_MAX)
			users = arena_printf(a, "%s%s%s (process %s)", users ? users : "",
					     users ? ", " : "", name ? name : "?", e->d_name);
	}
	if (d)
		closedir(d);
	if (n > USERS_MAX)
		users = arena_printf(a, "%s and %u more", users, n - USERS_MAX);
	return users;
}
