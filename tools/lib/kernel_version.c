// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel releases as numbers, and ranges of them.
 */
#include "lib/kernel_version.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Suffixes of distributions' kernels, which add fixes under their own numbers. Any other suffix
 * after '-' or '+' is a local name.
 */
static const char *const distributions[] = {
	"-amd64",      "+deb",	   ".el",      ".fc",	      ".amzn",	    "-generic",
	"-lowlatency", "-azure",   "-aws",     "-gcp",	      "-gke",	    "-oracle",
	"-pve",	       "-default", "-arch",    "-cloud",      "-lts",	    "-zen",
	".uek",	       "-xcp",	   "-kvm",     "-ibm",	      "-hwe",	    "-oem",
	"-rt",	       ".vz",	   ".mga",     "-Microsoft",  "-microsoft", "-talos",
	"-flatcar",    "-cos",	   "-truenas", "-production", ".ph",	    ".cm",
};

static bool parse_number(const char **s, unsigned int *to)
{
	unsigned long v;
	char *end;

	if (!isdigit((unsigned char)**s))
		return false;
	v = strtoul(*s, &end, 10);
	if (v > 100000)
		return false;
	*to = (unsigned int)v;
	*s = end;
	return true;
}

/*
 * uname()'s fields have 64 characters, Debian's versions and Ubuntu's signatures a few more. A
 * longer text is no kernel's, and is not searched again for each failed case.
 */
#define RELEASE_MAX 256

bool kernel_version_parse(const char *release, struct kernel_version *v)
{
	const char *s = release, *rc;

	*v = (struct kernel_version){ 0 };
	if (!s || strnlen(s, RELEASE_MAX + 1) > RELEASE_MAX || !parse_number(&s, &v->major) ||
	    *s++ != '.' || !parse_number(&s, &v->minor))
		return false;
	if (*s == '.') {
		s++;
		if (!parse_number(&s, &v->patch))
			return false;
	}
	for (size_t i = 0; i < sizeof(distributions) / sizeof(distributions[0]); i++)
		v->distribution |= strstr(s, distributions[i]) != NULL;
	/* "-40-amd64", "-503.el9": a number directly after the version is the package's. */
	v->distribution |= *s == '-' && isdigit((unsigned char)s[1]);
	v->rebased = v->distribution;
	v->patch_unknown = v->distribution && !v->patch;
	/* As spelt by upstream, by Fedora, and in Debian's package versions. */
	rc = strstr(s, "-rc");
	if (!rc)
		rc = strstr(s, ".rc");
	if (!rc)
		rc = strstr(s, "~rc");
	if (rc) {
		rc += 3;
		parse_number(&rc, &v->rc);
	}
	return true;
}

/* The last word is the upstream release that it is based on; one of another series is ignored. */
static void read_signature(const char *signature, struct kernel_version *v)
{
	const char *last = strrchr(signature, ' ');
	struct kernel_version base;

	if (!last || !kernel_version_parse(last + 1, &base) || base.major != v->major ||
	    base.minor != v->minor)
		return;
	v->patch = base.patch;
	v->distribution = true;
	v->patch_unknown = false;
}

bool kernel_version_of(const char *release, const char *version, const char *signature,
		       struct kernel_version *v)
{
	const char *debian = NULL;

	if (version && strnlen(version, RELEASE_MAX + 1) <= RELEASE_MAX)
		debian = strstr(version, "Debian ");
	if (signature && strnlen(signature, RELEASE_MAX + 1) > RELEASE_MAX)
		signature = NULL;

	if (debian && kernel_version_parse(debian + strlen("Debian "), v)) {
		v->distribution = true;
		v->rebased = false;
		v->patch_unknown = false;
		return true;
	}
	if (!kernel_version_parse(release, v))
		return false;
	if (signature)
		read_signature(signature, v);
	return true;
}

static int compare(unsigned int a_major, unsigned int a_minor, unsigned int b_major,
		   unsigned int b_minor)
{
	if (a_major != b_major)
		return a_major < b_major ? -1 : 1;
	return a_minor < b_minor ? -1 : a_minor > b_minor;
}

static const struct kernel_series *series_of(const struct kernel_range *r,
					     const struct kernel_version *v)
{
	for (size_t i = 0; i < KERNEL_SERIES_MAX && r->in[i].major; i++)
		if (r->in[i].major == v->major && r->in[i].minor == v->minor)
			return &r->in[i];
	return NULL;
}

enum kernel_range_state kernel_range_state(const struct kernel_range *r,
					   const struct kernel_version *v)
{
	const struct kernel_series *s = series_of(r, v);
	int mainline;

	if (s && s->since ? v->patch < s->since :
			    compare(v->major, v->minor, r->since.major, r->since.minor) < 0)
		return RANGE_BEFORE;
	if (s && s->fixed)
		return v->patch >= s->fixed && !v->rc ? RANGE_FIXED : RANGE_INSIDE;
	if (!r->fixed.major)
		return RANGE_INSIDE;
	mainline = compare(v->major, v->minor, r->fixed.major, r->fixed.minor);
	if (mainline)
		return mainline < 0 ? RANGE_INSIDE : RANGE_FIXED;
	if (!v->rc)
		return RANGE_FIXED;
	if (!r->fixed_rc)
		return RANGE_UNKNOWN;
	return v->rc >= r->fixed_rc ? RANGE_FIXED : RANGE_INSIDE;
}

bool kernel_range_may_have(const struct kernel_range *r, const struct kernel_version *v)
{
	enum kernel_range_state state = kernel_range_state(r, v);

	return state != RANGE_FIXED && (state != RANGE_BEFORE || v->rebased);
}

static bool is_newer(const struct kernel_version *a, const struct kernel_version *b)
{
	int series = compare(a->major, a->minor, b->major, b->minor);

	if (series)
		return series > 0;
	return a->patch > b->patch || (a->patch == b->patch && !a->rc && b->rc);
}

static bool is_in_any(const struct kernel_range *const ranges[], size_t n,
		      const struct kernel_version *v)
{
	for (size_t i = 0; i < n; i++) {
		enum kernel_range_state state = kernel_range_state(ranges[i], v);

		if (state == RANGE_INSIDE || state == RANGE_UNKNOWN)
			return true;
	}
	return false;
}

bool kernel_release_without(const struct kernel_range *const ranges[], size_t n,
			    const struct kernel_version *v, struct kernel_version *release)
{
	bool found = false;

	for (size_t i = 0; i < n; i++) {
		const struct kernel_range *r = ranges[i];

		/* Its stable series, then the mainline release. */
		for (size_t k = 0; k <= KERNEL_SERIES_MAX; k++) {
			const struct kernel_series *s = k < KERNEL_SERIES_MAX ? &r->in[k] : NULL;
			struct kernel_version at = { .major = s ? s->major : r->fixed.major,
						     .minor = s ? s->minor : r->fixed.minor,
						     .patch = s ? s->fixed : 0 };

			if (!at.major || (s && !s->fixed) || !is_newer(&at, v) ||
			    is_in_any(ranges, n, &at) || (found && !is_newer(release, &at)))
				continue;
			*release = at;
			found = true;
		}
	}
	return found;
}

void kernel_version_name(const struct kernel_version *v, char *buf, size_t size)
{
	if (v->patch)
		snprintf(buf, size, "%u.%u.%u", v->major, v->minor, v->patch);
	else
		snprintf(buf, size, "%u.%u", v->major, v->minor);
}

void kernel_range_fixed(const struct kernel_range *r, const struct kernel_version *v, char *buf,
			size_t size)
{
	struct kernel_version at;
	char name[40];

	if (!kernel_release_without(&r, 1, v, &at)) {
		snprintf(buf, size, "no release is known to have the fix");
		return;
	}
	kernel_version_name(&at, name, sizeof(name));
	if (at.major == v->major && at.minor == v->minor)
		snprintf(buf, size, "fixed in %s", name);
	else
		snprintf(buf, size, "no fix in %u.%u; %s has it", v->major, v->minor, name);
}
