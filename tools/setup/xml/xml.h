/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Adds nesting to a libvirt domain: read it into offsets, decide the changes from those, and splice them
 * into a copy of the bytes.
 *
 * Valid domains, and the meaning of each mode and policy: https://libvirt.org/formatdomain.html,
 * "CPU model and topology", and its schema (docs/schemas/cputypes.rng).
 */
#ifndef NESTCHECK_SETUP_XML_XML_H
#define NESTCHECK_SETUP_XML_XML_H

#include "setup/setup.h"

/* libvirt's limit for a string over its socket (REMOTE_STRING_MAX). */
#define XML_SIZE_MAX ((size_t)4 << 20)
#define XML_NAME_MAX 64

struct xml_options {
	const char *feature; /* "vmx" or "svm" */
	/*
	 * The mode if the domain names no CPU: host-passthrough, host-model, maximum. NULL is
	 * host-passthrough with KVM, and without KVM maximum, as libvirt has no host-passthrough.
	 */
	const char *mode;
};

enum xml_result {
	XML_CHANGED,
	XML_UNCHANGED, /* it nests already: out is the same, byte for byte */
	XML_REFUSED,   /* a domain that cannot nest as it is: see why */
	XML_NO_DOMAIN, /* not well-formed, or no domain: see why */
};

/* Only the <cpu> element changes. out: the domain. why: sentences on what was done and what it means. Pure. */
enum xml_result xml_nest(const char *in, size_t size, const struct xml_options *o, struct text *out,
			 struct text *why);

/* libvirt's cache modes of a disk; NULL at the end. */
extern const char *const xml_cache_modes[];

/*
 * Gives each disk that cache mode; CD-ROMs, floppies and LUNs are left. in: a domain that xml_read()
 * accepts. Only <driver> elements of disks change. why: which disks. Pure.
 */
enum xml_result xml_disk_cache(const char *in, size_t size, const char *mode, struct text *out,
			       struct text *why);

/* --- reading (read.c) ------------------------------------------------------------------ */

/* Offsets into the text: of '<', after the start tag, after the end tag. */
struct xml_element {
	size_t start, tag_end, end;
	bool empty; /* <x/> */
};

struct domain_xml {
	const char *s;
	size_t size;
	char feature[8];
	struct xml_element root;
	char type[XML_NAME_MAX], arch[XML_NAME_MAX];
	bool running;	 /* it has an id: libvirt's XML of a running domain */
	size_t children; /* elements of <domain> */
	/* The element after which a new <cpu> is inserted, and its name. */
	struct xml_element before;
	char before_name[XML_NAME_MAX];

	size_t cpus; /* <cpu> elements of <domain>; the members below describe the last */
	struct xml_element cpu;
	bool has_mode;
	char mode[XML_NAME_MAX], model[XML_NAME_MAX], vendor[XML_NAME_MAX];
	size_t models, features, cpu_children;
	struct xml_element last_child;
	size_t matching; /* <feature> elements with our name; the members below: the last */
	struct xml_element match;
	bool has_policy;
	char policy[XML_NAME_MAX];

	bool own_cpu; /* QEMU's -cpu is among <qemu:arg> */
	bool other_namespace;
};

/* False on an error, with the reason in why. d keeps pointers into s. */
bool xml_read(struct domain_xml *d, const char *s, size_t size, const char *feature,
	      struct text *why);

/* --- deciding (decide.c) --------------------------------------------------------------- */

/* Replaces s[at..end) by text. */
struct xml_edit {
	size_t at, end;
	struct text text;
};

#define XML_EDITS 3
struct xml_edits {
	struct xml_edit e[XML_EDITS]; /* in the order of their offsets */
	size_t n;
};

enum xml_result xml_decide(const struct domain_xml *d, const struct xml_options *o,
			   struct xml_edits *edits, struct text *why);

/* The vendor of a model, by libvirt's src/cpu_map; NULL: none, or unknown (models.c). */
const char *xml_model_vendor(const char *model);

/* --- writing (edit.c) ------------------------------------------------------------------ */

void xml_add_cpu(const struct domain_xml *d, const char *mode, struct xml_edits *edits);
void xml_add_feature(const struct domain_xml *d, struct xml_edits *edits);
void xml_set_mode(const struct domain_xml *d, const char *mode, struct xml_edits *edits);
void xml_require(const struct domain_xml *d, struct xml_edits *edits);

/* Where an attribute's value is in a start tag, which expat has accepted; false: it has no such attribute. */
bool xml_find_value(const char *s, const struct xml_element *e, const char *name, size_t *at,
		    size_t *end);

/* Writes the text with the edits applied; frees them. */
void xml_splice(const struct domain_xml *d, struct xml_edits *edits, struct text *out);

#endif
