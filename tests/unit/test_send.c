// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sending, as far as it is pure: what an answer means, the words of a URL, the pauses, a message to syslog.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "send/send.h"

#define LENGTH 100

/* What a try is taken for; status: curl's. */
static struct send_try tried(enum send_scheme scheme, bool post, int status, const char *said,
			     const char *answer)
{
	const struct curl_end e = {
		.status = status << 8,
		.said = said,
		.answer = answer,
		.answer_len = strlen(answer),
	};
	const struct send_job job = { .post = post };
	const struct send_url u = { .scheme = scheme };
	struct send_try t;

	send_read_answer(&e, &job, &u, LENGTH, &t);
	return t;
}

static void must_be(const struct send_try *t, enum send_problem problem, bool again,
		    const char *why)
{
	if (t->problem != problem || t->again != again || !strstr(t->why, why))
		fail_msg("problem %d, again %d: %s", (int)t->problem, t->again, t->why);
}

static void test_http(void **state)
{
	static const struct {
		int status;
		const char *said;
		enum send_problem problem;
		bool again;
		const char *why;
	} rows[] = {
		{ 0, "nestcheck-send 201 100 PUT \n", SEND_NOTHING, false, "" },
		{ 0, "nestcheck-send 204 200 PUT \n", SEND_NOTHING, false, "" },
		/* It closed early, or went on for ever, but it had all and said yes. */
		{ 18, "nestcheck-send 200 100 PUT transfer closed\n", SEND_NOTHING, false, "" },
		{ 63, "nestcheck-send 200 100 PUT Maximum file size exceeded\n", SEND_NOTHING,
		  false, "" },
		{ 0, "nestcheck-send 200 99 PUT \n", SEND_NO_ANSWER, true, "before it had all" },
		{ 0, "nestcheck-send 200 100 GET \n", SEND_REDIRECTED, false, "only read" },
		{ 0, "nestcheck-send 200 0 POST \n", SEND_REDIRECTED, false, "only read" },
		{ 0, "nestcheck-send 304 100 PUT \n", SEND_REDIRECTED, false,
		  "to nowhere: HTTP 304" },
		{ 47, "nestcheck-send 302 100 PUT Maximum (5) redirects followed\n",
		  SEND_REDIRECTED, false, "redirected too often" },
		{ 1, "nestcheck-send 301 100 PUT Protocol \"https\" disabled\n", SEND_REDIRECTED,
		  false, "another protocol than http: HTTP 301" },
		{ 0, "nestcheck-send 400 100 PUT \n", SEND_REFUSED, false, "HTTP 400" },
		{ 0, "nestcheck-send 401 100 PUT \n", SEND_NOT_ALLOWED, false, "a password" },
		{ 0, "nestcheck-send 404 100 PUT \n", SEND_NOT_FOUND, false,
		  "HTTP 404, not found: an answer" },
		{ 0, "nestcheck-send 405 100 PUT \n", SEND_NOT_ALLOWED, false, "HTTP 405" },
		{ 0, "nestcheck-send 409 100 PUT \n", SEND_NOT_FOUND, false, "HTTP 409" },
		{ 55, "nestcheck-send 413 5 PUT Send failure\n", SEND_TOO_LARGE, false,
		  "HTTP 413" },
		{ 0, "nestcheck-send 429 100 PUT \n", SEND_REFUSED, true, "HTTP 429" },
		{ 0, "nestcheck-send 500 100 PUT \n", SEND_REFUSED, true, "HTTP 500: an answer" },
		{ 0, "nestcheck-send 501 100 PUT \n", SEND_NOT_ALLOWED, false, "HTTP 501" },
		{ 0, "nestcheck-send 507 100 PUT \n", SEND_FULL, true, "its storage is full" },
		{ 0, "nestcheck-send 599 100 PUT \n", SEND_REFUSED, true, "HTTP 599" },
		{ 28, "nestcheck-send 100 100 PUT Operation timed out\n", SEND_NO_ANSWER, true,
		  "no end within the time: Operation timed out" },
		{ 6, "nestcheck-send 000 0 PUT Could not resolve host: lab\n", SEND_NO_NAME, true,
		  "Could not resolve host: lab" },
		{ 7, "nestcheck-send 000 0 PUT Failed to connect\n", SEND_NO_CONNECTION, true,
		  "no connection: Failed to connect" },
		{ 52, "nestcheck-send 000 100 PUT Empty reply\n", SEND_NO_ANSWER, true, "closed" },
		{ 56, "nestcheck-send 000 0 PUT Too large response headers\n", SEND_NO_ANSWER, true,
		  "Too large response headers" },
		{ 1, "nestcheck-send 000 100 PUT Received HTTP/0.9 when not allowed\n",
		  SEND_NO_ANSWER, false, "no server of this protocol: Received HTTP/0.9" },
		{ 27, "nestcheck-send 000 100 PUT \n", SEND_NO_ANSWER, true, "too large" },
		{ 99, "nestcheck-send 000 0 PUT odd\n", SEND_FAILED, false, "status 99: odd" },
		{ 127, "", SEND_NO_PROGRAM, false, "could not be started" },
		/* It said nothing, or not so. */
		{ 0, "", SEND_NO_ANSWER, false, "did not say" },
		{ 0, "nestcheck-send", SEND_NO_ANSWER, false, "did not say" },
		{ 0, "nestcheck-send 200", SEND_NO_ANSWER, false, "did not say" },
		{ 0, "x nestcheck-send 200 100 PUT \n", SEND_NO_ANSWER, false, "did not say" },
		{ 2, "curl: option --write-out: unknown\n", SEND_FAILED, false, "status 2" },
		/* What follows is curl's own; only the last line is. */
		{ 0, "Warning: x\nnestcheck-send 200 100 PUT \nnestcheck-send 404 100 PUT \n",
		  SEND_NOT_FOUND, false, "HTTP 404" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct send_try t =
			tried(SEND_HTTP, false, rows[i].status, rows[i].said, "an answer");

		must_be(&t, rows[i].problem, rows[i].again, rows[i].why);
	}
	struct send_try t = tried(SEND_HTTP, true, 0, "nestcheck-send 200 100 POST \n", "");
	must_be(&t, SEND_NOTHING, false, "");
}

static void test_tftp(void **state)
{
	static const struct {
		int status;
		enum send_problem problem;
		bool again;
	} rows[] = {
		{ 0, SEND_NOTHING, false },	 { 68, SEND_NOT_FOUND, false },
		{ 69, SEND_NOT_ALLOWED, false }, { 70, SEND_FULL, true },
		{ 71, SEND_NOT_ALLOWED, false }, { 72, SEND_NO_ANSWER, true },
		{ 73, SEND_EXISTS, false },	 { 28, SEND_NO_ANSWER, true },
	};
	struct send_try t;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		t = tried(SEND_TFTP, false, rows[i].status, "nestcheck-send 000 100 PUT \n", "");
		must_be(&t, rows[i].problem, rows[i].again, "");
	}
	t = tried(SEND_TFTP, false, 0, "nestcheck-send 000 99 PUT \n", "");
	must_be(&t, SEND_NO_ANSWER, false, "did not say");
}

static void test_killed(void **state)
{
	struct curl_end e = { .killed = true, .said = "", .answer = "" };
	const struct send_url u = { .scheme = SEND_HTTP };
	const struct send_job job = { .post = false };
	struct send_try t;

	(void)state;
	send_read_answer(&e, &job, &u, LENGTH, &t);
	must_be(&t, SEND_NO_ANSWER, true, "curl was killed");
	e.killed = false;
	e.status = 11;
	send_read_answer(&e, &job, &u, LENGTH, &t);
	must_be(&t, SEND_FAILED, false, "killed by signal 11");
}

/* A page's text, on one line, and nothing that a terminal obeys. */
static void test_answer_words(void **state)
{
	char big[8192];
	struct send_try t;

	(void)state;
	t = tried(SEND_HTTP, false, 0, "nestcheck-send 404 100 PUT \n",
		  "<html>\r\n<head><title>404 Not Found</title></head>\n<body>\n<hr>nginx\n");
	assert_string_equal(t.why, "HTTP 404, not found: 404 Not Found nginx");
	t = tried(SEND_HTTP, false, 0, "nestcheck-send 404 100 PUT \n",
		  "\x1b[2J\x9b"
		  "31m\x07 no\xe2\x80\xae such");
	assert_string_equal(t.why, "HTTP 404, not found: \\x1b[2J\\x9b31m\\x07 no\\u202e such");
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	t = tried(SEND_HTTP, false, 0, "nestcheck-send 404 100 PUT \n", big);
	assert_true(strlen(t.why) < 200);
	memset(big, '\x01', sizeof(big) - 1);
	t = tried(SEND_HTTP, false, 0, "nestcheck-send 404 100 PUT \n", big);
	assert_true(strlen(t.why) < 200);
	memset(big, '<', sizeof(big) - 1);
	t = tried(SEND_HTTP, false, 0, "nestcheck-send 404 100 PUT \n", big);
	assert_string_equal(t.why, "HTTP 404, not found");
}

static void test_pauses(void **state)
{
	static const unsigned int seconds[] = { 1, 2, 4, 8, 16, 32, 60, 60 };

	(void)state;
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		assert_int_equal(send_pause_ms((unsigned int)i + 1), seconds[i] * 1000);
	assert_int_equal(send_pause_ms(1000000), 60000);
}

static void test_words(void **state)
{
	struct send_words w;
	struct report r;

	(void)state;
	report_init(&r);
	send_words_of(&r.arena, &r, &w);
	assert_null(w.mac);
	assert_null(w.time);
	assert_null(w.id);
	assert_string_equal(w.verdict, "STARTED");
	r.machine = (struct machine_name){ "rack3", "52:54:00:12:34:56" };
	r.started = "2026-01-31T12:00:00Z";
	r.verdict.result = VERDICT_UNSUPPORTED;
	send_words_of(&r.arena, &r, &w);
	assert_string_equal(w.mac, "52-54-00-12-34-56");
	assert_string_equal(w.time, "20260131T120000Z");
	assert_string_equal(w.id, "rack3");
	assert_string_equal(w.verdict, "UNSUPPORTED");
	report_free(&r);
}

/* printf 'nestcheck board serial ABC123' | sha256sum */
static void test_board(void **state)
{
	static const char *const none[] = { "",
					    "\n",
					    " ",
					    "0\n",
					    "None",
					    "0000000",
					    "To Be Filled By O.E.M.\n",
					    "XXXX",
					    "....",
					    "Default string" };
	struct arena a = { NULL };

	(void)state;
	assert_string_equal(send_board(&a, " ABC123 \n"), "a4a06fc3fe6b1bba");
	assert_string_not_equal(send_board(&a, "ABC124"), "a4a06fc3fe6b1bba");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (send_board(&a, none[i]))
			fail_msg("'%s' is taken for a serial number", none[i]);
	arena_free(&a);
}

static void test_syslog(void **state)
{
	char line[3000] = "nestcheck: VERDICT PASS grade=fast cases=3 reason=all", buf[SYSLOG_MAX];
	size_t n = syslog_message(buf, sizeof(buf), line, "rack3", 1769860800);

	(void)state;
	assert_string_equal(buf, "<14>1 2026-01-31T12:00:00Z rack3 nestcheck - VERDICT - "
				 "nestcheck: VERDICT PASS grade=fast cases=3 reason=all");
	assert_int_equal(n, strlen(buf));
	/* A clock that was never set, and a machine without a name. */
	syslog_message(buf, sizeof(buf), "nestcheck: VERDICT ERROR grade=none cases=0 reason=x",
		       NULL, 0);
	assert_string_equal(buf, "<10>1 - - nestcheck - VERDICT - "
				 "nestcheck: VERDICT ERROR grade=none cases=0 reason=x");
	syslog_message(buf, sizeof(buf), "nestcheck: VERDICT FAIL grade=none cases=0 reason=x", "",
		       0);
	assert_memory_equal(buf, "<11>1 - - ", 10);
	syslog_message(buf, sizeof(buf),
		       "nestcheck: VERDICT UNSUPPORTED grade=none cases=0 reason=", "", 0);
	assert_memory_equal(buf, "<12>1 - - ", 10);
	syslog_message(buf, sizeof(buf), "no verdict", "", 0);
	assert_memory_equal(buf, "<13>1 - - ", 10);
	memset(line, 'x', sizeof(line) - 1);
	assert_int_equal(syslog_message(buf, sizeof(buf), line, "", 0), sizeof(buf) - 1);
	assert_int_equal(strlen(buf), sizeof(buf) - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_http),   cmocka_unit_test(test_tftp),
		cmocka_unit_test(test_killed), cmocka_unit_test(test_answer_words),
		cmocka_unit_test(test_pauses), cmocka_unit_test(test_words),
		cmocka_unit_test(test_board),  cmocka_unit_test(test_syslog),
	};

	return cmocka_run_group_tests_name("send", tests, NULL, NULL);
}
