// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports how a file was written: see written.h.
 */
#include "cmd/written.h"

#include <stdio.h>
#include <string.h>

#include "lib/output.h"

bool say_written(const char *path, int err, const struct replaced *how)
{
	struct text t = { 0 };

	if (err && how->done)
		text_addf(&t,
			  "nestcheck: '%s' is written, but may not survive a power cut: could not "
			  "%s: %s\n",
			  path, how->step, strerror(-err));
	else if (err)
		text_addf(&t, "nestcheck: '%s' is not written: could not %s: %s\n", path, how->step,
			  strerror(-err));
	else if (how->lost[0])
		text_addf(&t, "nestcheck: '%s' is written, but without its old %s\n", path,
			  how->lost);
	text_clean(&t, 0);
	fputs(t.s ? t.s : "", stderr);
	text_free(&t);
	return !err;
}
