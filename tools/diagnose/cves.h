/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Known holes in nested KVM, by kernel release: before anything advises nested=1. Pure.
 */
#ifndef NESTCHECK_DIAGNOSE_CVES_H
#define NESTCHECK_DIAGNOSE_CVES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/kernel_version.h"
#include "lib/output.h"
#include "lib/report.h"

enum cve_state {
	CVE_UNKNOWN, /* a candidate of the release with the fix, and not known of which */
	CVE_OPEN,    /* older than the fix in this series, or the series never got one */
	CVE_FIXED,   /* or older than the hole */
};

struct cve {
	const char *cve;
	const char *what;
	bool intel; /* is in kvm_intel alone */
};

#define CVES 4
extern const struct cve cves[CVES];

/*
 * By the version number alone: a distribution's kernel may have the fix under an older number,
 * which v->distribution is for. index: into cves.
 */
enum cve_state cve_state(size_t index, const struct kernel_version *v);

/* Whether a CPU of that vendor's runs the code with the hole. */
bool cve_affects(size_t index, enum cpu_vendor vendor);

/* Adds "CVE-... (what it is; fixed in 6.12.95), ..." for those that are open; how many. */
size_t cves_open(const struct kernel_version *v, enum cpu_vendor vendor, struct text *t);

/* "fixed in 6.12.95", or that v's series has none and which is the newest that does. */
void cve_fixed_in(size_t index, const struct kernel_version *v, char *buf, size_t size);

#endif
