/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing to what is not a regular file: a terminal, another character device, a FIFO, a socket. It
 * may have no reader, or one that reads no more, so each wait has a limit.
 */
#ifndef NESTCHECK_LIB_WRITE_STREAM_H
#define NESTCHECK_LIB_WRITE_STREAM_H

#include <stddef.h>

/* The longest time without progress. */
#define STREAM_STUCK_MS 5000

/*
 * A descriptor, or a negative errno with the step that failed in *step: -ETIMEDOUT for a FIFO or
 * socket that nobody reads, -EINVAL for a disk.
 */
int stream_open(const char *path, const char **step);

/* Any descriptor that is not a regular file's; one that blocks does so for 4 KiB at most. */
int stream_write(int fd, const char *s, size_t size);

#endif
