// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers that a user writes (see number.h).
 */
#include "lib/number.h"

unsigned int number_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A' + 10);
	return 16;
}

static bool take(const char **s, unsigned int base, uint64_t max, uint64_t *to)
{
	const char *at = *s;
	uint64_t v = 0;

	for (; number_digit(*at) < base; at++) {
		unsigned int digit = number_digit(*at);

		if (digit > max || v > (max - digit) / base)
			return false;
		v = v * base + digit;
	}
	if (at == *s)
		return false;
	*s = at;
	*to = v;
	return true;
}

static bool parse(const char *s, unsigned int base, uint64_t min, uint64_t max, uint64_t *to)
{
	uint64_t v;

	if (!take(&s, base, max, &v) || *s || v < min)
		return false;
	*to = v;
	return true;
}

bool number_parse(const char *s, uint64_t min, uint64_t max, uint64_t *to)
{
	return parse(s, 10, min, max, to);
}

bool number_parse_c(const char *s, uint64_t min, uint64_t max, uint64_t *to)
{
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		return parse(s + 2, 16, min, max, to);
	return parse(s, s[0] == '0' ? 8 : 10, min, max, to);
}

bool number_take(const char **s, uint64_t max, uint64_t *to)
{
	return take(s, 10, max, to);
}
