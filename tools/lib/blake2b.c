// SPDX-License-Identifier: GPL-2.0-only
/* BLAKE2b-256 without a key, by RFC 7693; see blake2b.h. x86: words are read as they lie there. */
#include "lib/blake2b.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define BLOCK  128
#define ROUNDS 12

/* 2.6: the first 64 bits of the fractional parts of the square roots of the first eight primes. */
static const uint64_t iv[8] = {
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
	0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* 2.7; the last two rounds have the first two permutations again. */
static const uint8_t sigma[10][16] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
	{ 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 },
	{ 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
	{ 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 },
	{ 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
	{ 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 },
	{ 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
	{ 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 },
	{ 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
};

static uint64_t rotate(uint64_t x, int n)
{
	return x >> n | x << (64 - n);
}

/* 3.1, the mixing function G. The sixteen words have names so that they stay in registers. */
#define MIX(a, b, c, d, i)                  \
	do {                                \
		a += b + m[s[2 * (i)]];     \
		d = rotate(d ^ a, 32);      \
		c += d;                     \
		b = rotate(b ^ c, 24);      \
		a += b + m[s[2 * (i) + 1]]; \
		d = rotate(d ^ a, 16);      \
		c += d;                     \
		b = rotate(b ^ c, 63);      \
	} while (0)

/* 3.2; count: the bytes up to the end of this block. */
__attribute__((optimize("O2"))) static void add_block(uint64_t h[8], const uint8_t *block,
						      uint64_t count, bool last)
{
	uint64_t v0 = h[0], v1 = h[1], v2 = h[2], v3 = h[3];
	uint64_t v4 = h[4], v5 = h[5], v6 = h[6], v7 = h[7];
	uint64_t v8 = iv[0], v9 = iv[1], v10 = iv[2], v11 = iv[3];
	uint64_t v12 = iv[4] ^ count, v13 = iv[5], v14 = last ? ~iv[6] : iv[6], v15 = iv[7];
	uint64_t m[16];

	memcpy(m, block, sizeof(m));
	for (int round = 0; round < ROUNDS; round++) {
		const uint8_t *s = sigma[round % 10];

		MIX(v0, v4, v8, v12, 0);
		MIX(v1, v5, v9, v13, 1);
		MIX(v2, v6, v10, v14, 2);
		MIX(v3, v7, v11, v15, 3);
		MIX(v0, v5, v10, v15, 4);
		MIX(v1, v6, v11, v12, 5);
		MIX(v2, v7, v8, v13, 6);
		MIX(v3, v4, v9, v14, 7);
	}
	h[0] ^= v0 ^ v8;
	h[1] ^= v1 ^ v9;
	h[2] ^= v2 ^ v10;
	h[3] ^= v3 ^ v11;
	h[4] ^= v4 ^ v12;
	h[5] ^= v5 ^ v13;
	h[6] ^= v6 ^ v14;
	h[7] ^= v7 ^ v15;
}

void blake2b(const void *data, size_t size, uint8_t digest[BLAKE2B_SIZE])
{
	uint8_t tail[BLOCK] = { 0 };
	const uint8_t *p = data;
	size_t done = 0;
	uint64_t h[8];

	memcpy(h, iv, sizeof(h));
	/* 2.8: fanout and depth 1, no key, the digest's size. */
	h[0] ^= 0x01010000 ^ BLAKE2B_SIZE;
	/* The last block, full or not, is marked as such. */
	for (; size - done > BLOCK; done += BLOCK)
		add_block(h, p + done, done + BLOCK, false);
	if (size)
		memcpy(tail, p + done, size - done);
	add_block(h, tail, size, true);
	memcpy(digest, h, BLAKE2B_SIZE);
}

void blake2b_hex(const uint8_t digest[BLAKE2B_SIZE], char hex[BLAKE2B_HEX])
{
	for (size_t i = 0; i < BLAKE2B_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}
