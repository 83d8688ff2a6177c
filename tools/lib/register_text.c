// SPDX-License-Identifier: GPL-2.0-only
/* Describes registers; see register_text.h. */
#include "lib/register_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/error_text.h"
#include "lib/hw/registers.h"

/* A value without an error, or an error whose value means nothing; and the reading's index. */
struct indexed {
	int err;
	uint64_t value;
	size_t at;
};

static bool same(const struct indexed *a, const struct indexed *b)
{
	return a->err == b->err && a->value == b->value;
}

static int by_value(const void *pa, const void *pb)
{
	const struct indexed *a = pa, *b = pb;

	if (a->err != b->err)
		return a->err < b->err ? -1 : 1;
	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

static int by_first(const void *pa, const void *pb)
{
	const struct register_group *a = pa, *b = pb;

	return a->members[0] < b->members[0] ? -1 : a->members[0] > b->members[0];
}

size_t register_groups(struct arena *a, const struct register_reading *readings, size_t n,
		       struct register_group **groups)
{
	struct indexed *sorted = arena_alloc(a, n * sizeof(*sorted));
	size_t *members = arena_alloc(a, n * sizeof(*members)), n_groups = 0;

	for (size_t i = 0; i < n; i++)
		sorted[i] = (struct indexed){ readings[i].err,
					      readings[i].err ? 0 : readings[i].value, i };
	if (n)
		qsort(sorted, n, sizeof(*sorted), by_value);
	*groups = NULL;
	for (size_t i = 0; i < n; i++) {
		members[i] = sorted[i].at;
		if (!i || !same(&sorted[i], &sorted[i - 1]))
			arena_push(a, groups, &n_groups)->members = &members[i];
		(*groups)[n_groups - 1].n++;
	}
	if (n_groups)
		qsort(*groups, n_groups, sizeof(**groups), by_first);
	return n_groups;
}

/* The CPUs of a group, "0-3,8", into buf; truncated with "...". */
static void register_cpus(char *buf, size_t size, const struct register_reading *readings,
			  const struct register_group *g)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < g->n; i++) {
		size_t last = i;
		char item[40];

		while (last + 1 < g->n &&
		       readings[g->members[last + 1]].cpu == readings[g->members[last]].cpu + 1)
			last++;
		snprintf(item, sizeof(item), last > i ? "%s%d-%d" : "%s%d", len ? "," : "",
			 readings[g->members[i]].cpu, readings[g->members[last]].cpu);
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
		text_addf(t, "not read: %s\n", error_text(-r->err));
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
	struct arena scratch = { NULL };
	struct register_group *groups;
	size_t n_groups = register_groups(&scratch, readings, n, &groups);
	char cpus[48];

	if (info)
		text_addf(t, "%s (0x%" PRIx32 "): %s\n", info->name, index, info->what);
	else
		text_addf(t, "0x%" PRIx32 ": not in the table of registers\n", index);
	for (size_t i = 0; i < n_groups; i++) {
		register_cpus(cpus, sizeof(cpus), readings, &groups[i]);
		text_addf(t, "  CPU %-*s ", n > 1 ? 8 : 3, cpus);
		add_value(t, &readings[groups[i].members[0]]);
	}
	for (size_t i = 0; i < n_groups; i++) {
		const struct register_reading *r = &readings[groups[i].members[0]];

		if (r->err)
			continue;
		if (!decoded) {
			decoded = r;
			if (info)
				add_decoded(t, info, r->value);
			else
				add_bits(t, "  bits set:", r->value);
			continue;
		}
		register_cpus(cpus, sizeof(cpus), readings, &groups[i]);
		text_addf(t, "  different on CPU %s:\n", cpus);
		if (info)
			add_changes(t, info, decoded->value, r->value);
		else
			add_bits(t, "  bits set:", r->value);
	}
	arena_free(&scratch);
}
