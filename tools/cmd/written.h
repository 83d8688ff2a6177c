/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What became of a file that a command wrote for the user.
 */
#ifndef NESTCHECK_CMD_WRITTEN_H
#define NESTCHECK_CMD_WRITTEN_H

#include <stdbool.h>

#include "lib/replace_file.h"

/*
 * After target_open(), target_write() or replace_file(), which returned err: prints on stderr what
 * failed, and what the new file does not have of the old one. True if the file is written and safe.
 */
bool say_written(const char *path, int err, const struct replaced *how);

#endif
