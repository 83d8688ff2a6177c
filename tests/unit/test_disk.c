// SPDX-License-Identifier: GPL-2.0-only
/*
 * setup disk: the kind of a volume by its bytes, the driver for a controller, the names in
 * os-release, and the disks that may be changed.
 */
#include "machine.h"

#include "setup/disk/disk.h"

/* A device of 4 MiB, both ends of which are read. */
static unsigned char head[VOLUME_HEAD], tail[VOLUME_TAIL];
static struct volume_bytes bytes = { head, tail, sizeof(head), sizeof(tail), 4 << 20 };

static int wipe(void **state)
{
	(void)state;
	memset(head, 0, sizeof(head));
	memset(tail, 0, sizeof(tail));
	bytes.head_size = sizeof(head);
	bytes.tail_size = sizeof(tail);
	bytes.size = 4 << 20;
	return 0;
}

static void put(size_t at, const char *s, size_t len)
{
	memcpy(head + at, s, len);
}

static void put32(size_t at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		head[at + (size_t)i] = (unsigned char)(value >> (8 * i));
}

static struct volume probed(void)
{
	struct volume v;

	volume_probe(&bytes, &v);
	return v;
}

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

static void put_ext(uint32_t compat, uint32_t incompat, uint32_t ro_compat, uint32_t s_state)
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

/* A mirror of whole disks has its superblock behind the partitions. */
static void partitions_of_a_member(void **state)
{
	struct disk_device d[] = {
		{ .name = "sda",
		  .disk = "sda",
		  .volume = { .kind = VOLUME_SEALED,
			      .member = true,
			      .type = "RAID member (md)",
			      .advice = "boot it" } },
		{ .name = "sda1", .disk = "sda", .volume = { .kind = VOLUME_ROOT } },
		{ .name = "sdb", .disk = "sdb" },
		{ .name = "sdb1", .disk = "sdb", .volume = { .kind = VOLUME_ROOT } },
	};
	struct disks disks = { .d = d, .n = 4 };

	(void)state;
	disks_mark_members(&disks);
	assert_int_equal(d[1].volume.kind, VOLUME_SEALED);
	assert_string_equal(d[1].volume.type, "RAID member (md)");
	assert_non_null(d[1].volume.advice);
	assert_int_equal(d[3].volume.kind, VOLUME_ROOT);
}

/* What is compared before the change with what was shown. */
static void another_volume(void **state)
{
	const struct volume shown = {
		.kind = VOLUME_ROOT, .type = "ext4", .label = "a", .uuid = "1"
	};
	struct volume v = shown;

	(void)state;
	assert_true(disk_volume_is(&shown, &v));
	strcpy(v.uuid, "2");
	assert_false(disk_volume_is(&shown, &v));
	v = shown;
	strcpy(v.label, "b");
	assert_false(disk_volume_is(&shown, &v));
	v = shown;
	v.type = "ext3";
	assert_false(disk_volume_is(&shown, &v));
	v.type = NULL;
	assert_false(disk_volume_is(&shown, &v));
	v = shown;
	v.kind = VOLUME_SEALED;
	assert_false(disk_volume_is(&shown, &v));
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

static void controllers(void **state)
{
	static const struct {
		uint32_t class, vendor, device;
		const char *driver;
	} rows[] = {
		{ 0x010601, 0x8086, 0x2922, "ahci" },
		{ 0x010400, 0x8086, 0x2822, "ahci" },
		{ 0x010180, 0x8086, 0x7010, "ata_piix" },
		{ 0x010802, 0x144d, 0xa808, "nvme" },
		{ 0x010400, 0x8086, 0x9a0b, "vmd" },
		{ 0x010000, 0x1af4, 0x1004, "virtio_scsi" },
		{ 0x010000, 0x1af4, 0x1001, "" },
		{ 0x020000, 0x8086, 0x100e, "" },
		{ 0x010400, 0x1000, 0x005d, NULL },
		{ 0x010700, 0x1000, 0x0097, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *driver =
			disk_controller_driver(rows[i].class, rows[i].vendor, rows[i].device);

		if (!rows[i].driver)
			assert_null(driver);
		else
			assert_string_equal(driver, rows[i].driver);
	}
}

static void order_of_modules(void **state)
{
	static const char order[] = "ahci: libata libahci ahci\nvmd: vmd\next4: jbd2 ext4\n";
	struct arena a = { 0 };
	struct strings m = disk_driver_modules(&a, order, "ahci");

	(void)state;
	assert_int_equal(m.n, 3);
	assert_string_equal(m.s[0], "libata");
	assert_string_equal(m.s[2], "ahci");
	assert_int_equal(disk_driver_modules(&a, order, "ext4").n, 2);
	assert_int_equal(disk_driver_modules(&a, order, "ext").n, 0);
	assert_int_equal(disk_driver_modules(&a, order, "jbd2").n, 0);
	assert_int_equal(disk_driver_modules(&a, NULL, "ext4").n, 0);
	arena_free(&a);
}

static void names_of_systems(void **state)
{
	static const struct {
		const char *text, *name;
	} rows[] = {
		{ "NAME=\"Fedora Linux\"\nPRETTY_NAME=\"Fedora Linux 44 (Server)\"\n",
		  "Fedora Linux 44 (Server)" },
		{ "PRETTY_NAME='one \\$ two'", "one $ two" },
		{ "NAME=Arch\n", "Arch" },
		{ "X_PRETTY_NAME=no\nID=x\n", NULL },
		{ "PRETTY_NAME=\nNAME=y\n", "y" },
		{ "", NULL },
	};
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = os_release_name(&a, rows[i].text);

		if (rows[i].name)
			assert_string_equal(name, rows[i].name);
		else
			assert_null(name);
	}
	arena_free(&a);
}

/* The reason contains this; NULL: it may be changed. */
static void expect_refused(const struct disks *disks, const struct disk_options *o,
			   const char *words)
{
	struct text why = { 0 };
	const struct installed *s = disk_may_change(disks, &disks->d[0], o, &why);

	if (words) {
		assert_null(s);
		assert_non_null(strstr(why.s, words));
	} else {
		assert_ptr_equal(s, &disks->d[0].systems[0]);
	}
	text_free(&why);
}

static void what_may_be_changed(void **state)
{
	struct installed systems[2] = { { .name = "Debian" },
					{ .name = "Fedora", .subvolume = "@" } };
	struct disk_device d[2] = {
		{ .name = "sda1",
		  .disk = "sda",
		  .systems = systems,
		  .n_systems = 1,
		  .volume = { .kind = VOLUME_ROOT, .type = "ext4" } },
		{ .name = "sda2", .disk = "sda" },
	};
	struct disks disks = { .d = d, .n = 2 };
	struct disk_options plain = { 0 }, force = { .force = true }, dry = { .dry_run = true };
	struct disk_options other = { .subvolume = "root" };

	(void)state;
	expect_refused(&disks, &plain, NULL);
	expect_refused(&disks, &other, "'root'");
	d[0].n_systems = 2;
	expect_refused(&disks, &plain, "--subvolume");
	d[0].n_systems = 1;
	d[0].unclean = true;
	expect_refused(&disks, &plain, "not shut down properly");
	expect_refused(&disks, &dry, NULL);
	expect_refused(&disks, &force, NULL);
	d[0].unclean = false;
	d[0].volume.damaged = true;
	expect_refused(&disks, &plain, "has errors");
	expect_refused(&disks, &dry, NULL);
	expect_refused(&disks, &force, NULL);
	d[0].volume.damaged = false;
	d[1].volume.hibernated = true;
	expect_refused(&disks, &plain, "hibernated");
	expect_refused(&disks, &force, NULL);
	/* Wherever its memory is. */
	d[1].disk = "sdb";
	expect_refused(&disks, &plain, "/dev/sda2 contains a hibernated system");
	expect_refused(&disks, &dry, "hibernated");
	d[1].volume.hibernated = false;
	disks.sleep_variable = true;
	expect_refused(&disks, &plain, "HibernateLocation");
	expect_refused(&disks, &force, NULL);
	disks.sleep_variable = false;
	systems[0].sleep.n = 1;
	systems[0].sleep.v[0] = (struct sleep_place){ "/etc/fstab", "/dev/mapper/swap", false, 0 };
	expect_refused(&disks, &plain, "/dev/mapper/swap (/etc/fstab) cannot be opened here");
	expect_refused(&disks, &force, NULL);
	systems[0].sleep.n = 0;
	expect_refused(&disks, &plain, NULL);
	d[0].read_only = true;
	expect_refused(&disks, &force, "read-only");
	expect_refused(&disks, &dry, NULL);
	d[0].refused = "it is mounted";
	expect_refused(&disks, &force, "it is mounted");
	d[0].refused = NULL;
	d[0].n_systems = 0;
	expect_refused(&disks, &force, "no installed Linux");
	d[0].partitioned = true;
	expect_refused(&disks, &force, "name one of them");
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
		cmocka_unit_test_setup(every_makers_raid, wipe),
		cmocka_unit_test_setup(a_partition_does_not_hide_the_disks_raid, wipe),
		cmocka_unit_test_setup(whose_superblock, wipe),
		cmocka_unit_test(partitions_of_a_member),
		cmocka_unit_test(another_volume),
		cmocka_unit_test_setup(our_own_medium, wipe),
		cmocka_unit_test(controllers),
		cmocka_unit_test(order_of_modules),
		cmocka_unit_test(names_of_systems),
		cmocka_unit_test(what_may_be_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
