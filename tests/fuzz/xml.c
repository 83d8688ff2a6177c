// SPDX-License-Identifier: GPL-2.0-only
/*
 * No contents of a file crash setup xml; its output is a readable domain, a second run does not
 * change it, and it differs from the input only in or at <cpu>. The cache
 * mode of its disks: the same, with <driver>.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "lib/diff.h"
#include "setup/xml/xml.h"

/* The text before and after <cpu> is unchanged; if there was none, one was inserted. */
static void only_cpu(const struct domain_xml *in, const struct domain_xml *out)
{
	size_t start = out->cpu.start, end = out->cpu.end, behind;

	/* A -cpu of its own (<qemu:arg>) needs no <cpu>. */
	if (!out->cpus && out->own_cpu == XML_OWN_CPU_HAS) {
		must(in->size == out->size && !memcmp(in->s, out->s, in->size));
		return;
	}
	must(out->cpus == 1);
	behind = out->size - end;
	if (in->cpus) {
		must(in->cpu.start == start && in->size - in->cpu.end == behind);
		must(!memcmp(in->s, out->s, start));
		must(!memcmp(in->s + in->cpu.end, out->s + end, behind));
		return;
	}
	must(out->size > in->size && behind <= in->size);
	while (start && strchr(" \t\r\n", out->s[start - 1]) && start + behind > in->size)
		start--;
	must(start + behind == in->size);
	must(!memcmp(in->s, out->s, start));
	must(!memcmp(in->s + start, out->s + end, behind));
}

static const char defect[] = "a defect of nestcheck.";

static void nest(const char *s, size_t size, const struct xml_options *o)
{
	struct text out = { 0 }, again = { 0 }, why = { 0 }, diff = { 0 };
	struct domain_xml a, b;
	enum xml_result result = xml_nest(s, size, o, &out, &why);

	must(why.len > 0);
	/* Only the end is compared: it quotes nothing from the input. */
	must(why.len < strlen(defect) || strcmp(why.s + why.len - strlen(defect), defect) != 0);
	if (result == XML_CHANGED || result == XML_UNCHANGED) {
		must(xml_read(&a, s, size, o->feature, &why));
		must(xml_read(&b, out.s, out.len, o->feature, &why));
		only_cpu(&a, &b);
		must((result == XML_UNCHANGED) == (out.len == size && !memcmp(out.s, s, size)));
		must(xml_nest(out.s, out.len, o, &again, &why) == XML_UNCHANGED);
		must(again.len == out.len && !memcmp(again.s, out.s, out.len));
		diff_unified(&(struct diff_file){ "x", s, size },
			     &(struct diff_file){ "x", out.s, out.len }, &diff);
		must((result == XML_UNCHANGED) == !diff.len);
	} else {
		must(!out.len);
	}
	text_free(&out);
	text_free(&again);
	text_free(&why);
	text_free(&diff);
}

/* Of a domain that was accepted. */
static void cache(const char *s, size_t size)
{
	struct text out = { 0 }, again = { 0 }, why = { 0 };
	struct domain_xml d;
	enum xml_result result;

	if (!xml_read(&d, s, size, "vmx", &why)) {
		text_free(&why);
		return;
	}
	text_free(&why);
	result = xml_disk_cache(s, size, "none", &out, &why);
	must(result != XML_NO_DOMAIN && why.len > 0);
	must(why.len < strlen(defect) || strcmp(why.s + why.len - strlen(defect), defect) != 0);
	if (result == XML_REFUSED) {
		must(!out.len);
	} else {
		must((result == XML_UNCHANGED) == (out.len == size && !memcmp(out.s, s, size)));
		must(xml_read(&d, out.s, out.len, "vmx", &why));
		must(xml_disk_cache(out.s, out.len, "none", &again, &why) == XML_UNCHANGED);
		must(again.len == out.len && !memcmp(again.s, out.s, out.len));
	}
	text_free(&out);
	text_free(&again);
	text_free(&why);
}

void fuzz_xml(const uint8_t *data, size_t size)
{
	static const struct xml_options options[] = {
		{ .feature = "svm" },
		{ .feature = "vmx", .mode = "host-model" },
		{ .feature = "svm", .mode = "maximum" },
	};
	char *text = (char *)fuzz_bytes(data, size);

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		nest(text, size, &options[i]);
	cache(text, size);
	free(text);
}
