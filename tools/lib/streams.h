/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Standard input, output and error of every command. What a command prints is its product: if it
 * could not be written, the exit status is ERROR's, whatever the command found (doc/statuses.md).
 */
#ifndef NESTCHECK_LIB_STREAMS_H
#define NESTCHECK_LIB_STREAMS_H

#include <stdbool.h>

/*
 * Called first. A closed descriptor would be given to the next file that is opened, and messages be
 * written into that: it is made one that fails. A pipe whose reader is gone is an error of write(),
 * not a signal. False if a descriptor could not be made; then nothing may be opened.
 */
bool streams_open(void);

/*
 * Writes out what was printed to standard output so far. False if it, or anything before it, could
 * not be written; the first such failure has a message on stderr.
 */
bool stdout_written(void);

/* For output that did not pass through stdio: it could not be written, for this errno or 0. */
void stdout_failed(int error);

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
