/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * BLAKE2b (RFC 7693) with 32 bytes, as `b2sum -l 256` prints them: for megabytes, where SHA-256 takes
 * five times the instructions.
 */
#ifndef NESTCHECK_LIB_BLAKE2B_H
#define NESTCHECK_LIB_BLAKE2B_H

#include <stddef.h>
#include <stdint.h>

#define BLAKE2B_SIZE 32

void blake2b(const void *data, size_t size, uint8_t digest[BLAKE2B_SIZE]);

/* Lower-case hex with a NUL. */
#define BLAKE2B_HEX (2 * BLAKE2B_SIZE + 1)
void blake2b_hex(const uint8_t digest[BLAKE2B_SIZE], char hex[BLAKE2B_HEX]);

#endif
