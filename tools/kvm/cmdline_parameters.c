// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module parameters on the kernel's command line. The kernel itself applies them only to built-in
 * code. For modules modprobe reads them, and the image has no modprobe.
 */
#include <string.h>

#include "kvm/kvm.h"
#include "lib/output.h"

/*
 * The length of "MODULE." at the start of a word, 0 if it names another module; '-' and '_' are
 * equal.
 */
static size_t prefix_of(const char *word, const char *module)
{
	size_t n = strlen(module);

	for (size_t i = 0; i < n; i++)
		if ((word[i] == '-' ? '_' : word[i]) != module[i])
			return 0;
	return word[n] == '.' ? n + 1 : 0;
}

const char *kvm_cmdline_parameters(struct arena *a, const char *cmdline, const char *module)
{
	struct text out = { .raw = true };
	const char *words;

	while (cmdline && *cmdline) {
		size_t len = strcspn(cmdline, " \t\r\n"), skip = prefix_of(cmdline, module);

		if (skip && len > skip)
			text_addf(&out, "%s%.*s", out.len ? " " : "", (int)(len - skip),
				  cmdline + skip);
		cmdline += len + strspn(cmdline + len, " \t\r\n");
	}
	words = arena_strdup(a, out.s ? out.s : "");
	text_free(&out);
	return words;
}
