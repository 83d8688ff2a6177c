/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an errno means, for people. musl's strerror() has "No error information" for some that Linux
 * returns, among them that of a damaged file system.
 */
#ifndef NESTCHECK_LIB_ERROR_TEXT_H
#define NESTCHECK_LIB_ERROR_TEXT_H

/* err: an errno, positive. A constant string, or one of this thread that the next call overwrites. */
const char *error_text(int err);

#endif
