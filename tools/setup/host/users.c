// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes that have KVM open, which prevents a reload of its module.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
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

static bool has_kvm_open(const char *process)
{
	char folder[300], path[600];
	struct dirent *e;
	bool found = false;
	DIR *d;

	snprintf(folder, sizeof(folder), "/proc/%s/fd", process);
	d = opendir(folder);
	while (d && !found && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		found = e->d_name[0] != '.' && is_kvm(path);
	}
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
		if (!isdigit((unsigned char)e->d_name[0]) || !has_kvm_open(e->d_name))
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
