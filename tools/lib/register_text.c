// SPDX-License-Identifier: GPL-2.0-only
/* Describes registers; see register_text.h. */
#include "lib/register_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/hw/registers.h"

static bool same(const struct register_reading *a, const struct register_reading *b)
{
	return a->err == b->err && (a->err || a->value == b->value);
}

bool register_group_starts(const struct register_reading *readings, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (same(&readings[j], &readings[i]))
			return false;
	return true;
}

/* The CPUs whose readings equal readings[first], "0-3,8", into buf; truncated with "...". */
static void register_cpus(char *buf, size_t size, const struct register_reading *readings, size_t n,
			  size_t first)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = first; i < n; i++) {
		size_t last = i;
		char item[40];

		if (!same(&readings[i], &readings[first]))
			continue;
		while (last + 1 < n && readings[last + 1].cpu == readings[last].cpu + 1 &&
		       same(&readings[last + 1], &readings[first]))
			last++;
		snprintf(item, sizeof(item), last > i ? "%s%d-%d" : "%s%d", len ? "," : "",
			 readings[i].cpu, readings[last].cpu);
		if (len + strlen(item) + sizeof(",...") > size) {
			snprintf(buf + len, size - len, ",...");
			return;
		}
		len += (size_t)snprintf(buf + len, size - len, "%s", item);
		i = last;
	}
}

static void add_value(struct text *t, const struct register_reading *r)
{
	switch (r->err) {
	case 0:
		text_addf(t, "0x%016" PRIx64 "\n", r->value);
		break;
	case -EIO:
		text_add(t, "refused: the CPU does not have it, or a hypervisor hides it\n");
		break;
	case -ENOENT:
		text_add(t, "not recorded\n");
		break;
	default:
		text_addf(t, "not read: %s\n", strerror(-r->err));
		break;
	}
}

static const char *control_word(enum control_setting setting)
{
	switch (setting) {
	case CONTROL_ON:
		return "must be 1";
	case CONTROL_FREE:
		return "may be 1";
	default:
		return "-";
	}
}

static bool is_controls(const struct register_info *info)
{
	return info->kind == REGISTER_CONTROLS || info->kind == REGISTER_ALLOWED1;
}

static void describe(char *buf, size_t size, const struct register_info *info,
		     const struct register_field *f, uint64_t value)
{
	uint64_t v = register_field_value(f, value);

	if (is_controls(info))
		snprintf(buf, size, "%s",
			 control_word(register_control(info->kind, value, f->bit)));
	else if (info->kind == REGISTER_FIXED0)
		snprintf(buf, size, "%s", v ? "must be 1" : "-");
	else if (info->kind == REGISTER_FIXED1)
		snprintf(buf, size, "%s", v ? "may be 1" : "-");
	else if (f->values && v < f->n_values)
		snprintf(buf, size, "%" PRIu64 " (%s)", v, f->values[v]);
	else if (v > 9)
		snprintf(buf, size, "0x%" PRIx64, v);
	else
		snprintf(buf, size, "%" PRIu64, v);
}

static void add_field(struct text *t, const struct register_info *info,
		      const struct register_field *f, uint64_t value)
{
	char bits[8], what[40];

	if (f->width > 1)
		snprintf(bits, sizeof(bits), "%d:%d", f->bit + f->width - 1, f->bit);
	else
		snprintf(bits, sizeof(bits), "%d", f->bit);
	describe(what, sizeof(what), info, f, value);
	text_addf(t, "  %5s  %-10s %s\n", bits, what, f->name);
}

/* "0, 5, 63" */
static void add_bits(struct text *t, const char *first, uint64_t bits)
{
	char list[256] = "";
	size_t len = 0;

	if (!bits)
		return;
	for (unsigned int i = 0; i < 64; i++)
		if (bits >> i & 1)
			len += (size_t)snprintf(list + len, sizeof(list) - len, len ? ", %u" : "%u",
						i);
	text_wrap(t, 9, first, list);
}

static uint64_t named_bits(const struct register_info *info)
{
	uint64_t bits = 0;

	for (unsigned int i = 0; i < 64; i++)
		if (register_field_at(info, i))
			bits |= UINT64_C(1) << i;
	return bits;
}

/* Set bits without a name in the table; of controls those that must or may be 1. */
static void add_unnamed(struct text *t, const struct register_info *info, uint64_t value)
{
	uint64_t unnamed = ~named_bits(info);

	if (info->kind == REGISTER_CONTROLS) {
		add_bits(t, "  without a name, must be 1:", (uint32_t)value & unnamed);
		add_bits(t, "  without a name, may be 1:", value >> 32 & ~value & unnamed);
	} else if (info->kind != REGISTER_FIXED1) {
		/* In FIXED1 reserved bits are usually 1, so they are not listed. */
		add_bits(t, "  without a name, set:", value & unnamed);
	}
}

static void add_decoded(struct text *t, const struct register_info *info, uint64_t value)
{
	for (size_t i = 0; i < info->n_fields; i++)
		add_field(t, info, &info->fields[i], value);
	add_unnamed(t, info, value);
}

static void add_changes(struct text *t, const struct register_info *info, uint64_t from,
			uint64_t to)
{
	for (size_t i = 0; i < info->n_fields; i++) {
		char a[40], b[40];

		describe(a, sizeof(a), info, &info->fields[i], from);
		describe(b, sizeof(b), info, &info->fields[i], to);
		if (strcmp(a, b))
			add_field(t, info, &info->fields[i], to);
	}
	if (info->kind == REGISTER_FIELDS)
		add_bits(t, "  without a name, different:", (from ^ to) & ~named_bits(info));
}

void register_text(struct text *t, uint32_t index, const struct register_reading *readings,
		   size_t n)
{
	const struct register_info *info = register_by_index(index);
	const struct register_reading *decoded = NULL;
	char cpus[48];

	if (info)
		text_addf(t, "%s (0x%" PRIx32 "): %s\n", info->name, index, info->what);
	else
		text_addf(t, "0x%" PRIx32 ": not in the table of registers\n", index);
	for (size_t i = 0; i < n; i++) {
		if (!register_group_starts(readings, i))
			continue;
		register_cpus(cpus, sizeof(cpus), readings, n, i);
		text_addf(t, "  CPU %-*s ", n > 1 ? 8 : 3, cpus);
		add_value(t, &readings[i]);
	}
	for (size_t i = 0; i < n; i++) {
		if (readings[i].err || !register_group_starts(readings, i))
			continue;
		if (!decoded) {
			decoded = &readings[i];
			if (info)
				add_decoded(t, info, readings[i].value);
			else
				add_bits(t, "  bits set:", readings[i].value);
			continue;
		}
		register_cpus(cpus, sizeof(cpus), readings, n, i);
		text_addf(t, "  different on CPU %s:\n", cpus);
		if (info)
			add_changes(t, info, decoded->value, readings[i].value);
		else
			add_bits(t, "  bits set:", readings[i].value);
	}
}
