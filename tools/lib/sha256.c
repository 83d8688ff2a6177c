// SPDX-License-Identifier: GPL-2.0-only
/* SHA-256, by FIPS 180-4; see sha256.h. */
#include "lib/sha256.h"

#include <stdio.h>
#include <string.h>

#define BLOCK 64

/* 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t rotate(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static uint32_t big_endian(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/*
 * 6.2.2, one step. The standard moves all eight variables at each step; here their names move
 * instead: every boot digests megabytes.
 */
#define STEP(a, b, c, d, e, f, g, h, t)                                              \
	do {                                                                         \
		uint32_t t1 = (h) + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + \
			      ((g) ^ ((e) & ((f) ^ (g)))) + constants[t] + w[t];     \
                                                                                     \
		(d) += t1;                                                           \
		(h) = t1 + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +          \
		      (((a) & (b)) | ((c) & ((a) | (b))));                           \
	} while (0)

static void add_block(uint32_t hash[8], const uint8_t block[BLOCK])
{
	uint32_t a = hash[0], b = hash[1], c = hash[2], d = hash[3];
	uint32_t e = hash[4], f = hash[5], g = hash[6], h = hash[7];
	uint32_t w[64];

	for (int t = 0; t < 16; t++)
		w[t] = big_endian(block + 4 * t);
	for (int t = 16; t < 64; t++) {
		uint32_t s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
		uint32_t s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;

		w[t] = s1 + w[t - 7] + s0 + w[t - 16];
	}
	for (int t = 0; t < 64; t += 8) {
		STEP(a, b, c, d, e, f, g, h, t);
		STEP(h, a, b, c, d, e, f, g, t + 1);
		STEP(g, h, a, b, c, d, e, f, t + 2);
		STEP(f, g, h, a, b, c, d, e, t + 3);
		STEP(e, f, g, h, a, b, c, d, t + 4);
		STEP(d, e, f, g, h, a, b, c, t + 5);
		STEP(c, d, e, f, g, h, a, b, t + 6);
		STEP(b, c, d, e, f, g, h, a, t + 7);
	}
	hash[0] += a;
	hash[1] += b;
	hash[2] += c;
	hash[3] += d;
	hash[4] += e;
	hash[5] += f;
	hash[6] += g;
	hash[7] += h;
}

void sha256(const void *data, size_t size, uint8_t digest[SHA256_SIZE])
{
	/* 5.3.3 */
	uint32_t hash[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	uint8_t tail[2 * BLOCK] = { 0 };
	const uint8_t *p = data;
	size_t left = size, padded;

	for (; left >= BLOCK; left -= BLOCK, p += BLOCK)
		add_block(hash, p);
	/* 5.1.1: a one, zeros, the length in bits. */
	if (left)
		memcpy(tail, p, left);
	tail[left] = 0x80;
	padded = left < BLOCK - 8 ? BLOCK : 2 * BLOCK;
	for (size_t i = 0; i < 8; i++)
		tail[padded - 1 - i] = (uint8_t)((uint64_t)size << 3 >> 8 * i);
	for (size_t i = 0; i < padded; i += BLOCK)
		add_block(hash, tail + i);
	for (size_t i = 0; i < SHA256_SIZE; i++)
		digest[i] = (uint8_t)(hash[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256_hex(const uint8_t digest[SHA256_SIZE], char hex[SHA256_HEX])
{
	for (size_t i = 0; i < SHA256_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}
