/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all commands share: table-driven options, --help from the same table, and facts from a file
 * instead of the machine.
 */
#ifndef NESTCHECK_CMD_OPTIONS_H
#define NESTCHECK_CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/output.h"
#include "lib/report.h"

/*
 * One option. argument: NULL for a flag, whose `to` is a bool *; else the argument's name in the
 * help, and `to` is a const char **. "--name VALUE" and "--name=VALUE" are accepted. An option
 * whose argument ends in "..." may be repeated; its `to` is a struct option_values *.
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
#define OPTION_QUIET(p)                                     \
	{                                                   \
		"--quiet", NULL, "only errors as text", (p) \
	}
#define OPTION_FACTS(p)                                                                       \
	{                                                                                     \
		"--facts", "FILE",                                                            \
			"recorded facts or a report instead of this machine; - is stdin", (p) \
	}

/*
 * A command's line. operands: receives at most max_operands words that are not options; n_operands:
 * their number.
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
 * Parses an option's decimal number from min to max into *to; if word is NULL, *to is unchanged.
 * False, with a message on stderr, for anything else.
 */
bool option_number(const char *option, const char *word, unsigned int min, unsigned int max,
		   unsigned int *to);

#define OPTIONS_GO_ON (-1)

/*
 * OPTIONS_GO_ON, or the exit status if the command ends here: 0 after --help, EXIT_USAGE after a
 * mistake, with a message on stderr.
 */
int parse_options(struct command_line *cl, int argc, char **argv);

/*
 * Reads a file into r with one of lib/json.h's readers, or one like them. False, with the reason on
 * stderr, if it cannot: "cannot read ARTICLE'path'", "'path' is WHAT".
 */
bool take_document(struct report *r, const char *path,
		   int (*take)(struct report *r, const char *text, size_t len, const char **error),
		   const char *article, const char *what);

/*
 * Reads a facts or report document into r, sets r->replayed and fills r->cpu. False, with the
 * reason on stderr, if it cannot be read: the command then ends with ERROR's status.
 */
bool replay_facts(struct report *r, const char *path);

/* Writes a JSON document to standard output and frees it; false if that fails. */
bool print_json(char *json);

/* The same with the report's. */
bool print_report_json(const struct report *r);

/* Stores the current time in r->started, for documents that this program writes. */
void set_started(struct report *r);

#endif
