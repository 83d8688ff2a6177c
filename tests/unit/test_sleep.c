// SPDX-License-Identifier: GPL-2.0-only
/* Where an installed system may have put its memory, by its files, and whether it may be there. */
#include "machine.h"

#include "setup/disk/disk.h"

static bool names_place(const struct sleep_places *p, const char *what, bool file)
{
	for (size_t i = 0; i < p->n; i++)
		if (!strcmp(p->v[i].what, what) && p->v[i].file == file)
			return true;
	return false;
}

/* fstab(5), systemd.swap(5), the kernel's parameters resume= and resume_offset=. */
static void where_a_system_sleeps(void **state)
{
	struct sleep_places p = { 0 };
	struct arena a = { 0 };
	struct text many = { 0 };

	(void)state;
	sleep_read_fstab(&a, "/etc/fstab",
			 "# /dev/sda9 none swap sw 0 0\n"
			 "UUID=1-2\t/\text4\tdefaults 0 1\n"
			 "  UUID=\"ab-cd\" none swap sw 0 0\r\n"
			 "/swap\\040file swap swap defaults\n"
			 "/dev/zram0 none swap sw\n"
			 "/dev/mapper/vg-swap none swap\n"
			 "/swaps none swapfs\n"
			 "LABEL=x none\n\n"
			 "UUID=ab-cd none swap sw 0 0",
			 &p);
	assert_int_equal(p.n, 3);
	assert_true(names_place(&p, "UUID=ab-cd", false));
	assert_true(names_place(&p, "/swap file", true));
	assert_true(names_place(&p, "/dev/mapper/vg-swap", false));
	p = (struct sleep_places){ 0 };
	sleep_read_boot(&a, "/boot/grub/grub.cfg",
			"# resume=/dev/sda1\n linux /vmlinuz root=UUID=1 resume=UUID=2 quiet\n"
			"GRUB_CMDLINE_LINUX=\"resume=/dev/sda3 resume_offset=4096\"\n"
			"noresume xresume=/dev/sda4 resume= resume_offset=0 resumewait\n",
			&p);
	assert_int_equal(p.n, 3);
	assert_true(names_place(&p, "UUID=2", false));
	assert_true(names_place(&p, "/dev/sda3", false));
	assert_true(names_place(&p, "resume_offset=4096", false));
	/* The kernel removes quotes around a value; a shell's file has them escaped. */
	p = (struct sleep_places){ 0 };
	sleep_read_boot(&a, "/etc/default/grub",
			"linux /x resume=\"/dev/sda5\" quiet\n"
			"GRUB_CMDLINE_LINUX=\"quiet resume=\\\"UUID=7\\\" x\"\n"
			"GRUB_CMDLINE_LINUX=\"quiet resume=\"\nresume=\n",
			&p);
	assert_int_equal(p.n, 2);
	assert_true(names_place(&p, "/dev/sda5", false));
	assert_true(names_place(&p, "UUID=7", false));
	/* Groups of logical volumes whose names begin like memory; fewer than three digits. */
	p = (struct sleep_places){ 0 };
	sleep_read_fstab(&a, "/etc/fstab",
			 "/dev/ramdisks/swap none swap\n/dev/zram1 none swap\n/dev/ram0 none swap\n"
			 "/dev/zram1vg/swap none swap\n/a\\12x none swap\n/b\\777 none swap\n",
			 &p);
	assert_int_equal(p.n, 4);
	assert_true(names_place(&p, "/dev/ramdisks/swap", false));
	assert_true(names_place(&p, "/dev/zram1vg/swap", false));
	assert_true(names_place(&p, "/a\\12x", true));
	assert_true(names_place(&p, "/b\\777", true));
	p = (struct sleep_places){ 0 };
	sleep_read_unit(&a, "/etc/systemd/system/a.swap", "[Swap]\nWhat=/dev/vg/lv\nWhatever=/x\n",
			&p);
	sleep_read_resume(&a, "/etc/initramfs-tools/conf.d/resume",
			  "#RESUME=/dev/sda1\nRESUME=UUID=3\n", &p);
	sleep_read_resume(&a, "/etc/initramfs-tools/conf.d/x", "RESUME=none\nRESUMED=/dev/sda5\n",
			  &p);
	sleep_read_resume(&a, "/etc/uswsusp.conf", "resume device = /dev/dm-1\n", &p);
	assert_int_equal(p.n, 3);
	assert_true(names_place(&p, "/dev/vg/lv", false));
	assert_true(names_place(&p, "UUID=3", false));
	assert_true(names_place(&p, "/dev/dm-1", false));
	/* However many: that some are missing is known. */
	p = (struct sleep_places){ 0 };
	for (int i = 0; i <= SLEEP_PLACES; i++)
		text_addf(&many, "/swap%d none swap\n", i);
	sleep_read_fstab(&a, "/etc/fstab", many.s, &p);
	assert_int_equal(p.n, SLEEP_PLACES);
	assert_true(p.more);
	text_free(&many);
	arena_free(&a);
}

/* A machine with swap on sda2, root on sda3 and LUKS on sda4. */
static void whether_it_may_sleep(void **state)
{
	static const struct {
		const char *what;
		bool file;
		enum swap_state state;
		bool possible, with_file;
	} rows[] = {
		{ "/swapfile", true, SWAP_EMPTY, false, false },
		{ "/swapfile", true, SWAP_HIBERNATED, true, true },
		{ "/swapfile", true, SWAP_UNKNOWN, true, true },
		{ "UUID=5A5A", false, 0, false, false },
		{ "/dev/disk/by-uuid/5a5a", false, 0, false, false },
		{ "LABEL=night", false, 0, false, false },
		{ "UUID=0000", false, 0, true, true },
		{ "LABEL=day", false, 0, true, true },
		{ "UUID=1009", false, 0, true, true },
		{ "UUID=4007", false, 0, true, false },
		{ "resume_offset=34816", false, 0, true, false },
		{ "PARTUUID=12", false, 0, false, false },
		{ "/dev/sdb3", false, 0, false, false },
		{ "8:2", false, 0, false, false },
		{ "253:1", false, 0, true, true },
		{ "/dev/mapper/swap", false, 0, true, true },
		{ "/dev/vg/swap", false, 0, true, true },
		{ "/dev/vdisks/swap", false, 0, true, true },
		{ "/dev/md0", false, 0, true, true },
		{ "/dev/dm-3", false, 0, true, true },
		{ "/dev/disk/by-id/dm-name-x", false, 0, true, true },
		{ "/dev/disk/by-id/ata-x-part2", false, 0, false, false },
		{ "swap", false, 0, true, true },
	};
	struct disk_device d[] = {
		{ .name = "sda2",
		  .volume = { .kind = VOLUME_OTHER,
			      .swap = true,
			      .uuid = "5a5a",
			      .label = "night" } },
		{ .name = "sda3", .volume = { .kind = VOLUME_ROOT, .uuid = "4007" } },
		{ .name = "sda4", .volume = { .kind = VOLUME_SEALED, .uuid = "1009" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct disks disks = { .d = d, .n = 3 };
		struct sleep_places p = { .n = 1 };
		struct text why = { 0 };

		p.v[0] = (struct sleep_place){ "/etc/fstab", rows[i].what, rows[i].file,
					       rows[i].state };
		if (sleep_possible(&disks, &p, &why) != rows[i].possible)
			fail_msg("%s: %s", rows[i].what, why.s ? why.s : "may be changed");
		if (rows[i].possible)
			assert_non_null(strstr(why.s, rows[i].what));
		text_free(&why);
		/* The file that an offset points to, if it was examined. */
		p.v[p.n++] = (struct sleep_place){ "/etc/fstab", "/other", true, SWAP_EMPTY };
		assert_int_equal(sleep_possible(&disks, &p, &why), rows[i].with_file);
		text_free(&why);
		/* A partition's name says nothing if a disk could not be read. */
		d[2].problem = "it cannot be read";
		d[2].volume.kind = VOLUME_UNKNOWN;
		if (!strncmp(rows[i].what, "PARTUUID=", 9) || !strcmp(rows[i].what, "8:2"))
			assert_true(sleep_possible(&disks, &p, &why));
		text_free(&why);
		d[2].problem = NULL;
		d[2].volume.kind = VOLUME_SEALED;
		p.more = true;
		assert_true(sleep_possible(&disks, &p, &why));
		text_free(&why);
	}
	/* What was not read may name a swap. */
	{
		struct sleep_places none = { .n = 0 },
				    cut = { .unseen = { "boot/grub/grub.cfg", 0, 1 } };
		struct disks disks = { .n = 0 };
		struct text why = { 0 };

		assert_false(sleep_possible(&disks, &none, &why));
		assert_true(sleep_possible(&disks, &cut, &why));
		assert_non_null(strstr(why.s, "/boot/grub/grub.cfg is larger than 1 MiB"));
		text_free(&why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_a_system_sleeps),
		cmocka_unit_test(whether_it_may_sleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
