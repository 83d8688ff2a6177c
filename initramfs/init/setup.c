// SPDX-License-Identifier: GPL-2.0-only
/*
 * What every program needs before it can run: file systems, stdin, stdout and stderr; and the
 * kernel's behaviour on an oops or panic.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init.h"
#include "lib/error_text.h"
#include "lib/procfs.h"

static const struct {
	const char *type, *path, *options;
	unsigned long flags;
	bool optional; /* only if the kernel has the directory */
} mounts[] = {
	{ "devtmpfs", "/dev", "mode=0755", MS_NOSUID, false },
	{ "proc", "/proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, false },
	{ "sysfs", "/sys", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, false },
	{ "efivarfs", EFIVARS_PATH, NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, true },
	{ "tmpfs", "/run", "mode=0755", MS_NOSUID | MS_NODEV, false },
	{ "tmpfs", "/tmp", "mode=1777", MS_NOSUID | MS_NODEV, false },
};

void setup_mounts(struct params *p)
{
	umask(022);
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		if (!mounts[i].optional)
			mkdir(mounts[i].path, 0755);
		else if (access(mounts[i].path, F_OK))
			continue;
		if (mount(mounts[i].type, mounts[i].path, mounts[i].type, mounts[i].flags,
			  mounts[i].options) &&
		    errno != EBUSY)
			params_problem(p, "%s could not be mounted on %s: %s", mounts[i].type,
				       mounts[i].path, error_text(errno));
	}
}

/* A cpio without /dev/console starts PID 1 with nothing open. */
void setup_stdio(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		fd = open("/dev/null", O_RDWR);
	if (fd < 0)
		return;
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
}

bool setup_has_fw_cfg(void)
{
	/* The directory comes with the driver, this file with the device. */
	return !access(FW_CFG_PATH "/rev", F_OK);
}

void setup_kernel(bool fw_cfg)
{
	char printk[32];

	signal(SIGPIPE, SIG_IGN);
	/* KVM waits for RCU when it creates or destroys a VM: tens of ms unless expedited. */
	write_word("/sys/kernel/rcu_expedited", "1");
	/* Keep a timer on its CPU: it may have to detect that another CPU's timer is dead. */
	write_word("/proc/sys/kernel/timer_migration", "0");
	/* For guest memory. With less than 512 MiB the kernel disables it: huge_memory.c. */
	write_word("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	/* A result after an oops, or beside a stuck CPU, proves nothing. */
	write_word("/proc/sys/kernel/panic_on_oops", "1");
	write_word("/proc/sys/kernel/softlockup_panic", "1");
	/*
	 * Under QEMU pvpanic reports a panic, and the kernel restarts. Elsewhere it stays on the
	 * screen, which is the kernel's default.
	 */
	if (fw_cfg)
		write_word("/proc/sys/kernel/panic", "-1");
	/*
	 * "quiet" still prints errors (level 4), even into the middle of a verdict line. A panic
	 * shows at any level, and the log is in the report. A higher level was asked for: keep it.
	 */
	if (read_file("/proc/sys/kernel/printk", printk, sizeof(printk)) > 0 && atoi(printk) <= 4)
		klogctl(8 /* SYSLOG_ACTION_CONSOLE_LEVEL */, NULL, 1);
}
