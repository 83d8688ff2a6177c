// SPDX-License-Identifier: GPL-2.0-only
/*
 * Systems whose /etc is made anew at each start, and where a setting lasts on them.
 */
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "facts/sysfs.h"
#include "lib/modprobe_conf.h"
#include "setup/host/change.h"
#include "setup/host/host.h"
#include "setup/root.h"

/* '@' stands for the module in all texts. */
#define MODPROBE     "options @ nested=1"
#define BOOT_LINE    "@.nested=1"
#define CLOUD_CONFIG "write_files:\n- path: /etc/modprobe.d/kvm.conf\n  content: " MODPROBE "\n"
#define YIP                                          \
	"name: kvm\n"                                \
	"stages:\n"                                  \
	"  initramfs:\n"                             \
	"    - files:\n"                             \
	"        - path: /etc/modprobe.d/kvm.conf\n" \
	"          permissions: 0644\n"              \
	"          content: " MODPROBE "\n"
#define IN_MEMORY "its /etc is in memory"
#define MADE_ANEW "its /etc is made anew at each start"
#define OEM	  "Put this into a file of /oem, such as /oem/99_kvm.yaml, and restart"

#define INSTALLED                                                                                \
	"nestcheck load turns nesting on until the next start; nestcheck setup host --root DIR " \
	"changes an installed system that is mounted at DIR"

/*
 * shows: evidence for root_shows(). keeps: files, or folders with such files, in which a setting
 * lasts. memory: only if the root of the running system is not known to be on a disk. The first row
 * that is shown decides.
 *
 * Harvester: "Update Harvester Configuration After Installation" (/oem), "Upgrade from v1.6.x to
 * v1.7.x" (third_party_kernel_args). Elemental: elemental-toolkit, "Cloud-init support". Kairos:
 * "Cloud init based" ("the only configuration that is persistent across reboots"). k3OS: README,
 * "Design" (/etc ephemeral). RancherOS: "Writing files". Talos: config-amd64 of siderolabs/pkgs (KVM
 * is built in), "MachineConfig", install.extraKernelArgs. Bottlerocket: "settings.boot". NixOS:
 * setup-etc.pl ("when /etc is not on a persistent filesystem, it will be wiped"). Guix: "Service
 * Reference", etc-service-type. Container-Optimized OS: "Disks and file system overview" (/etc is
 * stateless). Unraid: release notes of 6.9 (modprobe.d on the flash device). Alpine: "Alpine local
 * backup"; setup-lbu sets LBU_MEDIA on a system that is not installed. overlayroot: its README, and
 * the fstab that it writes.
 */
static const struct system {
	const char *name;
	const char *shows[5];
	const char *why, *where, *line, *text, *save;
	const char *keeps[3];
	bool memory;
} systems[] = {
	{ .name = "Harvester",
	  .shows = { "etc/harvester-release.yaml", "oem/harvester.config",
		     "etc/os-release:PRETTY_NAME=\"Harvester" },
	  .why = MADE_ANEW,
	  .where = OEM,
	  .line = "Add " BOOT_LINE
		  " to third_party_kernel_args in /oem/grubenv (grub2-editenv), and restart",
	  .text = YIP,
	  .keeps = { "oem" } },
	{ .name = "Kairos",
	  .shows = { "etc/kairos-release", "etc/os-release:KAIROS_", "ID=kairos" },
	  .why = MADE_ANEW,
	  .where = OEM,
	  .line = "Add " BOOT_LINE " to extra_cmdline in /oem/grubenv (grub2-editenv), and restart",
	  .text = YIP,
	  .keeps = { "oem", "usr/local/cloud-config" } },
	{ .name = "Elemental",
	  .shows = { "system/oem", "ID=sle-micro-rancher", "etc/elemental", "etc/cos", "run/cos" },
	  .why = MADE_ANEW,
	  .where = OEM,
	  .line = "Add " BOOT_LINE " to extra_cmdline in /oem/grubenv (grub2-editenv), and restart",
	  .text = YIP,
	  .keeps = { "oem", "usr/local/cloud-config" } },
	{ .name = "k3OS",
	  .shows = { "ID=k3os", "k3os/system" },
	  .why = MADE_ANEW,
	  .where = "Add this to /var/lib/rancher/k3os/config.yaml, and restart",
	  .text = CLOUD_CONFIG,
	  .keeps = { "var/lib/rancher/k3os/config.yaml", "var/lib/rancher/k3os/config.d",
		     "k3os/system/config.yaml" } },
	{ .name = "RancherOS",
	  .shows = { "ID=rancheros", "ID=burmillaos" },
	  .why = MADE_ANEW,
	  .where = "Add this to /var/lib/rancher/conf/cloud-config.yml, and restart",
	  .text = CLOUD_CONFIG,
	  .keeps = { "var/lib/rancher/conf/cloud-config.yml",
		     "var/lib/rancher/conf/cloud-config.d" } },
	{ .name = "Talos Linux",
	  .shows = { "ID=talos" },
	  .why = "its root is read-only, and KVM is built into its kernel",
	  .where =
		  "Add " BOOT_LINE
		  " to machine.install.extraKernelArgs in the machine's configuration (if it "
		  "boots a unified kernel image, to extraKernelArgs of its Image Factory schematic), then "
		  "talosctl upgrade" },
	{ .name = "Bottlerocket",
	  .shows = { "ID=bottlerocket" },
	  .why = MADE_ANEW,
	  .where = "Give this to apiclient apply, and restart",
	  .text = "[settings.boot]\nreboot-to-reconcile = true\n\n"
		  "[settings.boot.kernel-parameters]\n\"@.nested\" = [\"1\"]\n" },
	{ .name = "NixOS",
	  .shows = { "etc/NIXOS", "ID=nixos" },
	  .why = "its /etc is made from the configuration, which would not know of it",
	  .where = "Add this to /etc/nixos/configuration.nix, then nixos-rebuild switch",
	  .line = "Add boot.kernelParams = [ \"" BOOT_LINE
		  "\" ]; to /etc/nixos/configuration.nix, then "
		  "nixos-rebuild boot, and restart",
	  .text = "boot.extraModprobeConfig = \"" MODPROBE "\";\n",
	  .keeps = { "etc/modprobe.d/nixos.conf", "etc/static/modprobe.d/nixos.conf" } },
	{ .name = "Guix System",
	  .shows = { "ID=guix" },
	  .why = "its /etc is made from the configuration, which would not know of it",
	  .where =
		  "Add this to the services in the system's configuration, then guix system reconfigure",
	  .line = "Add \"" BOOT_LINE
		  "\" to kernel-arguments in the system's configuration, then guix system "
		  "reconfigure, and restart",
	  .text = "(simple-service 'kvm etc-service-type\n (list `(\"modprobe.d/kvm.conf\" ,(plain-file "
		  "\"kvm.conf\" \"" MODPROBE "\\n\"))))\n",
	  .keeps = { "etc/static/modprobe.d" } },
	{ .name = "Container-Optimized OS",
	  .shows = { "ID=cos" },
	  .why = MADE_ANEW,
	  .where =
		  "Give the machine this as user-data in its metadata: it is applied at each start",
	  .text = "#cloud-config\n" CLOUD_CONFIG },
	{ .name = "Unraid",
	  .shows = { "etc/unraid-version", "ID=unraid-os" },
	  .why = IN_MEMORY,
	  .where =
		  "Put this into /boot/config/modprobe.d/@.conf, which is copied to /etc/modprobe.d at each "
		  "start, and restart",
	  .line = "Add " BOOT_LINE
		  " to the append lines of /boot/syslinux/syslinux.cfg, and restart",
	  .text = MODPROBE "\n",
	  .keeps = { "boot/config/modprobe.d" },
	  .memory = true },
	{ .name = "Tiny Core Linux",
	  .shows = { "ID=tinycore" },
	  .why = IN_MEMORY,
	  .save = "add etc/modprobe.d to /opt/.filetool.lst and run filetool.sh -b",
	  .memory = true },
	{ .name = "Alpine Linux, run from memory",
	  .shows = { "etc/lbu/lbu.conf:LBU_MEDIA=", "etc/lbu/lbu.conf:LBU_BACKUPDIR=" },
	  .why = IN_MEMORY,
	  .save = "run lbu commit",
	  .memory = true },
	{ .name = "a system with overlayroot",
	  .shows = { "media/root-ro/etc", "etc/fstab:/media/root-ro/ / overlay" },
	  .why = "its root is an overlay in memory over a disk that is read-only",
	  .where = "Run overlayroot-chroot, and there nestcheck setup host",
	  .memory = true },
	{ .name = "a live system",
	  .shows = { "run/live", "run/initramfs/live", "run/archiso", "cdrom/casper" },
	  .why = IN_MEMORY,
	  .where = INSTALLED,
	  .memory = true },
	{ .name = "a live system",
	  .shows = { "rofs/etc", "run/live/medium", "lib/live/mount/medium" },
	  .why = IN_MEMORY,
	  .where = INSTALLED,
	  .memory = true },
};

/* The text with the module instead of each '@'. */
static const char *with_module(struct arena *a, const char *text, const char *module)
{
	const char *out = "";

	for (const char *at; text && (at = strchr(text, '@')); text = at + 1)
		out = arena_printf(a, "%s%.*s%s", out, (int)(at - text), text, module);
	return text ? arena_printf(a, "%s%s", out, text) : NULL;
}

/* --- what is already set where it lasts ----------------------------------------------------- */

static bool same_name(const char *s, const char *module)
{
	for (; *module; s++, module++)
		if ((*s == '-' ? '_' : *s) != *module)
			return false;
	return true;
}

/* What a line sets: a word of the command line, or an option in a line of modprobe.d. */
static enum tri kept_nested(const char *s, const char *end, const char *module)
{
	size_t n = strlen(module);
	enum tri nested = TRI_UNKNOWN;
	bool named = false;

	for (; s < end; s++) {
		if (end - s > (ptrdiff_t)n && same_name(s, module)) {
			named = true;
			s += n;
		}
		if (!named || end - s < 8 || !strchr(" \t.", *s) ||
		    strncmp(s + 1, "nested=", 7) != 0)
			continue;
		s += 8;
		nested = param_nested(module, s, strcspn(s, " \t\r\n\"'\\,;"));
	}
	return nested;
}

unsigned int kept_line(const char *text, const char *module)
{
	unsigned int number = 1, found = 0;

	for (const char *s = text; s && *s; number++) {
		const char *end = s + strcspn(s, "\n");

		s += strspn(s, " \t");
		if (*s != '#') {
			enum tri nested = kept_nested(s, end, module);

			if (nested)
				found = nested == TRI_YES ? number : 0;
		}
		s = end + (*end == '\n');
	}
	return found;
}

static void look_in(struct arena *a, int root, const char *path, const char *module,
		    struct lasting *l, struct unseen *u)
{
	struct arena scratch = { NULL };
	unsigned int number = kept_line(root_read(&scratch, root, path, u), module);

	if (number)
		l->found_in = arena_printf(a, "/%s:%u", path, number);
	arena_free(&scratch);
}

/* path: a file, or a folder with such files. */
static void look_for(struct arena *a, int root, const char *path, const char *module,
		     struct lasting *l, struct unseen *u)
{
	struct strings names = { NULL, 0 };

	root_list(a, root, path, &names, u);
	if (!names.n)
		look_in(a, root, path, module, l, u);
	for (size_t i = 0; i < names.n; i++)
		look_in(a, root, arena_printf(a, "%s/%s", path, names.s[i]), module, l, u);
}

/* --- file systems ---------------------------------------------------------------------------- */

/* The next field of a line; fields are separated by single blanks. */
static const char *field(const char *s, unsigned int n)
{
	while (n-- && *s && *s != '\n') {
		s += strcspn(s, " \n");
		s += *s == ' ';
	}
	return s;
}

/* Whether a path is at or below a mount point of `len` bytes. */
static bool is_below(const char *path, const char *point, size_t len)
{
	if (len == 1)
		return true;
	return !strncmp(path, point, len) && (path[len] == '/' || !path[len]);
}

const char *mount_upper(struct arena *a, const char *mountinfo, const char *path)
{
	const char *best = NULL, *upper;
	size_t best_len = 0;

	for (const char *s = mountinfo; s && *s;) {
		const char *point = field(s, 4);
		size_t len = strcspn(point, " \n");

		if (len && len >= best_len && is_below(path, point, len)) {
			best = s;
			best_len = len;
		}
		s += strcspn(s, "\n");
		s += *s == '\n';
	}
	if (!best)
		return NULL;
	best = arena_strndup(a, best, strcspn(best, "\n"));
	upper = strstr(best, ",upperdir=");
	if (!strstr(best, " - overlay ") || !upper)
		return NULL;
	upper += strlen(",upperdir=");
	return arena_strndup(a, upper, strcspn(upper, ", "));
}

static long magic_of(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) ? 0 : (long)fs.f_type;
}

static bool is_memory(long magic)
{
	return magic == TMPFS_MAGIC || magic == RAMFS_MAGIC;
}

/* Of the running system: what /etc/modprobe.d is on. UNKNOWN: an overlay whose parts are not seen. */
static enum tri in_memory(struct arena *a)
{
	const char *path = "/" CHANGE_FOLDER, *mountinfo, *upper;
	long magic = magic_of(path);
	int err;

	if (!magic)
		magic = magic_of(path = "/etc");
	if (magic != OVERLAYFS_SUPER_MAGIC)
		return tri_of(is_memory(magic));
	mountinfo = sys_read_long(a, "/proc/self/mountinfo", &err);
	upper = err ? NULL : mount_upper(a, mountinfo, path);
	magic = upper ? magic_of(upper) : 0;
	return magic ? tri_of(is_memory(magic)) : TRI_UNKNOWN;
}

/* "transient = true" in section [etc] of ostree-prepare-root(1)'s configuration. Pure. */
static bool etc_is_transient(const char *text)
{
	bool etc = false;

	for (const char *s = text; s && *s; s += strcspn(s, "\n"), s += *s == '\n') {
		const char *value = s + strlen("transient");

		if (*s == '[')
			etc = !strncmp(s, "[etc]", 5);
		if (!etc || strncmp(s, "transient", 9) != 0)
			continue;
		value += strspn(value, " \t=");
		if (!strncmp(value, "true", 4) || !strncmp(value, "yes", 3) || *value == '1')
			return true;
	}
	return false;
}

/* fstab(5) mounts something else at /etc. Pure. */
static bool etc_is_mounted(const char *text)
{
	for (const char *s = text; s && *s; s += strcspn(s, "\n"), s += *s == '\n') {
		const char *where;

		s += strspn(s, " \t");
		where = s + strcspn(s, " \t\n");
		where += strspn(where, " \t");
		if (*s != '#' && strcspn(where, " \t\n") == 4 && !strncmp(where, "/etc", 4))
			return true;
	}
	return false;
}

static bool same_file_system(int root)
{
	int etc = root_open_at(root, "etc", O_PATH | O_DIRECTORY);
	struct stat a, b;
	bool same = etc >= 0 && !fstat(etc, &a) && !fstat(root, &b) && a.st_dev == b.st_dev;

	if (etc >= 0)
		close(etc);
	return same;
}

/* What no name of a system tells. */
static bool lasts_otherwise(struct arena *a, int root, bool own, enum tri memory, struct lasting *l,
			    struct unseen *u)
{
	/* The first replaces the other: ostree's otcore_load_config(). */
	static const char *const confs[] = { "etc/ostree/prepare-root.conf",
					     "usr/lib/ostree/prepare-root.conf" };
	const char *conf = confs[root_has(root, confs[0], u) ? 0 : 1];

	if (etc_is_transient(root_read(a, root, conf, u))) {
		l->why = arena_printf(a, "its /etc is transient, by /%s", conf);
		l->where = "Put this into a file of /usr/lib/modprobe.d where its image is built";
		l->text = MODPROBE "\n";
		return false;
	}
	if (memory == TRI_YES) {
		l->why = IN_MEMORY;
		l->where = INSTALLED;
		return false;
	}
	if (own || !same_file_system(root) || !etc_is_mounted(root_read(a, root, "etc/fstab", u)))
		return true;
	l->why =
		"its /etc is a file system of its own, by /etc/fstab, and that is not mounted here";
	l->where =
		"Start that system and run nestcheck setup host in it, or mount that file system "
		"there";
	return false;
}

static const struct system *system_of(struct arena *a, int root, enum tri memory, struct unseen *u)
{
	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++)
		for (size_t k = 0; k < 5 && systems[i].shows[k]; k++)
			if (!(systems[i].memory && memory == TRI_NO) &&
			    root_shows(a, root, systems[i].shows[k], u))
				return &systems[i];
	return NULL;
}

bool root_lasts(struct arena *a, int root, bool own, const char *module, struct lasting *l,
		struct unseen *u)
{
	enum tri memory = own ? in_memory(a) : TRI_UNKNOWN;
	const struct system *s = system_of(a, root, memory, u);
	bool lasts = false;

	*l = (struct lasting){ NULL };
	if (s) {
		l->why = arena_printf(a, "this is %s: %s", s->name, s->why);
		l->where = s->where;
		l->line = s->line;
		l->text = s->text;
		l->save = s->save;
		for (size_t i = 0; i < 3 && s->keeps[i] && !l->found_in; i++)
			look_for(a, root, s->keeps[i], module, l, u);
	} else {
		lasts = lasts_otherwise(a, root, own, memory, l, u);
	}
	l->where = with_module(a, l->where, module);
	l->line = with_module(a, l->line, module);
	l->text = with_module(a, l->text, module);
	return lasts;
}
