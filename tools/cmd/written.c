// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports how a file was written: see written.h.
 */
#include "cmd/written.h"

#include <string.h>

#include "lib/error_text.h"
#include "lib/terminal.h"

bool say_written(const char *path, int err, const struct replaced *how)
{
	if (err && how->done)
		complain("'%s' is written, but may not survive a power cut: could not %s: %s", path,
			 how->step, error_text(-err));
	else if (err)
		complain("'%s' is not written: could not %s: %s", path, how->step,
			 error_text(-err));
	else if (how->lost[0])
		complain("'%s' is written, but without its old %s", path, how->lost);
	return !err;
}
