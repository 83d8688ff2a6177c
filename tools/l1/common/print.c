// SPDX-License-Identifier: GPL-2.0-only
/*
 * printf's smallest useful part, and the four memory functions that compilers call.
 */
#include "l1/common/l1.h"

struct out {
	char *buf;
	size_t size, n;
};

static void put(struct out *o, char c)
{
	if (o->n + 1 < o->size)
		o->buf[o->n] = c;
	o->n++;
}

static void put_number(struct out *o, uint64_t v, unsigned int base, bool negative, bool prefix,
		       unsigned int width, char pad)
{
	char digits[24];
	unsigned int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	if (negative)
		put(o, '-');
	if (prefix) {
		put(o, '0');
		put(o, 'x');
	}
	for (unsigned int i = n; i < width; i++)
		put(o, pad);
	while (n)
		put(o, digits[--n]);
}

static uint64_t integer(va_list *ap, int longs, bool is_signed, bool *negative)
{
	int64_t v;

	*negative = false;
	if (!is_signed)
		return longs ? va_arg(*ap, uint64_t) : va_arg(*ap, unsigned int);
	v = longs ? va_arg(*ap, int64_t) : va_arg(*ap, int);
	*negative = v < 0;
	return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

/* One conversion behind its '%'; returns where the text goes on. */
static const char *convert(struct out *o, const char *f, va_list *ap)
{
	bool prefix = false, negative;
	unsigned int width = 0;
	int longs = 0;
	char pad = ' ';
	const char *s;
	uint64_t v;

	for (; *f == '#' || *f == '0'; f++) {
		if (*f == '#')
			prefix = true;
		else
			pad = '0';
	}
	for (; *f >= '0' && *f <= '9'; f++)
		width = width * 10 + (unsigned int)(*f - '0');
	for (; *f == 'l'; f++)
		longs++;
	switch (*f) {
	case 's':
		s = va_arg(*ap, const char *);
		for (s = s ? s : "(null)"; *s; s++)
			put(o, *s);
		break;
	case 'c':
		put(o, (char)va_arg(*ap, int));
		break;
	case 'd':
	case 'u':
		v = integer(ap, longs, *f == 'd', &negative);
		put_number(o, v, 10, negative, false, width, pad);
		break;
	case 'x':
		v = integer(ap, longs, false, &negative);
		put_number(o, v, 16, false, prefix, width, pad);
		break;
	default:
		put(o, '%');
		if (!*f)
			return f;
		if (*f != '%')
			put(o, *f);
	}
	return f + 1;
}

int l1_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { buf, size, 0 };
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		if (*fmt != '%')
			put(&o, *fmt++);
		else
			fmt = convert(&o, fmt + 1, &args);
	}
	va_end(args);
	if (size)
		buf[o.n < size ? o.n : size - 1] = 0;
	return (int)o.n;
}

int l1_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = l1_vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

void *memset(void *s, int c, size_t n)
{
	uint64_t words = n / 8, rest = n % 8, v = (uint8_t)c * 0x0101010101010101ULL;
	void *to = s;

	/* Word by word: an emulator takes as long for a byte. */
	asm volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(v) : "memory");
	asm volatile("rep stosb" : "+D"(to), "+c"(rest) : "a"(v) : "memory");
	return s;
}

void *memcpy(void *to, const void *from, size_t n)
{
	uint64_t words = n / 8, rest = n % 8;
	void *d = to;

	asm volatile("rep movsq" : "+D"(d), "+S"(from), "+c"(words) : : "memory");
	asm volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(rest) : : "memory");
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	uint8_t *d = to;
	const uint8_t *s = from;

	if (d <= s || d >= s + n)
		return memcpy(to, from, n);
	while (n--) {
		d[n] = s[n];
		asm volatile("" : : : "memory"); /* keeps the loop from becoming memmove() */
	}
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (; n; n--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}
