// SPDX-License-Identifier: GPL-2.0-only
/* See kernel_packages.h. */
#include "diagnose/kernel_packages.h"

#include <stddef.h>
#include <string.h>

/*
 * In `uname -r`. Sources: packages.ubuntu.com and packages.debian.org (linux-image-*), Fedora's and
 * CentOS Stream's kernel.spec (subpackages modules-core, modules, modules-extra), openSUSE's
 * kernel-source (kernel-default-base), Alpine's aports main/linux-lts, Proxmox's pve-kernel.
 */
static const struct {
	const char *part;
	const char *package;
} rows[] = {
	{ "-pve", "on Proxmox VE apt install --reinstall proxmox-kernel-$(uname -r)" },
	{ "-cloud-amd64", "on Debian linux-image-amd64 instead of linux-image-cloud-amd64" },
	{ "-amd64", "on Debian linux-image-$(uname -r)" },
	{ "-generic", "on Ubuntu linux-modules-$(uname -r) and linux-modules-extra-$(uname -r)" },
	{ "-azure", "on Ubuntu linux-modules-extra-$(uname -r)" },
	{ "-aws", "on Ubuntu linux-modules-extra-$(uname -r)" },
	{ "-gcp", "on Ubuntu linux-modules-extra-$(uname -r)" },
	{ "-oracle", "on Ubuntu linux-modules-extra-$(uname -r)" },
	{ "-kvm", "on Ubuntu linux-image-generic instead of linux-image-kvm" },
	{ "-lowlatency", "on Ubuntu linux-modules-$(uname -r) and "
			 "linux-modules-extra-$(uname -r)" },
	{ ".fc", "on Fedora kernel-modules-core-$(uname -r) and kernel-modules-$(uname -r)" },
	{ ".el7", "on CentOS and RHEL 7 kernel-$(uname -r)" },
	{ ".el", "on RHEL and its like kernel-modules-core-$(uname -r) and "
		 "kernel-modules-$(uname -r)" },
	{ ".amzn", "on Amazon Linux kernel-$(uname -r)" },
	{ "-default", "on SUSE kernel-default instead of kernel-default-base" },
	{ "-virt", "on Alpine linux-lts instead of linux-virt" },
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
