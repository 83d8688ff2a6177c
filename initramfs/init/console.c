// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every console that somebody may watch: those that the kernel uses; those that the command line
 * names, because the kernel takes only the first of several serial ports, and ours is built in;
 * and the port in ACPI's SPCR table, which x86 does not make a console.
 */
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>

#include "init.h"
#include "lib/firmware.h"
#include "lib/output.h"
#include "lib/procfs.h"

/* A console that the kernel does not use: we have to set up its line. baud 0: not known. */
struct extra {
	char name[32];
	unsigned int baud;
};

struct found {
	char *list;
	size_t size;
	struct extra extra[CONSOLE_MAX];
	int n_extra;
};

static bool add_name(struct found *f, const char *name)
{
	size_t len = strlen(f->list);

	if (params_list_has(f->list, name) || len + strlen(name) + 2 > f->size)
		return false;
	snprintf(f->list + len, f->size - len, "%s%s", len ? "," : "", name);
	return true;
}

static void add_extra(struct found *f, const char *name, unsigned int baud)
{
	struct extra *e = &f->extra[f->n_extra];

	if (f->n_extra == CONSOLE_MAX || strlen(name) >= sizeof(e->name) || !add_name(f, name))
		return;
	strcpy(e->name, name);
	e->baud = baud;
	f->n_extra++;
}

static void add_active(struct found *f)
{
	char text[256], *save, *name;

	if (read_file("/sys/class/tty/console/active", text, sizeof(text)) <= 0)
		return;
	for (name = strtok_r(text, " \n", &save); name; name = strtok_r(NULL, " \n", &save))
		add_name(f, name);
}

/* console=ttyS1,115200n8; consoles_open() skips a name that is no device in /dev. */
static void add_named(struct found *f)
{
	static char text[4096];
	char *save, *word;

	if (read_file("/proc/cmdline", text, sizeof(text)) <= 0)
		return;
	for (word = strtok_r(text, " \n", &save); word; word = strtok_r(NULL, " \n", &save)) {
		char *options;

		if (strncmp(word, "console=tty", 11))
			continue;
		word += strlen("console=");
		options = word + strcspn(word, ",");
		if (*options)
			*options++ = '\0';
		add_extra(f, word, (unsigned int)strtoul(options, NULL, 10));
	}
}

/* Does /sys/class/tty/NAME/FILE hold this number? */
static bool port_is_at(const char *name, const char *file, uint64_t address)
{
	char path[320], text[32];

	snprintf(path, sizeof(path), "/sys/class/tty/%s/%s", name, file);
	return read_file(path, text, sizeof(text)) > 0 && strtoull(text, NULL, 0) == address;
}

static bool find_port(const struct spcr_console *c, char *name, size_t size)
{
	DIR *dir = opendir("/sys/class/tty");
	struct dirent *e;
	bool found = false;

	while (dir && !found && (e = readdir(dir))) {
		if (strncmp(e->d_name, "ttyS", 4) || strlen(e->d_name) >= size ||
		    !port_is_at(e->d_name, c->mmio ? "iomem_base" : "port", c->address))
			continue;
		strcpy(name, e->d_name);
		found = true;
	}
	if (dir)
		closedir(dir);
	return found;
}

static void add_spcr(struct found *f)
{
	static char table[4096]; /* SPCR is 80 bytes, or 88 and a name */
	ssize_t len = read_file("/sys/firmware/acpi/tables/SPCR", table, sizeof(table));
	struct spcr_console spcr;
	char name[32];

	if (len > 0 && spcr_parse(table, (size_t)len, &spcr) &&
	    find_port(&spcr, name, sizeof(name)))
		add_extra(f, name, spcr.baud);
}

/* The kernel sets up its own consoles; any other port still has the tty layer's 9600 baud. */
static void set_line(int fd, unsigned int baud)
{
	static const struct {
		unsigned int baud;
		speed_t speed;
	} speeds[] = { { 9600, B9600 }, { 19200, B19200 }, { 38400, B38400 }, { 57600, B57600 } };
	speed_t speed = B115200;
	struct termios t;

	if (tcgetattr(fd, &t))
		return;
	for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
		if (speeds[i].baud == baud)
			speed = speeds[i].speed;
	}
	cfsetispeed(&t, speed);
	cfsetospeed(&t, speed);
	t.c_cflag = (t.c_cflag & ~(tcflag_t)(CSIZE | PARENB | CSTOPB | CRTSCTS)) | CS8 | CREAD |
		    CLOCAL;
	tcsetattr(fd, TCSANOW, &t);
}

void setup_consoles(struct init *in)
{
	struct found f = { .list = in->console_list, .size = sizeof(in->console_list) };

	add_active(&f);
	add_named(&f);
	add_spcr(&f);
	/* A kernel that names none may still have one. */
	if (!in->console_list[0])
		add_name(&f, "console");
	consoles_open(&in->cs, in->console_list);
	for (int i = 0; i < in->cs.n; i++) {
		for (int j = 0; j < f.n_extra; j++) {
			if (!strcmp(in->cs.c[i].name, f.extra[j].name))
				set_line(in->cs.c[i].fd, f.extra[j].baud);
		}
	}
}

void say(struct init *in, const char *fmt, ...)
{
	struct text t = { .s = NULL };
	char sentence[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	text_wrap(&t, 11, "nestcheck: ", sentence);
	for (int i = 0; i < in->cs.n; i++)
		console_text(&in->cs.c[i], &t);
	consoles_flush(&in->cs, 200);
	text_free(&t);
}
