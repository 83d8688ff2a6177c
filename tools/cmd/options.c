// SPDX-License-Identifier: GPL-2.0-only
/*
 * Option parsing and other code that all commands share (see options.h).
 */
#include "cmd/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "facts/facts.h"
#include "lib/error_text.h"
#include "lib/json.h"
#include "lib/number.h"
#include "lib/terminal.h"

#define HELP_COLUMN 22

struct word {
	const char *s;
	int len;
};

static void print_help(const struct command_line *cl)
{
	struct text t = { 0 };
	char left[64];

	text_wrap(&t, 7, "usage:", cl->usage);
	text_add(&t, "\n");
	text_wrap(&t, 0, NULL, cl->about);
	text_add(&t, "\noptions:\n");
	for (size_t i = 0; i < cl->n_rows; i++) {
		const struct option_row *row = &cl->rows[i];

		snprintf(left, sizeof(left), "  %s%s%s ", row->name, row->argument ? " " : "",
			 row->argument ? row->argument : "");
		text_wrap(&t, HELP_COLUMN, left, row->help);
	}
	text_wrap(&t, HELP_COLUMN, "  --help ", "this text");
	print_text(&t);
}

static const struct option_row *find_row(const struct command_line *cl, const char *word)
{
	size_t len = strcspn(word, "=");

	for (size_t i = 0; i < cl->n_rows; i++)
		if (strlen(cl->rows[i].name) == len && !strncmp(cl->rows[i].name, word, len))
			return &cl->rows[i];
	return NULL;
}

static bool is_many(const struct option_row *row)
{
	size_t n = strlen(row->argument);

	return n > 3 && !strcmp(row->argument + n - 3, "...");
}

/* The lower-case words after the program: "setup xml" of "nestcheck setup xml FILE". */
static struct word command_name(const struct command_line *cl)
{
	const char *name = cl->usage + strlen("nestcheck ");
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz ");

	while (len && name[len - 1] == ' ')
		len--;
	return (struct word){ name, (int)len };
}

/* Takes argv[*i] and the option's argument, if it has one. */
static int take_option(struct command_line *cl, int argc, char **argv, int *i)
{
	const struct option_row *row = find_row(cl, argv[*i]);
	const char *equals = strchr(argv[*i], '=');
	struct option_values *values;
	const char *value;
	struct word command;

	if (!row) {
		command = command_name(cl);
		complain("%.*s has no option '%s'; see nestcheck %.*s --help", command.len,
			 command.s, argv[*i], command.len, command.s);
		return EXIT_USAGE;
	}
	if (!row->argument) {
		if (equals) {
			complain("%s takes no value", row->name);
			return EXIT_USAGE;
		}
		*(bool *)row->to = true;
		return OPTIONS_GO_ON;
	}
	value = equals ? equals + 1 : *i + 1 < argc ? argv[++*i] : NULL;
	if (!value) {
		complain("%s needs a value: %s %s", row->name, row->name, row->argument);
		return EXIT_USAGE;
	}
	if (!is_many(row)) {
		*(const char **)row->to = value;
		return OPTIONS_GO_ON;
	}
	values = row->to;
	if (values->n == OPTION_VALUES_MAX) {
		complain("%s is given more than %d times", row->name, OPTION_VALUES_MAX);
		return EXIT_USAGE;
	}
	values->v[values->n++] = value;
	return OPTIONS_GO_ON;
}

int parse_options(struct command_line *cl, int argc, char **argv)
{
	bool only_operands = false;

	cl->n_operands = 0;
	for (int i = 1; i < argc; i++) {
		int status;

		if (!only_operands && !strcmp(argv[i], "--")) {
			only_operands = true;
			continue;
		}
		if (!only_operands && (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))) {
			print_help(cl);
			return 0;
		}
		if (!only_operands && argv[i][0] == '-' && argv[i][1]) {
			status = take_option(cl, argc, argv, &i);
			if (status != OPTIONS_GO_ON)
				return status;
			continue;
		}
		if (cl->n_operands == cl->max_operands) {
			complain("unexpected argument '%s'; usage: %s", argv[i], cl->usage);
			return EXIT_USAGE;
		}
		cl->operands[cl->n_operands++] = argv[i];
	}
	return OPTIONS_GO_ON;
}

bool take_document(struct report *r, const char *path,
		   int (*take)(struct report *r, const char *text, size_t len, const char **error),
		   const char *article, const char *what)
{
	const char *error = NULL;
	char *document;
	size_t len;
	int ret;

	ret = read_document(path, &document, &len);
	if (ret < 0) {
		complain("cannot read %s'%s': %s", article, path, document_error(ret));
		return false;
	}
	ret = take(r, document, len, &error);
	free(document);
	if (ret < 0)
		complain("'%s' is %s: %s", path, what, error ? error : error_text(-ret));
	return ret == 0;
}

bool replay_facts(struct report *r, const char *path)
{
	if (!take_document(r, path, facts_from_json, "the facts file ", "not a facts document"))
		return false;
	r->replayed = true;
	identify_cpu(r);
	return true;
}

bool print_json(char *json)
{
	struct text t = { .raw = true };

	text_value(&t, json);
	free(json);
	return print_text(&t);
}

bool print_report_json(const struct report *r)
{
	return print_json(report_to_json(r));
}

void set_started(struct report *r)
{
	time_t now = time(NULL);
	struct tm tm;
	char buf[sizeof("2026-01-01T00:00:00Z")];

	if (gmtime_r(&now, &tm) && strftime(buf, sizeof(buf), "%Y-%m-%dT%H:%M:%SZ", &tm))
		r->started = arena_strdup(&r->arena, buf);
}

bool option_number(const char *option, const char *word, unsigned int min, unsigned int max,
		   unsigned int *to)
{
	uint64_t v;

	if (!word)
		return true;
	if (!number_parse(word, min, max, &v)) {
		complain("%s takes a number from %u to %u, not '%s'", option, min, max, word);
		return false;
	}
	*to = (unsigned int)v;
	return true;
}
