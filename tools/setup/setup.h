/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turning nesting on: on a machine (host, disk), in the definition of a guest (guest, xml,
 * script), and checking whether it is on (check).
 *
 * Pure functions make the output from a diagnosed report. Only host and disk change anything, and
 * only after they have shown the change.
 */
#ifndef NESTCHECK_SETUP_SETUP_H
#define NESTCHECK_SETUP_SETUP_H

#include "lib/output.h"
#include "lib/report.h"

/* The exit status of a setup command that refused, for a reason that was printed. */
#define EXIT_REFUSED 1

/* "vmx" or "svm" by this machine's vendor; NULL if it has neither. */
const char *setup_feature(const struct report *r);

/*
 * A warning to print first, one sentence with its remedy: the first blocker's title, no EPT or NPT, a
 * hypervisor that withholds nesting. False if there is none. setup_warn_of(): for that blocker, NULL
 * for none.
 */
bool setup_warn(const struct report *r, struct text *out);
bool setup_warn_of(const struct report *r, const struct finding *blocker, struct text *out);

/* --- host: /etc/modprobe.d/nestcheck-kvm.conf on a root (host/) ------------------------- */

/*
 * root: "/" or where an installed system is mounted. A module is reloaded only if it is "/".
 * dry_run: changes nothing, and returns what the real run of root would, as far as can be foreseen.
 * mounted_to_look: with dry_run, root is mounted read-only only for that.
 * force: enable nesting on a kernel that is known to be unsafe.
 */
struct host_options {
	const char *root;
	bool dry_run, mounted_to_look, force, undo, quiet;
};

/* Actions go to stdout, obstacles to stderr. Returns an exit status (design.md, "Exit status"). */
int host_setup(struct report *r, const struct host_options *o);

/* --- guest, script: definitions of guests that may nest (guest/) -------------- */

struct guest_options {
	const char *kind;   /* "libvirt", "qemu", ... */
	unsigned int level; /* 1: L1, on this machine; 2: L2, inside of it */
	const char *name;
	unsigned int cpus;
	unsigned int memory_mb, disk_gb;
	const char *cpu; /* "host-passthrough" (default), "host-model", "custom"; "list": see below */
	const char *part; /* of a kind with several texts: "cpu", "domain", ... NULL: the first */
	const char *preallocation; /* of the disk: "metadata" (NULL), "falloc" */
	const char *bridge;	   /* NULL: NAT */
	const char *accel;	   /* "kvm" (NULL), or "tcg": QEMU without KVM, to try the rest */
	const char *cdrom;	   /* an ISO to install from; NULL: the disk has a system */
	const char *os;		   /* "windows": L1 runs Hyper-V; NULL, "linux": KVM */
	const char *device;	   /* script for a bridge: the network card that becomes its port */
};

/* The name of kind i; NULL after the last. Only for tests. */
const char *guest_kind_name(size_t i);

/* Replaces 0 and NULL by defaults: names and sizes of L1 and L2. */
void guest_defaults(struct guest_options *o);

/*
 * Whether the options are valid: kind, part, sizes; names only of letters, digits and ._+-, so
 * that no format has to quote them. False with a sentence in out.
 */
bool guest_options_ok(const struct guest_options *o, struct text *out);
bool script_options_ok(const struct guest_options *o, struct text *out);

/*
 * Warnings to print before the text: setup_warn(); a CPU vendor that a kind cannot nest on. False: guests
 * of this machine cannot nest as it is now.
 */
bool guest_notes(const struct report *r, const struct guest_options *o, struct text *out);

/* The text for that kind; false with a sentence in out if it cannot be made. Pure. */
bool guest_text(const struct report *r, const struct guest_options *o, struct text *out);
bool script_text(const struct report *r, const struct guest_options *o, struct text *out);

/* --cpu list: libvirt's CPU models for this CPU's vendor, and which of them this machine has. */
bool guest_cpu_list(const struct report *r, struct text *out);

/* --- packages: what to install (packages.c) ---------------------------------------------- */

/*
 * The commands that install QEMU, libvirt and what else the howtos use, for a system with this
 * os-release(5); false with a sentence in out if it is not known. Pure.
 */
bool packages_text(const char *os_release, struct text *out);

#endif
