// SPDX-License-Identifier: GPL-2.0-only
/*
 * setup host: enables nesting permanently on one root. Checks, shows the change, changes one file,
 * and reloads the module.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kvm/kvm.h"
#include "lib/error_text.h"
#include "lib/terminal.h"
#include "lib/vendor.h"
#include "setup/host/job.h"
#include "setup/root.h"

/* The file into j->before and j->owner. 0, or an exit status after a message. */
static int read_ours(struct host_job *j)
{
	size_t size;
	char *s;
	int err = change_read(j->root, &s, &size);

	j->before = NULL;
	j->owner = OWNER_NOBODY;
	switch (err) {
	case 0:
		break;
	case -ENOENT:
		return 0;
	case -EINVAL:
	case -EFBIG:
	case -ELOOP:
	case -ENXIO:
		host_warn("nestcheck: %s is no regular file of at most 1 MiB (perhaps a link or a "
			  "folder): remove it first.",
			  host_path(j));
		return EXIT_REFUSED;
	default:
		return host_failed(j, "cannot read", err);
	}
	for (size_t i = 0; i < size; i++)
		if (!s[i])
			s[i] = '?';
	j->before = arena_strdup(j->a, s);
	free(s);
	j->owner = change_owner_of(j->before);
	return 0;
}

/* A file of nestcheck that was edited since: accepted if it still turns nesting on. */
static int edited(struct host_job *j)
{
	struct conf conf = { CHANGE_FOLDER "/" CHANGE_NAME, j->before };
	struct confs confs = { &conf, 1 };
	struct conflicts conflicts = { .n = 0 };

	modprobe_conflicts(j->a, &confs, j->module, "", &conflicts);
	if (!conflicts.n && strstr(j->before, "nested=") && strstr(j->before, j->module)) {
		host_say(j,
			 "%s turns nesting on already; it was changed since nestcheck wrote it, "
			 "and is not changed again.",
			 host_path(j));
		return 0;
	}
	host_warn("nestcheck: %s was changed since nestcheck wrote it, and does not turn nesting "
		  "on: change it back, or delete it, then run this again.",
		  host_path(j));
	return EXIT_REFUSED;
}

static int show_and_write(struct host_job *j, const char *after, const struct change_record *record)
{
	struct replaced how;
	struct text t = { 0 };
	int err;

	j->changed = true;
	change_diff(&t, "/" CHANGE_FOLDER "/" CHANGE_NAME, j->before, after);
	if (!j->o->quiet)
		print_text(&t);
	text_free(&t);
	if (!host_shown())
		return verdict_exit_status(VERDICT_ERROR);
	if (j->o->dry_run)
		return host_try(j, (struct change_plan){ .undo = false });
	err = change_write(j->root, after, j->owner, record, &how);
	if (err)
		return host_change_failed(j, &how, err);
	host_say(j, "%s is written.", host_path(j));
	return 0;
}

/* What undo will have to know. 0, or an exit status after a message. */
static int make_record(struct host_job *j, struct change_record *r)
{
	enum change_kept kept = change_kept_of(j->root);
	int folder = root_open_at(j->root, CHANGE_FOLDER, O_PATH);

	*r = (struct change_record){ .made_folder = folder == -ENOENT };
	if (folder >= 0)
		close(folder);
	else if (folder != -ENOENT)
		return host_failed(j, "cannot open the folder of", folder);
	switch (j->owner) {
	case OWNER_NOBODY:
		if (kept == KEPT_OTHER)
			host_say(j, CHANGE_KEPT " beside it is no file that this run replaces: it "
						"stays as it is, also at an undo.");
		return 0;
	case OWNER_ANOTHER:
		if (kept == KEPT_OTHER) {
			host_warn(
				"nestcheck: %s was not written by nestcheck, and " CHANGE_KEPT
				" beside it already keeps an earlier file. Delete the one that is "
				"not wanted, then run this again.",
				host_path(j));
			return EXIT_REFUSED;
		}
		r->kept = change_digest(j->root, CHANGE_NAME, r->digest);
		return r->kept ? 0 : host_failed(j, "cannot read", -EIO);
	case OWNER_US:
	case OWNER_EDITED:
		break;
	}
	/* From a version without records: what is kept was kept by that. */
	if (!change_record_of(j->before, r) && kept == KEPT_OTHER)
		r->kept = change_digest(j->root, CHANGE_KEPT, r->digest);
	return 0;
}

static int write_conf(struct host_job *j)
{
	struct change_record record;
	struct text after = { 0 };
	int status;

	if (j->owner == OWNER_EDITED)
		return edited(j);
	if (j->owner == OWNER_NOBODY && j->on_by)
		host_say(j, "Nesting is already on by %s. Our file keeps it on if that line goes.",
			 j->on_by);
	status = make_record(j, &record);
	if (status)
		return status;
	change_contents(&after, j->module, &record);
	if (j->before && !strcmp(j->before, after.s))
		host_say(j, "%s is as it should be; nothing is changed.", host_path(j));
	else
		status = show_and_write(j, after.s, &record);
	text_free(&after);
	return status;
}

/*
 * Reads, writes and undoes one after the other with other nestchecks. A look needs no lock. 0, or an
 * exit status after a message.
 */
static int lock(struct host_job *j)
{
	struct replaced how;
	int err;

	j->lock.etc = -1;
	if (j->o->dry_run)
		return 0;
	err = change_lock(j->root, &j->lock, &how);
	if (err == -ETIMEDOUT) {
		host_warn("nestcheck: another nestcheck is changing this system: for %d s it has "
			  "held a lock on %s/etc. Run this again when it has ended.",
			  FOLDER_LOCK_MS / 1000, j->o->root);
		return EXIT_REFUSED;
	}
	if (err)
		return host_failed(j, how.step, err);
	change_clean(j->root);
	return 0;
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
	if (status == HOST_NO_WRITE)
		status = 0;
	else if (status == HOST_GO_ON)
		status = write_conf(j);
	else
		return status;
	change_unlock(&j->lock);
	if (status)
		return status;
	if (j->own && !j->r->replayed)
		status = host_module(j);
	else if (!j->o->dry_run)
		host_say(j,
			 "It takes effect when that system is started next; no module was loaded "
			 "here.");
	if (ineffective && !j->o->dry_run)
		host_warn(
			"nestcheck: written, but it has no effect that lasts until the contradictions "
			"above are resolved");
	if (j->save)
		host_warn("one more step: /etc is in memory, and what is written there is lost at "
			  "the next start. To keep it, %s.",
			  j->save);
	return ineffective || (j->save && j->changed) ? EXIT_REFUSED : status;
}

int host_setup(struct report *r, const struct host_options *o)
{
	struct host_job j = { .r = r, .o = o, .a = &r->arena };
	int status;

	j.module = vendor_module(r->cpu.vendor);
	j.root = root_open(o->root);
	if (j.root < 0) {
		host_warn("nestcheck: %s is no root of a system: %s", o->root,
			  j.root == -ENOTDIR ? "it has no folder etc" : error_text(-j.root));
		return verdict_exit_status(VERDICT_ERROR);
	}
	j.own = root_is_own(j.root);
	status = lock(&j);
	if (!status)
		status = read_ours(&j);
	if (!status)
		status = o->undo ? host_undo(&j) : set_up(&j);
	change_unlock(&j.lock);
	close(j.root);
	return status;
}
