/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to xml_read(): the state that the parser's handlers share.
 */
#ifndef NESTCHECK_SETUP_XML_READER_H
#define NESTCHECK_SETUP_XML_READER_H

#include <expat.h>

#include "setup/xml/xml.h"

/* The parser's position. Since 2.9 expat has 64-bit functions, and deprecates the others. */
#if XML_MAJOR_VERSION > 2 || (XML_MAJOR_VERSION == 2 && XML_MINOR_VERSION >= 9)
#define XML_CURRENT(what, parser) XML_GetCurrent##what##64(parser)
#else
#define XML_CURRENT(what, parser) XML_GetCurrent##what(parser)
#endif

/* Depths: <domain> is 1, <cpu> 2, <feature> 3. */
struct reader {
	struct domain_xml *d;
	XML_Parser parser;
	struct text *why;
	bool refused;
	unsigned int depth;
	size_t start, tag_end; /* of the last start tag */
	bool empty;
	bool in_os, in_cpu, in_commandline;
	char prefix[XML_NAME_MAX]; /* "qemu:": the prefix of QEMU_NAMESPACE */
	char *text;		   /* destination for the text of <model> or <vendor> */
	struct xml_element child;  /* of <domain>, being read */
	struct xml_element grandchild;
	int rank;
};

/* Stops parsing and appends the reason to why. */
void xml_refuse(struct reader *rd, const char *what);

/* The handlers for elements (elements.c). */
void XMLCALL xml_start_element(void *data, const char *name, const char **atts);
void XMLCALL xml_end_element(void *data, const char *name);

#endif
