/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of xml_read(): what the parser's handlers share.
 */
#ifndef NESTCHECK_SETUP_XML_READER_H
#define NESTCHECK_SETUP_XML_READER_H

#include <expat.h>

#include "setup/xml/xml.h"

/* Where the parser is. Since 2.9 expat has other names for it, of 64 bits, and warns of these. */
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
	char prefix[XML_NAME_MAX]; /* "qemu:": what QEMU_NAMESPACE is called */
	char *text;		   /* where the text of <model> or <vendor> goes */
	struct xml_element child;  /* of <domain>, being read */
	struct xml_element grandchild;
	int rank;
};

/* Ends the parsing, with a reason that is put behind what why has already. */
void xml_refuse(struct reader *rd, const char *what);

/* What is kept of each element (see.c). */
void XMLCALL xml_start_element(void *data, const char *name, const char **atts);
void XMLCALL xml_end_element(void *data, const char *name);

#endif
