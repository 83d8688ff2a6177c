// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which USB drives are still to come, by the folders that Linux makes one after the other: the
 * interface, its SCSI host, the host's target, the target's device with its type, the disk.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init/drives.h"

#define USB "/bus/usb/drivers/usb-storage"

/* A folder below root with those above it; "PATH=TEXT": a file. */
static void put(const char *root, const char *what)
{
	char path[512];
	const char *text = strchr(what, '=');
	FILE *f;

	snprintf(path, sizeof(path), "%s%.*s", root, text ? (int)(text - what) : (int)strlen(what),
		 what);
	for (char *slash = path + strlen(root); (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		assert_true(!mkdir(path, 0755) || errno == EEXIST);
		*slash = '/';
	}
	if (!text) {
		assert_true(!mkdir(path, 0755) || errno == EEXIST);
		return;
	}
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "%s\n", text + 1);
	fclose(f);
}

static int delete_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

#define PATHS 8

static enum drives state_with(const char *const *paths)
{
	char root[] = "/tmp/nestcheck-drives-XXXXXX";
	enum drives out;

	assert_non_null(mkdtemp(root));
	for (size_t i = 0; i < PATHS && paths[i]; i++)
		put(root, paths[i]);
	out = drives_state(root);
	assert_int_equal(nftw(root, delete_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	return out;
}

#define FIRST_HOST    USB "/1-1:1.0/host2"
#define FIRST_DEVICE  FIRST_HOST "/target2:0:0/2:0:0:0"
#define SECOND_HOST   USB "/1-2:1.0/host3"
#define SECOND_DEVICE SECOND_HOST "/target3:0:0/3:0:0:0"
#define FIRST_DISK    FIRST_DEVICE "/type=0", FIRST_DEVICE "/block/sda"

static void stages(void **state)
{
	static const struct {
		const char *paths[PATHS];
		enum drives drives;
	} rows[] = {
		/* No USB, no stick. */
		{ { NULL }, DRIVES_ANSWERED },
		{ { USB }, DRIVES_ANSWERED },
		{ { USB "/bind=", USB "/new_id=", USB "/module" }, DRIVES_ANSWERED },
		/* One, step by step. */
		{ { USB "/1-1:1.0" }, DRIVES_PENDING },
		{ { FIRST_HOST }, DRIVES_PENDING },
		{ { FIRST_HOST "/power" }, DRIVES_PENDING },
		{ { FIRST_HOST "/target2:0:0" }, DRIVES_SLOW },
		{ { FIRST_HOST "/target2:0:0/power" }, DRIVES_SLOW },
		{ { FIRST_DEVICE "/type=0" }, DRIVES_SLOW },
		{ { FIRST_DEVICE "/type=0", FIRST_DEVICE "/block" }, DRIVES_SLOW },
		{ { FIRST_DISK }, DRIVES_ANSWERED },
		/* scsi_proto.h: a CD, an optical and a simplified disk; a tape, an enclosure. */
		{ { FIRST_DEVICE "/type=5" }, DRIVES_SLOW },
		{ { FIRST_DEVICE "/type=7" }, DRIVES_SLOW },
		{ { FIRST_DEVICE "/type=14" }, DRIVES_SLOW },
		{ { FIRST_DEVICE "/type=1" }, DRIVES_ANSWERED },
		{ { FIRST_DEVICE "/type=13" }, DRIVES_ANSWERED },
		/* Two sticks: the second decides while it has not answered. */
		{ { FIRST_DISK, SECOND_HOST }, DRIVES_PENDING },
		{ { FIRST_DISK, SECOND_HOST "/target3:0:0" }, DRIVES_SLOW },
		{ { FIRST_DISK, SECOND_DEVICE "/type=0" }, DRIVES_SLOW },
		{ { FIRST_DISK, SECOND_DEVICE "/type=0", SECOND_DEVICE "/block/sdb" },
		  DRIVES_ANSWERED },
		{ { USB "/1-1:1.0", SECOND_DEVICE "/type=0" }, DRIVES_PENDING },
		/* A card reader: one device of two has its disk. */
		{ { FIRST_DISK, FIRST_HOST "/target2:0:0/2:0:0:1/type=0" }, DRIVES_SLOW },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum drives drives = state_with(rows[i].paths);

		if (drives != rows[i].drives)
			fail_msg("row %zu: %d, not %d", i, drives, rows[i].drives);
	}
}

static void found(void **state)
{
	char root[] = "/tmp/nestcheck-drives-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(root));
	assert_int_equal(drives_found(root), 0);
	put(root, "/bus/usb/devices/usb1");
	put(root, "/bus/usb/devices/1-1");
	put(root, "/bus/usb/devices/1-1:1.0");
	assert_int_equal(drives_found(root), 3);
	assert_int_equal(nftw(root, delete_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(stages),
		cmocka_unit_test(found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
