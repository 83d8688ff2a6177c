// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of an element, as expat passes them: names and values in turn, then NULL.
 */
#include <stdio.h>
#include <string.h>

#include "setup/xml/reader.h"

void xml_copy(char to[XML_NAME_MAX], const char *from)
{
	snprintf(to, XML_NAME_MAX, "%s", from ? from : "");
}

const char *xml_attribute(const char **atts, const char *name)
{
	for (; *atts; atts += 2)
		if (!strcmp(atts[0], name))
			return atts[1];
	return NULL;
}
