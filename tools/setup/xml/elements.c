// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handlers for the elements of a domain: store what concerns the CPU, and the offsets.
 */
#include <stdio.h>
#include <string.h>

#include "setup/xml/reader.h"

#define QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

void xml_refuse(struct reader *rd, const char *what)
{
	if (!rd->refused)
		text_value(rd->why, what);
	rd->refused = true;
	XML_StopParser(rd->parser, XML_FALSE);
}

/* The prefix that an element's attributes bind to QEMU's namespace. */
static void find_prefix(struct reader *rd, const char **atts)
{
	for (; *atts; atts += 2)
		if (!strncmp(atts[0], "xmlns:", 6) && !strcmp(atts[1], QEMU_NAMESPACE))
			snprintf(rd->prefix, sizeof(rd->prefix), "%s:", atts[0] + 6);
}

static bool is_qemu(const struct reader *rd, const char *name, const char *local)
{
	size_t n = strlen(rd->prefix);

	return n && !strncmp(name, rd->prefix, n) && !strcmp(name + n, local);
}

/* libvirt writes <cpu> after the last of these that exists. */
static int rank_of(const char *name)
{
	static const char *const order[] = { "name", "memory", "vcpu", "os", "features" };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (!strcmp(name, order[i]))
			return (int)i + 1;
	return 0;
}

static void read_root(struct reader *rd, const char *name, const char **atts)
{
	const char *type = xml_attribute(atts, "type");

	if (strcmp(name, "domain") != 0) {
		text_addf(rd->why, "The root element is <%.40s>, not <domain>", name);
		xml_refuse(rd, !strcmp(name, "domainsnapshot") || !strcmp(name, "domstatus") ?
				       ": libvirt does not start the domain inside it." :
				       ": this is no libvirt domain.");
		return;
	}
	if (xml_attribute(atts, "xmlns"))
		xml_refuse(rd,
			   "<domain> is in another XML namespace (xmlns): libvirt would not find "
			   "its elements.");
	if (!type || !*type)
		xml_refuse(rd, "<domain> has no type; libvirt would refuse it.");
	xml_copy(rd->d->type, type);
	rd->d->running = xml_attribute(atts, "id") != NULL;
	find_prefix(rd, atts);
}

static void read_cpu(struct reader *rd, const char **atts)
{
	struct domain_xml *d = rd->d;
	const char *mode = xml_attribute(atts, "mode");

	d->cpus++;
	d->cpu.start = rd->start;
	d->cpu.tag_end = rd->tag_end;
	d->cpu.empty = rd->empty;
	d->has_mode = mode != NULL;
	xml_copy(d->mode, mode);
	rd->in_cpu = true;
	if (xml_attribute(atts, "xmlns"))
		d->other_namespace = true;
}

/* Of vmx and svm, the one that no host with ours has. */
static bool is_other_vendors(const char *name, const char *feature)
{
	return !strcmp(name, !strcmp(feature, "vmx") ? "svm" : "vmx");
}

static void read_feature(struct reader *rd, const char **atts)
{
	struct domain_xml *d = rd->d;
	const char *feature = xml_attribute(atts, "name"), *policy = xml_attribute(atts, "policy");

	d->features++;
	if (feature && is_other_vendors(feature, d->feature))
		d->other_required = !policy || !strcmp(policy, "require");
	if (!feature || strcmp(feature, d->feature) != 0)
		return;
	d->matching++;
	d->match.start = rd->start;
	d->match.tag_end = rd->tag_end;
	d->has_policy = policy != NULL;
	xml_copy(d->policy, policy);
}

static void read_child(struct reader *rd, const char *name, const char **atts)
{
	char known[XML_NAME_MAX];

	rd->rank = rank_of(name);
	rd->child = (struct xml_element){ .start = rd->start, .tag_end = rd->tag_end };
	xml_copy(known, rd->prefix);
	find_prefix(rd, atts);
	rd->in_commandline = is_qemu(rd, name, "commandline");
	if (!rd->in_commandline)
		xml_copy(rd->prefix, known);
	if (!strcmp(name, "cpu"))
		read_cpu(rd, atts);
}

static void read_grandchild(struct reader *rd, const char *name, const char **atts)
{
	struct domain_xml *d = rd->d;
	const char *value = xml_attribute(atts, "value");

	rd->grandchild = (struct xml_element){ .start = rd->start, .tag_end = rd->tag_end };
	if (rd->in_commandline && is_qemu(rd, name, "arg") && value)
		xml_read_argument(rd, value);
	if (!rd->in_cpu)
		return;
	if (xml_attribute(atts, "xmlns"))
		d->other_namespace = true;
	if (!strcmp(name, "feature")) {
		read_feature(rd, atts);
	} else if (!strcmp(name, "model") && ++d->models) {
		xml_copy(d->vendor_id, xml_attribute(atts, "vendor_id"));
		rd->text = d->model;
	} else if (!strcmp(name, "vendor")) {
		rd->text = d->vendor;
	}
}

void XMLCALL xml_start_element(void *data, const char *name, const char **atts)
{
	struct reader *rd = data;

	rd->start = (size_t)XML_CURRENT(ByteIndex, rd->parser);
	rd->tag_end = rd->start + (size_t)XML_CURRENT(ByteCount, rd->parser);
	rd->empty = rd->d->s[rd->tag_end - 2] == '/';
	rd->text = NULL;
	if (++rd->depth > 1 && rd->depth <= XML_DEPTH_MAX) {
		size_t n = strlen(rd->path);

		rd->above[rd->depth] = n;
		snprintf(rd->path + n, XML_NAME_MAX, "/%s", name);
		xml_read_around(rd, atts);
	}
	switch (rd->depth) {
	case 1:
		rd->d->root.start = rd->start;
		rd->d->root.tag_end = rd->tag_end;
		read_root(rd, name, atts);
		break;
	case 2:
		read_child(rd, name, atts);
		break;
	case 3:
		read_grandchild(rd, name, atts);
		break;
	}
}

/* An empty element has no end tag; expat reports the end of its start tag, with length 0. */
void XMLCALL xml_end_element(void *data, const char *name)
{
	struct reader *rd = data;
	struct domain_xml *d = rd->d;
	size_t end = (size_t)XML_CURRENT(ByteIndex, rd->parser) +
		     (size_t)XML_CURRENT(ByteCount, rd->parser);

	rd->text = NULL;
	if (rd->depth > 1 && rd->depth <= XML_DEPTH_MAX)
		rd->path[rd->above[rd->depth]] = '\0';
	switch (rd->depth--) {
	case 1:
		d->root.end = end;
		break;
	case 2:
		rd->child.end = end;
		d->children++;
		if (rd->rank >= rank_of(d->before_name)) {
			d->before = rd->child;
			xml_copy(d->before_name, name);
		}
		if (rd->in_cpu)
			d->cpu.end = end;
		rd->in_cpu = rd->in_commandline = false;
		break;
	case 3:
		if (!rd->in_cpu)
			break;
		d->cpu_children++;
		d->last_child = rd->grandchild;
		d->last_child.end = end;
		break;
	}
}
