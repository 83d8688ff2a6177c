/* SPDX-License-Identifier: GPL-2.0-only */
/* A volume in memory for the tests of setup disk: a test writes a superblock into it. */
#ifndef NESTCHECK_TESTS_UNIT_VOLUME_H
#define NESTCHECK_TESTS_UNIT_VOLUME_H

#include "machine.h"

#include "setup/disk/disk.h"

/* A device of 4 MiB, both ends of which are read. */
static unsigned char head[VOLUME_HEAD], tail[VOLUME_TAIL];
static struct volume_bytes bytes = { head, tail, sizeof(head), sizeof(tail), 4 << 20 };

HELPER int wipe(void **state)
{
	(void)state;
	memset(head, 0, sizeof(head));
	memset(tail, 0, sizeof(tail));
	bytes.head_size = sizeof(head);
	bytes.tail_size = sizeof(tail);
	bytes.size = 4 << 20;
	return 0;
}

HELPER void put(size_t at, const char *s, size_t len)
{
	memcpy(head + at, s, len);
}

HELPER void put32(size_t at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		head[at + (size_t)i] = (unsigned char)(value >> (8 * i));
}

HELPER struct volume probed(void)
{
	struct volume v;

	volume_probe(&bytes, &v);
	return v;
}

HELPER void put_ext(uint32_t compat, uint32_t incompat, uint32_t ro_compat, uint32_t s_state)
{
	put(1024 + 0x38, "\x53\xef", 2);
	head[1024 + 0x3a] = (unsigned char)s_state;
	put32(1024 + 0x5c, compat);
	put32(1024 + 0x60, incompat);
	put32(1024 + 0x64, ro_compat);
	put32(1024 + 0xe0, 8); /* s_journal_inum: EXT4_JOURNAL_INO */
	put(1024 + 0x68, "\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10", 16);
	put(1024 + 0x78, "a label, 16 byte", 16);
}

#endif
