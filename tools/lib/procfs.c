// SPDX-License-Identifier: GPL-2.0-only
/*
 * Single numbers in /proc and /sys.
 */
#include "lib/procfs.h"

#include <inttypes.h>
#include <stdio.h>

bool procfs_number(const char *path, int64_t *value)
{
	FILE *f = fopen(path, "re");
	bool ok;

	if (!f)
		return false;
	ok = fscanf(f, "%" SCNd64, value) == 1;
	fclose(f);
	return ok;
}

bool kernel_taint(uint64_t *taint)
{
	int64_t value;

	if (!procfs_number("/proc/sys/kernel/tainted", &value))
		return false;
	*taint = (uint64_t)value;
	return true;
}
