// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the report goes besides the consoles: a serial port, the USB stick that we booted from, a
 * file. Each may be slow or stuck, so each has a time limit.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <termios.h>
#include <unistd.h>

#include "cmd/run.h"
#include "lib/clock.h"
#include "lib/error_text.h"
#include "lib/json.h"
#include "lib/medium.h"
#include "lib/procfs.h"
#include "lib/replace_file.h"
#include "lib/report_name.h"
#include "lib/status.h"

/*
 * A serial port that accepts nothing for so long is stuck; a byte at 9600 baud takes 1 ms. Both are
 * for hardware: two levels down each byte is an exit of milliseconds (lib/pace.h).
 */
#define STUCK_MS    5000
#define MS_PER_BYTE 2

/* --- a serial port --------------------------------------------------------------------- */

static int open_serial(const char *name)
{
	struct termios t;
	char path[64];
	int fd, ret;

	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* open() succeeds for a port that does not exist; this fails (TTY_IO_ERROR). */
	if (tcgetattr(fd, &t))
		goto fail;
	cfmakeraw(&t);
	cfsetispeed(&t, B115200);
	cfsetospeed(&t, B115200);
	t.c_cflag |= CLOCAL | CREAD;
	t.c_cflag &= ~(tcflag_t)CRTSCTS;
	if (tcsetattr(fd, TCSANOW, &t))
		goto fail;
	return fd;
fail:
	ret = -errno;
	close(fd);
	return ret;
}

static int send_serial(const char *name, const char *text, unsigned int scale)
{
	size_t left = strlen(text);
	long long start = monotonic_ms(), progress = start, alive = start, now;
	long long end = start + STUCK_MS + (long long)left * MS_PER_BYTE * scale;
	int fd = open_serial(name), ret = 0;

	if (fd < 0)
		return fd;
	while (left && !ret) {
		struct pollfd p = { .fd = fd, .events = POLLOUT };
		ssize_t n = poll(&p, 1, 500) > 0 ? write(fd, text, left) : 0;

		now = monotonic_ms();
		if (n > 0) {
			text += n;
			left -= (size_t)n;
			progress = now;
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			ret = -errno;
		}
		if (!ret && left && (now - progress > (long long)STUCK_MS * scale || now > end))
			ret = -ETIMEDOUT;
		if (now - alive >= 500) {
			status_alive(name);
			alive = now;
		}
	}
	status_alive(name);
	if (!ret && !console_fd_drain(fd, STUCK_MS * (int)scale))
		ret = -ETIMEDOUT;
	/* Otherwise close() waits half a minute for a stuck port. */
	if (ret)
		tcflush(fd, TCOFLUSH);
	close(fd);
	return ret;
}

/* --- the boot medium ------------------------------------------------------------------- */

/* Init has chosen the medium (lib/medium.h) and says whether it may be written to. */
static const char *medium_problem(void)
{
	static char why[256];
	ssize_t len = read_file(MEDIUM_ANSWER_FILE, why, sizeof(why));

	if (len < 0)
		return "no boot medium of ours was found";
	return len ? why : NULL;
}

#define MEDIUM_FLAGS (MS_REMOUNT | MS_NOSUID | MS_NODEV | MS_NOEXEC)

/* A clock that stands still gives two boots the same name: that of a report is never used again. */
static int send_medium(const struct report *r, const char *text, char *name, size_t size)
{
	char stem[REPORT_STEM_MAX];
	int fd, ret;

	report_stem(stem, sizeof(stem), r);
	if (mount(NULL, MEDIUM_PATH, NULL, MEDIUM_FLAGS, NULL))
		return -errno;
	fd = open(MEDIUM_PATH, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ret = fd < 0 ? -errno : create_at(fd, stem, ".json", text, strlen(text), name, size);
	if (fd >= 0) {
		if (syncfs(fd) && !ret)
			ret = -errno;
		close(fd);
	}
	mount(NULL, MEDIUM_PATH, NULL, MEDIUM_FLAGS | MS_RDONLY, NULL);
	return ret ? ret : read_back(MEDIUM_PATH, name, text);
}

/* What the read back tells in addition to errors of system calls. */
static const char *medium_error(int ret)
{
	if (ret == -ENOENT || ret == -EILSEQ || ret == -EINVAL)
		return "read back from it, it is not there; its file system is damaged";
	return error_text(-ret);
}

/* --- all of them ----------------------------------------------------------------------- */

static bool is_url(const char *sink)
{
	return strstr(sink, "://");
}

/* Why this sink cannot work, as far as that is known beforehand; NULL: it may work, unless *dead. */
static const char *sink_problem(struct run *run, const char *sink, bool *dead)
{
	int fd;

	if (is_url(sink))
		return net_sink_problem(run, sink, dead);
	if (!strcmp(sink, "usb"))
		return medium_problem();
	fd = open_serial(sink);
	if (fd < 0)
		return error_text(-fd);
	close(fd);
	return NULL;
}

void sinks_check(struct run *run)
{
	const char *list = run->p.report;
	char sink[PARAMS_TEXT_MAX];

	for (unsigned int i = 0; run->image && sink_next(&list, sink, sizeof(sink)); i++) {
		bool dead = false;
		const char *problem = i < SINKS_MAX ? sink_problem(run, sink, &dead) :
						      "too many sinks";

		if (problem)
			params_problem(&run->p, "report=%s: %s", sink, problem);
		if (i < SINKS_MAX && (problem || dead))
			run->dead_sinks |= UINT32_C(1) << i;
	}
}

static void send_to(struct run *run, const char *sink, const char *json)
{
	bool usb = !strcmp(sink, "usb");
	char name[128];
	int ret;

	status_alive(sink);
	if (usb)
		ret = send_medium(&run->r, json, name, sizeof(name));
	else
		ret = send_serial(sink, json, pace_scale(&run->r.selftest.pace));
	if (ret)
		consoles_printf(&run->cs, "nestcheck: the report could not be sent to %s: %s\n",
				sink, usb ? medium_error(ret) : error_text(-ret));
	else if (usb)
		consoles_printf(&run->cs, "nestcheck: report saved as %s\n", name);
}

void sinks_send(struct run *run)
{
	const char *list = run->p.report;
	char sink[PARAMS_TEXT_MAX];
	char *json;

	if (!run->image || !*list)
		return;
	net_sinks_send(run);
	json = report_to_json(&run->r);
	for (unsigned int i = 0; i < SINKS_MAX && sink_next(&list, sink, sizeof(sink)); i++) {
		if (!(run->dead_sinks >> i & 1) && !is_url(sink))
			send_to(run, sink, json);
	}
	free(json);
}
