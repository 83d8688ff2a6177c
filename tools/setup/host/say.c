// SPDX-License-Identifier: GPL-2.0-only
/*
 * The output of setup host: paragraphs, and a remedy for a system call's error.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "lib/error_text.h"
#include "lib/terminal.h"
#include "setup/host/job.h"

static void paragraph(bool warning, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
static void paragraph(bool warning, const char *fmt, va_list ap)
{
	struct arena a = { 0 };
	struct text t = { 0 };

	text_wrap(&t, 2, "", arena_vprintf(&a, fmt, ap));
	if (warning)
		print_error_text(&t);
	else
		print_text(&t);
	arena_free(&a);
}

void host_say(const struct host_job *j, const char *fmt, ...)
{
	va_list ap;

	if (j->o->quiet)
		return;
	va_start(ap, fmt);
	paragraph(false, fmt, ap);
	va_end(ap);
}

void host_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	paragraph(true, fmt, ap);
	va_end(ap);
}

const char *host_path(const struct host_job *j)
{
	size_t len = strlen(j->o->root);

	while (len && j->o->root[len - 1] == '/')
		len--;
	return arena_printf(j->a, "%.*s/" CHANGE_FOLDER "/" CHANGE_NAME, (int)len, j->o->root);
}

int host_change_failed(const struct host_job *j, const struct replaced *how, int err)
{
	if (!how->done)
		return host_failed(j, how->step, err);
	host_warn("nestcheck: %s is changed, but %s: %s", host_path(j), how->step,
		  error_text(-err));
	return verdict_exit_status(VERDICT_ERROR);
}

int host_failed(const struct host_job *j, const char *what, int err)
{
	const char *remedy = "";

	if ((err == -EACCES || err == -EPERM) && geteuid())
		remedy = ". Only root may do this: run it with sudo";
	else if (err == -EROFS)
		remedy = arena_printf(
			j->a,
			". It is mounted read-only: mount -o remount,rw DIR, where DIR "
			"is its mount point (now: %s)",
			j->o->root);
	else if (err == -ENOSPC || err == -EDQUOT)
		remedy = ". Nothing was changed: free some space first";
	else if (err == -ENOSYS)
		remedy = ". Another system's root needs Linux 5.6 or later here";
	host_warn("nestcheck: %s %s: %s%s", what, host_path(j), error_text(-err), remedy);
	return verdict_exit_status(VERDICT_ERROR);
}

bool host_shown(void)
{
	if (stdout_written())
		return true;
	host_warn("nestcheck: nothing is changed, because the change could not be shown.");
	return false;
}
