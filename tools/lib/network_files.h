/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What init's network leaves for nestcheck, beside MACHINE_MAC_FILE (lib/machine_name.h), which is there as
 * soon as an interface has an address.
 */
#ifndef NESTCHECK_LIB_NETWORK_FILES_H
#define NESTCHECK_LIB_NETWORK_FILES_H

/* Why there will be no network, a line: no card, no cable, no address. There is none while it may still come. */
#define NETWORK_PROBLEM_FILE "/run/nestcheck.network-problem"
#define NETWORK_PROBLEM_MAX  240

#endif
