/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the steps of setup host hand to each other: looking (look.c), writing (host.c), the
 * module (module.c), taking it back (undo.c).
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
	bool own;
	const char *module;
	const char *before; /* what is in the file, NULL: there is none */
	enum change_owner owner;
};

/* A paragraph on stdout, unless --quiet; on stderr, always. */
void host_say(const struct host_job *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void host_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "nestcheck: cannot write /mnt/etc/...: Permission denied", and what to do. Returns EXIT_REFUSED. */
#define EXIT_REFUSED 1
int host_failed(const struct host_job *j, const char *what, int err);

/* The path of the file as its user knows it. */
const char *host_path(const struct host_job *j);

#define HOST_GO_ON (-1)

/*
 * All that is to be said before anything is written. HOST_GO_ON, or an exit status.
 * *ineffective: --force writes what something else keeps from working.
 */
int host_look(struct host_job *j, bool *ineffective);

/* Loads the module anew on this machine, or says what keeps it; an exit status. */
int host_module(struct host_job *j);

int host_undo(struct host_job *j);

#endif
