/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the functions that print definitions of guests: a kind is a row of guest.c's table and
 * a function that prints one guest. A format that no tool on the host can check has its vendor's
 * documentation cited.
 */
#ifndef NESTCHECK_SETUP_GUEST_GUEST_H
#define NESTCHECK_SETUP_GUEST_GUEST_H

#include "setup/setup.h"

/*
 * The guest to print. feature: "vmx" or "svm", NULL for L2, which runs no guest. model: the name
 * of this CPU in libvirt and QEMU, only for --cpu custom.
 */
struct guest {
	const struct report *r;
	const struct guest_options *o;
	const char *feature;
	const char *model;
	bool tcg;
	bool windows; /* L1 is Windows, with Hyper-V */
	bool cloud;   /* an instance of a cloud: no feature, no model */
};

/*
 * Fills in *g from o and r: the feature, the model. False with a sentence in out if this machine's
 * guests cannot have them.
 */
bool guest_of(const struct report *r, const struct guest_options *o, struct guest *g,
	      struct text *out);

/* Whether L1 is Windows. */
bool guest_is_windows(const struct guest_options *o);

/* The CPU as libvirt's element (each line indented), and as a word for virt-install and QEMU. */
void guest_cpu_libvirt(const struct guest *g, const char *indent, struct text *out);
void guest_cpu_virt_install(const struct guest *g, struct text *out);
void guest_cpu_qemu(const struct guest *g, struct text *out);

/* With TSX, Windows does not start once Hyper-V is on: hle and rtm are off (cilium/ebpf#1816). */
bool guest_without_tsx(const struct guest *g);

/* The CPU as libvirt's element: the model, and each further feature. --cpu custom. */
void guest_cpu_baseline(const struct guest *g, struct text *out);

/* Returns false, with a sentence that the value `given` is not valid for the option. */
bool guest_bad(struct text *out, const char *option, const char *given, const char *want);

/*
 * qemu-img's preallocation of the disk. falloc: virt-install has sparse=no for it, with which libvirt
 * allocates all of the volume.
 */
const char *guest_preallocation(const struct guest_options *o);
bool guest_falloc(const struct guest_options *o);

/* Validates the options that are the same for every kind: the CPU, sizes, names. */
bool guest_common_ok(const struct guest_options *o, struct text *out);

/* The first line of every text: "L1 on an Intel CPU, given vmx, ...". */
void guest_heading(const struct guest *g, const char *before, const char *after, struct text *out);

/* The texts, by kind; part: one of the kind's parts, never NULL if it has any. */
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

/* False, with a sentence, if these clouds have no instance size that large. */
bool guest_cloud_fits(const struct guest_options *o, struct text *out);

#endif
