// SPDX-License-Identifier: GPL-2.0-only
/* The kernel log of this boot: all of it, or what was logged since a mark. */
#include "facts/log.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <unistd.h>

#include "facts/collect.h"
#include "facts/facts.h"
#include "lib/procfs.h"

/* syslog(2) */
#define SYSLOG_ACTION_READ_ALL	  3
#define SYSLOG_ACTION_SIZE_BUFFER 10

/* A limit for kernels with log_buf_len=1G: of a longer log the kernel gives the newest part. */
#define LOG_BYTES_MAX (8 << 20)

/* A kernel that logs without end must not keep us here. */
#define RECORDS_MAX 4096

void collect_kernel_log(struct report *r)
{
	int size = klogctl(SYSLOG_ACTION_SIZE_BUFFER, NULL, 0);
	char *buf;
	int n;

	if (size <= 0)
		return;
	if (size > LOG_BYTES_MAX)
		size = LOG_BYTES_MAX;
	buf = malloc((size_t)size);
	if (!buf)
		return;
	n = klogctl(SYSLOG_ACTION_READ_ALL, buf, size);
	if (n >= 0) {
		r->facts.kernel.log = (struct strings){ NULL, 0 };
		log_filter(&r->arena, &r->facts.kernel.log, buf, (size_t)n);
	}
	free(buf);
}

int log_mark(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (lseek(fd, 0, SEEK_END) < 0) {
		close(fd);
		return -EIO;
	}
	return fd;
}

/* "6,342,1234567,-;message\n KEY=value\n" (Documentation/ABI/testing/dev-kmsg) */
void log_record(struct arena *a, struct strings *out, char *record)
{
	char *message = strchr(record, ';');
	char *end;

	if (!message || strtoul(record, NULL, 10) >= 8)
		return;
	message++;
	end = strchr(message, '\n');
	if (end)
		*end = '\0';
	for (char *s = message; *s; s++)
		if (!isprint((unsigned char)*s))
			*s = '?';
	if (log_line_wanted(message))
		strings_add(a, out, message);
}

void log_since(struct arena *a, int mark, struct strings *out)
{
	char record[KMSG_RECORD_MAX + 1];

	if (mark < 0)
		return;
	for (int i = 0; i <= RECORDS_MAX; i++) {
		ssize_t n = read(mark, record, sizeof(record) - 1);

		if (n > 0 && i == RECORDS_MAX) {
			strings_add(a, out, "(nestcheck did not read the rest: too many messages)");
			break;
		}

		/* EPIPE: the record was overwritten before we read it; the next one can be read. */
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			break;
		record[n] = '\0';
		log_record(a, out, record);
	}
	close(mark);
}
