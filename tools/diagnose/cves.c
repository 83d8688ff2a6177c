// SPDX-License-Identifier: GPL-2.0-only
/*
 * Vulnerabilities of nested KVM that let a guest escape, and the stable releases that fix them,
 * from the kernel's own CVE records (CVEProject/cvelistV5, as of 2026-10). A series that a record
 * does not list does not have the fix.
 *
 * CVE-2026-46113: upstream 0cb2af2ea66a. The record predates the fixes in 6.1 and 5.15, which came
 * together with the next CVE's fix, because that builds on this one. CVE-2026-53359: upstream
 * 81ccda30b4e8; in 7.2 since rc1. 5.15.211 and 5.10.260, named at first, are no longer in the
 * record. CVE-2026-64561: since 5.9. CVE-2026-64562: since 4.9.
 */
#include "diagnose/cves.h"

#include "lib/vendor.h"

const struct cve cves[CVES] = {
	{ "CVE-2026-46113", "use after free in the shadow MMU", false },
	{ "CVE-2026-53359", "use after free in the shadow MMU by confused roles", false },
	{ "CVE-2026-64561", "stale root in the shadow MMU", false },
	{ "CVE-2026-64562", "use after free of a shadow VMCS (Intel)", true },
};

static const struct kernel_range ranges[CVES] = {
	{ .in = { { 7, 0, 0, 7 },
		  { 6, 18, 0, 30 },
		  { 6, 12, 0, 88 },
		  { 6, 6, 0, 140 },
		  { 6, 1, 0, 177 },
		  { 5, 15, 0, 222 } },
	  .since = { 2, 6 },
	  .fixed = { 7, 1 },
	  .fixed_rc = 3 },
	{ .in = { { 7, 1, 0, 3 },
		  { 6, 18, 0, 38 },
		  { 6, 12, 0, 95 },
		  { 6, 6, 0, 144 },
		  { 6, 1, 0, 177 },
		  { 5, 15, 0, 222 } },
	  .since = { 2, 6 },
	  .fixed = { 7, 2 },
	  .fixed_rc = 1 },
	{ .in = { { 7, 1, 0, 6 }, { 6, 18, 0, 42 }, { 6, 12, 0, 101 }, { 6, 6, 0, 148 } },
	  .since = { 5, 9 },
	  .fixed = { 7, 2 },
	  .fixed_rc = 5 },
	{ .in = { { 7, 1, 0, 6 },
		  { 6, 18, 0, 42 },
		  { 6, 12, 0, 101 },
		  { 6, 6, 0, 148 },
		  { 6, 1, 0, 183 },
		  { 5, 15, 0, 216 },
		  { 5, 10, 0, 265 } },
	  .since = { 4, 9 },
	  .fixed = { 7, 2 } },
};

enum cve_state cve_state(size_t index, const struct kernel_version *v)
{
	switch (kernel_range_state(&ranges[index], v)) {
	case RANGE_INSIDE:
		return CVE_OPEN;
	case RANGE_BEFORE:
	case RANGE_FIXED:
		return CVE_FIXED;
	case RANGE_UNKNOWN:
		break;
	}
	return CVE_UNKNOWN;
}

void cve_fixed_in(size_t index, const struct kernel_version *v, char *buf, size_t size)
{
	kernel_range_fixed(&ranges[index], v, buf, size);
}

bool cve_affects(size_t index, enum cpu_vendor vendor)
{
	return !cves[index].intel || !vendor_has_svm(vendor);
}

size_t cves_open(const struct kernel_version *v, enum cpu_vendor vendor, struct text *t)
{
	char fixed[80];
	size_t n = 0;

	for (size_t i = 0; i < CVES; i++) {
		if (cve_state(i, v) != CVE_OPEN || !cve_affects(i, vendor))
			continue;
		cve_fixed_in(i, v, fixed, sizeof(fixed));
		text_addf(t, "%s%s (%s; %s)", n++ ? ", " : "", cves[i].cve, cves[i].what, fixed);
	}
	return n;
}
