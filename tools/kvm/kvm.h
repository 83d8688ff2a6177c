/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loads KVM with nesting on, and reads its parameters back.
 */
#ifndef NESTCHECK_KVM_KVM_H
#define NESTCHECK_KVM_KVM_H

#include "lib/report.h"

/*
 * Loads kvm and the vendor module with nested=1 from the files kvm.ko, kvm-intel.ko and kvm-amd.ko
 * in module_dir, with their parameters from the kernel's command line. NULL: uses modprobe, which
 * does the same. A module that is loaded with nesting off is reloaded unless it is in use. Sets
 * r->kvm.module and, on failure, r->kvm.error to the reason with the kernel's messages. Returns 0
 * or a negative errno; -ENODATA, which is no failure: loaded, but without /sys the parameters cannot
 * be read back.
 */
int kvm_load(struct report *r, const char *module_dir);

/* Whether this system is the live image, whose KVM is ours to load: only it has the list of its files. */
bool kvm_in_image(void);

/*
 * For a command that only looks: in the live image kvm_load(), as its init does before the check, so that
 * its shell shows the same. Elsewhere kvm_read_parameters(): nothing is loaded unasked.
 */
void kvm_load_in_image(struct report *r);

/* "/lib/modules" if our own modules are there as files (in the image), else NULL: modprobe. */
const char *kvm_default_module_dir(void);

/*
 * A module's parameters on a kernel command line, as modprobe(8) reads it: "kvm-intel.ept=0 quiet"
 * gives "ept=0" for kvm_intel; "" if there are none. cmdline may be NULL.
 */
const char *kvm_cmdline_parameters(struct arena *a, const char *cmdline, const char *module);

/* Whether the vendor module runs with nesting on, by r->kvm.parameters: Y or 1. */
enum tri kvm_nested_on(const struct report *r);

/* r->kvm.parameters from /sys/module/{kvm,kvm_intel,kvm_amd}/parameters. */
void kvm_read_parameters(struct report *r);

#endif
