// SPDX-License-Identifier: GPL-2.0-only
/*
 * Undoes what setup host wrote: restores the previous file byte for byte.
 */
#include <string.h>

#include "lib/error_text.h"
#include "lib/terminal.h"
#include "setup/host/job.h"
#include "setup/root.h"

static int undo_nothing(struct host_job *j, enum change_kept kept)
{
	const char *path = host_path(j);

	if (kept != KEPT_OTHER) {
		host_say(j, "There is nothing to undo: %s %s.", path,
			 j->before ? "was not written by nestcheck" : "is not there");
		return 0;
	}
	if (j->before)
		host_warn("nestcheck: %s was not written by nestcheck, and an earlier file is "
			  "still kept as " CHANGE_KEPT
			  " beside it. Delete the one that is not wanted, then run this again.",
			  path);
	else
		host_warn("nestcheck: %s is not there, and without it there is no record of what "
			  "was here before. " CHANGE_KEPT
			  " beside it is left alone: --force makes it %s.",
			  path, CHANGE_NAME);
	return EXIT_REFUSED;
}

/* What undo does: *restore, or delete our file. False after a message. */
static bool decide(struct host_job *j, enum change_kept kept, bool *restore)
{
	struct change_record r;
	char digest[SHA256_HEX];
	bool recorded = change_record_of(j->before, &r), same;

	*restore = kept == KEPT_OTHER;
	/* A version without records kept whatever was here. */
	if (!recorded)
		return true;
	if (!r.kept) {
		if (kept == KEPT_OTHER)
			host_say(j, CHANGE_KEPT " was here before nestcheck, and is left alone.");
		*restore = false;
		return true;
	}
	same = kept == KEPT_OTHER && change_digest(j->root, CHANGE_KEPT, digest) &&
	       !strcmp(digest, r.digest);
	if (same || j->o->force)
		return true;
	host_warn("nestcheck: " CHANGE_KEPT ", which undo has to make %s again, %s. --force %s.",
		  host_path(j),
		  kept == KEPT_OTHER ? "was changed since nestcheck put it there" : "is not there",
		  kept == KEPT_OTHER ? "takes it as it is" :
				       "deletes nestcheck's file nevertheless");
	return false;
}

static void show(struct host_job *j, bool kept)
{
	struct unseen unseen = { .n = 0 };
	struct text t = { 0 };
	const char *old = NULL;

	if (kept)
		old = root_read(j->a, j->root, CHANGE_FOLDER "/" CHANGE_KEPT, &unseen);
	if (unseen.n && unseen.err) {
		host_say(j,
			 "The file that is restored, " CHANGE_KEPT
			 ", is not shown: it cannot be read: %s.",
			 error_text(-unseen.err));
		return;
	}
	if (unseen.n)
		host_say(j,
			 "The file that is restored, " CHANGE_KEPT
			 ", is larger than " ROOT_FILE_MAX_TEXT ": only its beginning is shown.");
	change_diff(&t, "/" CHANGE_FOLDER "/" CHANGE_NAME, j->before, old);
	if (!j->o->quiet)
		print_text(&t);
	text_free(&t);
}

int host_undo(struct host_job *j)
{
	enum change_kept kept = change_kept_of(j->root);
	const char *path = host_path(j);
	struct change_record r;
	struct replaced how;
	bool restore;
	int err;

	if (j->owner == OWNER_ANOTHER ||
	    (j->owner == OWNER_NOBODY && !(kept == KEPT_OTHER && j->o->force)))
		return undo_nothing(j, kept);
	if (j->owner == OWNER_EDITED && !j->o->force) {
		host_warn("nestcheck: %s was changed since nestcheck wrote it, and undo would lose "
			  "that: --force does it anyway.",
			  path);
		return EXIT_REFUSED;
	}
	if (!decide(j, kept, &restore))
		return EXIT_REFUSED;
	show(j, restore);
	if (!host_shown())
		return verdict_exit_status(VERDICT_ERROR);
	change_record_of(j->before, &r);
	if (j->o->dry_run)
		return host_try(j, (struct change_plan){ .undo = true,
							 .restore = restore,
							 .made_folder = r.made_folder });
	err = change_undo(j->root, restore, r.made_folder, &how);
	if (err)
		return host_change_failed(j, &how, err);
	host_say(j, "%s is %s.", path, restore ? "as it was before" : "deleted");
	if (j->own)
		host_say(j,
			 "The running module does not change until it is reloaded: modprobe -r %s "
			 "&& modprobe %s, or restart.",
			 j->module ? j->module : "kvm_intel", j->module ? j->module : "kvm_intel");
	return 0;
}
