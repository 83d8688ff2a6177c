// SPDX-License-Identifier: GPL-2.0-only
/* Whether the one file can be changed, as far as can be seen without doing it (see change.h). */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/foresee.h"
#include "setup/host/change.h"
#include "setup/root.h"

/* In etc: the folder is made, or taken away again. */
static int try_folder(int root, const struct change_plan *p)
{
	int err, etc = root_open_at(root, "etc", O_RDONLY | O_DIRECTORY);
	struct stat st;

	if (etc < 0)
		return etc;
	err = foresee_add(etc, p->how);
	if (!err && p->undo)
		err = foresee_take(etc, "modprobe.d");
	/* A link to nothing. */
	else if (!err && !fstatat(etc, "modprobe.d", &st, AT_SYMLINK_NOFOLLOW))
		err = -EEXIST;
	close(etc);
	return err;
}

static const char *step_of(const struct change_plan *p)
{
	if (p->undo)
		return p->restore ? "cannot restore" : "cannot delete";
	return p->before == OWNER_ANOTHER ? "cannot keep what is in" : "cannot write";
}

int change_try(int root, const struct change_plan *p, struct replaced *how)
{
	int err, folder = root_open_at(root, CHANGE_FOLDER, O_RDONLY | O_DIRECTORY);

	*how = (struct replaced){ .step = "cannot open" };
	if (folder == -ENOENT && !p->undo) {
		how->step = "cannot create the folder of";
		return try_folder(root, p);
	}
	if (folder < 0)
		return folder;
	how->step = step_of(p);
	err = foresee_add(folder, p->how);
	if (!err && (p->undo || p->before != OWNER_NOBODY))
		err = foresee_take(folder, CHANGE_NAME);
	if (!err && p->restore)
		err = foresee_take(folder, CHANGE_KEPT);
	close(folder);
	if (!err && p->undo && !p->restore && p->made_folder) {
		how->step = "the folder that was made for it could not be deleted, after";
		err = try_folder(root, p);
	}
	return err;
}
