// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leaving: power off (in QEMU with an exit status), reboot, reboot into firmware setup.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "init.h"

#define DRAIN_MS 5000
#define SYNC_MS	 5000

/* --- QEMU's exit status ---------------------------------------------------------------- */

#define DEBUG_EXIT_PORT 0x501 /* -device isa-debug-exit,iobase=0x501,iosize=2 */

/*
 * QEMU exits with 2N + 1, so 33 for PASS: it exits with 0, and 1, for much else, too
 * (design 3.5). Without that device the write goes nowhere and the power goes off.
 */
static void debug_exit(enum verdict_result verdict)
{
	static const unsigned char values[] = {
		[VERDICT_PASS] = 16,
		[VERDICT_FAIL] = 1,
		[VERDICT_UNSUPPORTED] = 3,
		[VERDICT_ERROR] = 4,
	};

	if (verdict != VERDICT_NONE && !ioperm(DEBUG_EXIT_PORT, 1, 1))
		outb(values[verdict], DEBUG_EXIT_PORT);
}

/* --- firmware setup -------------------------------------------------------------------- */

#define EFI_GLOBAL "8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* UEFI 2.10 section 8.5.4 */
#define EFI_OS_INDICATIONS_BOOT_TO_FW_UI 1
#define EFI_NV_BS_RT			 7

/* A variable's file: its attributes, then its value. */
struct indications {
	uint32_t attributes;
	uint64_t value;
} __attribute__((packed));

/* NULL, or why it cannot be done. */
static const char *ask_for_setup(void)
{
	char buf[sizeof(struct indications) + 1];
	struct indications i = { .value = 0 };
	int ret;

	if (access(EFIVARS_PATH, F_OK))
		return "this machine was started by BIOS, which cannot be asked for its setup; "
		       "press the setup key at power-on (often Del, F2 or F10)";
	if (read_file(EFIVARS_PATH "/OsIndicationsSupported-" EFI_GLOBAL, buf, sizeof(buf)) !=
	    sizeof(i))
		return "the firmware does not say that it can be asked for its setup";
	memcpy(&i, buf, sizeof(i));
	if (!(i.value & EFI_OS_INDICATIONS_BOOT_TO_FW_UI))
		return "the firmware says that it cannot be asked for its setup";
	i.value = 0;
	if (read_file(EFIVARS_PATH "/OsIndications-" EFI_GLOBAL, buf, sizeof(buf)) == sizeof(i))
		memcpy(&i, buf, sizeof(i));
	i.attributes = EFI_NV_BS_RT;
	i.value |= EFI_OS_INDICATIONS_BOOT_TO_FW_UI;
	ret = write_file(EFIVARS_PATH "/OsIndications-" EFI_GLOBAL, &i, sizeof(i));
	return ret ? strerror(-ret) : NULL;
}

/* --- all of it ------------------------------------------------------------------------- */

/* In a child, because a medium that was pulled out may never answer. */
static void sync_all(const struct init *in)
{
	pid_t pid = child_fork();
	int status;

	if (pid == 0) {
		sync();
		if (in->mounted)
			umount2(MEDIUM_PATH, MNT_DETACH);
		_exit(0);
	}
	if (pid > 0)
		child_wait(pid, SYNC_MS, &status);
}

void leave(struct init *in, enum param_after how)
{
	if (how == AFTER_FIRMWARE) {
		const char *why_not = ask_for_setup();

		if (why_not) {
			say(in, "no way into firmware setup: %s", why_not);
			return;
		}
	}
	kill(-1, SIGKILL);
	sync_all(in);
	consoles_flush(&in->cs, 1000);
	consoles_drain(&in->cs, DRAIN_MS);
	if (how == AFTER_POWEROFF) {
		if (in->fw_cfg)
			debug_exit(in->verdict);
		reboot(RB_POWER_OFF);
	} else {
		reboot(RB_AUTOBOOT);
	}
	/* Only where the kernel refuses. */
	say(in, "the kernel cannot do that: %s", strerror(errno));
}
