/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the files of `nestcheck run`: run.c (options, order of the stages), run_stages.c (the
 * stages), sinks.c (where the report goes), faults.c (faults that tests inject).
 */
#ifndef NESTCHECK_CMD_RUN_H
#define NESTCHECK_CMD_RUN_H

#include <stdint.h>

#include "lib/console.h"
#include "lib/emulator.h"
#include "lib/params.h"
#include "lib/report.h"
#include "selftest/health.h"

struct run {
	struct report r;
	struct params p;
	struct consoles cs;
	/* Started by init: loads KVM, injects faults, writes to the sinks of report=. */
	bool image;
	bool json;
	bool quiet;
	const char *facts;
	const char *file;     /* --report */
	const char *told;     /* what init found replaced (lib/manifest.h); NULL: it did not look */
	bool stdout_only;     /* no consoles: a program may read it, so nothing may be dropped */
	bool terminal;	      /* progress goes to stderr, on one line that is overwritten */
	struct health health; /* the kernel's log, from before KVM is loaded to the self-test's end */
	enum emulator below; /* the emulator below a hypervisor, if a test named it */
	char verdict[512];
	bool wants_chain;    /* the chain is a part of the self-test */
	bool lines_begun;    /* lines.c: the first line for machines is out */
	size_t lines_shown;  /* and so many cases */
	uint32_t dead_sinks; /* bit n: item n of report= does not work */
};

/*
 * One stage: its name in the report's timing and for init, and its progress message for the
 * consoles (NULL: none).
 */
struct stage {
	const char *name;
	const char *doing;
	void (*run)(struct run *run);
};

extern const struct stage run_stages[], replay_stages[];
extern const size_t n_run_stages, n_replay_stages;

/* Shows one line of progress. On a terminal it overwrites the previous one; NULL removes it. */
void show_progress(struct run *run, const char *text);

/*
 * Sinks. sinks_check() names those that cannot work, early enough for the report; sinks_send()
 * writes the report to the others.
 */
void sinks_check(struct run *run);
void sinks_send(struct run *run);

/*
 * read_back.c: whether the FAT at this folder has a file of this name and text. 0 or a negative errno,
 * those of fat_has_file() included.
 */
int read_back(const char *folder, const char *name, const char *text);

/*
 * Faults (design.md, "Parameters"): faults_inject() injects the requested faults at the start of a
 * stage; fault_played() records another one that was injected; faults_name() adds a finding for each that
 * was requested: fault-played or, if nothing came to inject it, fault-not-played.
 */
void faults_inject(struct run *run, const char *stage);
void fault_played(struct run *run, const char *name);
void faults_name(struct run *run);
const char *fault_module_dir(struct run *run, const char *dir);

#endif
