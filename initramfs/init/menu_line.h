/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The menu's decisions about a console's input. Pure.
 */
#ifndef NESTCHECK_INIT_MENU_LINE_H
#define NESTCHECK_INIT_MENU_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The line that is being typed. Only its first letter counts, and only if it is the only one. */
struct menu_line {
	char letter;
	size_t len;
};

#define MENU_NOTHING '\0' /* no choice is complete */
#define MENU_EMPTY   '\n' /* Enter alone */

/* Adds a byte. At the end of a line: its letter, MENU_EMPTY, or MENU_NOTHING if it had several. */
char menu_letter(struct menu_line *l, char byte);

/*
 * Whether a console is lost, and when it is tried again: soon, and less often if it is lost each time.
 * zeros: successive reads of nothing.
 */
struct menu_loss {
	bool lost;
	int interval_ms; /* 0: the first time */
	long long retry_at;
	unsigned int zeros;
};

#define MENU_RETRY_MS	  1000
#define MENU_RETRY_MAX_MS 32000

/*
 * The result of a read: n bytes, or -1 with this errno; events: poll()'s. True if the console is hung up or gone.
 * Nothing at all is a ^D that was typed, unless poll() saw a hang-up or it never ends.
 */
bool menu_read(struct menu_loss *l, ssize_t n, int error, short events);

void menu_lost(struct menu_loss *l, long long now);
/* Whether to open it again now. */
bool menu_retry(const struct menu_loss *l, long long now);
void menu_found(struct menu_loss *l);

#endif
