// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that the tests of setup disk need inside the image and the image does not have.
 *
 * disk_helper tree DIR        every file below DIR: mode, owner, size, FNV-1a of its bytes, path
 * disk_helper subvolume PATH  a new btrfs subvolume
 */
#include <fcntl.h>
#include <ftw.h>
#include <linux/btrfs.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t skip;

static uint64_t add(uint64_t hash, const unsigned char *p, ssize_t n)
{
	for (ssize_t i = 0; i < n; i++)
		hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static int show(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	static unsigned char buf[65536];
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	ssize_t n;

	(void)type;
	(void)ftw;
	if (S_ISLNK(st->st_mode)) {
		n = readlink(path, (char *)buf, sizeof(buf));
		hash = add(hash, buf, n);
	} else if (S_ISREG(st->st_mode)) {
		int fd = open(path, O_RDONLY);

		while ((n = read(fd, buf, sizeof(buf))) > 0)
			hash = add(hash, buf, n);
		close(fd);
		if (n < 0)
			return -1;
	}
	printf("tree %06o %u:%u %lld %016llx %s\n", st->st_mode, st->st_uid, st->st_gid,
	       S_ISDIR(st->st_mode) ? 0LL : (long long)st->st_size, (unsigned long long)hash,
	       path + skip);
	return 0;
}

static int subvolume(char *path)
{
	struct btrfs_ioctl_vol_args args = { 0 };
	char *name = strrchr(path, '/');
	int dir;

	*name++ = '\0';
	strncpy(args.name, name, sizeof(args.name) - 1);
	dir = open(path, O_RDONLY | O_DIRECTORY);
	return dir < 0 || ioctl(dir, BTRFS_IOC_SUBVOL_CREATE, &args);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "tree")) {
		skip = strlen(argv[2]);
		return nftw(argv[2], show, 16, FTW_PHYS | FTW_MOUNT) != 0;
	}
	if (argc == 3 && !strcmp(argv[1], "subvolume"))
		return subvolume(argv[2]);
	return 2;
}
