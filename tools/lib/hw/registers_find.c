// SPDX-License-Identifier: GPL-2.0-only
/* Look-ups in the table of registers: by number, name, bit, and misspelt name. */
#include "lib/hw/registers.h"

#define NAME_MAX_LENGTH 64

const struct register_info *register_by_index(uint32_t index)
{
	for (size_t i = 0; i < n_registers; i++)
		if (registers[i].index == index)
			return &registers[i];
	return NULL;
}

static bool skip_prefix(const char **s, const char *prefix)
{
	const char *p = *s;

	for (; *prefix; prefix++, p++)
		if (*p != *prefix)
			return false;
	*s = p;
	return true;
}

/* Upper case, '_' between words, without prefixes; truncated at NAME_MAX_LENGTH. */
static void canonical(char out[NAME_MAX_LENGTH], const char *name)
{
	char buf[NAME_MAX_LENGTH];
	const char *s = buf;
	size_t n = 0;

	for (; name[n] && n < sizeof(buf) - 1; n++) {
		char c = name[n];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (c == '-' || c == ' ')
			c = '_';
		buf[n] = c;
	}
	buf[n] = '\0';
	skip_prefix(&s, "MSR_");
	skip_prefix(&s, "IA32_");
	skip_prefix(&s, "AMD64_");
	for (n = 0; s[n]; n++)
		out[n] = s[n];
	out[n] = '\0';
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

const struct register_info *register_by_name(const char *name)
{
	char wanted[NAME_MAX_LENGTH], have[NAME_MAX_LENGTH];

	canonical(wanted, name);
	for (size_t i = 0; i < n_registers; i++) {
		canonical(have, registers[i].name);
		if (same(wanted, have))
			return &registers[i];
		if (!registers[i].alias)
			continue;
		canonical(have, registers[i].alias);
		if (same(wanted, have))
			return &registers[i];
	}
	return NULL;
}

const struct register_field *register_field_at(const struct register_info *info, unsigned int bit)
{
	for (size_t i = 0; i < info->n_fields; i++) {
		const struct register_field *f = &info->fields[i];
		unsigned int width = f->width ? f->width : 1;

		if (bit >= f->bit && bit < f->bit + width)
			return f;
	}
	return NULL;
}

const char *register_bit_name(uint32_t index, unsigned int bit)
{
	const struct register_info *info = register_by_index(index);
	const struct register_field *f = info ? register_field_at(info, bit) : NULL;

	return f ? f->name : NULL;
}

uint64_t register_field_value(const struct register_field *field, uint64_t value)
{
	unsigned int width = field->width ? field->width : 1;

	value >>= field->bit;
	return width >= 64 ? value : value & ((UINT64_C(1) << width) - 1);
}

enum control_setting register_control(enum register_kind kind, uint64_t value, unsigned int bit)
{
	if (kind == REGISTER_ALLOWED1)
		return value >> bit & 1 ? CONTROL_FREE : CONTROL_OFF;
	if (bit >= 32 || !(value >> 32 >> bit & 1))
		return CONTROL_OFF;
	return value >> bit & 1 ? CONTROL_ON : CONTROL_FREE;
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein's distance: insertions, deletions and substitutions each count 1. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[NAME_MAX_LENGTH + 1];
	unsigned int n = 0;

	for (; b[n]; n++)
		row[n] = n;
	row[n] = n;
	for (unsigned int i = 1; *a; a++, i++) {
		unsigned int diagonal = row[0];

		row[0] = i;
		for (unsigned int j = 1; j <= n; j++) {
			unsigned int above = row[j];

			row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (*a != b[j - 1]));
			diagonal = above;
		}
	}
	return row[n];
}

static bool contains(const char *s, const char *part)
{
	for (; *s; s++) {
		const char *p = s;

		if (*part && skip_prefix(&p, part))
			return true;
	}
	return false;
}

size_t register_suggest(const char *name, const char **names, size_t n)
{
	char wanted[NAME_MAX_LENGTH], have[NAME_MAX_LENGTH];
	unsigned int scores[8];
	size_t found = 0;

	if (n > sizeof(scores) / sizeof(scores[0]))
		n = sizeof(scores) / sizeof(scores[0]);
	canonical(wanted, name);
	for (size_t i = 0; i < n_registers && n; i++) {
		unsigned int score;
		size_t at;

		canonical(have, registers[i].name);
		score = distance(wanted, have);
		if (wanted[0] && wanted[1] && contains(have, wanted))
			score = 1;
		if (score > 4)
			continue;
		for (at = found; at > 0 && scores[at - 1] > score; at--)
			;
		if (at == n)
			continue;
		if (found < n)
			found++;
		for (size_t j = found - 1; j > at; j--) {
			names[j] = names[j - 1];
			scores[j] = scores[j - 1];
		}
		names[at] = registers[i].name;
		scores[at] = score;
	}
	return found;
}
