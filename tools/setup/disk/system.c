// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system in a root: os-release, and the kernels that have modules there.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "setup/disk/disk.h"
#include "setup/kernels.h"

const char *os_release_name(struct arena *a, const char *text)
{
	const char *name = os_release_value(a, text, "PRETTY_NAME");

	return name ? name : os_release_value(a, text, "NAME");
}

int installed_at(struct arena *a, const char *root, struct installed *s)
{
	int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct unseen unseen = { .n = 0 };
	const char *text;

	if (fd < 0)
		return -errno;
	text = root_os_release(a, fd, &unseen);
	if (text && *text) {
		s->name = os_release_name(a, text);
		if (!s->name)
			s->name = "a system without a name";
		/* setup host names what it cannot see of them. */
		root_kernels(a, fd, &s->kernels, &(struct unseen){ .n = 0 });
		sleep_find(a, fd, &s->sleep);
	}
	close(fd);
	return text && *text ? 0 : unseen.err ? unseen.err : -ENOENT;
}
