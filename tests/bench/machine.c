// SPDX-License-Identifier: GPL-2.0-only
/*
 * Our VMM (tools/vmm/machine.h) as a program: boots a kernel and shows its console.
 *
 * usage: machine KERNEL INITRD CPUS MEMORY_MIB [COMMAND_LINE]
 *
 * Before the line of poweroff.c it prints "nestcheck-bench: entered ours-CPUS MICROSECONDS", since
 * the first KVM_RUN. The guest then powers itself off.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm/machine.h"

#define LIMIT_MS    60000
#define LINE_LENGTH 256
#define INIT_LINE   "nestcheck-bench: init"

struct heard {
	char line[LINE_LENGTH];
	size_t n;
	unsigned int cpus;
	uint64_t us;
};

static int map(const char *path, struct machine_blob *blob)
{
	int fd = open(path, O_RDONLY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		perror(path);
		return -1;
	}
	blob->size = (size_t)st.st_size;
	blob->data = mmap(NULL, blob->size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (blob->data == MAP_FAILED) {
		perror(path);
		return -1;
	}
	return 0;
}

static void end_line(struct machine *m, struct heard *h)
{
	h->line[h->n] = '\0';
	if (!h->us && strstr(h->line, INIT_LINE)) {
		h->us = machine_us(m);
		printf("nestcheck-bench: entered ours-%u %" PRIu64 "\n", h->cpus, h->us);
	}
	printf("%s\n", h->line);
	fflush(stdout);
	h->n = 0;
}

static void on_console(struct machine *m, const char *bytes, size_t n, void *data)
{
	struct heard *h = data;

	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n')
			end_line(m, h);
		else if (h->n < sizeof(h->line) - 1)
			h->line[h->n++] = bytes[i];
	}
}

int main(int argc, char **argv)
{
	struct machine_blob initrd;
	struct heard heard = { .n = 0 };
	struct machine_options o = {
		.initrd = &initrd,
		.n_initrd = 1,
		.limit_ms = LIMIT_MS,
		.console = on_console,
		.data = &heard,
	};
	struct machine_result result = { .what = "" };
	int ret;

	if (argc < 5) {
		fprintf(stderr, "usage: machine KERNEL INITRD CPUS MEMORY_MIB [COMMAND_LINE]\n");
		return 2;
	}
	if (map(argv[1], &o.kernel) < 0 || map(argv[2], &initrd) < 0)
		return 1;
	heard.cpus = o.cpus = (unsigned int)strtoul(argv[3], NULL, 10);
	o.memory = strtoul(argv[4], NULL, 10) << 20;
	o.cmdline = argc > 5 ? argv[5] : "console=ttyS0 quiet";
	ret = machine_run(&o, &result);
	if (!heard.us)
		printf("machine: %s: %s\n", ret < 0 ? strerror(-ret) : machine_end_name(result.end),
		       result.what);
	return heard.us ? 0 : 1;
}
