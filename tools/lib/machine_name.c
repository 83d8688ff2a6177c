// SPDX-License-Identifier: GPL-2.0-only
/*
 * The forms of a machine's name and of its MAC address.
 */
#include "lib/machine_name.h"

#include <stddef.h>
#include <string.h>

bool machine_id_valid(const char *id)
{
	size_t n = strlen(id);

	for (const char *c = id; *c; c++)
		if (*c <= ' ' || *c > '~')
			return false;
	return n && n <= MACHINE_ID_MAX;
}

bool machine_mac_valid(const char *mac)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < MACHINE_MAC_LEN; i++) {
		/* strchr() finds the NUL, too. */
		bool good = i % 3 == 2 ? mac[i] == ':' : mac[i] && strchr(digits, mac[i]);

		if (!good)
			return false;
	}
	return !mac[MACHINE_MAC_LEN];
}
