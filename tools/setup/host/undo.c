// SPDX-License-Identifier: GPL-2.0-only
/*
 * Undoes what setup host wrote: restores the previous file byte for byte.
 */
#include <stdio.h>

#include "setup/host/job.h"
#include "setup/root.h"

static int undo_nothing(struct host_job *j, enum change_kept kept)
{
	const char *path = host_path(j);

	if (kept == KEPT_OTHER) {
		host_warn(
			"nestcheck: %s was not written by nestcheck, and an earlier file is still "
			"kept as " CHANGE_KEPT
			" beside it. Delete the one that is not wanted, then "
			"run this again.",
			path);
		return EXIT_REFUSED;
	}
	/* An interrupted change that had no effect yet. */
	if (!j->o->dry_run && kept == KEPT_SAME)
		change_clean(j->root);
	host_say(j, "There is nothing to undo: %s %s.", path,
		 j->before ? "was not written by nestcheck" : "is not there");
	return 0;
}

static void show(struct host_job *j, bool kept)
{
	struct text t = { 0 };
	const char *old = kept ? root_read(j->a, j->root, CHANGE_FOLDER "/" CHANGE_KEPT) : NULL;

	change_diff(&t, "/" CHANGE_FOLDER "/" CHANGE_NAME, j->before, old);
	if (!j->o->quiet && t.s)
		fputs(t.s, stdout);
	text_free(&t);
}

int host_undo(struct host_job *j)
{
	enum change_kept kept = change_kept_of(j->root);
	const char *what = "cannot change", *path = host_path(j);
	int err;

	if (j->owner == OWNER_ANOTHER || (j->owner == OWNER_NOBODY && kept == KEPT_NOTHING))
		return undo_nothing(j, kept);
	if (j->owner == OWNER_EDITED && !j->o->force) {
		host_warn("nestcheck: %s was changed since nestcheck wrote it, and undo would lose "
			  "that: --force does it anyway.",
			  path);
		return EXIT_REFUSED;
	}
	show(j, kept == KEPT_OTHER);
	if (j->o->dry_run)
		return 0;
	err = change_undo(j->root, kept == KEPT_OTHER, change_made_folder(j->before), &what);
	if (err)
		return host_failed(j, what, err);
	change_clean(j->root);
	host_say(j, "%s is %s.", path, kept == KEPT_OTHER ? "as it was before" : "deleted");
	if (j->own)
		host_say(j,
			 "The running module does not change until it is reloaded: modprobe -r %s "
			 "&& modprobe %s, or restart.",
			 j->module ? j->module : "kvm_intel", j->module ? j->module : "kvm_intel");
	return 0;
}
