/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a report is sent to: the URLs that report= and `nestcheck send` take. Pure.
 *
 *	http://HOST[:PORT]/PATH
 *	tftp://HOST[:PORT]/PATH
 *	syslog://HOST[:PORT]
 *
 * HOST is a name, an IPv4 address, or an IPv6 address in brackets. In PATH, %m %s %t %v %i stand for what
 * tells reports apart (struct send_words), and %% for a percent sign: "%%20" is a space.
 *
 * Nothing of an URL is passed on as it is: what is not understood is refused, and the URL that is called
 * is put together from its parts.
 */
#ifndef NESTCHECK_LIB_SEND_URL_H
#define NESTCHECK_LIB_SEND_URL_H

#include <stdbool.h>
#include <stddef.h>

enum send_scheme {
	SEND_HTTP,
	SEND_TFTP,
	SEND_SYSLOG
};

/* A host name has at most 253 characters: RFC 1035, 2.3.4, without the root's dot. */
#define SEND_HOST_MAX 253
/* Of the whole URL, before and after its %m and the like are filled in. */
#define SEND_URL_MAX  1024

struct send_url {
	enum send_scheme scheme;
	char host[SEND_HOST_MAX + 1]; /* without brackets */
	bool ipv6;		      /* it is an address that goes into brackets */
	unsigned int port;	      /* the scheme's own if none was given: 80, 69, 514 */
	const char *path;	      /* in the text that was parsed; "/..." */
};

/*
 * Takes an URL apart. upload: the request is a PUT, so that the path has to name a file. NULL, or why it
 * cannot be used: a clause that says what instead.
 */
const char *send_url_parse(const char *url, bool upload, struct send_url *u);

/* What the path's words stand for; NULL: "none". */
struct send_words {
	const char *mac;     /* %m "52-54-00-12-34-56" */
	const char *board;   /* %s a digest of the board's serial number */
	const char *time;    /* %t "20260131T120000Z" */
	const char *verdict; /* %v "PASS"; "STARTED" before there is one */
	const char *id;	     /* %i */
};

/*
 * Writes the URL with its words filled in. Only letters, digits, '-', '_' and '.' of a word are written as
 * they are; slashes and a '.' at its beginning become '_', the rest %XX. False if that is longer than
 * size.
 */
bool send_url_fill(const struct send_url *u, const struct send_words *w, char *buf, size_t size);

#endif
