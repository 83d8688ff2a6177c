// SPDX-License-Identifier: GPL-2.0-only
/*
 * The boot medium: searched for only if the boot loader or UEFI says that we were booted from
 * one, chosen by evidence (lib/medium.h), mounted read-only, and its nestcheck.cfg read.
 *
 * A drive may answer late or never (30 s and more in the SCSI layer), and a process that waits
 * for it cannot be killed. So a child does all of this, and init does not depend on it.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#include "drives.h"
#include "init.h"
#include "lib/clock.h"
#include "lib/error_text.h"
#include "lib/firmware.h"
#include "lib/procfs.h"

#define APPEAR_MS 3000 /* for a stick to be found by the USB core */
#define SCAN_MS	  5000 /* for those that were found to show their partitions */
#define CALM	  20   /* rounds of 50 ms in which nothing appears */
#define USB_CALM  10   /* the same for the USB core; a stick's disk takes a second longer */
#define ANSWER_MS 2000 /* for a read from it */

/* One more than can be chosen from. */
#define CANDIDATES (MEDIUM_MAX + 1)

/* The child's result, in memory that it shares with init. */
struct answer {
	bool mounted;
	char device[32];
	char why[sizeof(((struct medium_choice *)0)->why)]; /* it may not be written to */
	char problem[240];
	ssize_t len; /* of nestcheck.cfg, or a negative errno */
	char text[PARAMS_FILE_MAX + 2];
};

/* --- what were we booted from? -------------------------------------------------------- */

#define EFI_GLOBAL "8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* The option that UEFI started; its length, or 0. */
static size_t read_boot_option(unsigned char *option, size_t size)
{
	unsigned char current[4 + 2 + 1];
	char path[128];
	ssize_t len;

	/* A variable's file has four bytes of attributes, then the value. */
	if (read_file(EFIVARS_PATH "/BootCurrent-" EFI_GLOBAL, current, sizeof(current)) != 6)
		return 0;
	snprintf(path, sizeof(path), EFIVARS_PATH "/Boot%02X%02X-" EFI_GLOBAL, current[5],
		 current[4]);
	len = read_file(path, option, size);
	if (len <= 4)
		return 0;
	memmove(option, option + 4, (size_t)len - 4);
	return (size_t)len - 4;
}

static enum boot_origin uefi_origin(void)
{
	unsigned char option[4096];
	size_t len = read_boot_option(option, sizeof(option));

	return len ? boot_option_origin(option, len) : BOOT_UNKNOWN;
}

static bool uefi_path(struct boot_path *path)
{
	unsigned char option[4096];
	size_t len = read_boot_option(option, sizeof(option));

	return len && boot_option_path(option, len, path);
}

static enum boot_origin origin(const struct params *p)
{
	switch (p->medium) {
	case MEDIUM_CD:
	case MEDIUM_USB:
		/* One isolinux.cfg serves the CD and the stick. */
		return BOOT_HOTPLUG;
	case MEDIUM_PXE:
		return BOOT_NETWORK;
	case MEDIUM_NONE:
		return BOOT_UNKNOWN;
	case MEDIUM_UNKNOWN:
		break;
	}
	return uefi_origin();
}

static bool has_entries(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	bool any = false;

	while (dir && !any && (e = readdir(dir)))
		any = e->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return any;
}

/* --- the child ------------------------------------------------------------------------ */

/*
 * A stick's ISO9660 volume appears a moment before its partitions. So it counts only if no
 * partition of that disk appears for some time. A CD has no partitions.
 */
static bool is_whole(const struct medium_candidate *c, size_t n, size_t iso)
{
	bool whole = c[iso].fat || !strncmp(c[iso].name, "sr", 2);

	for (size_t i = 0; i < n; i++)
		whole |= c[i].fat && !strcmp(c[i].disk, c[iso].disk);
	return whole;
}

/* A disk inside is there at once, the stick that we come from perhaps not yet. */
static bool has_removable(const struct medium_candidate *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c[i].removable)
			return true;
	return false;
}

static bool are_whole(const struct medium_candidate *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_whole(c, n, i))
			return false;
	return true;
}

/* *all: whether every drive that was found has answered. */
static size_t wait_for_candidates(struct medium_candidate *c, bool wait, bool *all)
{
	static const struct timespec tick = { .tv_nsec = 50000000 };
	long long begin = monotonic_ms();
	size_t before = 0, usb_before = 0;

	for (int calm = 0, usb_calm = 0;; calm++, usb_calm++) {
		/* Before the candidates: what appears in between is not taken for answered. */
		enum drives drives = wait ? drives_state("/sys") : DRIVES_ANSWERED;
		size_t usb = wait ? drives_found("/sys") : 0, n = candidates_find(c, CANDIDATES);
		long long ms = monotonic_ms() - begin;

		if (n != before)
			calm = 0;
		if (usb != usb_before)
			usb_calm = 0;
		before = n;
		usb_before = usb;
		*all = drives != DRIVES_PENDING && (!wait || usb_calm >= USB_CALM) &&
		       ((are_whole(c, n) && drives == DRIVES_ANSWERED) || calm >= CALM);
		if (*all && (!wait || has_removable(c, n) || ms >= APPEAR_MS))
			return n;
		if (ms >= APPEAR_MS + SCAN_MS)
			return n;
		nanosleep(&tick, NULL);
	}
}

static void find_and_read(struct answer *a, bool hinted, bool wait)
{
	struct medium_candidate c[CANDIDATES];
	bool all;
	size_t n = wait_for_candidates(c, wait, &all);
	struct medium_choice choice;
	struct boot_path booted;
	bool said = uefi_path(&booted);
	char path[64];

	for (size_t i = 0; i < n; i++)
		candidate_examine(&c[i], said ? &booted : NULL);
	medium_choose(c, n, hinted, &choice);
	/* It may be one that fits as well. */
	if (choice.may_write && !all)
		strcpy(choice.why, "a drive has not answered yet");
	strcpy(a->why, choice.why);
	if (!choice.medium) {
		if (n)
			snprintf(a->problem, sizeof(a->problem), "the boot medium: %s", choice.why);
		return;
	}
	strcpy(a->device, choice.medium->name);
	snprintf(path, sizeof(path), "/dev/%s", a->device);
	if (mount(path, MEDIUM_PATH, choice.medium->fat ? "vfat" : "iso9660",
		  MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)) {
		snprintf(a->problem, sizeof(a->problem), "the boot medium %s: %s", a->device,
			 error_text(errno));
		return;
	}
	a->mounted = true;
	a->len = read_file(MEDIUM_PATH "/nestcheck.cfg", a->text, sizeof(a->text));
}

/* --- init ----------------------------------------------------------------------------- */

static void take_answer(struct init *in, const struct answer *a)
{
	in->mounted = a->mounted;
	/* An empty file allows it; without one nothing is written. */
	if (a->mounted || a->why[0])
		write_file(MEDIUM_ANSWER_FILE, a->why, strlen(a->why));
	if (a->problem[0])
		params_problem(&in->params, "%s; nestcheck.cfg was not read", a->problem);
	if (!a->mounted)
		return;
	if (a->len >= 0)
		params_parse_file(&in->params, a->text, (size_t)a->len);
	else if (a->len != -ENOENT)
		params_problem(&in->params, "nestcheck.cfg on %s: %s", a->device,
			       error_text((int)-a->len));
}

void read_medium(struct init *in)
{
	enum boot_origin from = origin(&in->params);
	struct answer *a;
	bool hinted = in->params.medium == MEDIUM_CD || in->params.medium == MEDIUM_USB;
	bool wait;
	pid_t pid;
	int status;

	if (from != BOOT_LOCAL && from != BOOT_HOTPLUG)
		return;
	a = mmap(NULL, sizeof(*a), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (a == MAP_FAILED)
		return;
	/* Without hot-plug buses a missing medium will not appear later. */
	wait = from == BOOT_HOTPLUG &&
	       (has_entries("/sys/bus/usb/devices") || has_entries("/sys/class/mmc_host"));
	pid = child_fork();
	if (pid == 0) {
		find_and_read(a, hinted, wait);
		_exit(0);
	}
	if (pid > 0 && child_wait(pid, (wait ? APPEAR_MS + SCAN_MS : 0) + ANSWER_MS, &status)) {
		take_answer(in, a);
		munmap(a, sizeof(*a));
		return;
	}
	/* The memory stays: the child may yet write to it. */
	if (pid > 0)
		kill(pid, SIGKILL);
	params_problem(&in->params, "the boot medium did not answer; nestcheck.cfg was not read");
}
