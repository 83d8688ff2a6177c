/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which package has KVM's modules, by the distribution's way to name its kernels. Pure.
 */
#ifndef NESTCHECK_DIAGNOSE_KERNEL_PACKAGES_H
#define NESTCHECK_DIAGNOSE_KERNEL_PACKAGES_H

/*
 * "on Ubuntu linux-modules-extra-RELEASE"; several distributions' if the release tells nothing or
 * is NULL. Never NULL.
 */
const char *kernel_package_text(const char *release);

#endif
