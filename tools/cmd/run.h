/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `nestcheck run`, between its files: run.c (options, what comes when), run_stages.c (what
 * each stage does), sinks.c (where the report goes), faults.c (what the tests break).
 */
#ifndef NESTCHECK_CMD_RUN_H
#define NESTCHECK_CMD_RUN_H

#include <stdint.h>

#include "lib/console.h"
#include "lib/params.h"
#include "lib/report.h"
#include "selftest/emulator.h"

struct run {
	struct report r;
	struct params p;
	struct consoles cs;
	/* Started by init: KVM is loaded, faults are played, the sinks of report= are served. */
	bool image;
	bool json;
	bool quiet;
	const char *facts;
	const char *file;    /* --report */
	bool terminal;	     /* progress goes to stderr, on one line that is written over */
	enum emulator below; /* the one below a hypervisor, where a test said so */
	char verdict[512];
	uint32_t dead_sinks; /* bit n: item n of report= was found not to work */
};

/*
 * One stage: its name in the report's timing and for init, and what the consoles are told
 * that is being done (NULL: nothing).
 */
struct stage {
	const char *name;
	const char *doing;
	void (*run)(struct run *run);
};

extern const struct stage run_stages[], replay_stages[];
extern const size_t n_run_stages, n_replay_stages;

/* One line of progress; on a terminal over the one before, NULL takes it away. */
void say_progress(struct run *run, const char *text);

/*
 * Sinks. sinks_check() names those that cannot work, while that can still get into the
 * report; sinks_send() writes the report to the others. sinks_file() is --report.
 */
void sinks_check(struct run *run);
void sinks_send(struct run *run);
int sinks_file(const char *path, const char *text);

/*
 * Faults (design.md, "Parameters"): faults_play() does what the parameters ask for at the start of a
 * stage; faults_name() makes each of them a finding.
 */
void faults_play(struct run *run, const char *stage);
void faults_name(struct run *run);
const char *fault_module_dir(struct run *run, const char *dir);

#endif
