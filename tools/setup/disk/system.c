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

/* The value of KEY= at the beginning of a line, unquoted as by the shell (os-release(5)). */
static char *os_release_value(struct arena *a, const char *text, const char *key)
{
	size_t len = strlen(key);
	char *value, *to;

	while (text && !(!strncmp(text, key, len) && text[len] == '=')) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	if (!text)
		return NULL;
	text += len + 1;
	value = to = arena_strndup(a, text, strcspn(text, "\n"));
	for (const char *from = value; *from; from++) {
		if (*from == '\\' && from[1])
			from++;
		else if (*from == '"' || *from == '\'' || *from == '\r')
			continue;
		*to++ = *from;
	}
	*to = '\0';
	return *value ? value : NULL;
}

const char *os_release_name(struct arena *a, const char *text)
{
	const char *name = os_release_value(a, text, "PRETTY_NAME");

	return name ? name : os_release_value(a, text, "NAME");
}

static const char *read_os_release(struct arena *a, int root)
{
	const char *text = root_read(a, root, "etc/os-release");

	return text && *text ? text : root_read(a, root, "usr/lib/os-release");
}

bool installed_at(struct arena *a, const char *root, struct installed *s)
{
	int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *text;

	if (fd < 0)
		return false;
	text = read_os_release(a, fd);
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
