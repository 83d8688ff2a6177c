// SPDX-License-Identifier: GPL-2.0-only
/*
 * setup disk: the kind of a volume by its bytes. RAIDs are in test_disk_raid.c.
 */
#include "volume.h"

static void nothing_is_unknown(void **state)
{
	struct volume v = probed();

	(void)state;
	assert_int_equal(v.kind, VOLUME_UNKNOWN);
	assert_null(v.type);
	/* Nor if nothing could be read. */
	bytes.head_size = bytes.tail_size = 0;
	bytes.size = 0;
	assert_int_equal(probed().kind, VOLUME_UNKNOWN);
}

/*
 * Features: mke2fs.conf(5)'s ext2, ext3 and ext4; a journal to be replayed; no journal, mounted.
 * States (fs/ext4/ext4.h): 1 valid, 2 errors were found.
 */
static void ext_is_told_apart(void **state)
{
	static const struct {
		uint32_t compat, incompat, ro_compat, state;
		const char *type;
		bool unclean, damaged;
	} rows[] = {
		{ 0x38, 0x2, 0x3, 1, "ext2", false, false },
		{ 0x38, 0x2, 0x3, 0, "ext2", true, false },
		{ 0x38, 0x2, 0x3, 3, "ext2", false, true },
		{ 0x38, 0x2, 0x3, 2, "ext2", true, true },
		{ 0x3c, 0x2, 0x3, 1, "ext3", false, false },
		{ 0x3c, 0x6, 0x3, 1, "ext3", true, false },
		{ 0x3c, 0x2c2, 0x46b, 1, "ext4", false, false },
		{ 0x3c, 0x2c6, 0x46b, 1, "ext4", true, false },
		{ 0x38, 0x2c2, 0x46b, 0, "ext4", true, false },
		{ 0x3c, 0x2c2, 0x46b, 3, "ext4", false, true },
		{ 0x3c, 0x2c2, 0x46b, 2, "ext4", false, true },
		{ 0x3c, 0x2c2, 0x46b, 0, "ext4", false, true },
		{ 0x3c, 0x2c6, 0x46b, 3, "ext4", true, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct volume v;

		wipe(state);
		put_ext(rows[i].compat, rows[i].incompat, rows[i].ro_compat, rows[i].state);
		v = probed();
		assert_int_equal(v.kind, VOLUME_ROOT);
		assert_string_equal(v.type, rows[i].type);
		assert_string_equal(v.driver, "ext4");
		assert_int_equal(v.unclean, rows[i].unclean);
		assert_int_equal(v.damaged, rows[i].damaged);
		assert_string_equal(v.label, "a label, 16 byte");
		assert_string_equal(v.uuid, "01234567-89ab-cdef-fedc-ba9876543210");
	}
	/* An external journal has the same magic. */
	wipe(state);
	put_ext(0, 0x8, 0, 1);
	assert_int_equal(probed().kind, VOLUME_OTHER);
	/* And what it is the journal of (mke2fs -J device=): s_journal_dev at 0xe4. */
	wipe(state);
	put_ext(0x3c, 0x2c2, 0x46b, 1);
	put32(1024 + 0xe0, 0);
	put32(1024 + 0xe4, 0xfe10);
	assert_int_equal(probed().kind, VOLUME_SEALED);
	assert_non_null(probed().advice);
}

static void xfs_and_btrfs(void **state)
{
	struct volume v;

	/* struct xfs_dsb: sb_rblocks at 16, sb_logstart at 48 (mkfs.xfs: 262150), big-endian. */
	put(0, "XFSB", 4);
	put(48, "\0\0\0\0\0\4\0\6", 8);
	put(108, "root", 4);
	v = probed();
	assert_int_equal(v.kind, VOLUME_ROOT);
	assert_string_equal(v.type, "xfs");
	assert_string_equal(v.label, "root");
	head[16 + 7] = 1;
	assert_int_equal(probed().kind, VOLUME_SEALED);
	head[16 + 7] = 0;
	put(48, "\0\0\0\0\0\0\0\0", 8);
	assert_int_equal(probed().kind, VOLUME_SEALED);
	wipe(state);
	put(0x10040, "_BHRfS_M", 8);
	head[0x10088] = 1;
	put(0x1012b, "fedora", 6);
	v = probed();
	assert_int_equal(v.kind, VOLUME_ROOT);
	assert_string_equal(v.driver, "btrfs");
	assert_string_equal(v.label, "fedora");
	assert_false(v.unclean);
	head[0x10060] = 0x10;
	assert_true(probed().unclean);
	/* BTRFS_SUPER_FLAG_ERROR */
	assert_false(probed().damaged);
	head[0x10038] = 4;
	assert_true(probed().damaged);
	head[0x10088] = 2;
	assert_int_equal(probed().kind, VOLUME_SEALED);
}

static void what_is_sealed_is_named(void **state)
{
	static const struct {
		size_t at;
		const char *magic;
		size_t len;
		enum volume_kind kind;
		const char *type;
	} rows[] = {
		{ 0, "LUKS\xba\xbe\0\2", 8, VOLUME_SEALED, "LUKS" },
		{ 0, "LUKS\xba\xbe\0\1", 8, VOLUME_SEALED, "LUKS" },
		{ 512, "LABELONE", 8, VOLUME_SEALED, "LVM2" },
		{ 0, "\xfc\x4e\x2b\xa9\1\0\0\0", 8, VOLUME_SEALED, "RAID" },
		{ 4096, "\xfc\x4e\x2b\xa9\1\0\0\0", 8, VOLUME_SEALED, "RAID" },
		{ 132 * 1024, "\x0c\xb1\xba\0\0\0\0\0", 8, VOLUME_SEALED, "ZFS" },
		{ 65588, "ReIsEr2Fs", 9, VOLUME_SEALED, "reiserfs" },
		{ 1024, "\x10\x20\xf5\xf2", 4, VOLUME_SEALED, "f2fs" },
		{ 4086, "SWAPSPACE2", 10, VOLUME_OTHER, "swap" },
		{ 4120, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81", 16,
		  VOLUME_SEALED, "bcache" },
		{ 3, "NTFS    ", 8, VOLUME_OTHER, "NTFS" },
		{ 3, "-FVE-FS-", 8, VOLUME_OTHER, "BitLocker" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct volume v;

		wipe(state);
		put(rows[i].at, rows[i].magic, rows[i].len);
		v = probed();
		assert_int_equal(v.kind, rows[i].kind);
		if (!v.type || strncmp(v.type, rows[i].type, strlen(rows[i].type)) != 0)
			fail_msg("%s is called %s", rows[i].type, v.type);
		assert_int_equal(v.advice != NULL, rows[i].kind == VOLUME_SEALED);
	}
}

/* kernel/power/swap.c, uswsusp, TuxOnIce; mkswap(8) with every page size. */
static void swaps(void **state)
{
	static const struct {
		const char *magic;
		size_t len;
		bool hibernated;
	} rows[] = {
		{ "SWAPSPACE2", 10, false },
		{ "SWAP-SPACE", 10, false },
		{ "S1SUSPEND\0", 10, true },
		{ "S2SUSPEND\0", 10, true },
		{ "ULSUSPEND\0", 10, true },
		{ "LINHIB0001", 10, true },
		{ "\xed\xc3\x02\xe9\x98\x56\xe5\x0c", 8, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t page = 4096; page <= 65536; page *= 2) {
			struct volume v;

			wipe(state);
			put(rows[i].len == 8 ? 0 : page - 10, rows[i].magic, rows[i].len);
			put(1036,
			    "\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10", 16);
			put(1052, "night", 5);
			v = probed();
			assert_int_equal(v.kind, VOLUME_OTHER);
			assert_true(v.swap);
			assert_int_equal(v.hibernated, rows[i].hibernated);
			assert_string_equal(v.label, "night");
			assert_string_equal(v.uuid, "01234567-89ab-cdef-fedc-ba9876543210");
			assert_int_equal(swap_state(head, page),
					 rows[i].hibernated ? SWAP_HIBERNATED : SWAP_EMPTY);
			/* Cut off before the magic, it is not known. */
			if (rows[i].len == 10)
				assert_int_equal(swap_state(head, page - 1), SWAP_UNKNOWN);
		}
	wipe(state);
	put(4086, "SWAPSPACE3", 10);
	assert_false(probed().swap);
}

/*
 * A swap's memory can have any of these: what other devices are known by. from_end: from the end,
 * else from the beginning. sure: not only a part of the disk can be meant.
 */
static const struct hiding {
	size_t at;
	bool from_end, sure;
	const char *magic;
	size_t len;
} hiding[] = {
	{ 65600, false, false, "_BHRfS_M", 8 },
	{ 65588, false, false, "ReIsEr2Fs", 9 },
	{ 32768, false, false, "JFS1", 4 },
	{ 32769, false, false, "CD001", 5 },
	{ 132 * 1024, false, false, "\x0c\xb1\xba\0\0\0\0\0", 8 },
	{ 4096, false, false, "\xfc\x4e\x2b\xa9", 4 },
	{ 4120, false, false, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81",
	  16 },
	{ 4120, false, false, "\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef",
	  16 },
	{ 4640, false, true, "\xf0\x16\x78\x5a", 4 },
	{ 65536, true, false, "\xfc\x4e\x2b\xa9", 4 },
	{ 8192, true, false, "\xfc\x4e\x2b\xa9", 4 },
	{ 4096 - 60, true, true, "\x83\x74\x02\x6d", 4 },
	{ 1024, true, true, "Intel Raid ISM Cfg Sig. ", 24 },
};

static void put_hiding(const struct hiding *h)
{
	memcpy(h->from_end ? tail + sizeof(tail) - h->at : head + h->at, h->magic, h->len);
}

/* Only the first page is the swap's own. */
static void nothing_hides_a_hibernated_system(void **state)
{
	static const char *const magics[] = { "S1SUSPEND", "S2SUSPEND", "ULSUSPEND", "LINHIB0001" };

	for (size_t i = 0; i < sizeof(hiding) / sizeof(hiding[0]); i++)
		for (size_t k = 0; k < sizeof(magics) / sizeof(magics[0]); k++) {
			wipe(state);
			put(4086, magics[k], strlen(magics[k]));
			put_hiding(&hiding[i]);
			assert_true(probed().hibernated);
			assert_int_equal(probed().kind,
					 hiding[i].sure ? VOLUME_SEALED : VOLUME_OTHER);
			assert_int_equal(probed().member, hiding[i].sure);
			/* Nor is an empty swap taken for something else. */
			put(4086, "SWAPSPACE2", 10);
			assert_false(probed().hibernated);
			assert_int_equal(probed().swap, !hiding[i].sure);
		}
	/* All of them at once. */
	wipe(state);
	put(4086, "S1SUSPEND", 9);
	for (size_t i = 0; i < sizeof(hiding) / sizeof(hiding[0]); i++)
		put_hiding(&hiding[i]);
	assert_true(probed().hibernated);
	assert_true(probed().member);
}

/* What was there before left its signature, or came later: it cannot be told which. */
static void two_signatures(void **state)
{
	static const struct {
		size_t at;
		const char *magic;
		size_t len;
	} rows[] = {
		{ 0, "LUKS\xba\xbe\0\2", 8 },
		{ 512, "LABELONE", 8 },
		{ 132 * 1024, "\x0c\xb1\xba\0\0\0\0\0", 8 },
		{ 65588, "ReIsEr2Fs", 9 },
		{ 32768, "JFS1", 4 },
		{ 0, "XFSB", 4 },
		{ 65600, "_BHRfS_M", 8 },
		{ 3, "NTFS    ", 8 },
		{ 3, "EXFAT   ", 8 },
		{ 32768, "\1CD001", 6 },
		{ 0, "hsqs", 4 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		wipe(state);
		put_ext(0x3c, 0x2c2, 0x46b, 1);
		assert_int_equal(probed().kind, VOLUME_ROOT);
		put(48, "\0\0\0\0\0\4\0\6", 8);
		put(rows[i].at, rows[i].magic, rows[i].len);
		assert_int_equal(probed().kind, VOLUME_SEALED);
		assert_non_null(probed().advice);
	}
}

/*
 * What belongs to something larger, although it begins like a file system: md 1.0 and 0.90 (md_p.h),
 * Intel's and DDF's RAID (mdadm), DRBD (drbd_int.h).
 */
static void a_member_is_no_file_system(void **state)
{
	static const struct {
		size_t from_end;
		const char *magic;
		size_t len;
		bool member;
	} rows[] = {
		{ 8192, "\xfc\x4e\x2b\xa9", 4, false },
		{ 65536, "\xfc\x4e\x2b\xa9", 4, false },
		{ 1024, "Intel Raid ISM Cfg Sig. ", 24, true },
		{ 512, "\xde\x11\xde\x11", 4, true },
		{ 4096 - 60, "\x83\x74\x02\x6b", 4, true },
		{ 4096 - 60, "\x83\x74\x02\x6d", 4, true },
	};
	static const char *const at_4120[] = {
		"\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81",
		"\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		wipe(state);
		put_ext(0x3c, 0x2c2, 0x46b, 1);
		memcpy(tail + sizeof(tail) - rows[i].from_end, rows[i].magic, rows[i].len);
		assert_int_equal(probed().kind, VOLUME_SEALED);
		assert_non_null(probed().advice);
		/* Firmware's is always of the whole disk; md's says whether it is. */
		assert_int_equal(probed().member, rows[i].member);
	}
	/* bcache and bcachefs, over a file system that was there before. */
	for (size_t i = 0; i < 2; i++) {
		wipe(state);
		put_ext(0x3c, 0x2c2, 0x46b, 1);
		put(4096 + 24, at_4120[i], 16);
		assert_int_equal(probed().kind, VOLUME_SEALED);
		assert_false(probed().member);
	}
}

static void our_own_medium(void **state)
{
	(void)state;
	put(32768, "\1CD001\1", 7);
	put(32768 + 40, "NESTCHECK                       ", 32);
	assert_true(probed().ours);
	put(32768 + 40, "DEBIAN   ", 9);
	assert_false(probed().ours);
	wipe(state);
	put(54, "FAT16   ", 8);
	put(510, "\x55\xaa", 2);
	put(39, "\x31\x4b\x43\x4eMY STICK   ", 15);
	assert_true(probed().ours);
	head[39] = 0;
	assert_false(probed().ours);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_unknown, wipe),
		cmocka_unit_test_setup(ext_is_told_apart, wipe),
		cmocka_unit_test_setup(xfs_and_btrfs, wipe),
		cmocka_unit_test_setup(what_is_sealed_is_named, wipe),
		cmocka_unit_test_setup(swaps, wipe),
		cmocka_unit_test_setup(nothing_hides_a_hibernated_system, wipe),
		cmocka_unit_test_setup(two_signatures, wipe),
		cmocka_unit_test_setup(a_member_is_no_file_system, wipe),
		cmocka_unit_test_setup(our_own_medium, wipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
