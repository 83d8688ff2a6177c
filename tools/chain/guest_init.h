/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PID 1 of a guest in the chain.
 */
#ifndef NESTCHECK_CHAIN_GUEST_INIT_H
#define NESTCHECK_CHAIN_GUEST_INIT_H

/*
 * For PID 1 only. If the kernel's command line has arguments of the chain: proves that this level
 * runs, starts the next one, powers off, and does not return. Returns if there are none.
 */
void chain_guest_init(void);

#endif
