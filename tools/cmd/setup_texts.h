/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by setup guest and setup script: their options, and a text made from a report. */
#ifndef NESTCHECK_CMD_SETUP_TEXTS_H
#define NESTCHECK_CMD_SETUP_TEXTS_H

#include "cmd/options.h"
#include "setup/setup.h"

/* The options of both, as given; NULL: absent. */
struct setup_words {
	const char *facts, *level, *cpus, *memory, *disk;
	struct guest_options o;
};

#define SETUP_ROWS(w)                                                                             \
	{ "--name", "NAME", "of the guest (L1: regular-guest, L2: nested-guest)", &(w)->o.name }, \
		{ "--cpus", "N", "its vCPUs (L1: 4, L2: 2)", &(w)->cpus },                        \
		{ "--memory", "MIB", "its memory (L1: 5120, L2: 2048)", &(w)->memory },           \
		{ "--disk", "GIB", "its disk (L1: 40, L2: 10)", &(w)->disk },                     \
		{ "--preallocation", "HOW",                                                       \
		  "of the disk: metadata (default), or falloc, which reserves all its space",     \
		  &(w)->o.preallocation },                                                        \
		{ "--bridge", "BRIDGE", "the network it is on; without one, NAT",                 \
		  &(w)->o.bridge },                                                               \
		{ "--cpu", "MODE",                                                                \
		  "host-passthrough (default); host-model; custom: the named model whose "        \
		  "features this CPU has all",                                                    \
		  &(w)->o.cpu },                                                                  \
	{                                                                                         \
		"--accel", "A",                                                                   \
			"kvm (default); tcg: QEMU's emulator, which nests only SVM, and slowly",  \
			&(w)->o.accel                                                             \
	}

/*
 * Completes w->o and prints warnings and notes on stderr, then the text on stdout. Returns an exit
 * status.
 */
int setup_print(struct setup_words *w,
		bool (*options_ok)(const struct guest_options *o, struct text *out),
		bool (*make)(const struct report *r, const struct guest_options *o,
			     struct text *out));

#endif
