/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A libvirt domain with nesting, and the parts of it: a domain is read into offsets, what has to change is decided
 * from those, and the changes are spliced into a copy of the bytes.
 *
 * What libvirt takes, and what each mode and policy means: https://libvirt.org/formatdomain.html,
 * "CPU model and topology", and its schema (docs/schemas/cputypes.rng).
 */
#ifndef NESTCHECK_SETUP_XML_XML_H
#define NESTCHECK_SETUP_XML_XML_H

#include "setup/setup.h"

/* libvirt itself takes no longer string over its socket (REMOTE_STRING_MAX). */
#define XML_SIZE_MAX ((size_t)4 << 20)
#define XML_NAME_MAX 64

struct xml_options {
	const char *feature; /* "vmx" or "svm" */
	/*
	 * The mode where the domain names no CPU: host-passthrough, host-model, maximum. NULL is
	 * host-passthrough with KVM and maximum without, where libvirt knows no host-passthrough.
	 */
	const char *mode;
};

enum xml_result {
	XML_CHANGED,
	XML_UNCHANGED, /* it was there already: out is the same, byte for byte */
	XML_REFUSED,   /* no domain, not well-formed, a conflict: why says so */
};

/*
 * Only the <cpu> element changes. In out the domain, in why a sentence or some: what was done, what it
 * means. Pure.
 */
enum xml_result xml_nest(const char *in, size_t size, const struct xml_options *o, struct text *out,
			 struct text *why);

/* --- reading (read.c) ------------------------------------------------------------------ */

/* Offsets into the text: of '<', behind the start tag's '>', behind the end tag's. */
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
	bool running;	 /* it has an id: what libvirt says of a domain that runs */
	size_t children; /* elements of <domain> */
	/* The element that a new <cpu> is put behind, and its name. */
	struct xml_element before;
	char before_name[XML_NAME_MAX];

	size_t cpus; /* <cpu> elements of <domain>; what follows is of the last one */
	struct xml_element cpu;
	bool has_mode;
	char mode[XML_NAME_MAX], model[XML_NAME_MAX], vendor[XML_NAME_MAX];
	size_t models, features, cpu_children;
	struct xml_element last_child;
	size_t matching; /* <feature> elements with our name; what follows is of the last */
	struct xml_element match;
	bool has_policy;
	char policy[XML_NAME_MAX];

	bool own_cpu; /* QEMU's -cpu is among <qemu:arg> */
	bool other_namespace;
};

/* False with the reason in why. d keeps pointers into s. */
bool xml_read(struct domain_xml *d, const char *s, size_t size, const char *feature,
	      struct text *why);

/* --- deciding (decide.c) --------------------------------------------------------------- */

/* text in the place of s[at..end). */
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

/* Whose CPU a model is, by libvirt's src/cpu_map; NULL: nobody's, or not known (models.c). */
const char *xml_model_vendor(const char *model);

/* --- writing (edit.c) ------------------------------------------------------------------ */

void xml_add_cpu(const struct domain_xml *d, const char *mode, struct xml_edits *edits);
void xml_add_feature(const struct domain_xml *d, struct xml_edits *edits);
void xml_set_mode(const struct domain_xml *d, const char *mode, struct xml_edits *edits);
void xml_require(const struct domain_xml *d, struct xml_edits *edits);

/* The text with the edits in it; frees them. */
void xml_splice(const struct domain_xml *d, struct xml_edits *edits, struct text *out);

#endif
