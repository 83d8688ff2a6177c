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

/*
 * Only the <cpu> element changes. out: the domain. why: a line on what was done, then a line for each
 * warning. Pure.
 */
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

/* Whether QEMU's -cpu, among <qemu:arg>, has the feature. */
enum xml_own_cpu {
	XML_NO_OWN_CPU,
	XML_OWN_CPU_HAS,
	XML_OWN_CPU_LACKS,
};

/* What else is in a domain. */
enum xml_mark {
	XML_HYPERV = 1u << 0,	  /* an enlightenment is on */
	XML_HYPERV_ALL = 1u << 1, /* mode='passthrough' or 'host-model': all that the host has */
	XML_VAPIC = 1u << 2,
	XML_EVMCS = 1u << 3,
	XML_DIRECT_TIMERS = 1u << 4,
	XML_WINDOWS = 1u << 5,	 /* by libosinfo's name, or a clock that only Windows uses */
	XML_UNCHECKED = 1u << 6, /* check='none' */
	XML_OWN_PHYS_BITS = 1u << 7,
	XML_NO_HLE = 1u << 8,
	XML_NO_RTM = 1u << 9,
	XML_PAGING = 1u << 10, /* EPT or NPT is required */
};

struct domain_xml {
	const char *s;
	size_t size;
	char feature[8];
	struct xml_element root;
	char type[XML_NAME_MAX], arch[XML_NAME_MAX], machine[XML_NAME_MAX];
	/* The type of <launchSecurity>, or of its like among <qemu:arg>. */
	bool security_element;
	char security[XML_NAME_MAX];
	bool running;	 /* it has an id: libvirt's XML of a running domain */
	size_t children; /* elements of <domain> */
	/* The element after which a new <cpu> is inserted, and its name. */
	struct xml_element before;
	char before_name[XML_NAME_MAX];

	size_t cpus; /* <cpu> elements of <domain>; the members below describe the last */
	struct xml_element cpu;
	bool has_mode;
	char mode[XML_NAME_MAX], model[XML_NAME_MAX], vendor[XML_NAME_MAX];
	char vendor_id[XML_NAME_MAX]; /* of <model>: the vendor that the guest sees */
	size_t models, features, cpu_children;
	struct xml_element last_child;
	size_t matching; /* <feature> elements with our name; the members below: the last */
	struct xml_element match;
	bool has_policy;
	char policy[XML_NAME_MAX];
	bool other_required; /* the other vendor's of vmx and svm is required, too */

	enum xml_own_cpu own_cpu;
	const char *spoilt; /* a feature that the domain turns off, and a hypervisor needs */
	unsigned int marks; /* of enum xml_mark */
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

/* False if something outside of <cpu> forbids nesting, with the reason in why (refuse.c). */
bool xml_check_around(const struct domain_xml *d, const struct xml_options *o, struct text *why);

#define XML_FALLBACK                                                                          \
	"Tools fall back to that if they cannot open /dev/kvm: nestcheck diagnose says why. " \
	"Once they can, make it type='kvm'."

/* A model of QEMU and libvirt (models.c). */
struct xml_model {
	const char *begins; /* matched by prefix, so that later versions of it match, too */
	const char *vendor; /* by libvirt's src/cpu_map; NULL: of none */
	enum {
		XML_NO_PAGING = 1, /* it has neither EPT nor NPT */
		XML_TSX = 2,	   /* unless "noTSX" is in its name */
	} what;
};

/* NULL: unknown. */
const struct xml_model *xml_find_model(const char *model);

/* mode='custom' is the default. */
bool xml_is_custom(const struct domain_xml *d);

/* host-passthrough and maximum have every feature of the host or of QEMU. */
bool xml_has_all(const char *mode);

/* The CPU's mode after the change: the domain's, or what a domain that names no CPU gets. */
const char *xml_mode(const struct domain_xml *d, const struct xml_options *o);

/* --- warning (notes.c) ----------------------------------------------------------------- */

/* Warnings, each on a line of its own: what spoils nesting and is no reason to refuse. */
void xml_notes(const struct domain_xml *d, const struct xml_options *o, struct text *why);

/* --- writing (edit.c) ------------------------------------------------------------------ */

void xml_add_cpu(const struct domain_xml *d, const char *mode, struct xml_edits *edits);
void xml_add_feature(const struct domain_xml *d, struct xml_edits *edits);
void xml_set_mode(const struct domain_xml *d, const char *mode, struct xml_edits *edits);
void xml_require(const struct domain_xml *d, struct xml_edits *edits);

/*
 * Where an attribute's value is in a start tag, which expat has accepted; false: it has no such
 * attribute.
 */
bool xml_find_value(const char *s, const struct xml_element *e, const char *name, size_t *at,
		    size_t *end);

/* Writes the text with the edits applied; frees them. */
void xml_splice(const struct domain_xml *d, struct xml_edits *edits, struct text *out);

#endif
