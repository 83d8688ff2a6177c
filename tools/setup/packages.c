// SPDX-License-Identifier: GPL-2.0-only
/*
 * What to install for QEMU, libvirt, virt-install and libguestfs, by distribution (see setup.h).
 *
 * Sources: the distributions' package indexes and their pages on virtualization: wiki.debian.org/KVM;
 * docs.fedoraproject.org, "Getting started with virtualization"; Red Hat's "Enabling virtualization";
 * openSUSE's "Virtualization Guide"; wiki.archlinux.org, "libvirt"; wiki.alpinelinux.org, "KVM";
 * wiki.gentoo.org, "Libvirt"; nixos.wiki, "Libvirt"; docs.voidlinux.org, "libvirt". The names can
 * only be checked on such a system. The howtos' rdmsr is nestcheck msr.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/shell.h"
#include "setup/root.h"
#include "setup/setup.h"

/*
 * ids: of ID or ID_LIKE in os-release(5), between blanks; of derivatives too, since --for ID has no
 * ID_LIKE. below: only for a VERSION_ID whose first number is less; 0: any. The first row that fits is
 * taken. guestfs: NULL if it has none.
 */
struct distribution {
	const char *ids;
	int below;
	const char *
		install; /* QEMU with KVM, qemu-img, libvirt with its default network, virt-install */
	const char *guestfs;
	const char *start; /* of the daemon, if the packages do not do it */
};

#define SYSTEMD "systemctl enable --now libvirtd"
/* Modular builds only recommend libvirtd (libvirt.spec.in, daemon-kvm); docs/daemons.rst. */
#define SOCKETS                                            \
	"for d in qemu network nodedev secret storage; do" \
	" systemctl enable --now virt${d}d.socket; done"
#define PATTERNS "-t pattern kvm_server kvm_tools"
#define RHEL	 " rhel centos ol rocky almalinux "
#define RHEL_KVM "qemu-kvm qemu-img libvirt virt-install"
#define FEDORA_KVM                                                            \
	"qemu-kvm qemu-img libvirt-daemon-kvm libvirt-daemon-config-network " \
	"libvirt-client virt-install"

static const struct distribution distributions[] = {
	{ " debian ubuntu linuxmint pop neon raspbian kali devuan ", 0,
	  "apt-get install qemu-system-x86 qemu-utils libvirt-daemon-system libvirt-clients virtinst",
	  "apt-get install libguestfs-tools", NULL },
	{ RHEL, 9, "yum install " RHEL_KVM, "yum install libguestfs-tools", SYSTEMD },
	{ RHEL, 0, "dnf install " RHEL_KVM, "dnf install guestfs-tools", SOCKETS },
	{ " fedora ", 0, "dnf install " FEDORA_KVM, "dnf install guestfs-tools", SOCKETS },
	{ " opensuse-microos opensuse-aeon sl-micro sle-micro ", 0,
	  "transactional-update pkg install " PATTERNS " && reboot",
	  "transactional-update pkg install guestfs-tools && reboot", SYSTEMD },
	{ " suse opensuse opensuse-leap opensuse-tumbleweed sles ", 0, "zypper install " PATTERNS,
	  "zypper install guestfs-tools", SYSTEMD },
	{ " arch archlinux manjaro endeavouros cachyos ", 0,
	  "pacman -S --needed qemu-base libvirt virt-install dnsmasq iptables-nft",
	  "pacman -S --needed guestfs-tools", SYSTEMD },
	{ " alpine ", 0,
	  "apk add qemu-system-x86_64 qemu-img qemu-modules libvirt-daemon libvirt-client "
	  "virt-install dnsmasq",
	  NULL, "rc-update add libvirtd && rc-service libvirtd start" },
	{ " gentoo ", 0,
	  "emerge --ask app-emulation/qemu app-emulation/libvirt app-emulation/virt-manager",
	  "emerge --ask app-emulation/guestfs-tools",
	  "rc-update add libvirtd && rc-service libvirtd start # with systemd: " SYSTEMD },
	{ " nixos ", 0,
	  "# in /etc/nixos/configuration.nix:\n"
	  "virtualisation.libvirtd.enable = true;\n"
	  "environment.systemPackages = with pkgs; [ qemu_kvm virt-manager ];",
	  "# add guestfs-tools to that list", "nixos-rebuild switch" },
	{ " void ", 0, "xbps-install -S qemu libvirt virt-manager-tools dnsmasq",
	  "xbps-install -S libguestfs",
	  "for s in libvirtd virtlockd virtlogd; do ln -s /etc/sv/$s /var/service/; done" },
};
#define DISTRIBUTIONS (sizeof(distributions) / sizeof(distributions[0]))

/* Their image-based variants, by a key in os-release. */
#define OSTREE "rpm-ostree install " FEDORA_KVM " && systemctl reboot"

static bool is_among(const char *words, const char *word, size_t len)
{
	for (const char *at = words + 1; *at; at += strcspn(at, " ") + 1)
		if (strcspn(at, " ") == len && !strncmp(at, word, len))
			return true;
	return false;
}

static const struct distribution *find(const char *word, size_t len, const char *version)
{
	int major = version ? atoi(version) : 0;

	for (size_t i = 0; i < DISTRIBUTIONS; i++) {
		const struct distribution *d = &distributions[i];

		if (is_among(d->ids, word, len) && (!d->below || (major && major < d->below)))
			return d;
	}
	return NULL;
}

/* The ID, else what it is like, the closest first (os-release(5)). "opensuse-leap" is no "opensuse". */
static const struct distribution *find_any(const char *id, const char *like, const char *version)
{
	const struct distribution *d = id ? find(id, strlen(id), version) : NULL;

	for (const char *w = like; !d && w && *w;) {
		size_t len = strcspn(w, " ");

		d = len ? find(w, len, version) : NULL;
		w += len + (w[len] == ' ');
	}
	return d;
}

static void step(struct text *out, const char *what, const char *command)
{
	if (!command)
		return;
	text_addf(out, "\n# %s\n", what);
	text_contents(out, command, strlen(command));
	text_add(out, "\n");
}

bool packages_text(const char *os_release, struct text *out)
{
	struct arena a = { NULL };
	const char *name = os_release_value(&a, os_release, "PRETTY_NAME");
	const char *id = os_release_value(&a, os_release, "ID");
	const struct distribution *d = find_any(id, os_release_value(&a, os_release, "ID_LIKE"),
						os_release_value(&a, os_release, "VERSION_ID"));

	bool ostree = os_release_value(&a, os_release, "OSTREE_VERSION") != NULL;

	if (!name)
		name = id ? id : "a system without a name";
	if (d) {
		/* A shell may know no comments: zsh, when it is typed to. */
		const char *quoted = shell_word(&a, name);

		text_addf(out, "# For %s, to be run by root. Nothing has been installed.\n",
			  quoted ? quoted : "this system");
		step(out, "QEMU, libvirt with its default network, virt-install",
		     ostree ? OSTREE : d->install);
		step(out, "libguestfs, if it is wanted",
		     ostree ? "rpm-ostree install guestfs-tools && systemctl reboot" : d->guestfs);
		step(out, "libvirt's daemon, if it does not run yet", d->start);
	} else {
		text_addf(out,
			  "the packages of %s are not known (ID and ID_LIKE in os-release). For a "
			  "distribution like it: --for debian, rhel, fedora, opensuse, arch, "
			  "alpine, gentoo, nixos or void. Needed are QEMU for x86_64 with KVM, "
			  "qemu-img, libvirt's daemon with the QEMU driver, virsh and virt-install",
			  name);
	}
	arena_free(&a);
	return d != NULL;
}
