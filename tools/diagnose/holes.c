// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holes in nested KVM through which a guest escapes, and the stable releases that close them.
 *
 * CVE-2026-46113: upstream 0cb2af2ea66a; 6.18.30; 6.12.88 by Debian's kernel changelog.
 * CVE-2026-53359: upstream 81ccda30b4e8; all series that had a maintainer on 2026-07-04.
 * CVE-2026-64561: 7.1.6, 7.2-rc5; 6.12.101 by Debian's kernel changelog.
 * CVE-2026-64562: 6.12.101 by Debian's kernel changelog.
 */
#include "diagnose/holes.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct hole holes[HOLES] = {
	{ "CVE-2026-46113", "use after free in the shadow MMU" },
	{ "CVE-2026-53359", "use after free in the shadow MMU by confused roles" },
	{ "CVE-2026-64561", "stale root in the shadow MMU" },
	{ "CVE-2026-64562", "use after free of a shadow VMCS (Intel)" },
};

/* Series with the fix, newest first. complete: one that is not listed never got it. */
#define SERIES_MAX 8
static const struct fixes {
	struct {
		unsigned int major, minor, patch;
	} in[SERIES_MAX];
	/* In every mainline release from this on; rc: from that candidate of it on, 0 not known. */
	unsigned int mainline_major, mainline_minor, mainline_rc;
	bool complete;
} fixes[HOLES] = {
	{ .in = { { 6, 18, 30 }, { 6, 12, 88 } }, .mainline_major = 7, .mainline_minor = 2 },
	{ .in = { { 7, 1, 3 },
		  { 6, 18, 38 },
		  { 6, 12, 95 },
		  { 6, 6, 144 },
		  { 6, 1, 177 },
		  { 5, 15, 211 },
		  { 5, 10, 260 } },
	  .mainline_major = 7,
	  .mainline_minor = 2,
	  .mainline_rc = 1,
	  .complete = true },
	{ .in = { { 7, 1, 6 }, { 6, 12, 101 } },
	  .mainline_major = 7,
	  .mainline_minor = 2,
	  .mainline_rc = 5 },
	{ .in = { { 6, 12, 101 } }, .mainline_major = 7, .mainline_minor = 3 },
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
	unsigned int oldest = 0;

	for (unsigned int i = 0; i < SERIES_MAX && f->in[i].major; i++) {
		if (v->major == f->in[i].major && v->minor == f->in[i].minor)
			return v->patch >= f->in[i].patch && !v->rc ? HOLE_FIXED : HOLE_OPEN;
		oldest = i;
	}
	if (mainline > 0)
		return HOLE_FIXED;
	if (mainline == 0) {
		if (!v->rc)
			return HOLE_FIXED;
		if (!f->mainline_rc)
			return HOLE_UNKNOWN;
		return v->rc >= f->mainline_rc ? HOLE_FIXED : HOLE_OPEN;
	}
	/* A series in between that was not maintained any more when the fix came. */
	if (f->complete &&
	    compare(v->major, v->minor, f->in[oldest].major, f->in[oldest].minor) > 0)
		return HOLE_OPEN;
	return HOLE_UNKNOWN;
}

void hole_fixed_in(size_t index, const struct kernel_version *v, char *buf, size_t size)
{
	const struct fixes *f = &fixes[index];
	unsigned int i;

	for (i = 0; i < SERIES_MAX && f->in[i].major; i++)
		if (v->major == f->in[i].major && v->minor == f->in[i].minor)
			break;
	if (i == SERIES_MAX || !f->in[i].major)
		i = 0;
	snprintf(buf, size, "%u.%u.%u", f->in[i].major, f->in[i].minor, f->in[i].patch);
}
