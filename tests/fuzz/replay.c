// SPDX-License-Identifier: GPL-2.0-only
/*
 * The targets without libFuzzer, for any compiler.
 *
 * usage: fuzz_replay                    list the targets: name and longest input
 *        fuzz_replay TARGET FILE...     run the target on each file, and name each before
 *
 * It aborts at the first file that fails.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

/* Longer than every target's limit. */
#define FILE_MAX (1 << 20)

static uint8_t *load(const char *path, size_t *size)
{
	uint8_t *data = malloc(FILE_MAX);
	FILE *f = fopen(path, "rb");

	if (!f || !data) {
		perror(path);
		exit(2);
	}
	*size = fread(data, 1, FILE_MAX, f);
	fclose(f);
	return data;
}

int main(int argc, char **argv)
{
	const struct fuzz_target *target = fuzz_target(argc > 2 ? argv[1] : NULL);

	if (argc == 1) {
		for (target = fuzz_targets; target->name; target++)
			printf("%s %zu\n", target->name, target->max);
		return 0;
	}
	if (!target) {
		fprintf(stderr, "usage: %s TARGET FILE...; without arguments: the targets\n",
			argv[0]);
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		size_t size;
		uint8_t *data = load(argv[i], &size);

		printf("%s\n", argv[i]);
		fflush(stdout);
		target->run(data, size);
		free(data);
	}
	return 0;
}
