// SPDX-License-Identifier: GPL-2.0-only
/* libcpuid is built for musl, but unit tests for the host: this stub knows no CPU. */
#include "facts/libcpuid.h"

bool libcpuid_codename(const struct leaf_source *source, char *name, size_t size)
{
	(void)source;
	(void)name;
	(void)size;
	return false;
}
