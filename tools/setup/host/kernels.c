// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernels that a root has: is KVM built into them, and are they known to be unsafe.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/holes.h"
#include "setup/host/host.h"
#include "setup/root.h"

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

int release_compare(const char *a, const char *b)
{
	while (*a || *b) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			char *a_end, *b_end;
			unsigned long x = strtoul(a, &a_end, 10), y = strtoul(b, &b_end, 10);

			if (x != y)
				return x > y ? -1 : 1;
			a = a_end;
			b = b_end;
			continue;
		}
		if (*a != *b)
			return (unsigned char)*a > (unsigned char)*b ? -1 : 1;
		a++;
		b++;
	}
	return 0;
}

static int newest_first(const void *a, const void *b)
{
	return release_compare(((const struct host_kernel *)a)->release,
			       ((const struct host_kernel *)b)->release);
}

void find_kernels(struct arena *a, int root, const char *module, struct host_kernels *out)
{
	static const char *const folders[] = { "usr/lib/modules", "lib/modules" };
	struct strings names = { NULL, 0 };
	const char *folder = NULL;

	for (size_t i = 0; i < 2 && !names.n; i++) {
		folder = folders[i];
		root_list(a, root, folder, &names);
	}
	for (size_t i = 0; i < names.n; i++) {
		const char *dir = arena_printf(a, "%s/%s", folder, names.s[i]), *list;
		struct host_kernel *k;

		/* What a package that is gone has left there is no kernel. */
		if (!isdigit((unsigned char)names.s[i][0]) ||
		    (!root_has(root, arena_printf(a, "%s/modules.dep", dir)) &&
		     !root_has(root, arena_printf(a, "%s/modules.builtin", dir))))
			continue;
		list = root_read(a, root, arena_printf(a, "%s/modules.builtin", dir));
		k = arena_push(a, &out->v, &out->n);
		k->release = names.s[i];
		k->builtin = list ? tri_of(builtin_lists(list, module)) : TRI_UNKNOWN;
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(out->v[0]), newest_first);
}

enum tri kernel_unsafe(struct arena *a, const char *release, const char *version,
		       enum cpu_vendor vendor, const char **what)
{
	struct kernel_version v;
	struct text t = { 0 };

	*what = NULL;
	if (!kernel_version_of(release, version, NULL, &v) || !holes_open(&v, vendor, &t))
		return TRI_NO;
	*what = arena_strdup(a, t.s);
	text_free(&t);
	return v.distribution ? TRI_UNKNOWN : TRI_YES;
}
