// SPDX-License-Identifier: GPL-2.0-only
/*
 * What every setup command asks of a report first.
 */
#include "lib/vendor.h"
#include "setup/setup.h"

const char *setup_feature(const struct report *r)
{
	if (vendor_has_vmx(r->cpu.vendor))
		return "vmx";
	return vendor_has_svm(r->cpu.vendor) ? "svm" : NULL;
}

bool setup_warn_of(const struct report *r, const struct finding *blocker, struct text *out)
{
	if (blocker) {
		text_wrap(out, 0, NULL, blocker->title);
		text_wrap(out, 2, NULL, blocker->remedy);
		return true;
	}
	if (r->caps[CAP_VMX] == TRI_YES && r->caps[CAP_EPT] == TRI_NO) {
		text_wrap(out, 0, NULL,
			  "This CPU has no EPT: nested guests will run, but very slowly.");
		return true;
	}
	if (r->caps[CAP_SVM] == TRI_YES && r->caps[CAP_NPT] == TRI_NO) {
		text_wrap(out, 0, NULL,
			  "This CPU has no NPT: nested guests will run, but very slowly.");
		return true;
	}
	return false;
}

bool setup_warn(const struct report *r, struct text *out)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].severity == SEVERITY_BLOCKER)
			return setup_warn_of(r, &r->findings[i], out);
	return setup_warn_of(r, NULL, out);
}
