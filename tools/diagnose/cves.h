/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Known vulnerabilities of nested KVM by kernel release; consulted before any remedy advises
 * nested=1. Pure.
 */
#ifndef NESTCHECK_DIAGNOSE_CVES_H
#define NESTCHECK_DIAGNOSE_CVES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/kernel_version.h"
#include "lib/output.h"
#include "lib/report.h"

enum cve_state {
	CVE_UNKNOWN, /* a release candidate of the fixing release; whether it has the fix is not known */
	CVE_OPEN,  /* older than the fix in this series, or the series has no fix */
	CVE_FIXED, /* or older than the vulnerability */
};

struct cve {
	const char *cve;
	const char *what;
	bool intel; /* only in kvm_intel */
};

#define CVES 4
extern const struct cve cves[CVES];

/*
 * Decides by the version number only. A distribution's kernel may have the fix under an older
 * number: see v->distribution. index: into cves.
 */
enum cve_state cve_state(size_t index, const struct kernel_version *v);

/* Whether CPUs of this vendor run the vulnerable code. */
bool cve_affects(size_t index, enum cpu_vendor vendor);

/* Appends "CVE-... (what it is; fixed in 6.12.95), ..." for each open CVE; returns their number. */
size_t cves_open(const struct kernel_version *v, enum cpu_vendor vendor, struct text *t);

/* "fixed in 6.12.95", or that v's series has no fix and which newest series does. Public for tests. */
void cve_fixed_in(size_t index, const struct kernel_version *v, char *buf, size_t size);

#endif
