// SPDX-License-Identifier: GPL-2.0-only
/*
 * setup check: the values of a row; see check.h.
 */
#include "setup/check/check.h"

#include <stdarg.h>
#include <stdio.h>

static void set(char *to, size_t size, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

static void set(char *to, size_t size, const char *fmt, va_list ap)
{
	vsnprintf(to, size, fmt, ap);
}

void check_value(struct check_row *row, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(row->value, sizeof(row->value), fmt, ap);
	va_end(ap);
}

void check_remedy(struct check_row *row, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(row->remedy, sizeof(row->remedy), fmt, ap);
	va_end(ap);
}

enum check_state check_state_of(enum tri t)
{
	return t == TRI_YES ? CHECK_OK : t == TRI_NO ? CHECK_NO : CHECK_UNKNOWN;
}
