// SPDX-License-Identifier: GPL-2.0-only
/* See kernel_packages.h. */
#include "diagnose/kernel_packages.h"

#include <stddef.h>
#include <string.h>

/*
 * In `uname -r`. The package that has arch/x86/kvm, from:
 * -pve: roforest/Actions-pve-kernel#2 (-signed conflicts with the other), RemixVSL/iomemory-vsl#91.
 * Debian: the files of linux-image-6.1.0-57-cloud-amd64, linux-image-6.12.118+deb13-amd64 and
 * linux-modules-7.2.13+deb14-amd64; the cloud kernels have KVM, too.
 * Ubuntu: actions/runner-images#8080 (names), canonical/lxd#10615 (linux-image-kvm).
 * Fedora: packages.fedoraproject.org/pkgs/kernel/kernel-modules-core. RHEL: docs.redhat.com, RHEL 9,
 * "The Linux kernel RPM package overview"; kernel-5.14.0-269.el9 split it from kernel-core.
 * Amazon: awslabs/amazon-eks-ami#2345. SUSE: SUSE-Cloud/automation#3175. Alpine: aports,
 * main/linux-lts/virt.x86_64.config and lts.x86_64.config. LinuxKit: dockur/windows#856.
 */
#define UBUNTU "on Ubuntu linux-modules-$(uname -r) and linux-modules-extra-$(uname -r)"

static const struct {
	const char *part;
	const char *package;
} rows[] = {
	{ "-pve", "on Proxmox VE apt install --reinstall proxmox-kernel-$(uname -r)-signed; before "
		  "version 8 pve-kernel-$(uname -r)" },
	{ "-amd64", "on Debian linux-modules-$(uname -r), if there is one, else "
		    "linux-image-$(uname -r)" },
	{ "-generic", UBUNTU },
	{ "-azure", UBUNTU },
	{ "-aws", UBUNTU },
	{ "-gcp", UBUNTU },
	{ "-oracle", UBUNTU },
	{ "-lowlatency", UBUNTU },
	{ "-kvm", "on Ubuntu linux-image-generic instead of linux-image-kvm" },
	{ ".fc", "on Fedora kernel-modules-core-$(uname -r) and kernel-modules-$(uname -r)" },
	{ ".el7", "on CentOS and RHEL 7 kernel-$(uname -r)" },
	{ ".el8", "on RHEL 8 and its like kernel-core-$(uname -r) and kernel-modules-$(uname -r)" },
	{ ".el", "on RHEL and its like kernel-modules-core-$(uname -r) and "
		 "kernel-modules-$(uname -r)" },
	{ ".amzn", "on Amazon Linux kernel-$(uname -r), or kernel6.12-$(uname -r) and the like" },
	{ "-default", "on SUSE kernel-default instead of kernel-default-base" },
	{ "-virt", "on Alpine linux-virt" },
	{ "-lts", "on Alpine linux-lts" },
	{ "-arch", "on Arch linux" },
	{ "linuxkit", "on LinuxKit another kernel image, built with CONFIG_KVM" },
};

const char *kernel_package_text(const char *release)
{
	for (size_t i = 0; release && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strstr(release, rows[i].part))
			return rows[i].package;
	return "linux-modules-extra-VERSION on Ubuntu, kernel-modules on Fedora and RHEL, "
	       "linux-image-amd64 on Debian, kernel-default on SUSE";
}
