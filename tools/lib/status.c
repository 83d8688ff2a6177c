// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both ends of the line protocol from nestcheck to init, and the verdict's line.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/escape.h"
#include "lib/output.h"
#include "lib/pace.h"
#include "lib/status.h"

/* One per process, because the stages that report progress are independent of each other. */
static int status_fd = -1;

void status_open(int fd)
{
	status_fd = fd;
	if (fd >= 0)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void send_line(const char *keyword, const char *text)
{
	char line[STATUS_LINE_MAX + 1], shown[STATUS_LINE_MAX];
	size_t len;

	if (status_fd < 0)
		return;
	snprintf(line, STATUS_LINE_MAX, "%s %s", keyword, escape(shown, sizeof(shown), text));
	len = strlen(line);
	line[len++] = '\n';
	/* There is nowhere to report a failure; init sees the end of the pipe anyway. */
	while (write(status_fd, line, len) < 0 && errno == EINTR)
		continue;
}

void status_stage(const char *stage)
{
	send_line("STAGE", stage);
}

void status_case(const char *name, size_t index, size_t total, const char *result)
{
	char text[STATUS_LINE_MAX];

	snprintf(text, sizeof(text), "%s %zu/%zu %s", name, index, total, result);
	send_line("CASE", text);
}

void status_alive(const char *what)
{
	send_line("ALIVE", what);
}

void status_pace(unsigned int scale)
{
	char text[12];

	snprintf(text, sizeof(text), "%u", scale);
	send_line("PACE", text);
}

void status_verdict(const char *text)
{
	send_line("VERDICT", text);
}

void verdict_add_id(char *buf, size_t size, const char *id)
{
	struct text t = { 0 };

	if (!id || !*id)
		return;
	text_addf(&t, " id=%s", id);
	if (t.len < size) {
		size_t len = strlen(buf);

		if (len > size - 1 - t.len)
			len = size - 1 - t.len;
		memcpy(buf + len, t.s, t.len + 1);
	}
	text_free(&t);
}

void verdict_add_reason(struct text *t, const char *reason)
{
	static const char words[] = " id=";
	const char *at;

	while ((at = strstr(reason, words))) {
		text_addf(t, "%.*s\\x3d", (int)(at - reason + 3), reason);
		reason = at + sizeof(words) - 1;
	}
	text_value(t, reason);
}

char *verdict_text(char *buf, size_t size, const struct report *r)
{
	const char *name = verdict_name(r->verdict.result);
	const char *grade = grade_name(r->verdict.grade);
	struct text t = { 0 };
	size_t ran = 0;

	for (size_t i = 0; i < r->selftest.n_cases; i++)
		ran += r->selftest.cases[i].result != CASE_SKIP;
	text_addf(&t, "%s grade=%s cases=%zu%s reason=", name ? name : "none",
		  grade ? grade : "none", ran, r->modified.n ? VERDICT_MODIFIED : "");
	verdict_add_reason(&t, r->verdict.reason ? r->verdict.reason : "none given");
	snprintf(buf, size, "%s", t.s);
	text_free(&t);
	verdict_add_id(buf, size, r->machine.id);
	return buf;
}

/* Moves *text past word if it starts with word. */
static bool skip_word(const char **text, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*text, word, n))
		return false;
	*text += n;
	return true;
}

enum verdict_result verdict_parse(const char *text)
{
	enum verdict_result result = VERDICT_NONE;
	bool graded;
	size_t digits;

	for (int v = VERDICT_PASS; v <= VERDICT_ERROR && !result; v++) {
		if (skip_word(&text, verdict_name((enum verdict_result)v)))
			result = (enum verdict_result)v;
	}
	if (!result || !skip_word(&text, " grade="))
		return VERDICT_NONE;
	graded = skip_word(&text, "none");
	for (int g = GRADE_FUNCTIONAL; g <= GRADE_FAST && !graded; g++)
		graded = skip_word(&text, grade_name((enum grade)g));
	if (!graded || !skip_word(&text, " cases="))
		return VERDICT_NONE;
	digits = strspn(text, "0123456789");
	text += digits;
	skip_word(&text, VERDICT_MODIFIED);
	return digits && skip_word(&text, " reason=") ? result : VERDICT_NONE;
}

void status_feed(struct status_lines *l, const char *bytes, size_t n,
		 void (*take)(const char *line, void *data), void *data)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n') {
			l->buf[l->len] = '\0';
			if (!l->dropping)
				take(l->buf, data);
			l->len = 0;
			l->dropping = false;
		} else if (l->len == sizeof(l->buf) - 1) {
			l->dropping = true;
		} else {
			l->buf[l->len++] = bytes[i];
		}
	}
}

bool verdict_is_modified(const char *text)
{
	static const char before[] = " cases=";
	const char *at = strstr(text, before);

	if (!at)
		return false;
	at += strlen(before);
	at += strspn(at, "0123456789");
	return skip_word(&at, VERDICT_MODIFIED " reason=");
}

enum status_kind status_parse(const char *line, const char **text)
{
	static const struct {
		const char *word;
		enum status_kind kind;
	} words[] = {
		{ "STAGE ", STATUS_STAGE },	{ "CASE ", STATUS_CASE },
		{ "ALIVE ", STATUS_ALIVE },	{ "PACE ", STATUS_PACE },
		{ "VERDICT ", STATUS_VERDICT },
	};

	*text = line;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (skip_word(text, words[i].word))
			return words[i].kind;
	}
	return STATUS_OTHER;
}

unsigned int status_pace_of(const char *text)
{
	unsigned long scale;

	if (!*text || text[strspn(text, "0123456789")] || strlen(text) > 3)
		return 0;
	scale = strtoul(text, NULL, 10);
	return scale <= PACE_SCALE_MAX ? (unsigned int)scale : 0;
}

bool status_case_ran(const char *text)
{
	static const char *const ran[] = { "pass", "fail", "xfail" };
	const char *result = strrchr(text, ' ');

	for (size_t i = 0; result && i < sizeof(ran) / sizeof(ran[0]); i++) {
		if (!strcmp(result + 1, ran[i]))
			return true;
	}
	return false;
}
