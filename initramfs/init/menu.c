// SPDX-License-Identifier: GPL-2.0-only
/*
 * The menu: a line of choices on every console, chosen by a letter and Enter, and shells.
 *
 * Whole lines, not keys: an unconnected serial line receives noise, or its own echo, and must not
 * power the machine off. For the same reason a line of more than one letter gets no answer.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "init.h"

static const char choices[] =
	"c check again, r reboot, f firmware setup, p power off, s shell; then Enter\n";

/* One console: the shell that owns it, if any, and the line that is being typed. */
struct menu_console {
	struct console *console;
	pid_t shell;	   /* 0: the menu owns it */
	bool input_closed; /* reads fail */
	char line[8];
	size_t len;
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
	dprintf(2, BUSYBOX_PATH ": %s\n", strerror(errno));
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

static void take_keys(struct init *in, struct menu_console *consoles, struct menu_console *s)
{
	char buf[64];
	ssize_t n = read(s->console->fd, buf, sizeof(buf));

	/* A read from a tty after hang-up always returns 0. */
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		s->input_closed = true;
	for (ssize_t i = 0; i < n && !s->shell; i++) {
		if (buf[i] != '\n' && buf[i] != '\r') {
			s->len += s->len < sizeof(s->line);
			s->line[s->len - 1] = buf[i];
			continue;
		}
		if (s->len == 1)
			choose(in, consoles, s, s->line[0]);
		else if (s->len == 0)
			tell(s, choices);
		s->len = 0;
	}
}

static void take_children(struct init *in, struct menu_console *consoles)
{
	int status;

	while (child_reap(&status))
		continue;
	/* The watchdog may have reaped a shell, so check each. */
	for (int i = 0; i < in->cs.n; i++) {
		if (consoles[i].shell && kill(consoles[i].shell, 0)) {
			consoles[i].shell = 0;
			consoles[i].input_closed = !console_reopen(consoles[i].console);
			tell(&consoles[i], choices);
		}
	}
}

_Noreturn void menu(struct init *in, bool shells)
{
	static struct menu_console consoles[CONSOLE_MAX];

	for (int i = 0; i < in->cs.n; i++) {
		consoles[i].console = &in->cs.c[i];
		if (shells)
			start_shell(&consoles[i]);
	}
	say_choices(in, consoles);
	for (;;) {
		struct pollfd p[CONSOLE_MAX + 1] = { { .fd = children_fd, .events = POLLIN } };
		bool all_out = consoles_flush(&in->cs, 100);

		for (int i = 0; i < in->cs.n; i++) {
			struct menu_console *s = &consoles[i];

			p[i + 1].fd = s->shell || s->input_closed ? -1 : s->console->fd;
			p[i + 1].events = POLLIN;
		}
		poll(p, (nfds_t)in->cs.n + 1, all_out && children_fd >= 0 ? -1 : 1000);
		take_children(in, consoles);
		for (int i = 0; i < in->cs.n; i++) {
			if (p[i + 1].revents && !consoles[i].shell)
				take_keys(in, consoles, &consoles[i]);
		}
	}
}
