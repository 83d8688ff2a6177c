// SPDX-License-Identifier: GPL-2.0-only
/*
 * Validates the options that all kinds of guests share. Names consist only of letters, digits and a
 * few signs, so that no format has to quote them.
 */
#include <string.h>

#include "setup/guest/guest.h"

#define NAME_MAX_LENGTH	  64
#define PATH_MAX_LENGTH	  255
#define BRIDGE_MAX_LENGTH 15 /* Linux's IFNAMSIZ, with its NUL */

static bool made_of(const char *s, size_t max, const char *others)
{
	static const char alnum[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	size_t n = strlen(s);

	if (!n || n > max)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!strchr(alnum, s[i]) && !strchr(others, s[i]))
			return false;
	return true;
}

/* Prints the given value shortened. */
bool guest_bad(struct text *out, const char *option, const char *given, const char *want)
{
	text_addf(out, "%s '%.40s%s' is not one of: %s", option, given,
		  strlen(given) > 40 ? "..." : "", want);
	return false;
}

static bool sizes_ok(const struct guest_options *o, struct text *out)
{
	if (o->cpus > 288 || o->memory_mb < 64 || o->memory_mb > 4 << 20 || o->disk_gb > 1 << 16) {
		text_add(out, "a guest has 1 to 288 CPUs, 64 to 4194304 MiB of memory and a disk "
			      "of 1 to 65536 GiB");
		return false;
	}
	return true;
}

/* The names: of the guest, its bridge, its ISO. */
static bool names_ok(const struct guest_options *o, struct text *out)
{
	/* A backslash is for PowerShell: in a shell it would join the next word or line. */
	bool windows = !strcmp(o->kind, "hyperv");
	const char *path = windows ? "._+-/@~:\\" : "._+-/@~:";

	if (!made_of(o->name, NAME_MAX_LENGTH, "._+-") || strchr("._+-", o->name[0]))
		return guest_bad(
			out, "--name", o->name,
			"at most 64 letters, digits and . _ + -, the first a letter or digit");
	if (o->bridge && (!made_of(o->bridge, BRIDGE_MAX_LENGTH, "._-") || o->bridge[0] == '-'))
		return guest_bad(out, "--bridge", o->bridge,
				 "at most 15 letters, digits and . _ -, as the kernel names them");
	if (o->cdrom && (!made_of(o->cdrom, PATH_MAX_LENGTH, path) || o->cdrom[0] == '-'))
		return guest_bad(
			out, "--cdrom", o->cdrom,
			windows ? "a path only of letters, digits and . _ + - / @ ~ : \\" :
				  "a path only of letters, digits and . _ + - / @ ~ :, which needs "
				  "no quotes");
	return true;
}

const char *guest_preallocation(const struct guest_options *o)
{
	return o->preallocation ? o->preallocation : "metadata";
}

bool guest_falloc(const struct guest_options *o)
{
	return !strcmp(guest_preallocation(o), "falloc");
}

bool guest_is_windows(const struct guest_options *o)
{
	return o->os && !strcmp(o->os, "windows");
}

bool guest_common_ok(const struct guest_options *o, struct text *out)
{
	static const char *const cpus[] = { "host-passthrough", "host-model", "custom" };
	bool known = false;

	for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++)
		known = known || !strcmp(o->cpu, cpus[i]);
	if (!known)
		return guest_bad(out, "--cpu", o->cpu, "host-passthrough, host-model or custom");
	if (o->accel && strcmp(o->accel, "kvm") != 0 && strcmp(o->accel, "tcg") != 0)
		return guest_bad(out, "--accel", o->accel, "kvm or tcg");
	if (!guest_falloc(o) && strcmp(guest_preallocation(o), "metadata") != 0)
		return guest_bad(out, "--preallocation", o->preallocation, "metadata or falloc");
	if (o->os && strcmp(o->os, "linux") != 0 && !guest_is_windows(o))
		return guest_bad(out, "--os", o->os, "linux or windows");
	return sizes_ok(o, out) && names_ok(o, out);
}
