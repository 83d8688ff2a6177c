/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PID 1 of the image. The files below share one struct; what each of them does:
 *
 *	setup.c		mounts, stdio, the kernel's behaviour on an oops or panic
 *	console.c	every console that somebody may watch, SPCR's included
 *	parameters.c	the three sources of parameters
 *	medium.c	chooses the boot medium and mounts it read-only
 *	candidates.c	the volumes that it may be; drives.c: whether USB may yet show another
 *	watchdog.c	runs `nestcheck run` under a deadline and reads its verdict
 *	verdict.c	the verdict ERROR, if nestcheck gave none
 *	menu.c		keys and shells; menu_line.c: its decisions, pure
 *	power.c		power off, reboot, firmware setup
 *	children.c	processes, ours and orphaned
 *
 * Init never exits, and waits without a limit only for a key. It copes with whatever the kernel
 * lacks: it also runs on a distribution's kernel.
 */
#ifndef NESTCHECK_INIT_H
#define NESTCHECK_INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/console.h"
#include "lib/firmware.h"
#include "lib/medium.h"
#include "lib/params.h"
#include "lib/report.h"

#define NESTCHECK_PATH "/bin/nestcheck"
#define BUSYBOX_PATH   "/bin/busybox"
#define PARAMS_PATH    "/run/nestcheck.params"
#define EFIVARS_PATH   "/sys/firmware/efi/efivars"
#define FW_CFG_PATH    "/sys/firmware/qemu_fw_cfg"

struct init {
	struct params params;
	struct consoles cs;
	char console_list[256]; /* "tty0,ttyS0" */
	bool fw_cfg;		/* the kernel found QEMU's fw_cfg device */
	bool mounted;		/* the boot medium, at MEDIUM_PATH */
	struct arena arena;
	struct strings modified; /* what does not run as it was built */
	enum verdict_result verdict;
	unsigned int pace; /* of the last run (lib/pace.h); 0 before the first */
};

/* setup.c */
void setup_mounts(struct params *p);
void setup_stdio(void);
bool setup_has_fw_cfg(void);
void setup_kernel(bool fw_cfg);

/*
 * console.c: setup_consoles() fills console_list and opens cs; say() writes a sentence to every
 * console, with our name in front and line breaks.
 */
void setup_consoles(struct init *in);
void say(struct init *in, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* parameters.c: fills params, calls read_medium(), and writes PARAMS_PATH. */
void read_parameters(struct init *in);

/*
 * medium.c: mounts the boot medium, if there is one, and reads its nestcheck.cfg. Whether a report
 * may be written to it is in MEDIUM_ANSWER_FILE.
 */
void read_medium(struct init *in);

/*
 * candidates.c: the volumes with our label or serial number; what speaks for one of them. booted:
 * what UEFI started us from; NULL: not known. (Whether USB may yet show another: drives.h.)
 */
size_t candidates_find(struct medium_candidate *c, size_t max);
void candidate_examine(struct medium_candidate *c, const struct boot_path *booted);

/* watchdog.c: runs the check; on return in->verdict is set and is on every console. */
void watchdog_run(struct init *in);

/* verdict.c: sets in->verdict to ERROR and writes this line, with a banner on screens. */
void say_error(struct init *in, const char *line);

/* menu.c: never returns. shells: start with a shell on every console. */
_Noreturn void menu(struct init *in, bool shells);

/* power.c: powers off, reboots or enters setup. Returns only on failure, which the consoles show. */
void power_action(struct init *in, enum param_after how);

/*
 * children.c. child_fork() is fork() with default signal handling in the child. children_fd
 * polls readable if a child may have ended. child_reap() reaps one child, and returns 0 if none
 * has ended. child_wait() waits for one child and reaps others meanwhile; false on a timeout.
 */
extern int children_fd;
void children_init(void);
pid_t child_fork(void);
pid_t child_reap(int *status);
bool child_wait(pid_t pid, int ms, int *status);

#endif
