// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an errno means (see error_text.h).
 */
#include "lib/error_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *error_text(int err)
{
	/*
	 * Those without a text in musl 1.2 that a file, a module or KVM can return: by the comments of
	 * include/uapi/asm-generic/errno.h, and for EUCLEAN what ext4, xfs and btrfs mean by it.
	 */
	static const struct {
		int err;
		const char *text;
	} texts[] = {
		{ EUCLEAN, "the file system is damaged" },
		{ ENOPKG, "a part of the kernel for it is not installed" },
		{ EBADFD, "file descriptor in bad state" },
		{ ELIBBAD, "a shared library is damaged" },
		{ EREMCHG, "remote address changed" },
		{ ERFKILL, "blocked by RF-kill" },
		{ EHWPOISON, "a memory page has a hardware error" },
	};
	static _Thread_local char number[32];
	static const char none[] = "No error information"; /* musl's word */
	const char *known = strerror(err);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].err == err)
			return texts[i].text;
	if (strcmp(known, none) != 0)
		return known;
	snprintf(number, sizeof(number), "errno %d", err);
	return number;
}
