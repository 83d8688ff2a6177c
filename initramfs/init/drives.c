// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether USB may yet show a drive that it has found, by its folders in sysfs.
 */
#include "drives.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/procfs.h"

static bool is_empty(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	bool empty = true;

	while (dir && empty && (e = readdir(dir)))
		empty = e->d_name[0] == '.';
	if (dir)
		closedir(dir);
	return empty;
}

/* A drive or a CD by its SCSI type (include/scsi/scsi_proto.h), whose disk is not there yet. */
static bool without_disk(const char *device)
{
	char path[PATH_MAX];
	int64_t type;

	snprintf(path, sizeof(path), "%s/type", device);
	if (!procfs_number(path, &type) || (type != 0 && type != 5 && type != 7 && type != 14))
		return false;
	snprintf(path, sizeof(path), "%s/block", device);
	return is_empty(path);
}

/* The worst state of the entries of this folder that begin so. */
static enum drives worst_of(const char *path, const char *prefix,
			    enum drives (*state_of)(const char *entry), enum drives none)
{
	DIR *dir = opendir(path);
	enum drives worst = DRIVES_ANSWERED;
	bool any = false;
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		char entry[PATH_MAX];
		enum drives state;

		if (e->d_name[0] == '.' || strncmp(e->d_name, prefix, strlen(prefix)) != 0 ||
		    !strpbrk(e->d_name, "0123456789") ||
		    snprintf(entry, sizeof(entry), "%s/%s", path, e->d_name) >= PATH_MAX)
			continue;
		any = true;
		state = state_of(entry);
		if (state > worst)
			worst = state;
	}
	if (dir)
		closedir(dir);
	return any ? worst : none;
}

static enum drives of_device(const char *device)
{
	return without_disk(device) ? DRIVES_SLOW : DRIVES_ANSWERED;
}

/* Its devices are named by its numbers: target2:0:0 has 2:0:0:0. */
static enum drives of_target(const char *target)
{
	return worst_of(target, strstr(target, "/target") + strlen("/target"), of_device,
			DRIVES_SLOW);
}

static enum drives of_host(const char *host)
{
	return worst_of(host, "target", of_target, DRIVES_PENDING);
}

static enum drives of_interface(const char *interface)
{
	return strchr(strrchr(interface, '/'), ':') ?
		       worst_of(interface, "host", of_host, DRIVES_PENDING) :
		       DRIVES_ANSWERED;
}

/*
 * usb-storage scans a stick one second after it has found it (delay_use), and it has a SCSI host
 * with a target then. Its disk appears behind that: sd probes it in a thread of its own.
 */
enum drives drives_state(const char *sysfs)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/bus/usb/drivers/usb-storage", sysfs);
	return worst_of(path, "", of_interface, DRIVES_ANSWERED);
}

size_t drives_found(const char *sysfs)
{
	char path[PATH_MAX];
	DIR *dir;
	struct dirent *e;
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/bus/usb/devices", sysfs);
	dir = opendir(path);
	while (dir && (e = readdir(dir)))
		n += e->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return n;
}
