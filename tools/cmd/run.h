/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the files of `nestcheck run`: run.c (options, order of the stages), run_stages.c (the
 * stages), sinks.c (where the report goes), faults.c (faults that tests inject).
 */
#ifndef NESTCHECK_CMD_RUN_H
#define NESTCHECK_CMD_RUN_H

#include <stdint.h>
#include <sys/types.h>

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
	const char *found;    /* what init found replaced (lib/manifest.h); NULL: it did not look */
	bool stdout_only;     /* no consoles: a program may read it, so nothing may be dropped */
	bool terminal;	      /* progress goes to stderr, on one line that is overwritten */
	struct health health; /* the kernel's log, from before KVM is loaded to the self-test's end */
	enum emulator below; /* the emulator below a hypervisor, if a test named it */
	char verdict[512];
	bool wants_chain;    /* the chain is a part of the self-test */
	bool lines_begun;    /* lines.c: the first line for machines is out */
	size_t lines_shown;  /* and so many cases */
	uint32_t dead_sinks; /* bit n: item n of report= does not work */
	pid_t started;	     /* the child that sends nestcheck.started/1; 0: none */
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

/* The next item of a comma list; false at its end. Those of report= that can be counted in dead_sinks. */
bool sink_next(const char **list, char *item, size_t size);
#define SINKS_MAX 32

/*
 * sinks_net.c: the sinks that are URLs. net_sinks_start() sends nestcheck.started/1 to them while the
 * check runs, in a child that has ended when net_sinks_send() sends the report. net_sink_problem(): a
 * clause, in r->arena; if there is no network, NULL, but then *dead is set, and there is a finding.
 * net_sinks_send() comes before the other sinks: what was not sent is a finding of their report.
 */
void net_sinks_start(struct run *run);
const char *net_sink_problem(struct run *run, const char *url, bool *dead);
void net_sinks_send(struct run *run);

/* Sets r->machine.mac, if the interface that init uses has an address now; false if not. */
bool find_mac(struct report *r);

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
