// SPDX-License-Identifier: GPL-2.0-only
/*
 * URLs of reports: taken apart, and put together again.
 */
#include "lib/send_url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "lib/number.h"

static const struct {
	const char *prefix;
	enum send_scheme scheme;
	unsigned int port;
} schemes[] = {
	{ "http://", SEND_HTTP, 80 },
	{ "tftp://", SEND_TFTP, 69 },
	/* UDP: RFC 5426, 3.3. */
	{ "syslog://", SEND_SYSLOG, 514 },
};

#define N_SCHEMES (sizeof(schemes) / sizeof(schemes[0]))

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/* The letters of %m and so on, in the order of word_of(). */
static const char words[] = "mstvi";

static const char *word_of(const struct send_words *w, char letter)
{
	switch (letter) {
	case 'm':
		return w->mac;
	case 's':
		return w->board;
	case 't':
		return w->time;
	case 'v':
		return w->verdict;
	default:
		return w->id;
	}
}

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

/* Labels of letters, digits and hyphens, which also an IPv4 address consists of. */
static const char *check_name(const char *host)
{
	for (const char *c = host; *c; c++) {
		bool joint = c == host || c[-1] == '.' || !c[1] || c[1] == '.';

		if (!is_one_of(*c, letters) && *c != '_' && (joint || !is_one_of(*c, "-.")))
			return "its host is no name or address";
	}
	return *host ? NULL : "it names no host";
}

static const char *take_host(const char **at, struct send_url *u)
{
	const char *begin = *at, *end;
	struct in6_addr address;
	size_t n;

	u->ipv6 = *begin == '[';
	begin += u->ipv6;
	end = u->ipv6 ? strchr(begin, ']') : begin + strcspn(begin, ":/?#");
	if (!end)
		return "its [ has no ]";
	n = (size_t)(end - begin);
	if (memchr(begin, '@', n))
		return "a user or password in it would be shown to whoever reads it: let the server accept this network without";
	if (n > SEND_HOST_MAX)
		return "its host is too long";
	memcpy(u->host, begin, n);
	u->host[n] = '\0';
	*at = end + u->ipv6;
	if (!u->ipv6)
		return check_name(u->host);
	return inet_pton(AF_INET6, u->host, &address) == 1 ? NULL :
							     "what is in [] is no IPv6 address";
}

static const char *take_port(const char **at, struct send_url *u)
{
	uint64_t port;

	if (**at != ':')
		return NULL;
	++*at;
	if (!number_take(at, 65535, &port) || !port)
		return "its port is no number from 1 to 65535";
	u->port = (unsigned int)port;
	return NULL;
}

/* RFC 3986, 3.3 and 3.4, without what a shell, a log or a TFTP URL (";mode=") takes for something else. */
static const char *check_path(const struct send_url *u)
{
	for (const char *c = u->path; *c; c++) {
		if (*c == '%' && !is_one_of(*++c, words) && *c != '%')
			return "after % it has none of m, s, t, v, i and %";
		if (*c == '?' && u->scheme != SEND_HTTP)
			return "a path of tftp has no ?";
		if (*c != '%' && !is_one_of(*c, letters) && !is_one_of(*c, "-._~/?=&+:@!,"))
			return "its path may have only letters, digits and -._~/?=&+:@!, and %m %s %t %v %i %%";
	}
	return NULL;
}

static const char *check_file(const struct send_url *u)
{
	size_t end = strcspn(u->path, "?");

	return end < 2 || u->path[end - 1] == '/' ? "its path names no file" : NULL;
}

static const char *take_scheme(const char **at, struct send_url *u)
{
	for (size_t i = 0; i < N_SCHEMES; i++) {
		size_t n = strlen(schemes[i].prefix);

		if (strncmp(*at, schemes[i].prefix, n) != 0)
			continue;
		u->scheme = schemes[i].scheme;
		u->port = schemes[i].port;
		*at += n;
		return NULL;
	}
	if (!strncmp(*at, "https://", 8))
		return "https is not there: send to http on a network that you trust, or to a relay there that speaks https";
	return "it begins with none of http://, tftp:// and syslog://";
}

const char *send_url_parse(const char *url, bool upload, struct send_url *u)
{
	const char *at = url, *why;

	memset(u, 0, sizeof(*u));
	if (strlen(url) > SEND_URL_MAX)
		return "it is too long";
	why = take_scheme(&at, u);
	if (!why)
		why = take_host(&at, u);
	if (!why)
		why = take_port(&at, u);
	if (why)
		return why;
	if (*at && *at != '/')
		return "what follows its host is no path";
	u->path = *at ? at : "/";
	if (u->scheme == SEND_SYSLOG)
		return u->path[1] ? "syslog has no path" : NULL;
	why = check_path(u);
	if (!why && (upload || u->scheme == SEND_TFTP))
		why = check_file(u);
	return why;
}

/* No word may lead to another folder: "%2F" and "%2E" mean the same to a server as '/' and '.'. */
static size_t fill_word(char *buf, size_t size, const char *word)
{
	size_t n = 0;

	if (!word || !*word)
		word = "none";
	for (const char *c = word; *c && n < size; c++) {
		if (is_one_of(*c, "/\\") || (*c == '.' && c == word))
			n += (size_t)snprintf(buf + n, size - n, "_");
		else if (is_one_of(*c, letters) || is_one_of(*c, "-_."))
			n += (size_t)snprintf(buf + n, size - n, "%c", *c);
		else
			n += (size_t)snprintf(buf + n, size - n, "%%%02X", (unsigned char)*c);
	}
	return n;
}

bool send_url_fill(const struct send_url *u, const struct send_words *w, char *buf, size_t size)
{
	size_t n;

	n = (size_t)snprintf(buf, size, "%s%s%s%s:%u", schemes[u->scheme].prefix,
			     u->ipv6 ? "[" : "", u->host, u->ipv6 ? "]" : "", u->port);
	for (const char *c = u->path; *c && n < size; c++) {
		if (*c != '%')
			n += (size_t)snprintf(buf + n, size - n, "%c", *c);
		else if (*++c == '%')
			n += (size_t)snprintf(buf + n, size - n, "%%");
		else
			n += fill_word(buf + n, size - n, word_of(w, *c));
	}
	return n < size;
}
