// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck send: sends a stored report to a server.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "diagnose/diagnose.h"
#include "lib/json.h"
#include "lib/status.h"
#include "lib/terminal.h"
#include "report/render.h"
#include "send/send.h"

#define TIMEOUT_S     120
#define TIMEOUT_MAX_S 3600

struct send_arguments {
	const char *words[2]; /* the file and the URL */
	const char *method, *timeout;
	bool post, quiet;
	unsigned int timeout_s;
};

/* The file's bytes as they are, and the report in them. */
struct document {
	struct report r;
	char *text;
	char line[STATUS_LINE_MAX + 32];
};

static bool take(struct document *d, const char *path)
{
	const char *error;
	char verdict[STATUS_LINE_MAX];
	size_t len;
	int ret = read_document(path, &d->text, &len);

	if (ret) {
		complain("cannot read the report '%s': %s", path, document_error(ret));
		return false;
	}
	if (report_from_json(&d->r, d->text, len, &error)) {
		complain("'%s' is not a report: %s", path, error);
		return false;
	}
	snprintf(d->line, sizeof(d->line), "nestcheck: VERDICT %s",
		 verdict_text(verdict, sizeof(verdict), &d->r));
	return true;
}

/* False, with a message, for a mistake. */
static bool check(struct send_arguments *a, size_t n_words, struct send_url *u, const char *usage)
{
	const char *why;

	if (n_words != 2) {
		complain("send takes a file and a URL; usage: %s", usage);
		return false;
	}
	if (a->method && strcmp(a->method, "put") != 0 && strcmp(a->method, "post") != 0) {
		complain("--method takes put or post, not '%s'", a->method);
		return false;
	}
	a->post = a->method && !strcmp(a->method, "post");
	if (!option_number("--timeout", a->timeout, 1, TIMEOUT_MAX_S, &a->timeout_s))
		return false;
	why = send_url_parse(a->words[1], !a->post, u);
	if (why)
		complain("'%s' cannot be used: %s", a->words[1], why);
	return !why;
}

/* As a finding, with what to do. */
static void complain_unsent(const char *url, const struct send_outcome *o)
{
	struct unsent unsent = { url, o->problem, o->why, o->tries };
	struct text t = { 0 };
	struct report r;

	report_init(&r);
	r.unsent = &unsent;
	r.n_unsent = 1;
	diagnose_unsent(&r, 0);
	for (size_t i = 0; i < r.n_findings; i++) {
		complain("%s", r.findings[i].title);
		render_finding(&t, &r.findings[i]);
	}
	print_error_text(&t);
	report_free(&r);
}

static int send_report(struct document *d, const struct send_arguments *a, const struct send_url *u)
{
	struct send_job job = {
		.url = a->words[1],
		.document = d->text,
		.line = d->line,
		.post = a->post,
		.timeout_s = a->timeout_s,
	};
	int failed = verdict_exit_status(VERDICT_ERROR);
	struct send_outcome o;

	if (u->scheme == SEND_SYSLOG && d->r.verdict.result == VERDICT_NONE) {
		complain("'%s' has no verdict, which is all that syslog gets", a->words[0]);
		return failed;
	}
	/* What cannot be shown is not done. */
	if (!a->quiet)
		print("sending '%s' to %s\n", a->words[0], a->words[1]);
	if (!stdout_written())
		return failed;
	send_words_of(&d->r.arena, &d->r, &job.words);
	send_document(&job, &o);
	if (o.problem != SEND_NOTHING) {
		complain_unsent(a->words[1], &o);
		return failed;
	}
	if (!a->quiet)
		print("sent to %s\n", o.url);
	return stdout_written() ? 0 : failed;
}

int cmd_send(int argc, char **argv)
{
	struct send_arguments a = { .timeout_s = TIMEOUT_S };
	const struct option_row rows[] = {
		{ "--method", "NAME", "HTTP's method: put (the default) or post", &a.method },
		{ "--timeout", "S", "give up after so many seconds (120)", &a.timeout },
		OPTION_QUIET(&a.quiet),
	};
	struct command_line cl = {
		.usage = "nestcheck send FILE URL [--method put|post] [--timeout S] [--quiet]",
		.about =
			"Sends a stored report (nestcheck run --report FILE) to http://HOST/PATH "
			"or tftp://HOST/PATH, or its verdict's line to syslog://HOST; each HOST may "
			"have a :PORT. FILE - is standard input. In PATH %m stands for the MAC "
			"address in the report, %i for the machine's name in it (id=), %t for its "
			"time, %v for its verdict, %s for a digest of this machine's board serial "
			"number, %% for a percent sign. HTTP and TFTP need curl in /usr/bin. What "
			"may pass is tried again, after 1, 2, 4 ... 60 s. Exit status: 0 sent, 4 "
			"not sent, or the file is no report.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
		.operands = a.words,
		.max_operands = 2,
	};
	int status = parse_options(&cl, argc, argv);
	static struct document d;
	struct send_url u;

	if (status != OPTIONS_GO_ON)
		return status;
	if (!check(&a, cl.n_operands, &u, cl.usage))
		return EXIT_USAGE;
	report_init(&d.r);
	status = take(&d, a.words[0]) ? send_report(&d, &a, &u) :
					verdict_exit_status(VERDICT_ERROR);
	free(d.text);
	report_free(&d.r);
	return status;
}
