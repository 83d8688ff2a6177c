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

/* Depths: <domain> is 1, <cpu> 2, <feature> 3. What is deeper than this is not looked at. */
#define XML_DEPTH_MAX 5
#define XML_PATH_MAX  (XML_DEPTH_MAX * XML_NAME_MAX)

struct reader {
	struct domain_xml *d;
	XML_Parser parser;
	struct text *why;
	bool refused;
	unsigned int depth;
	size_t start, tag_end; /* of the last start tag */
	bool empty;
	bool in_cpu, in_commandline;
	char argument[XML_NAME_MAX]; /* the last <qemu:arg>, if the next may be its value */
	char path[XML_PATH_MAX];     /* below <domain>, "/features/hyperv/evmcs" */
	size_t above[XML_DEPTH_MAX + 1];
	char prefix[XML_NAME_MAX]; /* "qemu:": the prefix of QEMU_NAMESPACE */
	char *text;		   /* destination for the text of <model> or <vendor> */
	struct xml_element child;  /* of <domain>, being read */
	struct xml_element grandchild;
	int rank;
};

/* Stops parsing and appends the reason to why. */
void xml_refuse(struct reader *rd, const char *what);

/* Reads what is not <cpu>, of the element at rd->path (around.c). */
void xml_read_around(struct reader *rd, const char **atts);

/* Reads the value of one <qemu:arg> (commandline.c). */
void xml_read_argument(struct reader *rd, const char *value);

/* The value of an attribute, or NULL. */
const char *xml_attribute(const char **atts, const char *name);

/* Copies at most XML_NAME_MAX - 1 bytes; NULL is "". */
void xml_copy(char to[XML_NAME_MAX], const char *from);

/* The handlers for elements (elements.c). */
void XMLCALL xml_start_element(void *data, const char *name, const char **atts);
void XMLCALL xml_end_element(void *data, const char *name);

#endif
