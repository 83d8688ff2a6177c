/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by probe and diagnose: gets facts from this machine or a file, and judges them. */
#ifndef NESTCHECK_CMD_REPLAY_H
#define NESTCHECK_CMD_REPLAY_H

#include "lib/report.h"

/*
 * Fills r from a facts file or, if that is NULL, from this machine, diagnoses it, and sets the
 * verdict that findings alone allow. False, with a message on stderr, if the file cannot be read.
 */
bool gather_and_judge(struct report *r, const char *facts);

/*
 * The same for a command that does something for that machine: also false, with a message, if it is
 * not known whether the CPU has VMX or SVM.
 */
bool gather_known(struct report *r, const char *facts);

#endif
