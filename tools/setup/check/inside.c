// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows about software that runs on KVM, mostly in L1: libguestfs, and VirtualBox.
 *
 * libguestfs: guestfs(3), "LIBGUESTFS_HV" and "LIBGUESTFS_BACKEND_SETTINGS" (force_tcg);
 * guestfs-performance(1): it uses KVM if /dev/kvm is accessible, else TCG.
 *
 * VirtualBox and KVM cannot both enable VMX or SVM. Up to Linux 6.11 KVM enables it for its first
 * VM and disables it after the last; from 6.12 on it stays enabled while KVM is loaded, unless
 * kvm.enable_virt_at_load=0 (virt/kvm/kvm_main.c, Documentation/admin-guide/kernel-parameters.txt):
 * VERR_VMX_IN_VMX_ROOT_MODE, VERR_SVM_IN_USE (github.com/VirtualBox/virtualbox/issues/141, 188).
 * VirtualBox 7.2.10 has KVM enable it instead, and needs it at load (issue 711), on kernels that
 * offer this: not on 6.12 (github.com/void-linux/void-packages/pull/61332).
 */
#include <stdio.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/other_kvm.h"
#include "lib/shell.h"
#include "setup/check/check.h"

static unsigned int version(unsigned int major, unsigned int minor, unsigned int patch)
{
	return major << 20 | minor << 10 | patch;
}

/* "6.12.117-amd64", "7.2.10_Debian r1"; 0 if it is no version. */
static unsigned int version_of(const char *s)
{
	unsigned int major = 0, minor = 0, patch = 0;

	if (!s || sscanf(s, "%4u.%3u.%3u", &major, &minor, &patch) < 2)
		return 0;
	return version(major, minor, patch);
}

static void look_libguestfs(const struct check *c, struct check_row *row)
{
	const struct check_extra *x = c->x;
	enum kvm_device device = c->r->facts.kvm.device;

	if (x->looked != TRI_YES || device == KVM_DEVICE_UNKNOWN) {
		check_value(row, "?");
		return;
	}
	row->state = CHECK_NO;
	if (!x->qemu) {
		check_value(row, "does not run: no QEMU");
		check_remedy(row, "Install QEMU: nestcheck setup packages.");
	} else if (x->force_tcg == TRI_YES) {
		check_value(row, "TCG: force_tcg is set");
		check_remedy(row, "Remove force_tcg from LIBGUESTFS_BACKEND_SETTINGS.");
	} else if (device != KVM_DEVICE_PRESENT) {
		check_value(row, "falls back to TCG: no /dev/kvm");
		check_remedy(row, "It runs, but many times slower: see /dev/kvm above.");
	} else {
		row->state = CHECK_OK;
		check_value(row, "KVM, with %.24s", x->qemu);
	}
}

static void look_headers(const struct check *c, struct check_row *row)
{
	const char *release = c->r->facts.kernel.release;
	const char *in_command = shell_plain(release) ? release : "$(uname -r)";

	row->state = check_state_of(c->x->headers);
	check_value(row, "%s",
		    c->x->headers == TRI_YES ? "there" :
		    c->x->headers == TRI_NO  ? "not there" :
					       "?");
	check_remedy(
		row,
		"vboxdrv is built with them: apt-get install linux-headers-%s, or dnf install "
		"kernel-devel-%s. They are not needed if vboxdrv is installed for this kernel.",
		in_command, in_command);
}

static void look_vboxdrv(const struct check *c, struct check_row *row)
{
	const struct check_extra *x = c->x;

	if (x->looked != TRI_YES) {
		check_value(row, "?");
		return;
	}
	row->state = check_state_of(tri_of(x->vboxdrv != NULL));
	if (x->vboxdrv && !strcmp(x->vboxdrv, "loaded"))
		check_value(row, "loaded, version %.20s", x->vbox_version ? x->vbox_version : "?");
	else if (x->vboxdrv)
		check_value(row, "there, not loaded");
	else
		check_value(row, "not there");
	check_remedy(row, "%s",
		     x->headers == TRI_NO ?
			     "It cannot be built without the kernel's headers. Install them, "
			     "then VirtualBox (or run /sbin/vboxconfig if it is installed)." :
			     "Install VirtualBox, or run /sbin/vboxconfig if it is installed: "
			     "it builds the module for this kernel.");
}

/* KVM has enabled VMX or SVM at load, so VirtualBox cannot. */
static void set_conflict(const struct check *c, struct check_row *row)
{
	row->state = CHECK_NO;
	check_value(row, "KVM holds %s while it is loaded", c->feature);
	check_remedy(
		row,
		"VirtualBox fails with %s. Put 'options kvm enable_virt_at_load=0' into "
		"modprobe.d (kvm.enable_virt_at_load=0 on the command line if KVM is built in) "
		"and reload KVM, or modprobe -r %s before VirtualBox. VirtualBox 7.2.10 and later "
		"on kernels 6.16 and later need 1 instead.",
		*c->feature == 'v' ? "VERR_VMX_IN_VMX_ROOT_MODE" : "VERR_SVM_IN_USE", c->module);
}

static void look_virtualbox(const struct check *c, struct check_row *row)
{
	const struct kernel_facts *k = &c->r->facts.kernel;
	unsigned int kernel = version_of(k->release), vbox = version_of(c->x->vbox_version);
	enum tri at_load = kvm_parameter_of(c->r, "kvm", "enable_virt_at_load");
	bool may_ask = kernel >= version(6, 16, 0);

	if (other_kvm(&c->r->facts)) {
		check_value(row, "? (KVM is %.24s)", other_kvm(&c->r->facts));
	} else if (k->modules_known == TRI_YES && !kernel_module(k, c->module)) {
		row->state = CHECK_OK;
		check_value(row, "yes: %s is not loaded", c->module);
	} else if (kernel && kernel < version(6, 12, 0)) {
		row->state = CHECK_OK;
		check_value(row, "yes, but not both at once");
	} else if (at_load == TRI_UNKNOWN || !kernel) {
		check_value(row, "?");
	} else if (may_ask && vbox >= version(7, 2, 10)) {
		row->state = check_state_of(at_load);
		check_value(row, "enable_virt_at_load = %s", at_load == TRI_YES ? "Y" : "N");
		check_remedy(row, "VirtualBox 7.2.10 and later need it on: remove "
				  "enable_virt_at_load=0 from modprobe.d and the command line.");
	} else if (at_load == TRI_YES) {
		set_conflict(c, row);
	} else {
		row->state = CHECK_OK;
		check_value(row, "yes, but not both at once");
	}
}

const struct check_look check_inside[] = {
	{ "inside", "libguestfs", CHECK_ANY, false, look_libguestfs, false },
	{ "inside", "kernel headers", CHECK_ANY, false, look_headers, false },
	{ "inside", "vboxdrv", CHECK_ANY, false, look_vboxdrv, false },
	{ "inside", "VirtualBox beside KVM", CHECK_ANY, false, look_virtualbox, false },
	{ NULL, NULL, CHECK_ANY, false, NULL, false },
};
