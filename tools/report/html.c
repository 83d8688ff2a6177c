// SPDX-License-Identifier: GPL-2.0-only
/* A page of HTML whose values are escaped: see html.h. */
#include "report/html.h"

#include <string.h>

#include "report/formats.h"

/* The style sheet as data; the path is relative to where make runs. */
__asm__(".section .rodata\n"
	"page_css: .incbin \"tools/report/page.css\"\n"
	".byte 0\n"
	".text\n");
extern const char page_css[] __attribute__((visibility("hidden")));

/* Elements of HTML without contents; those of SVG are closed. */
static bool is_void(const char *tag)
{
	return !strcmp(tag, "meta") || !strcmp(tag, "br");
}

static void add_value(struct text *t, const char *s)
{
	static const char *const words[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };

	format_value(t, s, "&<>\"'", words);
}

void html_open_element(struct html *h, const char *tag, ...)
{
	const char *name, *value;
	va_list ap;

	text_addf(&h->t, "<%s", tag);
	va_start(ap, tag);
	while ((name = va_arg(ap, const char *))) {
		value = va_arg(ap, const char *);
		if (!value)
			continue;
		text_addf(&h->t, " %s=\"", name);
		add_value(&h->t, value);
		text_add(&h->t, "\"");
	}
	va_end(ap);
	text_add(&h->t, ">");
	if (!is_void(tag) && h->depth < HTML_DEPTH_MAX)
		h->open[h->depth++] = tag;
}

/* Lines stay short enough for an editor; between inline elements a line end would be a space. */
static bool ends_line(const char *tag)
{
	static const char *const blocks[] = { "tr",    "p",  "h2", "h3", "section",
					      "table", "li", "dd", "svg" };

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (!strcmp(blocks[i], tag))
			return true;
	return false;
}

void html_close(struct html *h)
{
	const char *tag = h->depth ? h->open[--h->depth] : NULL;

	if (!tag)
		return;
	text_addf(&h->t, "</%s>", tag);
	if (ends_line(tag))
		text_add(&h->t, "\n");
}

void html_text(struct html *h, const char *s)
{
	add_value(&h->t, s ? s : "not known");
}

void html_format(struct html *h, const char *fmt, ...)
{
	struct text t = { 0 };
	va_list ap;

	va_start(ap, fmt);
	text_vformat(&t, fmt, ap);
	va_end(ap);
	html_text(h, t.s ? t.s : "");
	text_free(&t);
}

void html_begin(struct html *h, const char *title)
{
	text_add(&h->t, "<!DOCTYPE html>\n");
	html_open(h, "html", "lang", "en", NULL);
	html_open(h, "head", NULL);
	html_open(h, "meta", "charset", "utf-8", NULL);
	html_open(h, "meta", "http-equiv", "Content-Security-Policy", "content",
		  "default-src 'none'; style-src 'unsafe-inline'", NULL);
	html_open(h, "meta", "name", "viewport", "content", "width=device-width", NULL);
	html_open(h, "meta", "name", "color-scheme", "content", "light dark", NULL);
	html_leaf(h, "title", title, NULL);
	html_open(h, "style", NULL);
	text_add(&h->t, "\n");
	text_contents(&h->t, page_css, strlen(page_css));
	html_close(h);
	html_close(h);
	text_add(&h->t, "\n");
	html_open(h, "body", "id", "top", NULL);
	html_leaf(h, "h1", title, NULL);
	text_add(&h->t, "\n");
}

void html_end(struct html *h)
{
	while (h->depth)
		html_close(h);
	text_add(&h->t, "\n");
}
