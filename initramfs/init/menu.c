// SPDX-License-Identifier: GPL-2.0-only
/*
 * The menu: a line of choices on every console, chosen by a letter and Enter, and shells.
 *
 * Whole lines, not keys: an unconnected serial line receives noise, or its own echo, and must not
 * power the machine off. For the same reason a line of more than one letter gets no answer.
 *
 * Nothing takes a console away for good: end-of-file is ignored, one that is hung up or gone is opened
 * again until that succeeds, and stopped output goes on at the next key.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "init.h"
#include "lib/clock.h"
#include "menu_line.h"
#include "lib/error_text.h"

static const char choices[] =
	"c check again, r reboot, f firmware setup, p power off, s shell; then Enter\n";

/* One console: the shell that owns it, if any, its input, and its settings before any shell. */
struct menu_console {
	struct console *console;
	pid_t shell; /* 0: the menu owns it */
	struct menu_line line;
	struct menu_loss loss;
	struct termios usual;
	bool usual_known;
};

static void tell(struct menu_console *s, const char *text)
{
	console_write(s->console, text, strlen(text));
}

static void exec_shell(const struct menu_console *s)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", s->console->name);
	setsid();
	fd = open(path, O_RDWR);
	if (fd < 0)
		_exit(127);
	ioctl(fd, TIOCSCTTY, 1);
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1);
	setenv("TERM", s->console->kind == CONSOLE_SCREEN ? "linux" : "vt100", 1);
	setenv("HOME", "/", 1);
	setenv("PS1", "nestcheck# ", 1);
	if (chdir("/"))
		_exit(127);
	execl(BUSYBOX_PATH, "sh", (char *)NULL);
	execl("/bin/sh", "sh", (char *)NULL);
	dprintf(2, BUSYBOX_PATH ": %s\n", error_text(errno));
	_exit(127);
}

static void start_shell(struct menu_console *s)
{
	s->shell = child_fork();
	if (s->shell == 0)
		exec_shell(s);
	if (s->shell < 0) {
		tell(s, "nestcheck: no shell: out of memory\n");
		s->shell = 0;
	}
}

static void say_choices(struct init *in, struct menu_console *consoles)
{
	for (int i = 0; i < in->cs.n; i++) {
		if (!consoles[i].shell)
			tell(&consoles[i], choices);
	}
}

static void choose(struct init *in, struct menu_console *consoles, struct menu_console *s,
		   char letter)
{
	switch (letter) {
	case 'c':
		watchdog_run(in);
		say_choices(in, consoles);
		break;
	case 'r':
		power_action(in, AFTER_REBOOT);
		break;
	case 'f':
		power_action(in, AFTER_FIRMWARE);
		break;
	case 'p':
		power_action(in, AFTER_POWEROFF);
		break;
	case 's':
		start_shell(s);
		break;
	default:
		tell(s, choices);
	}
}

static void take_keys(struct init *in, struct menu_console *consoles, struct menu_console *s,
		      short events)
{
	char buf[64];
	ssize_t n = read(s->console->fd, buf, sizeof(buf));

	if (menu_read(&s->loss, n, n < 0 ? errno : 0, events))
		menu_lost(&s->loss, monotonic_ms());
	for (ssize_t i = 0; i < n && !s->shell; i++) {
		char letter = menu_letter(&s->line, buf[i]);

		if (letter == MENU_EMPTY)
			tell(s, choices);
		else if (letter != MENU_NOTHING)
			choose(in, consoles, s, letter);
	}
}

/* A key restarts output that ^S in the noise, or in a shell, has stopped. */
static void remember(struct menu_console *s)
{
	s->usual_known = s->console->fd >= 0 && !tcgetattr(s->console->fd, &s->usual);
	if (!s->usual_known)
		return;
	s->usual.c_iflag |= IXANY;
	tcsetattr(s->console->fd, TCSANOW, &s->usual);
}

/* A shell that was killed leaves its own settings. */
static bool reopen(struct menu_console *s)
{
	if (!console_reopen(s->console))
		return false;
	if (s->usual_known) {
		tcsetattr(s->console->fd, TCSANOW, &s->usual);
		tcflow(s->console->fd, TCOON);
	} else {
		remember(s);
	}
	s->line = (struct menu_line){ .len = 0 };
	return true;
}

static void take_children(struct init *in, struct menu_console *consoles)
{
	int status;

	while (child_reap(&status))
		continue;
	/* The watchdog may have reaped a shell, so check each. */
	for (int i = 0; i < in->cs.n; i++) {
		struct menu_console *s = &consoles[i];

		if (!s->shell || !kill(s->shell, 0))
			continue;
		s->shell = 0;
		s->loss = (struct menu_loss){ .lost = false };
		if (reopen(s))
			tell(s, choices);
		else
			menu_lost(&s->loss, monotonic_ms());
	}
}

/* Opens lost consoles again when it is time to try. Returns whether any is still lost. */
static bool revive(struct init *in, struct menu_console *consoles)
{
	bool any = false;

	for (int i = 0; i < in->cs.n; i++) {
		struct menu_console *s = &consoles[i];

		if (s->shell)
			continue;
		/* Closed by consoles_flush(), if a write failed. */
		if (s->console->fd < 0 && !s->loss.lost)
			menu_lost(&s->loss, monotonic_ms());
		if (menu_retry(&s->loss, monotonic_ms())) {
			if (reopen(s)) {
				menu_found(&s->loss);
				tell(s, choices);
			} else {
				menu_lost(&s->loss, monotonic_ms());
			}
		}
		any |= s->loss.lost;
	}
	return any;
}

_Noreturn void menu(struct init *in, bool shells)
{
	static struct menu_console consoles[CONSOLE_MAX];

	for (int i = 0; i < in->cs.n; i++) {
		consoles[i].console = &in->cs.c[i];
		remember(&consoles[i]);
		if (shells)
			start_shell(&consoles[i]);
	}
	say_choices(in, consoles);
	for (;;) {
		struct pollfd p[CONSOLE_MAX + 1] = { { .fd = children_fd, .events = POLLIN } };
		bool wait = consoles_flush(&in->cs, 100) && children_fd >= 0;

		wait &= !revive(in, consoles);
		for (int i = 0; i < in->cs.n; i++) {
			struct menu_console *s = &consoles[i];

			p[i + 1].fd = s->shell || s->loss.lost ? -1 : s->console->fd;
			p[i + 1].events = POLLIN;
		}
		poll(p, (nfds_t)in->cs.n + 1, wait ? -1 : MENU_RETRY_MS);
		take_children(in, consoles);
		for (int i = 0; i < in->cs.n; i++) {
			if (p[i + 1].revents && !consoles[i].shell)
				take_keys(in, consoles, &consoles[i], p[i + 1].revents);
		}
	}
}
