// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts a program, reports the time to a line that contains a text, and kills the program.
 *
 * usage: stopwatch NAME TEXT SECONDS PROGRAM [ARGUMENT...]
 *
 * Prints "nestcheck-bench: took NAME MICROSECONDS", and before it the program's own line with the
 * time of its guest entry ("nestcheck-bench: entered ..."), if there is one. If the text did not
 * come within that many seconds: the output until then, and exit status 1.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FIRST_ARGUMENT 4

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static pid_t start(char **argv, int *out)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		execv(argv[0], argv);
		perror(argv[0]);
		_exit(127);
	}
	close(ends[1]);
	*out = ends[0];
	return pid;
}

/* Keeps the end of the previous contents: the text may arrive in pieces. */
static int64_t await(int fd, const char *text, int64_t until, char *heard, size_t size)
{
	size_t n = 0;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = (until - now_us()) / 1000;
		ssize_t got;

		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			return -1;
		if (n == size - 1) {
			memmove(heard, heard + size / 2, n - size / 2);
			n -= size / 2;
		}
		got = read(fd, heard + n, size - 1 - n);
		if (got <= 0)
			return -1;
		n += (size_t)got;
		heard[n] = '\0';
		if (memmem(heard, n, text, strlen(text)))
			return now_us();
	}
}

/* The program's line with the time of its guest entry, if there is one. */
static void pass_on(const char *heard)
{
	const char *line = strstr(heard, "nestcheck-bench: entered");

	if (line)
		printf("%.*s\n", (int)strcspn(line, "\r\n"), line);
}

int main(int argc, char **argv)
{
	static char heard[8192];
	int64_t begin, end;
	pid_t pid;
	int out;

	if (argc <= FIRST_ARGUMENT) {
		fprintf(stderr, "usage: stopwatch NAME TEXT SECONDS PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	begin = now_us();
	pid = start(argv + FIRST_ARGUMENT, &out);
	if (pid < 0) {
		perror("stopwatch");
		return 1;
	}
	end = await(out, argv[2], begin + atoll(argv[3]) * 1000000, heard, sizeof(heard));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (end < 0) {
		printf("nestcheck-bench: no end %s\n%s\n", argv[1], heard);
		return 1;
	}
	pass_on(heard);
	printf("nestcheck-bench: took %s %lld\n", argv[1], (long long)(end - begin));
	return 0;
}
