/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the makers of guests' definitions share: a kind is a row of guest.c's table, its text a
 * function of one guest. Formats that nothing on the host can check have their maker's
 * documentation cited beside them.
 */
#ifndef NESTCHECK_SETUP_GUEST_GUEST_H
#define NESTCHECK_SETUP_GUEST_GUEST_H

#include "setup/setup.h"

/*
 * A guest that is to be written down. feature: "vmx" or "svm", NULL for L2, which runs no guest
 * itself. model: libvirt's and QEMU's name of this CPU, for --cpu custom alone.
 */
struct guest {
	const struct report *r;
	const struct guest_options *o;
	const char *feature;
	const char *model;
	bool tcg;
};

/*
 * o completed and looked at against r: the feature, the model. False with a sentence in out
 * where this machine's guests cannot be given it.
 */
bool guest_of(const struct report *r, const struct guest_options *o, struct guest *g,
	      struct text *out);

/* The CPU as libvirt's element (each line indented), virt-install's and QEMU's word have it. */
void guest_cpu_libvirt(const struct guest *g, const char *indent, struct text *out);
void guest_cpu_virt_install(const struct guest *g, struct text *out);
void guest_cpu_qemu(const struct guest *g, struct text *out);

/* False, with a sentence that says so: `given` is not what this option takes. */
bool guest_bad(struct text *out, const char *option, const char *given, const char *want);

/* The options that mean the same for every kind: the CPU, sizes, names. */
bool guest_common_ok(const struct guest_options *o, struct text *out);

/* "L1: made for an Intel machine": what is said at the top of every text. */
void guest_heading(const struct guest *g, const char *before, const char *after, struct text *out);

/* The texts, by kind; part: one of the kind's, never NULL where it has some. */
void guest_libvirt(const struct guest *g, const char *part, struct text *out);
void guest_virt_install(const struct guest *g, const char *part, struct text *out);
void guest_qemu(const struct guest *g, const char *part, struct text *out);
void guest_vagrant(const struct guest *g, const char *part, struct text *out);
void guest_virtualbox(const struct guest *g, const char *part, struct text *out);
void guest_vmware(const struct guest *g, const char *part, struct text *out);
void guest_hyperv(const struct guest *g, const char *part, struct text *out);
void guest_proxmox(const struct guest *g, const char *part, struct text *out);
void guest_gcp(const struct guest *g, const char *part, struct text *out);
void guest_aws(const struct guest *g, const char *part, struct text *out);
void guest_azure(const struct guest *g, const char *part, struct text *out);

/* False, with a sentence, where no size of these clouds is that big. */
bool guest_cloud_fits(const struct guest_options *o, struct text *out);

#endif
