// SPDX-License-Identifier: GPL-2.0-only
/*
 * Escapes values for people (see escape.h).
 */
#include "lib/escape.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int32_t utf8_next(const char *s, size_t n, size_t *len)
{
	/* The least character that needs that many bytes: a longer form is not UTF-8. */
	static const int32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)*s;
	size_t more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
	int32_t c = more ? first & (0x3f >> more) : first;

	*len = 1;
	if (first >= 0xf8 || (first >= 0x80 && first < 0xc0) || more >= n)
		return -1;
	for (size_t i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[more + 1] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	*len = more + 1;
	return c;
}

/* Unicode 15: Cc, Cf, Zl, Zp, and the fillers and joiners that show nothing. */
bool is_unseen(int32_t c)
{
	static const struct {
		int32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },	      { 0x7f, 0x9f },	    { 0xad, 0xad },
		{ 0x34f, 0x34f },     { 0x600, 0x605 },	    { 0x61c, 0x61c },
		{ 0x6dd, 0x6dd },     { 0x70f, 0x70f },	    { 0x890, 0x891 },
		{ 0x8e2, 0x8e2 },     { 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },
		{ 0x180b, 0x180f },   { 0x200b, 0x200f },   { 0x2028, 0x202e },
		{ 0x2060, 0x206f },   { 0x3164, 0x3164 },   { 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },   { 0xfff9, 0xfffb },
		{ 0x110bd, 0x110bd }, { 0x110cd, 0x110cd }, { 0x13430, 0x1343f },
		{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

size_t escape_next(char out[ESCAPE_MAX + 1], const char *s, size_t n, const char *keep)
{
	size_t len;
	int32_t c = utf8_next(s, n, &len);

	if ((c >= ' ' && c <= '~') || (c > 0 && c < ' ' && strchr(keep, (int)c))) {
		/* Nearly every character: snprintf() takes 500 instructions. */
		out[0] = (char)c;
		out[1] = '\0';
	} else if (c == '\n' || c == '\r' || c == '\t') {
		snprintf(out, ESCAPE_MAX + 1, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
	} else if (c < 0x80) {
		snprintf(out, ESCAPE_MAX + 1, "\\x%02x", (unsigned char)*s);
	} else {
		snprintf(out, ESCAPE_MAX + 1, c > 0xffff ? "\\U%08" PRIx32 : "\\u%04" PRIx32,
			 (uint32_t)c);
	}
	return len;
}

char *escape(char *buf, size_t size, const char *s)
{
	char one[ESCAPE_MAX + 1];
	size_t left = strlen(s), len = 0;

	while (left) {
		size_t used = escape_next(one, s, left, ""), n = strlen(one);

		if (len + n >= size)
			break;
		memcpy(buf + len, one, n);
		len += n;
		s += used;
		left -= used;
	}
	buf[len] = '\0';
	return buf;
}
