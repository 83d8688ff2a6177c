// SPDX-License-Identifier: GPL-2.0-only
/*
 * Standard input, output and error: open, and whether everything was written (see streams.h).
 */
#include "lib/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/report.h"

/* A failure of standard output has been reported. */
static bool failed;

bool streams_open(void)
{
	/* Opened the wrong way round, so that reads and writes fail as on a closed one. */
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDONLY };

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
			return false;
	signal(SIGPIPE, SIG_IGN);
	return true;
}

void stdout_failed(int error)
{
	if (!failed)
		fprintf(stderr, "nestcheck: standard output: %s\n",
			error ? strerror(error) : "not all could be written");
	failed = true;
}

/* error: the errno of what was printed last, in case that has failed; 0 if it may be another's. */
static bool written(int error)
{
	errno = 0;
	if (fflush(stdout))
		stdout_failed(errno);
	else if (ferror(stdout))
		stdout_failed(error);
	return !failed;
}

bool stdout_written(void)
{
	return written(0);
}

void stdout_written_or_end(void)
{
	if (!written(errno))
		_exit(STREAMS_LOST);
}

int streams_end(int status)
{
	bool written = stdout_written();

	/* Network file systems report a full disk only here. */
	errno = 0;
	if (fclose(stdout) && written)
		stdout_failed(errno);
	return failed ? verdict_exit_status(VERDICT_ERROR) : status;
}
