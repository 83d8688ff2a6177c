// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets the cache mode of a domain's disks, in one pass: each <disk> is decided at its end, and what
 * is before the change is copied.
 *
 * libvirt: docs/formatdomain.rst, "Hard drives, floppy disks, CDROMs"; src/conf/domain_validate.c
 * refuses a cache for vhost-user, src/qemu/qemu_command.c ignores it for device='lun' and refuses
 * io='native' without none or directsync.
 */
#include <string.h>

#include "setup/xml/reader.h"

const char *const xml_cache_modes[] = { "default",   "none",	   "writethrough",
					"writeback", "directsync", "unsafe",
					NULL };

/* The <disk> that is being read. */
struct disk {
	size_t tag_end;
	size_t child; /* where its first child begins; 0: none yet */
	unsigned int drivers;
	struct xml_element driver; /* only the start tag */
	char type[XML_NAME_MAX], device[XML_NAME_MAX], target[XML_NAME_MAX];
	char cache[XML_NAME_MAX], io[XML_NAME_MAX];
};

/*
 * depth: of elements. on_path: how many of them, from the root on, are domain, devices, disk.
 * from: what is before it is in out. The lists are names of disks.
 */
struct disks {
	const char *s, *mode;
	XML_Parser parser;
	unsigned int depth, on_path;
	struct disk disk;
	size_t from;
	struct text *out, *why;
	struct text changed, same, left;
	bool refused;
};

/* Copies an attribute's value, or what libvirt takes without it. */
static void copy(char to[XML_NAME_MAX], const char **atts, const char *name, const char *otherwise)
{
	const char *value = xml_attribute(atts, name);

	xml_copy(to, value ? value : otherwise);
}

static void read_child(struct disks *x, const char *name, const char **atts, size_t start,
		       size_t tag_end)
{
	struct disk *d = &x->disk;

	if (!d->child)
		d->child = start;
	if (!strcmp(name, "target"))
		copy(d->target, atts, "dev", "");
	if (strcmp(name, "driver") != 0)
		return;
	d->drivers++;
	d->driver = (struct xml_element){ .start = start, .tag_end = tag_end };
	d->driver.empty = x->s[tag_end - 2] == '/';
	copy(d->cache, atts, "cache", "default");
	copy(d->io, atts, "io", "");
}

/* An element in another namespace (xmlns) is none that libvirt looks for. */
static void XMLCALL start_element(void *data, const char *name, const char **atts)
{
	static const char *const path[] = { "domain", "devices", "disk" };
	struct disks *x = data;
	size_t start = (size_t)XML_CURRENT(ByteIndex, x->parser);
	size_t tag_end = start + (size_t)XML_CURRENT(ByteCount, x->parser);
	unsigned int at = x->depth++;

	if (at != x->on_path || xml_attribute(atts, "xmlns"))
		return;
	if (at == 3) {
		read_child(x, name, atts, start, tag_end);
		return;
	}
	if (strcmp(name, path[at]) != 0)
		return;
	x->on_path++;
	if (at < 2)
		return;
	x->disk = (struct disk){ .tag_end = tag_end };
	copy(x->disk.type, atts, "type", "");
	copy(x->disk.device, atts, "device", "disk");
	xml_copy(x->disk.cache, "default");
}

static void refuse(struct disks *x)
{
	x->refused = true;
	XML_StopParser(x->parser, XML_FALSE);
}

static bool direct(const char *mode)
{
	return !strcmp(mode, "none") || !strcmp(mode, "directsync");
}

/* False if libvirt would refuse the disk with that mode, or refuses it as it is. */
static bool check(struct disks *x)
{
	const struct disk *d = &x->disk;

	if (!*d->target)
		text_add(x->why, "A disk has no <target dev=...>; libvirt refuses that.");
	else if (d->drivers > 1)
		text_addf(x->why, "Disk %s has %u <driver> elements; libvirt allows one.",
			  d->target, d->drivers);
	else if (!strcmp(d->io, "native") && !direct(x->mode))
		text_addf(x->why,
			  "Disk %s has io='native', which libvirt allows only with the cache modes "
			  "none and directsync.",
			  d->target);
	else
		return true;
	refuse(x);
	return false;
}

static bool is_blank(char c)
{
	return strchr(" \t\r\n", c) != NULL;
}

/* Copies up to `at`, and goes on at `end`. */
static void copy_until(struct disks *x, size_t at, size_t end)
{
	text_value_n(x->out, x->s + x->from, at - x->from);
	x->from = end;
}

/* The quote of the tag that ends at `end`; it has an attribute, or any is fine. */
static char quote_before(const struct disks *x, size_t end)
{
	while (x->s[end - 1] != '<' && x->s[end - 1] != '\'' && x->s[end - 1] != '"')
		end--;
	return x->s[end - 1] == '"' ? '"' : '\'';
}

/* Ahead of the first child, in whose style: the blanks before that are repeated. */
static void add_driver(struct disks *x)
{
	const struct disk *d = &x->disk;
	char q = quote_before(x, d->tag_end);
	size_t blanks = d->child;

	while (blanks > d->tag_end && is_blank(x->s[blanks - 1]))
		blanks--;
	copy_until(x, d->child, d->child);
	text_addf(x->out, "<driver name=%cqemu%c cache=%c%s%c/>", q, q, q, x->mode, q);
	text_value_n(x->out, x->s + blanks, d->child - blanks);
}

static void set_cache(struct disks *x)
{
	const struct xml_element *e = &x->disk.driver;
	size_t at, end;
	char q;

	if (!x->disk.drivers) {
		add_driver(x);
	} else if (xml_find_value(x->s, e, "cache", &at, &end)) {
		copy_until(x, at, end);
		text_value(x->out, x->mode);
	} else {
		q = quote_before(x, e->tag_end);
		at = e->tag_end - (e->empty ? 2 : 1);
		while (is_blank(x->s[at - 1]))
			at--;
		copy_until(x, at, at);
		text_addf(x->out, " cache=%c%s%c", q, x->mode, q);
	}
}

static void end_disk(struct disks *x)
{
	const struct disk *d = &x->disk;

	if (strcmp(d->device, "disk") != 0 || !check(x))
		return;
	if (!strncmp(d->type, "vhost", 5)) {
		text_addf(&x->left, "%s%s", x->left.len ? ", " : "", d->target);
	} else if (!strcmp(d->cache, x->mode)) {
		text_addf(&x->same, "%s%s", x->same.len ? ", " : "", d->target);
	} else {
		text_addf(&x->changed, "%s%s (was '%s')", x->changed.len ? ", " : "", d->target,
			  d->cache);
		set_cache(x);
	}
}

static void XMLCALL end_element(void *data, const char *name)
{
	struct disks *x = data;

	(void)name;
	if (--x->depth >= x->on_path)
		return;
	x->on_path = x->depth;
	if (x->depth == 2)
		end_disk(x);
}

static void list(struct text *why, const char *mode, const struct disks *x)
{
	if (x->changed.len) {
		text_addf(why, "Now with cache mode '%s': ", mode);
		text_append(why, &x->changed);
		text_add(why, ".");
	}
	if (x->same.len) {
		text_addf(why, "%sAlready with cache mode '%s': ", x->changed.len ? " " : "", mode);
		text_append(why, &x->same);
		text_add(why, ".");
	}
	if (!x->changed.len && !x->same.len)
		text_add(why, "It has no disk whose cache mode can be set.");
	if (x->left.len) {
		text_add(why, " Not changed, because QEMU does not cache it: ");
		text_append(why, &x->left);
		text_add(why, ".");
	}
	if (x->changed.len && direct(mode))
		text_add(why, " The file system of these disks has to support O_DIRECT.");
	if (x->changed.len && !strcmp(mode, "unsafe"))
		text_add(why, " With it, a disk may be damaged if this host crashes.");
}

static enum xml_result pass(const char *in, size_t size, const char *mode, struct text *out,
			    struct text *why)
{
	struct disks x = { .s = in, .mode = mode, .out = out, .why = why };
	enum xml_result result = XML_NO_DOMAIN;

	out->raw = true;
	x.parser = XML_ParserCreate(NULL);
	if (x.parser) {
		XML_SetUserData(x.parser, &x);
		XML_SetElementHandler(x.parser, start_element, end_element);
		if (XML_Parse(x.parser, in, (int)size, 1) == XML_STATUS_OK)
			result = x.changed.len ? XML_CHANGED : XML_UNCHANGED;
		else if (x.refused)
			result = XML_REFUSED;
		else
			text_add(why, "It is not well-formed XML.");
		XML_ParserFree(x.parser);
	} else {
		text_add(why, "There is not enough memory.");
	}
	if (result == XML_CHANGED || result == XML_UNCHANGED) {
		copy_until(&x, size, size);
		list(why, mode, &x);
	}
	text_free(&x.changed);
	text_free(&x.same);
	text_free(&x.left);
	return result;
}

enum xml_result xml_disk_cache(const char *in, size_t size, const char *mode, struct text *out,
			       struct text *why)
{
	enum xml_result result = pass(in, size, mode, out, why);
	struct text again = { 0 }, unused = { 0 };

	if (result == XML_CHANGED &&
	    pass(out->s, out->len, mode, &again, &unused) != XML_UNCHANGED) {
		text_free(why);
		text_add(why, "The changed domain is not as expected, so nothing was changed. "
			      "This is a defect of nestcheck.");
		result = XML_REFUSED;
	}
	if (result != XML_CHANGED && result != XML_UNCHANGED)
		text_free(out);
	text_free(&again);
	text_free(&unused);
	return result;
}
