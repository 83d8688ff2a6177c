// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system in a root: os-release, and the kernels that have modules there.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "setup/disk/disk.h"
#include "setup/kernels.h"
#include "setup/root.h"

const char *os_release_name(struct arena *a, const char *text)
{
	const char *name = os_release_value(a, text, "PRETTY_NAME");

	return name ? name : os_release_value(a, text, "NAME");
}

bool installed_at(struct arena *a, const char *root, struct installed *s)
{
	int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *text;

	if (fd < 0)
		return false;
	text = root_os_release(a, fd);
	if (text && *text) {
		s->name = os_release_name(a, text);
		if (!s->name)
			s->name = "a system without a name";
		root_kernels(a, fd, &s->kernels);
		sleep_find(a, fd, &s->sleep);
	}
	close(fd);
	return text && *text;
}
