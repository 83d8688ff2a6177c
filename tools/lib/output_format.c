// SPDX-License-Identifier: GPL-2.0-only
/*
 * Formats, whose values are escaped (see output.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "lib/output_parts.h"

/* A conversion of a format: "%-10.3s", "%*d", "%llu". */
struct conversion {
	char flags[8];
	int width, precision; /* precision < 0: none */
	char size;	      /* 0, 'l', 'L' for ll, 'z' */
	char letter;
};

static int number_of(const char **fmt)
{
	int n = 0;

	for (; **fmt >= '0' && **fmt <= '9'; ++*fmt)
		n = 10 * n + **fmt - '0';
	return n;
}

/* All but the numbers that are arguments (*). Returns what follows it. */
static const char *parse(const char *fmt, struct conversion *c, bool *width_given,
			 bool *precision_given)
{
	size_t n = strspn(fmt, "-+ #0");

	*c = (struct conversion){ .precision = -1 };
	memcpy(c->flags, fmt, n < sizeof(c->flags) ? n : sizeof(c->flags) - 1);
	fmt += n;
	*width_given = *fmt == '*';
	fmt += *width_given;
	c->width = number_of(&fmt);
	*precision_given = !strncmp(fmt, ".*", 2);
	if (*precision_given) {
		fmt += 2;
	} else if (*fmt == '.') {
		fmt++;
		c->precision = number_of(&fmt);
	}
	for (; strchr("hljzt", *fmt); fmt++)
		c->size = *fmt == 'l' && c->size == 'l' ? 'L' : *fmt;
	c->letter = *fmt;
	return fmt + 1;
}

/* The width is that of the value as it is shown. */
static void add_string(struct text *t, const struct conversion *c, const char *s)
{
	bool left = c->width < 0 || strchr(c->flags, '-');
	struct text shown;
	int width;

	text_shown(&shown, t, s, c->precision < 0 ? strlen(s) : strnlen(s, (size_t)c->precision),
		   "");
	width = abs(c->width) - (int)shown.len;
	if (!left)
		text_pad(t, width);
	text_bytes(t, shown.s, shown.len, true);
	if (left)
		text_pad(t, width);
	text_free(&shown);
}

/* The format of one number is put together here, from a format that the compiler has checked. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void add_number(struct text *t, const struct conversion *c, long long value, double real)
{
	char fmt[24], number[400];
	bool is_real = c->letter == 'f' || c->letter == 'g';

	snprintf(fmt, sizeof(fmt), "%%%s*.*%s%c", c->flags, is_real ? "" : "ll", c->letter);
	if (is_real)
		snprintf(number, sizeof(number), fmt, c->width, c->precision, real);
	else
		snprintf(number, sizeof(number), fmt, c->width, c->precision, value);
	text_bytes(t, number, strlen(number), false);
}
#pragma GCC diagnostic pop

static long long signed_argument(char size, va_list *ap)
{
	switch (size) {
	case 'l':
		return va_arg(*ap, long);
	case 'L':
	case 'j':
		return va_arg(*ap, long long);
	case 'z':
	case 't':
		return va_arg(*ap, ssize_t);
	default:
		return va_arg(*ap, int);
	}
}

static long long unsigned_argument(char size, va_list *ap)
{
	switch (size) {
	case 'l':
		return (long long)va_arg(*ap, unsigned long);
	case 'L':
	case 'j':
		return (long long)va_arg(*ap, unsigned long long);
	case 'z':
	case 't':
		return (long long)va_arg(*ap, size_t);
	default:
		return va_arg(*ap, unsigned int);
	}
}

static void add_argument(struct text *t, const struct conversion *c, va_list *ap)
{
	char letter[] = { '\0', '\0' };

	switch (c->letter) {
	case 's':
		add_string(t, c, va_arg(*ap, const char *));
		return;
	case 'c':
		letter[0] = (char)va_arg(*ap, int);
		add_string(t, c, letter);
		return;
	case 'd':
		add_number(t, c, signed_argument(c->size, ap), 0);
		return;
	case 'u':
	case 'x':
	case 'X':
		add_number(t, c, unsigned_argument(c->size, ap), 0);
		return;
	case 'f':
	case 'g':
		add_number(t, c, 0, va_arg(*ap, double));
		return;
	case '%':
		text_bytes(t, "%", 1, false);
		return;
	default:
		/* A format of ours that no test has printed. */
		abort();
	}
}

void text_vformat(struct text *t, const char *fmt, va_list args)
{
	va_list ap;

	va_copy(ap, args);
	while (*fmt) {
		size_t n = strcspn(fmt, "%");
		bool width_given, precision_given;
		struct conversion c;

		text_bytes(t, fmt, n, false);
		fmt += n;
		if (!*fmt)
			break;
		fmt = parse(fmt + 1, &c, &width_given, &precision_given);
		if (width_given)
			c.width = va_arg(ap, int);
		if (precision_given)
			c.precision = va_arg(ap, int);
		add_argument(t, &c, &ap);
	}
	va_end(ap);
}

void text_format(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vformat(t, fmt, ap);
	va_end(ap);
}
