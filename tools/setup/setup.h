/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turning nesting on: the machine's own (host), in what the level above must be given (guest,
 * xml, script), and looking whether it is on (check).
 *
 * What is printed is made from a diagnosed report by pure functions; only host and disk touch
 * anything, and only after they have shown what.
 */
#ifndef NESTCHECK_SETUP_SETUP_H
#define NESTCHECK_SETUP_SETUP_H

#include "lib/output.h"
#include "lib/report.h"

/* "vmx", "svm" by this machine's vendor; NULL where it has neither. */
const char *setup_feature(const struct report *r);

/*
 * What has to be said first, one sentence with its remedy: the first blocker's title, no EPT or NPT,
 * a hypervisor that withholds it. False if there is nothing. setup_warn_of(): of that blocker, NULL
 * for none.
 */
bool setup_warn(const struct report *r, struct text *out);
bool setup_warn_of(const struct report *r, const struct finding *blocker, struct text *out);

/* --- host: /etc/modprobe.d/nestcheck-kvm.conf on a root (host/) ------------------------- */

/*
 * root: "/" or where an installed system is mounted; on another root than "/" no module is
 * reloaded. force: enable nesting on a kernel that is known to be unsafe.
 */
struct host_options {
	const char *root;
	bool dry_run, force, undo, quiet;
};

/* Says on stdout what it does and on stderr what keeps it. Returns (design.md, "Exit status"). */
int host_setup(struct report *r, const struct host_options *o);

/* --- guest, script: what the level above must be given (guest/) --------------- */

struct guest_options {
	const char *kind;   /* "libvirt", "qemu", ... */
	unsigned int level; /* 1: L1, on this machine; 2: L2, inside of it */
	const char *name;
	unsigned int cpus;
	unsigned int memory_mb, disk_gb;
	const char *cpu;  /* "host-passthrough" (default), "host-model", "custom" */
	const char *part; /* of what a kind has several of: "cpu", "domain", ... NULL: the first */
	const char *bridge; /* NULL: NAT */
	const char *accel;  /* "kvm" (NULL), or "tcg": QEMU without KVM, for a look at the rest */
	const char *cdrom;  /* an ISO to install from; NULL: the disk has a system */
	const char *device; /* script for a bridge: the network card that becomes its port */
};

/* The name of kind i; NULL behind the last. Only for tests. */
const char *guest_kind_name(size_t i);

/* Fills in what is 0 or NULL: names and sizes of L1 and L2. */
void guest_defaults(struct guest_options *o);

/*
 * Whether the options are ones that there are: kind, part, sizes; names of letters, digits and
 * ._+- alone, so that none has to be quoted anywhere. False with a sentence in out.
 */
bool guest_options_ok(const struct guest_options *o, struct text *out);
bool script_options_ok(const struct guest_options *o, struct text *out);

/* What has to be said before the text is used: setup_warn(); a maker that a kind cannot nest on. */
void guest_notes(const struct report *r, const struct guest_options *o, struct text *out);

/* The text for that kind; false with a sentence in out where it cannot be given. Pure. */
bool guest_text(const struct report *r, const struct guest_options *o, struct text *out);
bool script_text(const struct report *r, const struct guest_options *o, struct text *out);

#endif
