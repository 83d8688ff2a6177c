// SPDX-License-Identifier: GPL-2.0-only
/*
 * URLs of reports, and what becomes of a server's answer.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "send/send.h"

/* What is called has only characters that no shell, terminal or curl takes for something else. */
static void must_be_plain(const char *url)
{
	for (const char *c = url; *c; c++)
		must(*c > ' ' && *c <= '~' && !strchr("\"'<>\\^`{|}#;$()*", *c));
}

static void fill(const struct send_url *u, const char *word)
{
	const struct send_words w = { word, word, word, word, word };
	char url[SEND_URL_MAX];
	struct send_url again;
	const char *path;

	if (!send_url_fill(u, &w, url, sizeof(url)))
		return;
	must_be_plain(url);
	/* The same scheme, host and number of folders. */
	path = strchr(strstr(url, "://") + 3, '/');
	must(path != NULL);
	for (const char *a = u->path, *b = path;; a++, b++) {
		a = strchr(a, '/');
		b = strchr(b, '/');
		must(!a == !b);
		if (!a)
			break;
	}
	/* The path is not read a second time. */
	url[path - url] = '\0';
	must(!send_url_parse(url, false, &again) || u->scheme == SEND_TFTP);
	must(again.scheme == u->scheme && !strcmp(again.host, u->host) && again.port == u->port);
}

/* The URL, and in a second line a word for its path. */
void fuzz_send_url(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	char *word = strchr(text, '\n');
	struct send_url u;

	if (word)
		*word++ = '\0';
	for (int upload = 0; upload < 2; upload++) {
		if (send_url_parse(text, upload, &u))
			continue;
		must(u.port >= 1 && u.port <= 65535);
		must(*u.host && *u.path == '/');
		must_be_plain(u.host);
		fill(&u, word);
		fill(&u, NULL);
	}
	free(text);
}

/* curl's status, what it said, a NUL, and the answer. */
void fuzz_send_answer(const uint8_t *data, size_t size)
{
	uint8_t *bytes = fuzz_bytes(data, size);
	const char *end = size ? memchr(bytes + 1, '\0', size - 1) : NULL;

	if (end) {
		const struct curl_end e = {
			.status = bytes[0] << 8,
			.said = (const char *)bytes + 1,
			.answer = end + 1,
			.answer_len = size - (size_t)(end + 1 - (const char *)bytes),
		};
		const struct send_job job = { .post = bytes[0] & 1 };
		struct send_try t;

		for (int scheme = SEND_HTTP; scheme <= SEND_TFTP; scheme++) {
			const struct send_url u = { .scheme = (enum send_scheme)scheme };

			send_read_answer(&e, &job, &u, 100, &t);
			must(t.problem < SEND_PROBLEMS && strlen(t.why) < sizeof(t.why));
			must(t.problem == SEND_NOTHING ? !*t.why : *t.why != '\0');
			for (const char *c = t.why; *c; c++)
				must(*c >= ' ' && *c <= '~');
		}
	}
	free(bytes);
}
