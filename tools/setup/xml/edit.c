// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes to a domain's text, in the style of the text: its line ends, indentation and quotes. If
 * an element does not begin its line, no new lines are added.
 */
#include <string.h>

#include "setup/xml/xml.h"

/* The indentation of an element, for new lines on the same level. */
struct indent {
	bool lines;	 /* the element begins its line */
	const char *end; /* "\n", "\r\n" */
	const char *blanks;
	int n;
};

static struct indent indent_of(const struct domain_xml *d, size_t at)
{
	size_t start = at;
	struct indent m = { .end = "\n" };

	while (start && (d->s[start - 1] == ' ' || d->s[start - 1] == '\t'))
		start--;
	if (!start || d->s[start - 1] != '\n')
		return m;
	m.lines = true;
	if (start > 1 && d->s[start - 2] == '\r')
		m.end = "\r\n";
	m.blanks = d->s + start;
	m.n = (int)(at - start);
	return m;
}

static void new_line(struct text *t, const struct indent *m)
{
	if (m->lines)
		text_addf(t, "%s%.*s", m->end, m->n, m->blanks);
}

/* One level deeper than <cpu>, by the difference between <cpu> and <domain>. */
static void new_line_inside(const struct domain_xml *d, struct text *t, const struct indent *cpu)
{
	struct indent root = indent_of(d, d->root.start);
	int more = cpu->n - root.n;

	if (!cpu->lines)
		return;
	new_line(t, cpu);
	if (more > 0)
		text_addf(t, "%.*s", more, cpu->blanks + root.n);
	else
		text_add(t, "  ");
}

static size_t skip_blanks(const struct domain_xml *d, size_t at)
{
	while (at < d->size && (d->s[at] == ' ' || d->s[at] == '\t'))
		at++;
	return at;
}

/* The offset after an element, and after a comment on it in the same line. */
static size_t after_comment(const struct domain_xml *d, size_t end)
{
	size_t at = skip_blanks(d, end);
	const char *close;

	while (d->size - at > 7 && !memcmp(d->s + at, "<!--", 4)) {
		close = memmem(d->s + at + 4, d->size - at - 4, "-->", 3);
		if (!close || memchr(d->s + at, '\n', (size_t)(close - d->s) - at))
			return end;
		end = (size_t)(close - d->s) + 3;
		at = skip_blanks(d, end);
	}
	return end;
}

/* The quote of the domain's first attribute. */
static char quote_of(const struct domain_xml *d)
{
	size_t at = d->root.start;

	while (at < d->root.tag_end && d->s[at] != '\'' && d->s[at] != '"')
		at++;
	return at < d->root.tag_end ? d->s[at] : '\'';
}

/* Edits must be added in the order of their offsets. */
static struct text *edit(struct xml_edits *edits, size_t at, size_t end)
{
	struct xml_edit *e = &edits->e[edits->n++];

	*e = (struct xml_edit){ .at = at, .end = end, .text = { .raw = true } };
	return &e->text;
}

static void feature_tag(const struct domain_xml *d, struct text *t)
{
	char q = quote_of(d);

	text_addf(t, "<feature policy=%crequire%c name=%c%s%c/>", q, q, q, d->feature, q);
}

void xml_add_cpu(const struct domain_xml *d, const char *mode, struct xml_edits *edits)
{
	struct indent m = indent_of(d, d->before.start);
	size_t at = m.lines ? after_comment(d, d->before.end) : d->before.end;
	struct text *t = edit(edits, at, at);
	char q = quote_of(d);

	new_line(t, &m);
	text_addf(t, "<cpu mode=%c%s%c", q, mode, q);
	if (strcmp(mode, "host-model") != 0) {
		text_add(t, "/>");
		return;
	}
	text_add(t, ">");
	new_line_inside(d, t, &m);
	feature_tag(d, t);
	new_line(t, &m);
	text_add(t, "</cpu>");
}

/* Replaces <cpu/> by start tag, feature and end tag. */
static void open_empty(const struct domain_xml *d, struct xml_edits *edits)
{
	struct indent m = indent_of(d, d->cpu.start);
	size_t at = d->cpu.tag_end - 2;
	struct text *t;

	while (strchr(" \t\r\n", d->s[at - 1]))
		at--;
	t = edit(edits, at, d->cpu.tag_end);
	text_add(t, ">");
	new_line_inside(d, t, &m);
	feature_tag(d, t);
	new_line(t, &m);
	text_add(t, "</cpu>");
}

void xml_add_feature(const struct domain_xml *d, struct xml_edits *edits)
{
	struct indent m = indent_of(d, d->cpu.start);
	struct text *t;
	size_t at;

	if (d->cpu.empty) {
		open_empty(d, edits);
		return;
	}
	if (d->cpu_children) {
		m = indent_of(d, d->last_child.start);
		at = m.lines ? after_comment(d, d->last_child.end) : d->last_child.end;
		t = edit(edits, at, at);
		new_line(t, &m);
		feature_tag(d, t);
		return;
	}
	at = m.lines ? after_comment(d, d->cpu.tag_end) : d->cpu.tag_end;
	t = edit(edits, at, at);
	new_line_inside(d, t, &m);
	feature_tag(d, t);
	if (!memchr(d->s + at, '\n', d->cpu.end - at))
		new_line(t, &m);
}

bool xml_find_value(const char *s, const struct xml_element *e, const char *name, size_t *at,
		    size_t *end)
{
	size_t p = e->start + 1, n;

	p += strcspn(s + p, " \t\r\n/>");
	for (;;) {
		p += strspn(s + p, " \t\r\n");
		if (p >= e->tag_end || s[p] == '/' || s[p] == '>')
			return false;
		n = strcspn(s + p, " \t\r\n=");
		*at = p + n;
		*at += strcspn(s + *at, "'\"") + 1;
		*end = *at + strcspn(s + *at, s[*at - 1] == '"' ? "\"" : "'");
		if (strlen(name) == n && !memcmp(s + p, name, n))
			return true;
		p = *end + 1;
	}
}

void xml_set_mode(const struct domain_xml *d, const char *mode, struct xml_edits *edits)
{
	size_t at, end;
	char q = quote_of(d);

	if (xml_find_value(d->s, &d->cpu, "mode", &at, &end)) {
		text_value(edit(edits, at, end), mode);
		return;
	}
	at = d->cpu.start + strlen("<cpu");
	text_addf(edit(edits, at, at), " mode=%c%s%c", q, mode, q);
}

void xml_require(const struct domain_xml *d, struct xml_edits *edits)
{
	size_t at, end;

	if (xml_find_value(d->s, &d->match, "policy", &at, &end))
		text_add(edit(edits, at, end), "require");
}

void xml_splice(const struct domain_xml *d, struct xml_edits *edits, struct text *out)
{
	size_t from = 0;

	out->raw = true;
	for (size_t i = 0; i < edits->n; i++) {
		struct xml_edit *e = &edits->e[i];

		text_value_n(out, d->s + from, e->at - from);
		text_append(out, &e->text);
		text_free(&e->text);
		from = e->end;
	}
	text_value_n(out, d->s + from, d->size - from);
	edits->n = 0;
}
