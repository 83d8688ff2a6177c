// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which line is a choice, and which read means that a console is gone.
 */
#include "menu_line.h"

#include <errno.h>
#include <poll.h>

/* As many ^D as nobody types between two other keys. */
#define ZEROS_MAX 256

char menu_letter(struct menu_line *l, char byte)
{
	size_t len = l->len;

	if (byte != '\n' && byte != '\r') {
		if (!len)
			l->letter = byte;
		l->len += len < 2;
		return MENU_NOTHING;
	}
	l->len = 0;
	if (len > 1 || (len == 1 && l->letter == MENU_NOTHING))
		return MENU_NOTHING;
	return len ? l->letter : MENU_EMPTY;
}

bool menu_read(struct menu_loss *l, ssize_t n, int error, short events)
{
	if (n > 0) {
		l->zeros = 0;
		l->interval_ms = 0;
		return false;
	}
	if (n < 0)
		return error != EAGAIN && error != EINTR;
	return events & (POLLHUP | POLLERR | POLLNVAL) || ++l->zeros > ZEROS_MAX;
}

void menu_lost(struct menu_loss *l, long long now)
{
	l->lost = true;
	l->zeros = 0;
	if (!l->interval_ms)
		l->interval_ms = MENU_RETRY_MS;
	else if (l->interval_ms < MENU_RETRY_MAX_MS)
		l->interval_ms *= 2;
	l->retry_at = now + l->interval_ms;
}

bool menu_retry(const struct menu_loss *l, long long now)
{
	return l->lost && now >= l->retry_at;
}

void menu_found(struct menu_loss *l)
{
	l->lost = false;
	l->zeros = 0;
}
