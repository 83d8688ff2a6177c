// SPDX-License-Identifier: GPL-2.0-only
/* An init that prints a line and powers the machine off: the smallest workload for a kernel. */
#include <stddef.h>
#include <sys/reboot.h>
#include <termios.h>
#include <unistd.h>

static const char text[] = "nestcheck-bench: init\n";

int main(void)
{
	if (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0)
		return 1;
	/* Output that the port has not sent yet would be lost. */
	tcdrain(STDOUT_FILENO);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
