// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a libvirt domain into offsets, with expat. Refuses what is no domain, or what libvirt could
 * understand differently.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "setup/xml/reader.h"

static void XMLCALL characters(void *data, const char *s, int len)
{
	struct reader *rd = data;
	size_t n;

	if (!rd->text || rd->depth != 3)
		return;
	for (int i = 0; i < len; i++) {
		n = strlen(rd->text);
		if (!strchr(" \t\r\n", s[i]) && n + 1 < XML_NAME_MAX) {
			rd->text[n] = s[i];
			rd->text[n + 1] = '\0';
		}
	}
}

static void XMLCALL doctype(void *data, const char *name, const char *system, const char *public,
			    int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	xml_refuse(data,
		   "It has a document type (<!DOCTYPE>), which could define entities; remove it.");
}

/* Accepts only encodings for which expat's offsets count the original bytes. */
static void XMLCALL declaration(void *data, const char *version, const char *encoding, int alone)
{
	struct reader *rd = data;

	(void)version;
	(void)alone;
	if (!encoding || !strcasecmp(encoding, "UTF-8") || !strcasecmp(encoding, "US-ASCII") ||
	    !strcasecmp(encoding, "ISO-8859-1"))
		return;
	text_addf(rd->why, "Its encoding is %.40s", encoding);
	xml_refuse(rd, "; convert it to UTF-8 first (iconv, and the first line).");
}

static void not_well_formed(struct reader *rd)
{
	enum XML_Error code = XML_GetErrorCode(rd->parser);

	text_addf(rd->why,
		  "Line %lu, column %lu: ", (unsigned long)XML_CURRENT(LineNumber, rd->parser),
		  (unsigned long)XML_CURRENT(ColumnNumber, rd->parser) + 1);
	if (code == XML_ERROR_JUNK_AFTER_DOC_ELEMENT)
		text_add(rd->why, "something follows the first element; one domain at a time.");
	else
		text_addf(rd->why, "not well-formed XML (%s).", XML_ErrorString(code));
}

bool xml_read(struct domain_xml *d, const char *s, size_t size, const char *feature,
	      struct text *why)
{
	struct reader rd = { .d = d, .why = why };
	bool ok;

	*d = (struct domain_xml){ .s = s, .size = size };
	snprintf(d->feature, sizeof(d->feature), "%s", feature);
	if (size > XML_SIZE_MAX) {
		text_addf(why, "It is larger than %zu MiB, which libvirt does not accept either.",
			  XML_SIZE_MAX >> 20);
		return false;
	}
	if (size && memchr(s, 0, size)) {
		text_add(why, "It contains zero bytes: it is UTF-16, UTF-32 or no XML; convert it "
			      "to UTF-8 first.");
		return false;
	}
	rd.parser = XML_ParserCreate(NULL);
	if (!rd.parser) {
		text_add(why, "There is not enough memory.");
		return false;
	}
	XML_SetUserData(rd.parser, &rd);
	XML_SetElementHandler(rd.parser, xml_start_element, xml_end_element);
	XML_SetCharacterDataHandler(rd.parser, characters);
	XML_SetStartDoctypeDeclHandler(rd.parser, doctype);
	XML_SetXmlDeclHandler(rd.parser, declaration);
	ok = XML_Parse(rd.parser, s, (int)size, 1) == XML_STATUS_OK && !rd.refused;
	if (!ok && !rd.refused)
		not_well_formed(&rd);
	XML_ParserFree(rd.parser);
	return ok;
}
