/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state that the steps of setup host share: checks (look.c), the write (host.c), the module
 * (module.c), undo (undo.c).
 */
#ifndef NESTCHECK_SETUP_HOST_JOB_H
#define NESTCHECK_SETUP_HOST_JOB_H

#include "setup/host/change.h"
#include "setup/host/host.h"
#include "setup/setup.h"

/* own: the root is the running system's, and the facts are this machine's. */
struct host_job {
	struct report *r;
	const struct host_options *o;
	struct arena *a;
	int root;
	struct change_lock lock;
	bool own;
	const char *module;
	const char *before; /* the file's contents; NULL: there is no file */
	enum change_owner owner;
	const char *on_by; /* another file's line that turns nesting on (host.h) */
	const char *save;  /* what to do so that a change is there after a boot; NULL: nothing */
	bool changed;	   /* the file is written, or would be */
};

/* Print a paragraph: on stdout, unless --quiet; on stderr, always. */
void host_say(const struct host_job *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void host_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What was printed has reached standard output; else false, after a message. */
bool host_shown(void);

/* "nestcheck: cannot write /mnt/etc/...: Permission denied", and a remedy. Returns ERROR's status. */
int host_failed(const struct host_job *j, const char *what, int err);

/* The same for change_write() and change_undo(), whose change may be made all the same. */
int host_change_failed(const struct host_job *j, const struct replaced *how, int err);

/* For a dry run: 0, or an exit status after a message if a real one could not do it. */
int host_try(const struct host_job *j, struct change_plan p);

/* The path of the file as the user sees it. */
const char *host_path(const struct host_job *j);

#define HOST_GO_ON    (-1)
#define HOST_NO_WRITE (-2)

/*
 * Prints all warnings before anything is written. HOST_GO_ON, HOST_NO_WRITE if nesting is on at each
 * start without our file, or an exit status. *ineffective: with --force, the file is written although
 * a conflict overrides it, or it is lost.
 */
int host_look(struct host_job *j, bool *ineffective);

/* Reloads the module on this machine, or says what prevents it. Returns an exit status. */
int host_module(struct host_job *j);

int host_undo(struct host_job *j);

#endif
