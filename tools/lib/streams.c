// SPDX-License-Identifier: GPL-2.0-only
/*
 * Standard input, output and error: open, and the end of what was printed (see streams.h).
 */
#include "lib/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "lib/report.h"
#include "lib/terminal.h"

bool streams_open(void)
{
	/* Opened the wrong way round, so that reads and writes fail as on a closed one. */
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDONLY };

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
			return false;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return true;
}

void stdout_written_or_end(void)
{
	if (!stdout_written())
		_exit(STREAMS_LOST);
}

int streams_end(int status)
{
	/* Network file systems report a full disk only here. */
	if (close(STDOUT_FILENO))
		stdout_failed(errno);
	return stdout_written() ? status : verdict_exit_status(VERDICT_ERROR);
}
