// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether an installed system may be hibernated: it has its memory on some disk, and with it the
 * state of its file systems. A change that it does not know of could damage them when it resumes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/error_text.h"
#include "setup/boot_files.h"
#include "setup/disk/disk.h"

/* --- what the files name; pure ------------------------------------------------------------ */

/* Neither is kept over a power-off. /dev/ramdisks/swap is a logical volume of the group "ramdisks". */
static bool is_in_memory(const char *what)
{
	size_t len = !strncmp(what, "/dev/zram", 9) ? 9 : !strncmp(what, "/dev/ram", 8) ? 8 : 0;

	return len && what[len] && !what[len + strspn(what + len, "0123456789")];
}

static void add_place(struct sleep_places *p, const char *path, const char *what)
{
	bool file = *what == '/' && strncmp(what, "/dev/", 5) != 0;

	if (!*what || !strcmp(what, "none") || !strcmp(what, "auto") || is_in_memory(what))
		return;
	for (size_t i = 0; i < p->n; i++)
		if (!strcmp(p->v[i].what, what))
			return;
	if (p->n == SLEEP_PLACES) {
		p->more = true;
		return;
	}
	p->v[p->n++] = (struct sleep_place){ .named_by = path, .what = what, .file = file };
}

/* Three octal digits for blanks (fstab(5)), and quotes around a value (UUID="..."). */
static const char *unescaped(struct arena *a, const char *s, size_t len)
{
	char *word = arena_strndup(a, s, len), *to = word;

	for (const char *from = word; *from; from++) {
		static const char octal[] = "01234567";

		if (*from == '\\' && strspn(from + 1, octal) >= 3 && from[1] < '4' &&
		    strncmp(from + 1, "000", 3) != 0) {
			*to++ = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 |
				       (from[3] - '0'));
			from += 3;
		} else if (*from != '"' && *from != '\'') {
			*to++ = *from;
		}
	}
	*to = '\0';
	return word;
}

static const char *next_line(const char *s)
{
	s += strcspn(s, "\n");
	return *s ? s + 1 : s;
}

void sleep_read_fstab(struct arena *a, const char *path, const char *text, struct sleep_places *p)
{
	for (const char *s = text; s && *s; s = next_line(s)) {
		const char *field = s + strspn(s, " \t");
		size_t len = strcspn(field, " \t\n"), skip;
		const char *type = field + len;

		if (*field == '#')
			continue;
		for (int i = 0; i < 2; i++) {
			skip = strspn(type, " \t");
			type += skip;
			if (i == 0)
				type += strcspn(type, " \t\n");
		}
		if (strcspn(type, " \t\r\n") == 4 && !strncmp(type, "swap", 4))
			add_place(p, path, unescaped(a, field, len));
	}
}

/* The text after "KEY=" or "KEY =" if the line begins with the key, else NULL. */
static const char *value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	line += strspn(line, " \t");
	if (strncmp(line, key, len) != 0)
		return NULL;
	line += len;
	line += strspn(line, " \t");
	if (*line != '=')
		return NULL;
	line++;
	return line + strspn(line, " \t");
}

void sleep_read_unit(struct arena *a, const char *path, const char *text, struct sleep_places *p)
{
	for (const char *s = text; s && *s; s = next_line(s)) {
		const char *value = value_of(s, "What");

		if (value)
			add_place(p, path, unescaped(a, value, strcspn(value, "\r\n")));
	}
}

void sleep_read_resume(struct arena *a, const char *path, const char *text, struct sleep_places *p)
{
	static const char *const keys[] = { "RESUME", "resume device" };

	for (const char *s = text; s && *s; s = next_line(s))
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
			const char *value = value_of(s, keys[i]);

			if (value)
				add_place(p, path, unescaped(a, value, strcspn(value, " \t\r\n")));
		}
}

void sleep_read_boot(struct arena *a, const char *path, const char *text, struct sleep_places *p)
{
	static const char ends[] = " \t\r\n\"'", value_ends[] = " \t\r\n\"'\\";

	for (const char *s = text; s && *s; s = next_line(s)) {
		size_t length = strcspn(s, "\n");

		if (s[strspn(s, " \t")] == '#')
			continue;
		for (size_t i = 0; i < length;) {
			size_t len = strcspn(s + i, ends);

			if (len >= 7 && !strncmp(s + i, "resume=", 7)) {
				/* In quotes: the kernel's, or a shell's within a shell's. */
				const char *value = s + i + 7 + strspn(s + i + 7, "\"'\\");

				add_place(p, path,
					  arena_strndup(a, value, strcspn(value, value_ends)));
			} else if (len > 14 && !strncmp(s + i, "resume_offset=", 14) &&
				   strncmp(s + i + 14, "0", len - 14) != 0) {
				/* The offset of a file within the device is named as it is written. */
				add_place(p, path, arena_strndup(a, s + i, len));
			}
			i += len + 1;
		}
	}
}

/* --- a root -------------------------------------------------------------------------------- */

/* What cannot be read is also noted as unseen. */
static enum swap_state file_state(int root, const char *path, struct unseen *u)
{
	static unsigned char head[SWAP_HEAD];
	enum swap_state state = SWAP_UNKNOWN;
	int fd = root_open_at(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	ssize_t n = 0;

	if (fd < 0) {
		unseen_add(u, path, fd);
		return state;
	}
	if (!fstat(fd, &st) && S_ISREG(st.st_mode)) {
		n = pread(fd, head, sizeof(head), 0);
		if (n > 0)
			state = swap_state(head, (size_t)n);
		else if (n < 0)
			unseen_add(u, path, -errno);
	}
	close(fd);
	return state;
}

/* A file of the root by its absolute path. */
static char *read_file(struct arena *a, int root, const char *path, struct sleep_places *p)
{
	return root_read(a, root, path + 1, &p->unseen);
}

static void read_folder(struct arena *a, int root, const char *folder, const char *suffix,
			void (*read)(struct arena *, const char *, const char *,
				     struct sleep_places *),
			struct sleep_places *p)
{
	struct strings names = { 0 };

	root_list(a, root, folder, &names, &p->unseen);
	for (size_t i = 0; i < names.n; i++) {
		size_t len = strlen(names.s[i]), n = strlen(suffix);
		char *path;

		if (len < n || strcmp(names.s[i] + len - n, suffix) != 0)
			continue;
		path = arena_printf(a, "/%s/%s", folder, names.s[i]);
		read(a, path, read_file(a, root, path, p), p);
	}
}

/* Names that are usual for a file that a script turns on. */
static void find_usual_files(int root, struct sleep_places *p)
{
	static const char *const usual[] = { "/swapfile", "/swap.img", "/swap/swapfile",
					     "/var/swap", "/var/swapfile" };

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (file_state(root, usual[i] + 1, &p->unseen) == SWAP_HIBERNATED)
			add_place(p, usual[i], usual[i]);
}

void sleep_find(struct arena *a, int root, struct sleep_places *p)
{
	static const char fstab[] = "/etc/fstab", us[] = "/etc/uswsusp.conf";
	static const char conf[] = "/etc/initramfs-tools/initramfs.conf";
	struct boot_files boot = root_boot_files(a, root, &p->unseen);

	sleep_read_fstab(a, fstab, read_file(a, root, fstab, p), p);
	read_folder(a, root, "etc/systemd/system", ".swap", sleep_read_unit, p);
	read_folder(a, root, "etc/initramfs-tools/conf.d", "", sleep_read_resume, p);
	sleep_read_resume(a, conf, read_file(a, root, conf, p), p);
	sleep_read_resume(a, us, read_file(a, root, us, p), p);
	for (size_t i = 0; i < boot.n; i++) {
		const char *path = arena_printf(a, "/%s", boot.v[i].path);

		sleep_read_boot(a, path, root_boot_text(a, root, &boot.v[i], &p->unseen), p);
	}
	find_usual_files(root, p);
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].file)
			p->v[i].state = file_state(root, p->v[i].what + 1, &p->unseen);
}

/* --- the rule; pure ------------------------------------------------------------------------ */

enum named {
	NAMED_PARTITION, /* by its number or its table's entry: it is among the disks, or absent */
	NAMED_UUID,
	NAMED_LABEL,
	NAMED_MAPPED, /* a device that another driver makes: LUKS, LVM, RAID, or not known */
};

static const struct {
	const char *prefix;
	enum named how;
} names[] = {
	{ "UUID=", NAMED_UUID },
	{ "LABEL=", NAMED_LABEL },
	{ "PARTUUID=", NAMED_PARTITION },
	{ "PARTLABEL=", NAMED_PARTITION },
	{ "/dev/disk/by-uuid/", NAMED_UUID },
	{ "/dev/disk/by-label/", NAMED_LABEL },
	{ "/dev/disk/by-partuuid/", NAMED_PARTITION },
	{ "/dev/disk/by-partlabel/", NAMED_PARTITION },
	{ "/dev/disk/by-path/", NAMED_PARTITION },
	{ "/dev/disk/by-id/dm-", NAMED_MAPPED },
	{ "/dev/disk/by-id/lvm-", NAMED_MAPPED },
	{ "/dev/disk/by-id/md-", NAMED_MAPPED },
	{ "/dev/disk/by-id/raid-", NAMED_MAPPED },
	{ "/dev/disk/by-id/", NAMED_PARTITION },
	{ "/dev/sd", NAMED_PARTITION },
	{ "/dev/hd", NAMED_PARTITION },
	{ "/dev/vd", NAMED_PARTITION },
	{ "/dev/xvd", NAMED_PARTITION },
	{ "/dev/nvme", NAMED_PARTITION },
	{ "/dev/mmcblk", NAMED_PARTITION },
};

static enum named how_named(const char *what, const char **value)
{
	unsigned int major, minor;
	int end = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i].prefix);

		*value = what + len;
		/* /dev/vdisks/swap is a logical volume of the group "vdisks". */
		if (!strncmp(what, names[i].prefix, len) && **value && !strchr(*value, '/'))
			return names[i].how;
	}
	/* resume=8:2; majors of partitions, Documentation/admin-guide/devices.txt */
	if (sscanf(what, "%u:%u%n", &major, &minor, &end) == 2 && !what[end] &&
	    (major == 3 || major == 8 || (major >= 65 && major <= 71) || major == 259))
		return NAMED_PARTITION;
	return NAMED_MAPPED;
}

static const struct disk_device *find_volume(const struct disks *disks, enum named how,
					     const char *value)
{
	for (size_t i = 0; i < disks->n; i++) {
		const struct volume *v = &disks->d[i].volume;

		if (how == NAMED_UUID ? *v->uuid && !strcasecmp(v->uuid, value) :
					*v->label && !strcmp(v->label, value))
			return &disks->d[i];
	}
	return NULL;
}

/* Whether every disk of the machine was read. */
static bool all_read(const struct disks *disks)
{
	for (size_t i = 0; i < disks->n; i++)
		if (disks->d[i].problem && disks->d[i].volume.kind == VOLUME_UNKNOWN)
			return false;
	return disks->problems.n == 0;
}

/* A swap file of that root was read, and is one. */
static bool has_empty_file(const struct sleep_places *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].file && p->v[i].state == SWAP_EMPTY)
			return true;
	return false;
}

/* Why this place may contain an image, or NULL. Every swap that is a volume was examined. */
static const char *place_why(const struct disks *disks, const struct sleep_places *all,
			     const struct sleep_place *p)
{
	const struct disk_device *d;
	const char *value;
	enum named how;

	if (p->file)
		return p->state == SWAP_HIBERNATED ? "contains a hibernated system" :
		       p->state == SWAP_UNKNOWN	   ? "could not be examined as a swap file" :
						     NULL;
	if (!strncmp(p->what, "resume_offset=", 14))
		return has_empty_file(all) ? NULL : "is in a swap file that was not found";
	how = how_named(p->what, &value);
	if (how == NAMED_MAPPED)
		return "cannot be opened here";
	if (how == NAMED_PARTITION)
		return all_read(disks) ? NULL : "may be on a disk that cannot be read here";
	d = find_volume(disks, how, value);
	if (!d)
		return "was not found on any disk, or is encrypted or a logical volume";
	if (d->volume.swap)
		return NULL;
	/* resume= names a file system if it has the swap file. */
	if (d->volume.kind == VOLUME_ROOT)
		return has_empty_file(all) ? NULL : "is in a swap file that was not found";
	return "cannot be opened here";
}

bool sleep_possible(const struct disks *disks, const struct sleep_places *p, struct text *why)
{
	for (size_t i = 0; i < p->n; i++) {
		const char *what = place_why(disks, p, &p->v[i]);

		if (!what)
			continue;
		text_addf(why, "its swap %s (%s) %s.", p->v[i].what, p->v[i].named_by, what);
		return true;
	}
	if (p->more)
		text_addf(why, "it names more than %d swaps, not all of which were examined.",
			  SLEEP_PLACES);
	else if (p->unseen.n && p->unseen.err)
		text_addf(why, "/%s may name a swap, and cannot be read: %s.", p->unseen.path,
			  error_text(-p->unseen.err));
	else if (p->unseen.n)
		text_addf(why,
			  "/%s is larger than " ROOT_FILE_MAX_TEXT ", and may name a swap "
			  "behind that.",
			  p->unseen.path);
	return p->more || p->unseen.n;
}
