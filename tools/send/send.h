/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sends a document to an URL: by HTTP or TFTP with curl, which is started as a program, or a line to
 * syslog by UDP. Everything has a limit in time, everything that a server answers one in size, and
 * nothing that it says is believed but its status.
 */
#ifndef NESTCHECK_SEND_SEND_H
#define NESTCHECK_SEND_SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/report.h"
#include "lib/send_url.h"

/*
 * What is to be sent. url: as its user gave it. words: what its %m and so on stand for. document: for HTTP
 * and TFTP. line: for syslog, the verdict's line. post: by HTTP's POST instead of PUT. timeout_s: for all
 * tries together. alive: called several times a second, or NULL.
 */
struct send_job {
	const char *url;
	struct send_words words;
	const char *document;
	const char *line;
	bool post;
	unsigned int timeout_s;
	void (*alive)(void *data);
	void *data;
};

#define SEND_WHY_MAX 400

/*
 * problem: SEND_NOTHING if it was sent (by UDP nobody knows whether it arrived). why: a clause with what the
 * server answered; "" if it was sent. url: what was called.
 */
struct send_outcome {
	enum send_problem problem;
	char why[SEND_WHY_MAX];
	unsigned int tries;
	char url[SEND_URL_MAX];
};

/*
 * Tries until it is sent, until an answer that would not change, or until the time is up, with pauses of 1,
 * 2, 4 ... 60 s. The URL must be one that send_url_parse() takes.
 */
void send_document(const struct send_job *job, struct send_outcome *o);

/* The pause after this many tries, in ms. Public for tests. */
unsigned int send_pause_ms(unsigned int tries);

/*
 * words.c: the words of a report's URL. In arena a; board is that of the machine that runs this. Each is
 * NULL if it is not known, but the verdict of a report without one is "STARTED".
 */
void send_words_of(struct arena *a, const struct report *r, struct send_words *w);

/* "20260131T120000Z" for "2026-01-31T12:00:00Z"; NULL for NULL. Pure. */
const char *send_time(struct arena *a, const char *started);

/*
 * 16 hex digits for a serial number, the same on every boot; NULL for what stands for none ("To Be Filled
 * By O.E.M.", "0"). Pure.
 */
const char *send_board(struct arena *a, const char *serial);

/* Whether this kernel can send anything over IP at all. */
bool send_has_network(void);

/* --- private to this room -------------------------------------------------------------- */

/* One try, with at most ms of time. */
struct send_try {
	enum send_problem problem;
	char why[SEND_WHY_MAX];
	bool again; /* another try may have another result */
};

/* curl.c; url: filled in. fd: the document in a file of its own, from its beginning. */
void send_by_curl(const struct send_job *job, const struct send_url *u, const char *url, int fd,
		  size_t len, int ms, struct send_try *t);
/* syslog.c */
void send_by_syslog(const struct send_job *job, const struct send_url *u, int ms,
		    struct send_try *t);

/*
 * answer.c, pure: what curl said and the server answered.
 * status: of waitpid(); killed: at the limit of time. said: what it wrote to standard error, answer: the
 * first bytes of the server's.
 */
#define SEND_SAID "nestcheck-send "
struct curl_end {
	int status;
	bool killed;
	const char *said;
	const char *answer;
	size_t answer_len;
};
void send_read_answer(const struct curl_end *e, const struct send_job *job,
		      const struct send_url *u, size_t len, struct send_try *t);

/*
 * syslog.c: a message by RFC 5424, of at most size bytes. now: seconds since 1970; 0: not known. Returns its
 * length. Pure.
 */
#define SYSLOG_MAX 1024
size_t syslog_message(char *buf, size_t size, const char *line, const char *host, int64_t now);

#endif
