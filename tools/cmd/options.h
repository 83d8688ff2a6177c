/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all commands share: options read by table, --help made from the same table, and
 * facts taken from a file instead of from the machine.
 */
#ifndef NESTCHECK_CMD_OPTIONS_H
#define NESTCHECK_CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/output.h"
#include "lib/report.h"

/*
 * One option. argument: NULL for a flag, whose `to` is a bool *; else what the argument is
 * called in the help, and `to` is a const char **. "--name VALUE" and "--name=VALUE" both do.
 * One whose argument ends in "..." may be given often; its `to` is a struct option_values *.
 */
struct option_row {
	const char *name; /* "--facts" */
	const char *argument;
	const char *help;
	void *to;
};

#define OPTION_VALUES_MAX 16
struct option_values {
	const char *v[OPTION_VALUES_MAX];
	size_t n;
};

#define OPTION_JSON(p)                                                   \
	{                                                                \
		"--json", NULL, "the JSON document instead of text", (p) \
	}
#define OPTION_QUIET(p)                                    \
	{                                                  \
		"--quiet", NULL, "no text but errors", (p) \
	}
#define OPTION_FACTS(p)                                                                       \
	{                                                                                     \
		"--facts", "FILE",                                                            \
			"recorded facts or a report instead of this machine; - is stdin", (p) \
	}

/*
 * A command's line. operands: filled with at most max_operands words that are no options;
 * n_operands says how many there were.
 */
struct command_line {
	const char *usage; /* "nestcheck probe [--json] [--facts FILE]" */
	const char *about; /* a paragraph */
	const struct option_row *rows;
	size_t n_rows;
	const char **operands;
	size_t max_operands, n_operands;
};

/*
 * An option's decimal number from min to max into *to, which stays as it is if word is NULL. False, with the mistake
 * on stderr, for anything else.
 */
bool option_number(const char *option, const char *word, unsigned int min, unsigned int max,
		   unsigned int *to);

#define OPTIONS_GO_ON (-1)

/*
 * OPTIONS_GO_ON, or the exit status of a command that is over: 0 after --help, EXIT_USAGE
 * after a mistake, which is named on stderr.
 */
int parse_options(struct command_line *cl, int argc, char **argv);

/*
 * A facts or report document into r, with r->replayed set and r->cpu filled. False, with
 * the reason on stderr, where it cannot be read: the command then ends with ERROR's status.
 */
bool replay_facts(struct report *r, const char *path);

/* All of t to standard output, which may be closed: then false. Frees t. */
bool print_text(struct text *t);

/* The report's JSON to standard output; false as above. */
bool print_report_json(const struct report *r);

/* The time in r->started; for documents that this program makes. */
void set_started(struct report *r);

#endif
