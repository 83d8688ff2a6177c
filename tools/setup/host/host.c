// SPDX-License-Identifier: GPL-2.0-only
/*
 * setup host: nesting for good on one root. Looks first, shows what it changes, changes one file, and
 * has the module loaded anew.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kvm/kvm.h"
#include "lib/vendor.h"
#include "setup/host/job.h"
#include "setup/root.h"

/* The file into j->before and j->owner. 0, or an exit status after a message. */
static int read_ours(struct host_job *j)
{
	const char *path = CHANGE_FOLDER "/" CHANGE_NAME;
	int fd = root_open_at(j->root, path, O_PATH | O_NOFOLLOW);
	struct stat st;
	bool is_file;

	j->before = NULL;
	j->owner = OWNER_NOBODY;
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return host_failed(j, "cannot look at", fd);
	is_file = !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size < ROOT_FILE_MAX;
	close(fd);
	if (!is_file) {
		host_warn("nestcheck: %s is not a file as others are (a link, a folder, or more "
			  "than 1 MiB): take it away first.",
			  host_path(j));
		return EXIT_REFUSED;
	}
	fd = root_open_at(j->root, path, O_RDONLY | O_NOFOLLOW);
	if (fd < 0)
		return host_failed(j, "cannot read", fd);
	close(fd);
	j->before = root_read(j->a, j->root, path);
	j->owner = change_owner_of(j->before);
	return 0;
}

/* What nestcheck wrote and somebody changed: fine where it still says that nesting is on. */
static int edited(struct host_job *j)
{
	struct conf conf = { CHANGE_FOLDER "/" CHANGE_NAME, j->before };
	struct confs confs = { &conf, 1 };
	struct conflicts conflicts = { NULL, 0 };

	modprobe_conflicts(j->a, &confs, j->module, "", &conflicts);
	if (!conflicts.n && strstr(j->before, "nested=") && strstr(j->before, j->module)) {
		host_say(j,
			 "%s says so already; it was changed since nestcheck wrote it, and "
			 "stays as it is.",
			 host_path(j));
		return 0;
	}
	host_warn("nestcheck: %s was changed since nestcheck wrote it, and does not turn nesting "
		  "on: change it back, or delete it, then run this again.",
		  host_path(j));
	return EXIT_REFUSED;
}

static int put(struct host_job *j, const char *after)
{
	const char *what = "cannot change";
	struct text t = { 0 };
	int err;

	change_diff(&t, "/" CHANGE_FOLDER "/" CHANGE_NAME, j->before, after);
	if (!j->o->quiet)
		fputs(t.s ? t.s : "", stdout);
	text_free(&t);
	if (j->o->dry_run)
		return 0;
	err = change_write(j->root, after, j->owner == OWNER_ANOTHER, &what);
	if (err)
		return host_failed(j, what, err);
	host_say(j, "%s is written.", host_path(j));
	return 0;
}

static int write_file(struct host_job *j)
{
	bool made_folder = !root_has(j->root, CHANGE_FOLDER);
	struct text after = { 0 };
	int status = 0;

	if (j->owner == OWNER_EDITED)
		return edited(j);
	if (j->owner == OWNER_ANOTHER && change_kept_of(j->root) == KEPT_OTHER) {
		host_warn("nestcheck: %s is not what nestcheck wrote, and " CHANGE_KEPT " beside "
			  "it already keeps what was there before that. Delete the one that is not "
			  "wanted, then run this again.",
			  host_path(j));
		return EXIT_REFUSED;
	}
	change_contents(&after, j->module, made_folder || change_made_folder(j->before));
	if (j->before && !strcmp(j->before, after.s)) {
		host_say(j, "%s is as it should be; nothing is changed.", host_path(j));
		if (!j->o->dry_run && !geteuid())
			change_clean(j->root);
	} else {
		status = put(j, after.s);
	}
	text_free(&after);
	return status;
}

static int set_up(struct host_job *j)
{
	bool ineffective = false;
	int status;

	if (!j->module) {
		host_warn("nestcheck: nothing is written: KVM has no module for %s.",
			  j->r->cpu.vendor == VENDOR_UNKNOWN ? "a CPU that is not known" :
							       "a CPU of this vendor");
		return verdict_exit_status(VERDICT_UNSUPPORTED);
	}
	status = host_look(j, &ineffective);
	if (status != HOST_GO_ON)
		return status;
	status = write_file(j);
	if (status)
		return status;
	if (j->own && !j->r->replayed)
		status = host_module(j);
	else if (!j->o->dry_run)
		host_say(j,
			 "It holds when that system is started next; no module was loaded here.");
	if (ineffective && !j->o->dry_run)
		host_warn("nestcheck: written, and in vain until what contradicts is changed");
	return ineffective ? EXIT_REFUSED : status;
}

int host_setup(struct report *r, const struct host_options *o)
{
	struct host_job j = { .r = r, .o = o, .a = &r->arena };
	int status;

	j.module = vendor_module(r->cpu.vendor);
	j.root = root_open(o->root);
	if (j.root < 0) {
		host_warn("nestcheck: %s is no root of a system: %s", o->root,
			  j.root == -ENOTDIR ? "it has no folder etc" : strerror(-j.root));
		return EXIT_REFUSED;
	}
	j.own = root_is_own(j.root);
	status = read_ours(&j);
	if (!status)
		status = o->undo ? host_undo(&j) : set_up(&j);
	close(j.root);
	return status;
}
