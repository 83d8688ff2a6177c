/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which machine it was: the name that its owner gave it (id=), and the MAC address of the network
 * interface that the image used. Nothing else that identifies a machine is in a report. Pure.
 */
#ifndef NESTCHECK_LIB_MACHINE_NAME_H
#define NESTCHECK_LIB_MACHINE_NAME_H

#include <stdbool.h>

/* Linux' HOST_NAME_MAX: names of machines are host names more often than not. */
#define MACHINE_ID_MAX 64

/* "52:54:00:12:34:56" */
#define MACHINE_MAC_LEN 17

/*
 * The file in which init leaves the address of the interface that it used, a line; there is none if it
 * used no network.
 */
#define MACHINE_MAC_FILE "/run/nestcheck.mac"

/*
 * 1 to MACHINE_ID_MAX characters of printable ASCII, none of them a blank: a word in the verdict's
 * line.
 */
bool machine_id_valid(const char *id);

/* Six bytes in hex, lower case, with colons, as Linux writes them. */
bool machine_mac_valid(const char *mac);

#endif
