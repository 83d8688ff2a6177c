/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs of the installed system that may be started as root.
 */
#ifndef NESTCHECK_LIB_TRUSTED_PROGRAM_H
#define NESTCHECK_LIB_TRUSTED_PROGRAM_H

/*
 * The program at this absolute path without links, in new memory: a regular file that only root and
 * ourselves can change, or replace in any folder above it. NULL: it is not there, or somebody else can.
 */
char *trusted_program(const char *path);

/*
 * In a child, before it starts a program that needs no rights: no new ones, and if we are root, nobody's.
 * Ends the child if that is refused.
 */
void program_drop_rights(void);

#endif
