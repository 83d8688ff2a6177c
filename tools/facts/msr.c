// SPDX-License-Identifier: GPL-2.0-only
/* Reading model-specific registers through the kernel's msr driver. */
#include "facts/facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "facts/collect.h"
#include "lib/procfs.h"

/* Documentation/admin-guide/devices.txt: 202 char, CPU model-specific registers. */
#define MSR_MAJOR 202

static bool driver_present(void)
{
	char line[128];

	return procfs_line("/proc/devices", "202 cpu/msr", line, sizeof(line));
}

/* If /dev has no node although the driver is loaded, create a temporary one. */
static int open_own_node(int cpu)
{
	char dir[] = "/tmp/nestcheck.XXXXXX", path[sizeof(dir) + 8];
	int fd;

	if (!driver_present())
		return -ENODEV;
	if (!mkdtemp(dir))
		return -ENODEV;
	snprintf(path, sizeof(path), "%s/msr", dir);
	fd = mknod(path, S_IFCHR | 0400, makedev(MSR_MAJOR, (unsigned int)cpu)) ? -errno : 0;
	if (!fd) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
		unlink(path);
	}
	rmdir(dir);
	return fd;
}

int msr_open(int cpu)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/cpu/%d/msr", cpu);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fd = errno == ENOENT ? open_own_node(cpu) : -errno;
	switch (fd) {
	case -EACCES:
		return -EPERM;
	case -ENOENT:
		return -ENODEV;
	default:
		return fd;
	}
}

int msr_read_fd(int fd, uint32_t index, uint64_t *value)
{
	ssize_t n = pread(fd, value, sizeof(*value), (off_t)index);

	if (n == (ssize_t)sizeof(*value))
		return 0;
	return n < 0 ? -errno : -EIO;
}

int msr_read(int cpu, uint32_t index, uint64_t *value)
{
	int fd = msr_open(cpu);
	int err;

	if (fd < 0)
		return fd;
	err = msr_read_fd(fd, index, value);
	close(fd);
	return err;
}
