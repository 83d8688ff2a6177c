// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adds nesting to a libvirt domain: read, decide, splice, and read the result again.
 */
#include "setup/xml/xml.h"

#include <string.h>

/* A second run must not change the result; else it is not returned. */
static bool is_stable(const struct text *out, const struct xml_options *o)
{
	struct xml_edits edits = { .n = 0 };
	struct domain_xml d;
	struct text why = { 0 };
	bool ok = xml_read(&d, out->s, out->len, o->feature, &why) &&
		  xml_decide(&d, o, &edits, &why) == XML_UNCHANGED;

	for (size_t i = 0; i < edits.n; i++)
		text_free(&edits.e[i].text);
	text_free(&why);
	return ok;
}

enum xml_result xml_nest(const char *in, size_t size, const struct xml_options *o, struct text *out,
			 struct text *why)
{
	struct xml_edits edits = { .n = 0 };
	struct domain_xml d;
	enum xml_result result;

	if (!xml_read(&d, in, size, o->feature, why))
		return XML_NO_DOMAIN;
	result = xml_decide(&d, o, &edits, why);
	if (result == XML_REFUSED)
		return XML_REFUSED;
	xml_splice(&d, &edits, out);
	if (is_stable(out, o)) {
		xml_notes(&d, o, why);
		return result;
	}
	text_free(out);
	text_free(why);
	text_add(why, "The changed domain is not as expected, so nothing was changed. This is a "
		      "defect of nestcheck.");
	return XML_REFUSED;
}
