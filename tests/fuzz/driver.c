// SPDX-License-Identifier: GPL-2.0-only
/*
 * The target that the variable FUZZ_TARGET names, under libFuzzer. One program for all: it is
 * compiled once. (libFuzzer starts itself again to merge, with the same arguments and variables.)
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct fuzz_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	target = fuzz_target(getenv("FUZZ_TARGET"));
	if (target)
		return 0;
	fputs("FUZZ_TARGET has to name a target: fuzz_replay without arguments lists them\n",
	      stderr);
	exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size <= target->max)
		target->run(data, size);
	return 0;
}
