// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holes in nested KVM through which a guest escapes, and the stable releases that close them: by the
 * kernel's own CVE records (CVEProject/cvelistV5, as of 2026-10). A series that a record does not list
 * has not got the fix.
 *
 * CVE-2026-46113: upstream 0cb2af2ea66a. The record is older than the fixes of 6.1 and 5.15, which
 * came with that of the next one: it builds on this.
 * CVE-2026-53359: upstream 81ccda30b4e8; in 7.2 from its first candidate on. 5.15.211 and 5.10.260,
 * which were named first, are not in the record any more.
 * CVE-2026-64561: since 5.9. CVE-2026-64562: since 4.9.
 */
#include "diagnose/holes.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/vendor.h"

const struct hole holes[HOLES] = {
	{ "CVE-2026-46113", "use after free in the shadow MMU", false },
	{ "CVE-2026-53359", "use after free in the shadow MMU by confused roles", false },
	{ "CVE-2026-64561", "stale root in the shadow MMU", false },
	{ "CVE-2026-64562", "use after free of a shadow VMCS (Intel)", true },
};

/* Series with the fix, newest first; all others from `since` on never got it. */
#define SERIES_MAX 8
static const struct fixes {
	struct {
		unsigned int major, minor, patch;
	} in[SERIES_MAX];
	struct {
		unsigned int major, minor;
	} since;
	/* In every mainline release from this on; rc: from that candidate of it on, 0 not known. */
	unsigned int mainline_major, mainline_minor, mainline_rc;
} fixes[HOLES] = {
	{ .in = { { 7, 0, 7 },
		  { 6, 18, 30 },
		  { 6, 12, 88 },
		  { 6, 6, 140 },
		  { 6, 1, 177 },
		  { 5, 15, 222 } },
	  .since = { 2, 6 },
	  .mainline_major = 7,
	  .mainline_minor = 1,
	  .mainline_rc = 3 },
	{ .in = { { 7, 1, 3 },
		  { 6, 18, 38 },
		  { 6, 12, 95 },
		  { 6, 6, 144 },
		  { 6, 1, 177 },
		  { 5, 15, 222 } },
	  .since = { 2, 6 },
	  .mainline_major = 7,
	  .mainline_minor = 2,
	  .mainline_rc = 1 },
	{ .in = { { 7, 1, 6 }, { 6, 18, 42 }, { 6, 12, 101 }, { 6, 6, 148 } },
	  .since = { 5, 9 },
	  .mainline_major = 7,
	  .mainline_minor = 2,
	  .mainline_rc = 5 },
	{ .in = { { 7, 1, 6 },
		  { 6, 18, 42 },
		  { 6, 12, 101 },
		  { 6, 6, 148 },
		  { 6, 1, 183 },
		  { 5, 15, 216 },
		  { 5, 10, 265 } },
	  .since = { 4, 9 },
	  .mainline_major = 7,
	  .mainline_minor = 2 },
};

/*
 * Suffixes of kernels that carry fixes under their own numbers. What follows the version behind
 * '-' or '+' is a local name otherwise.
 */
static const char *const distributions[] = {
	"-amd64",      "+deb",	   ".el",      ".fc",	      ".amzn",	    "-generic",
	"-lowlatency", "-azure",   "-aws",     "-gcp",	      "-gke",	    "-oracle",
	"-pve",	       "-default", "-arch",    "-cloud",      "-lts",	    "-zen",
	".uek",	       "-xcp",	   "-kvm",     "-ibm",	      "-hwe",	    "-oem",
	"-rt",	       ".vz",	   ".mga",     "-Microsoft",  "-microsoft", "-talos",
	"-flatcar",    "-cos",	   "-truenas", "-production", ".ph",	    ".cm",
};

static bool number(const char **s, unsigned int *to)
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

bool kernel_version_parse(const char *release, struct kernel_version *v)
{
	const char *s = release, *rc;

	*v = (struct kernel_version){ 0 };
	if (!s || !number(&s, &v->major) || *s++ != '.' || !number(&s, &v->minor))
		return false;
	if (*s == '.') {
		s++;
		if (!number(&s, &v->patch))
			return false;
	}
	for (size_t i = 0; i < sizeof(distributions) / sizeof(distributions[0]); i++)
		v->distribution |= strstr(s, distributions[i]) != NULL;
	/* "-40-amd64", "-503.el9": a number right behind the version is a package's. */
	v->distribution |= *s == '-' && isdigit((unsigned char)s[1]);
	rc = strstr(s, "-rc");
	if (!rc)
		rc = strstr(s, ".rc");
	if (rc) {
		rc += 3;
		number(&rc, &v->rc);
	}
	return true;
}

bool kernel_version_of(const char *release, const char *version, struct kernel_version *v)
{
	const char *debian = version ? strstr(version, "Debian ") : NULL;

	if (debian && kernel_version_parse(debian + strlen("Debian "), v)) {
		v->distribution = true;
		return true;
	}
	return kernel_version_parse(release, v);
}

static int compare(unsigned int a_major, unsigned int a_minor, unsigned int b_major,
		   unsigned int b_minor)
{
	if (a_major != b_major)
		return a_major < b_major ? -1 : 1;
	return a_minor < b_minor ? -1 : a_minor > b_minor;
}

enum hole_state hole_state(size_t index, const struct kernel_version *v)
{
	const struct fixes *f = &fixes[index];
	int mainline = compare(v->major, v->minor, f->mainline_major, f->mainline_minor);

	if (compare(v->major, v->minor, f->since.major, f->since.minor) < 0 || mainline > 0)
		return HOLE_FIXED;
	for (unsigned int i = 0; i < SERIES_MAX && f->in[i].major; i++)
		if (v->major == f->in[i].major && v->minor == f->in[i].minor)
			return v->patch >= f->in[i].patch && !v->rc ? HOLE_FIXED : HOLE_OPEN;
	if (mainline < 0)
		return HOLE_OPEN;
	if (!v->rc)
		return HOLE_FIXED;
	if (!f->mainline_rc)
		return HOLE_UNKNOWN;
	return v->rc >= f->mainline_rc ? HOLE_FIXED : HOLE_OPEN;
}

void hole_fixed_in(size_t index, const struct kernel_version *v, char *buf, size_t size)
{
	const struct fixes *f = &fixes[index];

	for (unsigned int i = 0; i < SERIES_MAX && f->in[i].major; i++) {
		if (v->major != f->in[i].major || v->minor != f->in[i].minor)
			continue;
		snprintf(buf, size, "fixed in %u.%u.%u", v->major, v->minor, f->in[i].patch);
		return;
	}
	snprintf(buf, size, "no fix in %u.%u; %u.%u.%u has it", v->major, v->minor, f->in[0].major,
		 f->in[0].minor, f->in[0].patch);
}

bool hole_concerns(size_t index, enum cpu_vendor vendor)
{
	return !holes[index].intel || !vendor_has_svm(vendor);
}

size_t holes_open(const struct kernel_version *v, enum cpu_vendor vendor, struct text *t)
{
	char fixed[80];
	size_t n = 0;

	for (size_t i = 0; i < HOLES; i++) {
		if (hole_state(i, v) != HOLE_OPEN || !hole_concerns(i, vendor))
			continue;
		hole_fixed_in(i, v, fixed, sizeof(fixed));
		text_addf(t, "%s%s (%s; %s)", n++ ? ", " : "", holes[i].cve, holes[i].what, fixed);
	}
	return n;
}
