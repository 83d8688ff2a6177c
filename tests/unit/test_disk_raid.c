// SPDX-License-Identifier: GPL-2.0-only
/*
 * setup disk: superblocks of firmware's RAID and of md, and whose they are.
 */
#include "volume.h"

/*
 * Firmware's RAID of every maker that util-linux knows (libblkid/src/superblocks). sector: from the
 * beginning, or negative from the end. sum: where the sum of words or bytes is, and what it is of.
 */
static const struct firmware {
	int sector;
	size_t at;
	const char *magic;
	size_t len;
	enum {
		NO_SUM,
		WORDS_128,
		WORDS_320,
		BYTES_50
	} sum;
} firmware[] = {
	{ -2, 0, "Intel Raid ISM Cfg Sig. 1.3.00", 30, NO_SUM },
	{ -16, 0, "Intel Raid ISM Cfg Sig. 1.3.00", 30, NO_SUM },
	{ -1, 0, "\xde\x11\xde\x11", 4, NO_SUM },
	{ -257, 0, "\xde\x11\xde\x11", 4, NO_SUM },
	{ -1, 0, "$XIDE$", 6, NO_SUM },
	{ -1, 0, "\x55\xaa\1\3\1", 5, BYTES_50 },
	{ -1, 0x60, "\0\0\0\x2f", 4, WORDS_320 },
	{ -2, 0, "NVIDIA  \x1e\0\0\0", 12, NO_SUM },
	{ -63, 0, "Promise Technology, Inc.", 24, NO_SUM },
	{ -255, 0, "Promise Technology, Inc.", 24, NO_SUM },
	{ -256, 0, "Promise Technology, Inc.", 24, NO_SUM },
	{ -16, 0, "Promise Technology, Inc.", 24, NO_SUM },
	{ -399, 0, "Promise Technology, Inc.", 24, NO_SUM },
	{ -591, 0, "Promise Technology, Inc.", 24, NO_SUM },
	{ -675, 0, "Promise Technology, Inc.", 24, NO_SUM },
	{ -735, 0, "Promise Technology, Inc.", 24, NO_SUM },
	{ -911, 0, "Promise Technology, Inc.", 24, NO_SUM },
	{ -974, 0, "Promise Technology, Inc.", 24, NO_SUM },
	{ -991, 0, "Promise Technology, Inc.", 24, NO_SUM },
	{ -951, 0, "Promise Technology, Inc.", 24, NO_SUM },
	{ -3087, 0, "Promise Technology, Inc.", 24, NO_SUM },
	{ -11, 0, "\xf3\x16\x78\x5a", 4, NO_SUM },
	{ -11, 0, "\xfd\x16\x78\x5a", 4, NO_SUM },
	{ 9, 32, "\xf0\x16\x78\x5a", 4, NO_SUM },
	{ 9, 32, "\xfd\x16\x78\x5a", 4, NO_SUM },
	{ -1, 0, "\x37\xfc\x4d\x1e", 4, NO_SUM },
	{ -1, 0, "JM\1\0", 4, WORDS_128 },
};

/* Returns where its sum is, or NULL. */
static unsigned char *put_firmware(const struct firmware *f)
{
	static const size_t summed[] = { 0, 128, 0x140, 50 }, sum_at[] = { 0, 4, 0x13e, 50 };
	unsigned char *s = f->sector < 0 ? tail + sizeof(tail) + f->sector * 512 :
					   head + f->sector * 512;
	unsigned int sum = 0;

	memcpy(s + f->at, f->magic, f->len);
	for (size_t i = 0; i < summed[f->sum]; i++)
		sum += (unsigned int)s[i] << (f->sum != BYTES_50 && i % 2 ? 8 : 0);
	if (f->sum == NO_SUM)
		return NULL;
	/* The bytes' sum stands there; the words' is 0 with it. */
	sum = f->sum == BYTES_50 ? sum : 0 - sum;
	s[sum_at[f->sum]] = (unsigned char)sum;
	if (f->sum != BYTES_50)
		s[sum_at[f->sum] + 1] = (unsigned char)(sum >> 8);
	return s + sum_at[f->sum];
}

static void every_makers_raid(void **state)
{
	static const uint64_t sizes[] = { 4 << 20, 64 << 20 };

	for (size_t i = 0; i < sizeof(firmware) / sizeof(firmware[0]); i++)
		for (size_t k = 0; k < 2; k++) {
			unsigned char *sum;

			wipe(state);
			bytes.size = sizes[k];
			put_ext(0x3c, 0x2c2, 0x46b, 1);
			sum = put_firmware(&firmware[i]);
			assert_int_equal(probed().kind, VOLUME_SEALED);
			assert_true(probed().member);
			assert_non_null(strstr(probed().type, "firmware"));
			/* Such a short signature is one only with its sum. */
			if (sum) {
				*sum = (unsigned char)(*sum + 2);
				assert_int_equal(probed().kind, VOLUME_ROOT);
			}
		}
	/* A smaller device than the place is from the end. */
	wipe(state);
	bytes.size = bytes.tail_size = bytes.head_size = 8 * 512;
	put_ext(0x3c, 0x2c2, 0x46b, 1);
	assert_int_equal(probed().kind, VOLUME_ROOT);
}

/* One that is found does not keep the others from being asked. */
static void a_partition_does_not_hide_the_disks_raid(void **state)
{
	(void)state;
	/* The last partition's md 0.90. */
	memcpy(tail + sizeof(tail) - 65536, "\xfc\x4e\x2b\xa9", 4);
	assert_false(probed().member);
	memcpy(tail + sizeof(tail) - 1024, "NVIDIA  ", 8);
	assert_true(probed().member);
}

/* The superblock at the end of a disk may be that of its last partition (md_p.h). */
static void whose_superblock(void **state)
{
	unsigned char *v1_0 = tail + sizeof(tail) - 8192, *v0_90 = tail + sizeof(tail) - 65536;
	uint64_t sector = (bytes.size - 8192) / 512, kib = (bytes.size - 65536) / 1024;

	(void)state;
	memcpy(v1_0, "\xfc\x4e\x2b\xa9", 4);
	for (int i = 0; i < 8; i++)
		v1_0[144 + i] = (unsigned char)(sector >> (8 * i));
	assert_true(probed().member);
	/* Of a partition that begins at 1 MiB. */
	for (int i = 0; i < 8; i++)
		v1_0[144 + i] = (unsigned char)((sector - 2048) >> (8 * i));
	assert_false(probed().member);
	assert_int_equal(probed().kind, VOLUME_SEALED);
	wipe(state);
	memcpy(v0_90, "\xfc\x4e\x2b\xa9", 4);
	for (int i = 0; i < 4; i++)
		v0_90[32 + i] = (unsigned char)(kib >> (8 * i));
	assert_true(probed().member);
	for (int i = 0; i < 4; i++)
		v0_90[32 + i] = (unsigned char)((kib - 1024) >> (8 * i));
	assert_false(probed().member);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_makers_raid, wipe),
		cmocka_unit_test_setup(a_partition_does_not_hide_the_disks_raid, wipe),
		cmocka_unit_test_setup(whose_superblock, wipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
