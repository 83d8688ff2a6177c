// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernels of a root: whether KVM is built in, and whether they are known to be unsafe.
 */
#include <string.h>

#include "diagnose/cves.h"
#include "setup/host/host.h"
#include "setup/kernels.h"

/* A line is "kernel/arch/x86/kvm/kvm-intel.ko". */
bool builtin_lists(const char *text, const char *module)
{
	size_t n = strlen(module);

	for (const char *s = text; s && *s;) {
		size_t len = strcspn(s, "\n"), i = 0;
		const char *name = s;

		for (const char *c = s; c < s + len; c++)
			if (*c == '/')
				name = c + 1;
		while (i < n && (name[i] == '-' ? '_' : name[i]) == module[i])
			i++;
		if (i == n && !strncmp(name + n, ".ko", 3))
			return true;
		s += len;
		s += *s == '\n';
	}
	return false;
}

void find_kernels(struct arena *a, int root, const char *module, struct host_kernels *out)
{
	struct strings releases = { NULL, 0 };
	const char *folder = root_kernels(a, root, &releases, &out->unseen);

	for (size_t i = 0; i < releases.n; i++) {
		struct host_kernel *k = arena_push(a, &out->v, &out->n);
		struct arena scratch = { NULL };
		size_t unseen = out->unseen.n;
		const char *list;

		k->release = releases.s[i];
		list = root_read(&scratch, root,
				 arena_printf(a, "%s/%s/modules.builtin", folder, k->release),
				 &out->unseen);
		if (list && builtin_lists(list, module))
			k->builtin = TRI_YES;
		else
			k->builtin = list && out->unseen.n == unseen ? TRI_NO : TRI_UNKNOWN;
		arena_free(&scratch);
	}
}

enum tri kernel_unsafe(struct arena *a, const char *release, const char *version,
		       enum cpu_vendor vendor, const char **what)
{
	struct kernel_version v;
	struct text t = { 0 };

	*what = NULL;
	if (!kernel_version_of(release, version, NULL, &v) || !cves_open(&v, vendor, &t))
		return TRI_NO;
	*what = arena_strdup(a, t.s);
	text_free(&t);
	return v.distribution ? TRI_UNKNOWN : TRI_YES;
}
