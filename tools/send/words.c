// SPDX-License-Identifier: GPL-2.0-only
/*
 * What tells the reports of machines apart, in their URLs.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/procfs.h"
#include "lib/sha256.h"
#include "send/send.h"

#define DMI "/sys/class/dmi/id/"

/* What makers leave there if they give no number. */
static const char *const no_serials[] = {
	"",
	"0",
	"none",
	"n/a",
	"default string",
	"not specified",
	"not applicable",
	"not available",
	"to be filled by o.e.m.",
	"system serial number",
	"base board serial number",
	"board serial number",
	"chassis serial number",
	"empty",
	"unknown",
	"oem",
	"invalid",
	"123456789",
	"1234567890",
	"0123456789",
};

/* So that the digest is of no other use: nobody else's table of digests has it. */
#define SALT "nestcheck board serial "

const char *send_board(struct arena *a, const char *serial)
{
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	size_t n;
	char *s;

	serial += strspn(serial, " \t\n");
	n = strlen(serial);
	while (n && strchr(" \t\n", serial[n - 1]))
		n--;
	s = arena_strndup(a, serial, n);
	for (size_t i = 0; i < sizeof(no_serials) / sizeof(no_serials[0]); i++)
		if (!strcasecmp(s, no_serials[i]))
			return NULL;
	if (strspn(s, s[0] == 'X' ? "X" : s[0] == '.' ? "." : "0") == n)
		return NULL;
	s = arena_printf(a, SALT "%s", s);
	sha256(s, strlen(s), digest);
	sha256_hex(digest, hex);
	return arena_strndup(a, hex, 16);
}

/* The board's; of a machine that has only one of its own, that one. */
static const char *this_board(struct arena *a)
{
	static const char *const files[] = { DMI "board_serial", DMI "product_serial",
					     DMI "chassis_serial" };
	const char *board = NULL;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !board; i++) {
		char serial[256];

		if (read_file(files[i], serial, sizeof(serial)) > 0)
			board = send_board(a, serial);
	}
	return board;
}

const char *send_time(struct arena *a, const char *started)
{
	char *s = started ? arena_strdup(a, started) : NULL;
	char *to = s;

	for (const char *c = s; c && *c; c++)
		if (*c != '-' && *c != ':')
			*to++ = *c;
	if (to)
		*to = '\0';
	return s;
}

/* With hyphens, as in file names of boot loaders and in DHCP's leases. */
static const char *mac_word(struct arena *a, const char *mac)
{
	char *s = mac ? arena_strdup(a, mac) : NULL;

	for (char *c = s; c && *c; c++)
		if (*c == ':')
			*c = '-';
	return s;
}

void send_words_of(struct arena *a, const struct report *r, struct send_words *w)
{
	const char *verdict = verdict_name(r->verdict.result);

	*w = (struct send_words){
		.mac = mac_word(a, r->machine.mac),
		.board = this_board(a),
		.time = send_time(a, r->started),
		.verdict = verdict ? verdict : "STARTED",
		.id = r->machine.id,
	};
}
