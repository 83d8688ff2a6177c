// SPDX-License-Identifier: GPL-2.0-only
/* What to install, by os-release: every distribution, its relatives, and unknown ones. */
#include "machine.h"

#include "setup/setup.h"

/* os-release as the distributions ship it, shortened; what has to be in the text, and what not. */
static const struct {
	const char *text, *has, *not ;
} known[] = {
	{ "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n",
	  "apt-get install qemu-system-x86 qemu-utils libvirt-daemon-system libvirt-clients virtinst",
	  "systemctl" },
	{ "PRETTY_NAME=\"Ubuntu 24.04 LTS\"\nID=ubuntu\nID_LIKE=debian\n", "libvirt-daemon-system",
	  "dnf" },
	{ "NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "virtinst", "dnf" },
	{ "ID=fedora\nVERSION_ID=41\n", "dnf install qemu-kvm qemu-img libvirt-daemon-kvm", "yum" },
	{ "ID=fedora\nVERSION_ID=41\nVARIANT_ID=silverblue\nOSTREE_VERSION='41.20241101.0'\n",
	  "rpm-ostree install qemu-kvm", "dnf" },
	{ "ID=\"rhel\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"9.4\"\n",
	  "dnf install qemu-kvm qemu-img libvirt virt-install", "libguestfs-tools" },
	{ "ID=\"rhel\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"8.10\"\n", "yum install libguestfs-tools",
	  "guestfs-tools msr" },
	{ "ID=\"centos\"\nID_LIKE=\"rhel fedora\"\nVERSION_ID=\"7\"\n", "yum install qemu-kvm",
	  "dnf" },
	{ "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"10.0\"\n",
	  "dnf install guestfs-tools", "yum" },
	{ "ID=\"ol\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"8.9\"\n", "yum install qemu-kvm", "dnf" },
	{ "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n",
	  "zypper install -t pattern kvm_server kvm_tools", "transactional" },
	{ "ID=\"sles\"\nID_LIKE=\"suse\"\nVERSION_ID=\"15.6\"\n", "zypper install -t", "yum" },
	{ "ID=\"opensuse-microos\"\nID_LIKE=\"suse opensuse opensuse-tumbleweed\"\n",
	  "transactional-update pkg install -t pattern", "zypper" },
	/* The modular daemons, of which libvirtd may be missing. */
	{ "ID=fedora\nVERSION_ID=42\n", "virt${d}d.socket", "libvirtd" },
	{ "ID=rhel\nVERSION_ID=9.4\n", "virt${d}d.socket", "libvirtd" },
	{ "ID=rhel\nVERSION_ID=8.10\n", "systemctl enable --now libvirtd", "socket" },
	{ "ID=arch\n", "pacman -S --needed qemu-base libvirt virt-install", "apt" },
	{ "ID=manjaro\nID_LIKE=arch\n", "pacman", "apt" },
	{ "ID=alpine\nVERSION_ID=3.20.0\n", "rc-update add libvirtd", "libguestfs" },
	{ "ID=rocky\n", "dnf install qemu-kvm", "apt" }, /* --for, which has no ID_LIKE */
	{ "ID=linuxmint\n", "apt-get install qemu-system-x86", "dnf" },
	{ "ID=opensuse-tumbleweed\n", "zypper install -t", "yum" },
	{ "ID=endeavouros\n", "pacman -S", "apt" },
	{ "ID=gentoo\n", "emerge --ask app-emulation/qemu app-emulation/libvirt", "apt" },
	{ "ID=nixos\n", "virtualisation.libvirtd.enable = true;", "apt" },
	{ "ID=\"void\"\n", "xbps-install -S qemu libvirt virt-manager-tools", "systemctl" },
};

static const char *text_of(const char *os_release, bool *ok)
{
	static struct text t;

	text_free(&t);
	*ok = packages_text(os_release, &t);
	return t.s;
}

static void distributions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		bool ok;
		const char *s = text_of(known[i].text, &ok);

		if (!ok || !strstr(s, known[i].has) || strstr(s, known[i].not ))
			fail_msg("%s%s", known[i].text, s);
		assert_contains(s, "Nothing has been installed");
	}
}

static void unknown(void **state)
{
	static const char *const texts[] = { "",
					     "ID=\n",
					     "ID=flatcar\nID_LIKE=coreos\n",
					     "ID=debianish\n",
					     "ID=deb\n",
					     "ID_LIKE=\"  \"\n",
					     "NAME=debian\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		bool ok;
		const char *s = text_of(texts[i], &ok);

		assert_false(ok);
		assert_contains(s, "not known");
		assert_contains(s, "qemu-img");
		assert_contains(s, "--for debian, rhel");
	}
}

/* The name is another's: it neither controls the terminal nor runs where # begins no comment. */
static void a_name(void **state)
{
	bool ok;

	(void)state;
	assert_contains(text_of("PRETTY_NAME=\"a\033[2J\rb\"\nID=arch\n", &ok),
			"# For this system, to be run");
	assert_contains(text_of("PRETTY_NAME='$(id) (e:id:)'\nID=arch\n", &ok),
			"# For '$(id) (e:id:)', to be run");
	assert_contains(text_of("ID=arch\n", &ok), "# For arch, to be run");
	assert_true(ok);
	assert_contains(text_of("PRETTY_NAME=\"My OS 1\"\nID=mine\n", &ok), "My OS 1");
	assert_false(ok);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distributions),
		cmocka_unit_test(unknown),
		cmocka_unit_test(a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
