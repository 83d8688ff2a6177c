// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which volume is the boot medium, and whether it may be written to.
 */
#include "machine.h"

#include "lib/medium.h"

#define STICK(name_, disk_)                                                   \
	{                                                                     \
		.name = name_, .disk = disk_, .fat = true, .removable = true, \
		.id = MEDIUM_THIS_BUILD                                       \
	}
#define INNER(name_, disk_)                                                        \
	{                                                                          \
		.name = name_, .disk = disk_, .fat = true, .id = MEDIUM_THIS_BUILD \
	}

static void test_choice(void **state)
{
	static const struct {
		const char *what;
		struct medium_candidate c[4];
		bool hinted;
		const char *name; /* of the medium; NULL: none */
		bool may_write;
		const char *why;
	} rows[] = {
		{ "nothing", { { .name = "" } }, true, NULL, false, "" },
		{ "a stick", { STICK("sda2", "sda") }, true, "sda2", true, "" },
		{ "a stick, of which UEFI tells nothing",
		  { STICK("sda2", "sda") },
		  false,
		  "sda2",
		  true,
		  "" },
		{ "a stick with all its volumes",
		  { { .name = "sda", .disk = "sda", .removable = true, .id = MEDIUM_THIS_BUILD },
		    { .name = "sda1", .disk = "sda", .removable = true, .id = MEDIUM_THIS_BUILD },
		    STICK("sda2", "sda") },
		  true,
		  "sda2",
		  true,
		  "" },
		{ "a CD",
		  { { .name = "sr0", .disk = "sr0", .removable = true, .id = MEDIUM_THIS_BUILD } },
		  true,
		  "sr0",
		  false,
		  "sr0 is read-only" },
		{ "a stick without its FAT, started by UEFI, and another",
		  { { .name = "sda",
		      .disk = "sda",
		      .removable = true,
		      .id = MEDIUM_THIS_BUILD,
		      .booted = MEDIUM_NOT_BOOTED },
		    { .name = "sda1",
		      .disk = "sda",
		      .removable = true,
		      .id = MEDIUM_THIS_BUILD,
		      .booted = MEDIUM_BOOTED },
		    STICK("sdb2", "sdb") },
		  false,
		  "sda1",
		  false,
		  "sda1 is read-only" },
		{ "two sticks",
		  { STICK("sda2", "sda"), STICK("sdb2", "sdb") },
		  true,
		  NULL,
		  false,
		  "sda2 and sdb2 both have this build" },
		{ "a CD and a stick",
		  { { .name = "sr0", .disk = "sr0", .removable = true, .id = MEDIUM_THIS_BUILD },
		    STICK("sda2", "sda") },
		  true,
		  NULL,
		  false,
		  "both have this build" },
		{ "two partitions of a stick",
		  { STICK("sda1", "sda"), STICK("sda2", "sda") },
		  true,
		  NULL,
		  false,
		  "both have this build" },
		{ "a stick and a disk inside",
		  { INNER("vda2", "vda"), STICK("sda2", "sda") },
		  true,
		  "sda2",
		  true,
		  "" },
		{ "a disk inside", { INNER("vda2", "vda") }, true, "vda2", false, "neither" },
		{ "only names",
		  { { .name = "sda1", .disk = "sda", .fat = true, .removable = true } },
		  true,
		  NULL,
		  false,
		  "sda1 is named like a boot medium, but has no nestcheck.id" },
		{ "another build",
		  { { .name = "sda1",
		      .disk = "sda",
		      .fat = true,
		      .removable = true,
		      .id = MEDIUM_OTHER_BUILD } },
		  true,
		  NULL,
		  false,
		  "another build" },
		{ "another build, booted",
		  { { .name = "sda1",
		      .disk = "sda",
		      .fat = true,
		      .removable = true,
		      .id = MEDIUM_OTHER_BUILD,
		      .booted = MEDIUM_BOOTED } },
		  true,
		  NULL,
		  false,
		  "another build" },
		{ "a name and a stick",
		  { { .name = "vda", .disk = "vda", .fat = true }, STICK("sda2", "sda") },
		  true,
		  "sda2",
		  true,
		  "" },
		{ "a FAT without the id, on a disk whose ISO 9660 volume has it",
		  { { .name = "sda", .disk = "sda", .removable = true, .id = MEDIUM_THIS_BUILD },
		    { .name = "sda2", .disk = "sda", .fat = true, .removable = true } },
		  true,
		  NULL,
		  false,
		  "no nestcheck.id" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct medium_choice choice;
		size_t n = 0;

		while (n < 4 && rows[i].c[n].name[0])
			n++;
		medium_choose(rows[i].c, n, rows[i].hinted, &choice);
		if (!rows[i].name != !choice.medium ||
		    (rows[i].name && strcmp(rows[i].name, choice.medium->name) != 0) ||
		    rows[i].may_write != choice.may_write || !strstr(choice.why, rows[i].why) ||
		    (!*rows[i].why && *choice.why))
			fail_msg("%s: %s, write %d, %s", rows[i].what,
				 choice.medium ? choice.medium->name : "none", choice.may_write,
				 choice.why);
	}
}

/* What UEFI says goes before what is removable; a hint of a loader, before its silence. */
static void test_booted(void **state)
{
	struct medium_candidate c[2] = { STICK("sda2", "sda"), STICK("sdb2", "sdb") };
	struct medium_choice choice;

	(void)state;
	c[0].booted = MEDIUM_NOT_BOOTED;
	c[1].booted = MEDIUM_BOOTED;
	medium_choose(c, 2, false, &choice);
	assert_ptr_equal(choice.medium, &c[1]);
	assert_true(choice.may_write);
	/* The same image on a disk inside, which UEFI names. */
	c[1].removable = false;
	medium_choose(c, 2, true, &choice);
	assert_ptr_equal(choice.medium, &c[1]);
	assert_true(choice.may_write);
	/* Both may be it: the same controller. */
	c[0].booted = MEDIUM_BOOTED;
	c[1].removable = true;
	medium_choose(c, 2, false, &choice);
	assert_null(choice.medium);
	assert_non_null(strstr(choice.why, "both"));
	/* UEFI started another device. A boot loader there may have started us from the stick. */
	c[0].booted = MEDIUM_NOT_BOOTED;
	medium_choose(c, 1, false, &choice);
	assert_null(choice.medium);
	assert_non_null(strstr(choice.why, "UEFI started it from another device"));
	medium_choose(c, 1, true, &choice);
	assert_ptr_equal(choice.medium, &c[0]);
}

/* However many: none is chosen by its place in the list. */
static void test_many(void **state)
{
	struct medium_candidate c[40];
	struct medium_choice choice;

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		c[i] = (struct medium_candidate){ .fat = true,
						  .removable = true,
						  .id = MEDIUM_THIS_BUILD };
		c[i].name[0] = c[i].disk[0] = (char)('A' + i);
	}
	for (size_t n = 2; n <= 40; n++) {
		medium_choose(c, n, true, &choice);
		assert_null(choice.medium);
		assert_false(choice.may_write);
		assert_string_not_equal(choice.why, "");
	}
	/* Nor if one of them fits, as not all may have been listed. */
	for (size_t i = 1; i < 40; i++)
		c[i].id = MEDIUM_NO_ID;
	medium_choose(c, MEDIUM_MAX, true, &choice);
	assert_ptr_equal(choice.medium, &c[0]);
	medium_choose(c, MEDIUM_MAX + 1, true, &choice);
	assert_null(choice.medium);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_booted),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests_name("medium", tests, NULL, NULL);
}
