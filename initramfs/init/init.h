/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PID 1 of the image. One struct that the files below hand around; who fills what:
 *
 *	setup.c		mounts, stdio, the kernel's behaviour when it breaks
 *	console.c	where people may look: active consoles and SPCR's
 *	parameters.c	the three places parameters come from
 *	medium.c	the boot medium, found and mounted read-only
 *	watchdog.c	the deadline over `nestcheck run`, and the verdict that it ended in
 *	verdict.c	the verdict ERROR where nestcheck could give none
 *	menu.c		keys and shells
 *	power.c		leaving
 *	children.c	processes, ours and orphaned
 *
 * Init never exits, never waits without a limit but for a key, and takes whatever the kernel
 * lacks as missing: it also runs on a distribution's kernel.
 */
#ifndef NESTCHECK_INIT_H
#define NESTCHECK_INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/console.h"
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
	enum verdict_result verdict;
	unsigned int pace; /* of the last run (lib/pace.h); 0 where there was none */
};

/* setup.c */
void setup_mounts(struct params *p);
void setup_stdio(void);
bool setup_has_fw_cfg(void);
void setup_kernel(bool fw_cfg);

/*
 * console.c: setup_consoles() fills console_list and opens cs; say() puts a sentence, with
 * our name and line breaks, on every console.
 */
void setup_consoles(struct init *in);
void say(struct init *in, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* parameters.c: fills params and writes PARAMS_PATH; medium.c through it. */
void read_parameters(struct init *in);

/* medium.c: mounts the boot medium where there is one, and reads its nestcheck.cfg. */
void read_medium(struct init *in);

/* watchdog.c: runs the check; returns with in->verdict set and on every console. */
void watchdog_run(struct init *in);

/* verdict.c: in->verdict is ERROR, and this line, with a banner on screens, says so. */
void say_error(struct init *in, const char *line);

/* menu.c: never returns. shells: start with a shell on every console. */
_Noreturn void menu(struct init *in, bool shells);

/* power.c: returns only where `how` cannot be done; the consoles then say why. */
void leave(struct init *in, enum param_after how);

/*
 * children.c. child_fork() is fork() with the signals of an ordinary process in the child.
 * children_fd polls readable when a child may have ended. child_reap() takes one that has
 * ended, 0 where none has; child_wait() waits for one and takes others on the way, false
 * where the time was up.
 */
extern int children_fd;
void children_init(void);
pid_t child_fork(void);
pid_t child_reap(int *status);
bool child_wait(pid_t pid, int ms, int *status);

#endif
