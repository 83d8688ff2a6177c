/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256 (FIPS 180-4): the workload of the chain's last level, and records of files.
 */
#ifndef NESTCHECK_LIB_SHA256_H
#define NESTCHECK_LIB_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32

void sha256(const void *data, size_t size, uint8_t digest[SHA256_SIZE]);

/* Lower-case hex with a NUL. */
#define SHA256_HEX (2 * SHA256_SIZE + 1)
void sha256_hex(const uint8_t digest[SHA256_SIZE], char hex[SHA256_HEX]);

#endif
