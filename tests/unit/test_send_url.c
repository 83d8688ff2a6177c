// SPDX-License-Identifier: GPL-2.0-only
/*
 * URLs of reports: what is taken, what is refused and why, and what is called.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/send_url.h"

static const struct send_words known = {
	.mac = "52-54-00-12-34-56",
	.board = "0123456789abcdef",
	.time = "20260131T120000Z",
	.verdict = "PASS",
	.id = "rack3-17",
};

static void test_called(void **state)
{
	static const struct {
		const char *url, *called;
	} rows[] = {
		{ "http://lab/x", "http://lab:80/x" },
		{ "http://10.0.0.1:8080/reports/%m.json",
		  "http://10.0.0.1:8080/reports/52-54-00-12-34-56.json" },
		{ "http://[fe80::1]:81/%i-%t-%v-%s",
		  "http://[fe80::1]:81/rack3-17-20260131T120000Z-PASS-0123456789abcdef" },
		{ "http://a.b-c.example/x?name=%i&v=%v",
		  "http://a.b-c.example:80/x?name=rack3-17&v=PASS" },
		{ "http://lab/100%%25", "http://lab:80/100%25" },
		{ "tftp://lab/reports/%i", "tftp://lab:69/reports/rack3-17" },
		{ "syslog://lab", "syslog://lab:514/" },
		{ "syslog://lab:1514/", "syslog://lab:1514/" },
	};
	struct send_url u;
	char url[SEND_URL_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = send_url_parse(rows[i].url, true, &u);

		if (why)
			fail_msg("%s: %s", rows[i].url, why);
		assert_true(send_url_fill(&u, &known, url, sizeof(url)));
		assert_string_equal(url, rows[i].called);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *url, *why;
	} rows[] = {
		{ "https://lab/x", "https is not there: send to http" },
		{ "ftp://lab/x", "it begins with none of http://" },
		{ "HTTP://lab/x", "it begins with none of" },
		{ "http:/lab/x", "it begins with none of" },
		{ "-K/etc/passwd", "it begins with none of" },
		{ "http:///x", "it names no host" },
		{ "http://:80/x", "it names no host" },
		{ "http://user:secret@lab/x", "its port is no number" },
		{ "http://user@lab/x", "a user or password" },
		{ "http://la b/x", "its host is no name" },
		{ "http://-lab/x", "its host is no name" },
		{ "http://lab-/x", "its host is no name" },
		{ "http://lab..x/x", "its host is no name" },
		{ "http://.lab/x", "its host is no name" },
		{ "http://{a,b}/x", "its host is no name" },
		{ "http://[fe80::1/x", "its [ has no ]" },
		{ "http://[lab]/x", "what is in [] is no IPv6" },
		{ "http://[fe80::1%eth0]/x", "what is in [] is no IPv6" },
		{ "http://[::1]x/x", "what follows its host" },
		{ "http://lab:0/x", "its port is no number" },
		{ "http://lab:65536/x", "its port is no number" },
		{ "http://lab:/x", "its port is no number" },
		{ "http://lab:80x/x", "what follows its host" },
		{ "http://lab?x", "what follows its host" },
		{ "http://lab", "its path names no file" },
		{ "http://lab/", "its path names no file" },
		{ "http://lab/reports/", "its path names no file" },
		{ "http://lab/reports/?x=y", "its path names no file" },
		{ "http://lab/%x", "after % it has none of" },
		{ "http://lab/%", "after % it has none of" },
		{ "http://lab/%20", "after % it has none of" },
		{ "http://lab/x#y", "its path may have only" },
		{ "http://lab/x y", "its path may have only" },
		{ "http://lab/x\ny", "its path may have only" },
		{ "http://lab/[1-100]", "its path may have only" },
		{ "http://lab/{a}", "its path may have only" },
		{ "http://lab/x\\y", "its path may have only" },
		{ "http://lab/r\xc3\xb6", "its path may have only" },
		{ "tftp://lab/x;mode=netascii", "its path may have only" },
		{ "tftp://lab/x?y", "a path of tftp has no ?" },
		{ "tftp://lab", "its path names no file" },
		{ "syslog://lab/x", "syslog has no path" },
		{ "", "it begins with none of" },
	};
	struct send_url u;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = send_url_parse(rows[i].url, true, &u);

		if (!why || strncmp(why, rows[i].why, strlen(rows[i].why)) != 0)
			fail_msg("%s: %s", rows[i].url, why ? why : "is taken");
	}
	/* A POST need not name a file. */
	assert_null(send_url_parse("http://lab/reports/", false, &u));
	assert_null(send_url_parse("http://lab", false, &u));
	assert_non_null(send_url_parse("tftp://lab/", false, &u));
}

/* No word leads to another folder, and none is empty. */
static void test_words(void **state)
{
	const struct send_words hostile = {
		.mac = NULL,
		.time = "",
		.verdict = ".hidden",
		.id = "../../x\\y?#%2e [{\xc3",
	};
	struct send_url u;
	char url[SEND_URL_MAX];

	(void)state;
	assert_null(send_url_parse("http://lab/%m/%t/%v/%i/%s", true, &u));
	assert_true(send_url_fill(&u, &hostile, url, sizeof(url)));
	assert_string_equal(url, "http://lab:80/none/none/_hidden/"
				 "_._.._x_y%3F%23%252e%20%5B%7B%C3/none");
}

static void test_length(void **state)
{
	char url[SEND_URL_MAX + 2] = "http://lab/", host[300] = "http://", called[SEND_URL_MAX];
	struct send_url u;

	(void)state;
	memset(url + 11, 'x', sizeof(url) - 12);
	assert_string_equal(send_url_parse(url, true, &u), "it is too long");
	url[SEND_URL_MAX] = '\0';
	assert_null(send_url_parse(url, true, &u));
	/* The port is added. */
	assert_false(send_url_fill(&u, &known, called, sizeof(called)));
	url[SEND_URL_MAX - 4] = '\0';
	assert_null(send_url_parse(url, true, &u));
	assert_true(send_url_fill(&u, &known, called, sizeof(called)));
	strcpy(url + SEND_URL_MAX - 20, "%m%m%m%m");
	assert_null(send_url_parse(url, true, &u));
	assert_false(send_url_fill(&u, &known, called, sizeof(called)));
	memset(host + 7, 'x', SEND_HOST_MAX + 1);
	strcpy(host + 7 + SEND_HOST_MAX, "/x");
	assert_null(send_url_parse(host, true, &u));
	strcpy(host + 7 + SEND_HOST_MAX, "x/x");
	assert_string_equal(send_url_parse(host, true, &u), "its host is too long");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_called),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests_name("send_url", tests, NULL, NULL);
}
