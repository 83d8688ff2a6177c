// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck as a server for tests/terminal: the program itself, linked with --wrap=main, of which
 * each command runs in a child of its own. Thousands of them take seconds, as none is executed.
 *
 * Request, on standard input: the number of words and their bytes (two 32-bit numbers), then the
 * words, each with its NUL; the first is argv[0]. Answer, on standard output: the status as of
 * waitpid() and the lengths of both outputs (three 32-bit numbers), then both outputs.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_S	  20
#define WORDS_MAX 64
#define BYTES_MAX (1 << 20)

int __real_main(int argc, char **argv);
int __wrap_main(int argc, char **argv);

static void must(int ok)
{
	if (!ok)
		_exit(99);
}

/* False at the end of the input. */
static int take(void *to, size_t left)
{
	for (char *p = to; left;) {
		ssize_t n = read(0, p, left);

		if (n == 0 && p == (char *)to)
			return 0;
		must(n > 0);
		p += n;
		left -= (size_t)n;
	}
	return 1;
}

static void give(const void *from, size_t left)
{
	for (const char *p = from; left;) {
		ssize_t n = write(1, p, left);

		must(n > 0);
		p += n;
		left -= (size_t)n;
	}
}

static void give_output(int fd, uint32_t size)
{
	void *p;

	if (!size)
		return;
	p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	must(p != MAP_FAILED);
	give(p, size);
	munmap(p, size);
}

static uint32_t size_of(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);

	must(size >= 0);
	return (uint32_t)size;
}

static void run(int words, char **argv, const int fds[2])
{
	int32_t status;
	uint32_t out[3];
	pid_t pid;

	for (int i = 0; i < 2; i++)
		must(!ftruncate(fds[i], 0) && !lseek(fds[i], 0, SEEK_SET));
	pid = fork();
	must(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_RDONLY);

		must(dup2(null, 0) == 0 && dup2(fds[0], 1) == 1 && dup2(fds[1], 2) == 2);
		alarm(LIMIT_S);
		exit(__real_main(words, argv));
	}
	must(waitpid(pid, &status, 0) == pid);
	out[0] = (uint32_t)status;
	out[1] = size_of(fds[0]);
	out[2] = size_of(fds[1]);
	give(out, sizeof(out));
	give_output(fds[0], out[1]);
	give_output(fds[1], out[2]);
}

int __wrap_main(int argc, char **argv)
{
	static char bytes[BYTES_MAX], *words[WORDS_MAX + 1];
	int fds[2] = { memfd_create("out", MFD_CLOEXEC), memfd_create("err", MFD_CLOEXEC) };
	uint32_t request[2];

	(void)argc;
	(void)argv;
	while (take(request, sizeof(request))) {
		char *p = bytes;

		must(request[0] && request[0] <= WORDS_MAX && request[1] <= BYTES_MAX);
		must(take(bytes, request[1]));
		for (uint32_t i = 0; i < request[0]; i++) {
			words[i] = p;
			p += strlen(p) + 1;
		}
		words[request[0]] = NULL;
		run((int)request[0], words, fds);
	}
	return 0;
}
