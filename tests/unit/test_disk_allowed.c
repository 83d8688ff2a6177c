// SPDX-License-Identifier: GPL-2.0-only
/*
 * setup disk: the disks that may be changed, whether one is still that which was shown, the driver
 * for a controller, the names in os-release.
 */
#include "machine.h"

#include "setup/disk/disk.h"

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
		cmocka_unit_test(partitions_of_a_member),
		cmocka_unit_test(another_volume),
		cmocka_unit_test(controllers),
		cmocka_unit_test(order_of_modules),
		cmocka_unit_test(names_of_systems),
		cmocka_unit_test(what_may_be_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
