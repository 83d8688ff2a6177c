/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Standard input, output and error of every command. What a command prints is its product: if it
 * could not be written (lib/terminal.h), the exit status is ERROR's, whatever the command found
 * (doc/statuses.md).
 */
#ifndef NESTCHECK_LIB_STREAMS_H
#define NESTCHECK_LIB_STREAMS_H

#include <stdbool.h>

/*
 * Called first. A closed descriptor would be given to the next file that is opened, and messages be
 * written into that: it is made one that fails. A pipe whose reader is gone is an error of write(),
 * not a signal, and so is a file that may not become larger (RLIMIT_FSIZE). False if a descriptor could not be made; then nothing may be opened.
 */
bool streams_open(void);

/*
 * Right after a guarded child has printed progress (selftest/guard.h): ends this process with
 * STREAMS_LOST if that could not be written. Nobody would see the rest; the parent has nothing to
 * add, and ends with ERROR's status.
 */
#define STREAMS_LOST 5
void stdout_written_or_end(void);

/* Called last: the exit status, given the command's own. */
int streams_end(int status);

#endif
