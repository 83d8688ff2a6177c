/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands of nestcheck (design.md, "Commands"): options in, stages called in order, exit status
 * out. One file per command; nestcheck.c only dispatches.
 */
#ifndef NESTCHECK_CMD_CMD_H
#define NESTCHECK_CMD_CMD_H

#include <stdbool.h>

/* argv[0] is the command's name. Returns the exit status. */
struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

int cmd_run(int argc, char **argv);
int cmd_probe(int argc, char **argv);
int cmd_diagnose(int argc, char **argv);
int cmd_load(int argc, char **argv);
int cmd_selftest(int argc, char **argv);
int cmd_chain(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_fleet(int argc, char **argv);
int cmd_send(int argc, char **argv);
int cmd_msr(int argc, char **argv);
int cmd_setup(int argc, char **argv);

/* nestcheck setup WHAT */
int cmd_setup_host(int argc, char **argv);
int cmd_setup_disk(int argc, char **argv);
int cmd_setup_guest(int argc, char **argv);
int cmd_setup_xml(int argc, char **argv);
int cmd_setup_script(int argc, char **argv);
int cmd_setup_check(int argc, char **argv);
int cmd_setup_packages(int argc, char **argv);

#endif
