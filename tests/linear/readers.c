// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the suite linear: runs a program and prints what it took; and the readers that no command of
 * nestcheck reaches by a file, each on the whole of standard input.
 *
 * usage: readers measure INPUT PROGRAM...    a line "MICROSECONDS KILOBYTES STATUS"
 *        readers NAME <INPUT
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chain/line.h"
#include "facts/collect.h"
#include "facts/log.h"
#include "kvm/kvm.h"
#include "lib/json.h"
#include "lib/manifest.h"
#include "lib/params.h"
#include "lib/status.h"
#include "selftest/health.h"

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(3);
}

/*
 * A program inherits the peak of the process that starts it, so this one is started by a small one
 * instead of by Python.
 */
static int measure(char **argv)
{
	struct rusage used;
	int status;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		int in = open(argv[0], O_RDONLY), null = open("/dev/null", O_WRONLY);

		if (in < 0 || null < 0 || dup2(in, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
			die(argv[0]);
		execv(argv[1], argv + 1);
		die(argv[1]);
	}
	if (wait4(pid, &status, 0, &used) != pid)
		die("wait4");
	printf("%lld %ld %d\n",
	       (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000LL + used.ru_utime.tv_usec +
		       used.ru_stime.tv_usec,
	       used.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
	return 0;
}

/* --- the readers --------------------------------------------------------------------------- */

static void read_cfg(char *text, size_t len)
{
	struct params p;

	/* A longer file is refused, so the longest ones follow each other. */
	for (size_t at = 0, n; at < len; at += n) {
		n = len - at < PARAMS_FILE_MAX ? len - at : PARAMS_FILE_MAX;
		params_init(&p);
		params_parse_file(&p, text + at, n);
		params_free(&p);
	}
}

static void read_cmdline(char *text, size_t len)
{
	struct params p;

	(void)len;
	params_init(&p);
	params_parse_cmdline(&p, text);
	params_free(&p);
}

static void read_secrets(char *text, size_t len)
{
	struct arena a = { NULL };

	(void)len;
	cmdline_without_secrets(&a, text);
	arena_free(&a);
}

static void read_parameters(char *text, size_t len)
{
	struct arena a = { NULL };

	(void)len;
	kvm_cmdline_parameters(&a, text, "kvm_intel");
	arena_free(&a);
}

static void read_log(char *text, size_t len)
{
	struct strings out = { NULL, 0 };
	struct arena a = { NULL };

	log_filter(&a, &out, text, len);
	arena_free(&a);
}

static void take_chain_line(char *text, void *data)
{
	struct chain_line line;

	*(size_t *)data += chain_line_parse(text, &line);
}

/* In pieces, as a serial port or a pipe gives them. */
static void read_chain(char *text, size_t len)
{
	size_t lines = 0;
	struct chain_lines l = { .max = CHAIN_LINE_MAX, .take = take_chain_line, .data = &lines };

	for (size_t at = 0, n; at < len; at += n) {
		n = len - at < 100 ? len - at : 100;
		chain_lines_feed(&l, text + at, n);
	}
	chain_lines_end(&l);
}

static void take_console_line(char *text, void *data)
{
	chain_clean(text);
	++*(size_t *)data;
}

static void read_chain_console(char *text, size_t len)
{
	size_t lines = 0;
	struct chain_lines l = {
		.max = CHAIN_CONSOLE_MAX, .cut = true, .take = take_console_line, .data = &lines
	};

	chain_lines_feed(&l, text, len);
	chain_lines_end(&l);
}

static void read_status(char *text, size_t len)
{
	char *save, *line;

	(void)len;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *rest;

		if (status_parse(line, &rest) == STATUS_VERDICT)
			verdict_parse(rest);
		else
			status_case_ran(rest);
	}
}

/* --- /dev/kmsg: one record per read, which a socket of packets does as well -------------------- */

static int kmsg_of(const char *text)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd))
		die("socketpair");
	if (fork() == 0) {
		close(fd[0]);
		while (*text) {
			size_t n = strcspn(text, "\n");

			n += text[n] == '\n';
			if (send(fd[1], text, n, MSG_NOSIGNAL) < 0)
				_exit(0);
			text += n;
		}
		_exit(0);
	}
	close(fd[1]);
	return fd[0];
}

static void read_kmsg(char *text, size_t len)
{
	struct strings out = { NULL, 0 };
	struct arena a = { NULL };

	(void)len;
	log_since(&a, kmsg_of(text), &out);
	arena_free(&a);
}

static void read_health(char *text, size_t len)
{
	struct health h = { .kmsg = kmsg_of(text), .users = -1 };
	char why[160];

	(void)len;
	health_look(&h, why, sizeof(why));
	health_end(&h);
}

static void read_boot_log(char *text, size_t len)
{
	int fd = kmsg_of(text);

	(void)len;
	boot_log_initrd(fd);
	close(fd);
}

static void read_rdinit(char *text, size_t len)
{
	struct arena a = { NULL };

	(void)len;
	boot_rdinit(&a, text);
	arena_free(&a);
}

static const struct {
	const char *name;
	void (*read)(char *text, size_t len);
} readers[] = {
	{ "cfg", read_cfg },
	{ "cmdline", read_cmdline },
	{ "secrets", read_secrets },
	{ "parameters", read_parameters },
	{ "log", read_log },
	{ "chain", read_chain },
	{ "chain-console", read_chain_console },
	{ "status", read_status },
	{ "kmsg", read_kmsg },
	{ "health", read_health },
	{ "boot-log", read_boot_log },
	{ "rdinit", read_rdinit },
};

int main(int argc, char **argv)
{
	char *text;
	size_t len;

	if (argc > 3 && !strcmp(argv[1], "measure"))
		return measure(argv + 2);
	for (size_t i = 0; argc == 2 && i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (strcmp(argv[1], readers[i].name) != 0)
			continue;
		if (read_document("-", &text, &len))
			die("standard input");
		readers[i].read(text, len);
		free(text);
		while (wait(NULL) > 0)
			continue;
		return 0;
	}
	fputs("usage: readers measure INPUT PROGRAM... | readers NAME\n", stderr);
	return 2;
}
