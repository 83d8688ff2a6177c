// SPDX-License-Identifier: GPL-2.0-only
/* Kernel modules by system calls; see module.h. */
#include "kvm/module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "facts/sysfs.h"
#include "lib/error_text.h"

/* Documentation/ABI/stable/sysfs-module: a built-in one has parameters but no initstate. */
enum module_state module_state(struct arena *a, const char *name)
{
	if (sys_exists(arena_printf(a, "/sys/module/%s/initstate", name)))
		return MODULE_LOADED;
	if (sys_exists(arena_printf(a, "/sys/module/%s", name)))
		return MODULE_BUILT_IN;
	return MODULE_ABSENT;
}

unsigned long module_users(struct arena *a, const char *name)
{
	const char *count = sys_readf(a, "/sys/module/%s/refcnt", name);

	return count ? strtoul(count, NULL, 10) : 0;
}

int module_insert(const char *path, const char *arguments)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, arguments, 0) && errno != EEXIST)
		err = -errno;
	close(fd);
	return err;
}

int module_remove(const char *name)
{
	if (!syscall(SYS_delete_module, name, O_NONBLOCK))
		return 0;
	return errno == EWOULDBLOCK ? -EBUSY : -errno;
}

static const struct {
	int err;
	const char *name;
} errno_names[] = {
	{ EPERM, "EPERM" },
	{ ENOENT, "ENOENT" },
	{ EIO, "EIO" },
	{ ENXIO, "ENXIO" },
	{ ENOEXEC, "ENOEXEC" },
	{ ENOMEM, "ENOMEM" },
	{ EACCES, "EACCES" },
	{ EBUSY, "EBUSY" },
	{ EEXIST, "EEXIST" },
	{ ENODEV, "ENODEV" },
	{ EINVAL, "EINVAL" },
	{ EOPNOTSUPP, "EOPNOTSUPP" },
	{ ETIMEDOUT, "ETIMEDOUT" },
	{ EKEYREJECTED, "EKEYREJECTED" },
};

const char *errno_text(struct arena *a, int err)
{
	for (size_t i = 0; i < sizeof(errno_names) / sizeof(errno_names[0]); i++)
		if (errno_names[i].err == err)
			return arena_printf(a, "%s: %s", errno_names[i].name, error_text(err));
	return arena_printf(a, "errno %d: %s", err, error_text(err));
}
