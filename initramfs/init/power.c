// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power off (in QEMU with an exit status), reboot, reboot into firmware setup.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "init.h"
#include "lib/error_text.h"
#include "lib/procfs.h"

#define DRAIN_MS      5000
#define SYNC_MS	      5000
#define DEBUG_EXIT_MS 2000

/* Limits are for a machine of usual speed; in->pace is 0 until it is measured. */
static int pace_of(const struct init *in)
{
	return in->pace ? (int)in->pace : 1;
}

/* --- QEMU's exit status ---------------------------------------------------------------- */

#define DEBUG_EXIT_PORT 0x501 /* -device isa-debug-exit,iobase=0x501,iosize=2 */

/*
 * Through the kernel first, which may access every port. A program needs the I/O bitmap in the
 * TSS; a CPU that does not accept the TSS raises #GP: SIGSEGV. QEMU's TCG does so if KVM on it
 * runs us: seg_helper's check_io() wants an available TSS (type 9), KVM loads a busy one.
 */
static void write_port(unsigned char value)
{
	int fd = open("/dev/port", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && pwrite(fd, &value, 1, DEBUG_EXIT_PORT) == 1)
		return;
	if (!ioperm(DEBUG_EXIT_PORT, 1, 1))
		outb(value, DEBUG_EXIT_PORT);
}

/*
 * QEMU exits with 2N + 1, so 33 for PASS: 0 and 1 have other causes as well
 * (design.md, "Leaving QEMU"). Without that device the write has no effect, and the machine
 * powers off. A child writes, because PID 1 must survive a failed write.
 */
static void debug_exit(const struct init *in)
{
	static const unsigned char values[] = {
		[VERDICT_PASS] = 16,
		[VERDICT_FAIL] = 1,
		[VERDICT_UNSUPPORTED] = 3,
		[VERDICT_ERROR] = 4,
	};
	int status;
	pid_t pid;

	if (in->verdict == VERDICT_NONE)
		return;
	pid = child_fork();
	if (pid == 0) {
		if (params_fault(&in->params, "exit-port"))
			raise(SIGSEGV);
		write_port(values[in->verdict]);
		_exit(0);
	}
	if (pid > 0)
		child_wait(pid, DEBUG_EXIT_MS * pace_of(in), &status);
}

/* --- firmware setup -------------------------------------------------------------------- */

#define EFI_GLOBAL "8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* UEFI 2.10 section 8.5.4 */
#define EFI_OS_INDICATIONS_BOOT_TO_FW_UI 1
#define EFI_NV_BS_RT			 7

/* A variable's file: attributes, then the value. */
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
		return "this machine was booted by BIOS, which cannot enter its setup on request; "
		       "press the setup key at power-on (often Del, F2 or F10)";
	if (read_file(EFIVARS_PATH "/OsIndicationsSupported-" EFI_GLOBAL, buf, sizeof(buf)) !=
	    sizeof(i))
		return "the firmware does not report that it can enter its setup on request";
	memcpy(&i, buf, sizeof(i));
	if (!(i.value & EFI_OS_INDICATIONS_BOOT_TO_FW_UI))
		return "the firmware reports that it cannot enter its setup on request";
	i.value = 0;
	if (read_file(EFIVARS_PATH "/OsIndications-" EFI_GLOBAL, buf, sizeof(buf)) == sizeof(i))
		memcpy(&i, buf, sizeof(i));
	i.attributes = EFI_NV_BS_RT;
	i.value |= EFI_OS_INDICATIONS_BOOT_TO_FW_UI;
	ret = write_file(EFIVARS_PATH "/OsIndications-" EFI_GLOBAL, &i, sizeof(i));
	return ret ? error_text(-ret) : NULL;
}

/* --- the whole sequence ---------------------------------------------------------------- */

/* In a child, because a medium that was removed may never answer. */
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
		child_wait(pid, SYNC_MS * pace_of(in), &status);
}

void power_action(struct init *in, enum param_after how)
{
	if (how == AFTER_FIRMWARE) {
		const char *why_not = ask_for_setup();

		if (why_not) {
			say(in, "cannot enter firmware setup: %s", why_not);
			return;
		}
	}
	kill(-1, SIGKILL);
	sync_all(in);
	consoles_flush(&in->cs, 1000 * pace_of(in));
	consoles_drain(&in->cs, DRAIN_MS * pace_of(in));
	if (how == AFTER_POWEROFF) {
		if (in->fw_cfg)
			debug_exit(in);
		reboot(RB_POWER_OFF);
	} else {
		reboot(RB_AUTOBOOT);
	}
	/* Reached only if the kernel refuses. */
	say(in, "the kernel refuses: %s", error_text(errno));
}
