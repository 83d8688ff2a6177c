/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loading KVM with nesting on, and reading back what came of it.
 */
#ifndef NESTCHECK_KVM_KVM_H
#define NESTCHECK_KVM_KVM_H

#include "lib/report.h"

/*
 * Loads kvm and the vendor module with nested=1 from module_dir (kvm.ko, kvm-intel.ko,
 * kvm-amd.ko as files, with what the kernel's command line says for them; NULL: through modprobe,
 * which does the same). Where the module is loaded already with
 * nesting off it is reloaded, unless it is in use. Sets r->kvm.module, and r->kvm.error to
 * the reason in the kernel's words where it was refused. 0, or a negative errno.
 */
int kvm_load(struct report *r, const char *module_dir);

/*
 * "/lib/modules" where our own modules lie there as files (the image), else NULL: modprobe.
 */
const char *kvm_default_module_dir(void);

/*
 * What a kernel's command line says for a module, as modprobe(8) reads it: "kvm-intel.ept=0 quiet"
 * gives "ept=0" for kvm_intel; "" where it says nothing. cmdline may be NULL.
 */
const char *kvm_module_words(struct arena *a, const char *cmdline, const char *module);

/* Whether the vendor module runs with nesting on, by r->kvm.parameters: Y or 1. */
enum tri kvm_nested_on(const struct report *r);

/* r->kvm.parameters from /sys/module/{kvm,kvm_intel,kvm_amd}/parameters. */
void kvm_read_parameters(struct report *r);

#endif
