// SPDX-License-Identifier: GPL-2.0-only
/*
 * What became of a try with curl: by its exit status (curl(1), EXIT CODES) and by the server's status
 * (RFC 9110, 15; RFC 4918, 11; RFC 1350, 5).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/escape.h"
#include "send/send.h"

/* Of the server's words, so much is worth a line or two. */
#define WORDS_MAX 160

struct row {
	int code;
	enum send_problem problem;
	bool again;
	const char *words;
};

static const struct row http_rows[] = {
	{ 401, SEND_NOT_ALLOWED, false, "it wants a password" },
	{ 403, SEND_NOT_ALLOWED, false, "forbidden" },
	{ 404, SEND_NOT_FOUND, false, "not found" },
	{ 405, SEND_NOT_ALLOWED, false, "this method is not allowed" },
	{ 407, SEND_NOT_ALLOWED, false, "a proxy wants a password" },
	{ 408, SEND_REFUSED, true, "it waited too long" },
	{ 409, SEND_NOT_FOUND, false, "conflict" },
	{ 410, SEND_NOT_FOUND, false, "gone" },
	{ 412, SEND_EXISTS, false, "a condition of the server failed" },
	{ 413, SEND_TOO_LARGE, false, "too large" },
	{ 425, SEND_REFUSED, true, "too early" },
	{ 429, SEND_REFUSED, true, "too many requests" },
	{ 501, SEND_NOT_ALLOWED, false, "it does not know this method" },
	{ 505, SEND_REFUSED, false, "it does not speak this HTTP" },
	{ 507, SEND_FULL, true, "its storage is full" },
};

static const struct row curl_rows[] = {
	{ 1, SEND_NO_ANSWER, false, "it is no server of this protocol" },
	{ 5, SEND_FAILED, false, "curl looked for a proxy" },
	{ 6, SEND_NO_NAME, true, "the name has no address" },
	{ 7, SEND_NO_CONNECTION, true, "no connection" },
	{ 8, SEND_NO_ANSWER, false, "it is no server of this protocol" },
	{ 18, SEND_NO_ANSWER, true, "the connection was closed too early" },
	{ 27, SEND_NO_ANSWER, true, "its answer is too large" },
	{ 28, SEND_NO_ANSWER, true, "no end within the time" },
	{ 52, SEND_NO_ANSWER, true, "the connection was closed without an answer" },
	{ 55, SEND_NO_ANSWER, true, "the connection broke while the report was sent" },
	{ 56, SEND_NO_ANSWER, true, "the connection broke before the answer" },
	{ 68, SEND_NOT_FOUND, false, "file not found" },
	{ 69, SEND_NOT_ALLOWED, false, "access violation" },
	{ 70, SEND_FULL, true, "its disk is full" },
	{ 71, SEND_NOT_ALLOWED, false, "illegal operation" },
	{ 72, SEND_NO_ANSWER, true, "unknown transfer" },
	{ 73, SEND_EXISTS, false, "the file exists" },
	{ 74, SEND_NOT_ALLOWED, false, "no such user" },
	{ 100, SEND_NO_ANSWER, true, "its answer is too large" },
	{ 127, SEND_NO_PROGRAM, false, "curl could not be started" },
};

/* The same after an answer that redirects. */
static const struct row redirect_rows[] = {
	{ 1, SEND_REDIRECTED, false, "redirected to another protocol than http: HTTP" },
	{ 47, SEND_REDIRECTED, false, "redirected too often: HTTP" },
};

#define ROWS(table) table, sizeof(table) / sizeof((table)[0])

static const struct row *find(const struct row *rows, size_t n, int code)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].code == code)
			return &rows[i];
	return NULL;
}

/* --- what curl said --------------------------------------------------------------------- */

/* "nestcheck-send 404 0 PUT message" */
struct said {
	int http;
	unsigned long long sent;
	char method[8];
	char message[200];
};

static void read_said(const char *text, struct said *s)
{
	const char *line = NULL, *at = text;
	int n = 0;

	memset(s, 0, sizeof(*s));
	/* The last one: what curl writes before it may be about what a server sent. */
	while ((at = strstr(at, SEND_SAID))) {
		if (at == text || at[-1] == '\n')
			line = at;
		at++;
	}
	if (!line)
		return;
	line += strlen(SEND_SAID);
	if (sscanf(line, "%3d %19llu %7s%n", &s->http, &s->sent, s->method, &n) != 3 || !n) {
		memset(s, 0, sizeof(*s));
		return;
	}
	line += n;
	line += *line == ' ';
	snprintf(s->message, sizeof(s->message), "%.*s", (int)strcspn(line, "\n"), line);
}

/* --- what the server answered ------------------------------------------------------------- */

/* Its text on one line, without the tags of a page, so that what it says is seen. */
static void server_words(const char *answer, size_t len, char words[WORDS_MAX + 1])
{
	bool tag = false, blank = false;
	size_t n = 0;

	for (size_t i = 0; i < len && n < WORDS_MAX - ESCAPE_MAX; i++) {
		char shown[ESCAPE_MAX + 1];

		if (answer[i] == '<')
			tag = true;
		if (tag || strchr(" \t\r\n", answer[i])) {
			blank = n != 0;
			tag = tag && answer[i] != '>';
			continue;
		}
		if (blank)
			words[n++] = ' ';
		blank = false;
		i += escape_next(shown, answer + i, len - i, "") - 1;
		memcpy(words + n, shown, strlen(shown));
		n += strlen(shown);
	}
	words[n] = '\0';
}

static void explain(struct send_try *t, const struct row *row, const char *what, int code,
		    const char *words)
{
	const char *meaning = row ? row->words : "";

	snprintf(t->why, sizeof(t->why), "%s %d%s%s%s%s", what, code, *meaning ? ", " : "", meaning,
		 *words ? ": " : "", words);
}

static void read_http(const struct said *s, const struct curl_end *e, const struct send_job *job,
		      size_t len, struct send_try *t)
{
	const struct row *row = find(ROWS(http_rows), s->http);
	char words[WORDS_MAX + 1];

	server_words(e->answer, e->answer_len, words);
	explain(t, row, "HTTP", s->http, words);
	if (s->http >= 200 && s->http < 300) {
		if (strcmp(s->method, job->post ? "POST" : "PUT") != 0) {
			t->problem = SEND_REDIRECTED;
			snprintf(t->why, sizeof(t->why), "redirected to a page that is only read");
		} else if (s->sent < len) {
			t->problem = SEND_NO_ANSWER;
			t->again = true;
			snprintf(t->why, sizeof(t->why), "HTTP %d, before it had all of the report",
				 s->http);
		} else {
			t->problem = SEND_NOTHING;
			t->why[0] = '\0';
		}
	} else if (s->http >= 300 && s->http < 400) {
		row = find(ROWS(redirect_rows), WEXITSTATUS(e->status));
		t->problem = SEND_REDIRECTED;
		explain(t, NULL, row ? row->words : "redirected to nowhere: HTTP", s->http, words);
	} else {
		t->problem = row ? row->problem : SEND_REFUSED;
		t->again = row ? row->again : s->http >= 500;
	}
}

/* Without an answer, or by TFTP: curl's own status. */
static void read_curl(const struct said *s, const struct curl_end *e, struct send_try *t)
{
	int code = WEXITSTATUS(e->status);
	const struct row *row = find(ROWS(curl_rows), code);
	char words[WORDS_MAX + 1];

	server_words(s->message, strlen(s->message), words);
	t->problem = row ? row->problem : SEND_FAILED;
	t->again = row && row->again;
	if (row)
		snprintf(t->why, sizeof(t->why), "%s%s%s", row->words, *words ? ": " : "", words);
	else
		explain(t, NULL, "curl ended with status", code, words);
}

void send_read_answer(const struct curl_end *e, const struct send_job *job,
		      const struct send_url *u, size_t len, struct send_try *t)
{
	struct said s;

	*t = (struct send_try){ .problem = SEND_FAILED };
	read_said(e->said, &s);
	if (e->killed) {
		t->problem = SEND_NO_ANSWER;
		t->again = true;
		snprintf(t->why, sizeof(t->why), "no end within the time, and curl was killed");
	} else if (!WIFEXITED(e->status)) {
		snprintf(t->why, sizeof(t->why), "curl was killed by signal %d",
			 WTERMSIG(e->status));
	} else if (u->scheme == SEND_HTTP && s.http >= 200) {
		read_http(&s, e, job, len, t);
	} else if (WEXITSTATUS(e->status)) {
		read_curl(&s, e, t);
	} else if (u->scheme == SEND_TFTP && s.sent >= len) {
		t->problem = SEND_NOTHING;
	} else {
		t->problem = SEND_NO_ANSWER;
		snprintf(t->why, sizeof(t->why), "curl ended, and did not say what became of it");
	}
}
