// SPDX-License-Identifier: GPL-2.0-only
/* Which kernel messages concern virtualization, and a filter that finds them in the log. */
#include "facts/collect.h"

#include <ctype.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum pattern_kind {
	WANTED,	     /* anywhere in the line */
	WANTED_WORD, /* with nothing alphanumeric on either side */
	UNWANTED,    /* even if another pattern matches */
};

/* In lower case; matching ignores case. */
struct log_pattern {
	const char *text;
	enum pattern_kind kind;
};

/*
 * From the messages of KVM, the CPU setup code and the rest of the kernel about what keeps nesting
 * from working: arch/x86/kvm, arch/x86/kernel/cpu/{feat_ctl,bugs}.c, security/lockdown,
 * kernel/module, drivers/iommu, kernel/time/clocksource.c.
 */
static const struct log_pattern patterns[] = {
	{ "kvm", WANTED },
	{ "vmx", WANTED_WORD },
	{ "svm", WANTED_WORD },
	{ "sev", WANTED_WORD },
	{ "tdx", WANTED_WORD },
	{ "x86/cpu:", WANTED },
	{ "microcode:", WANTED },
	{ "l1tf", WANTED_WORD },
	{ "l1d", WANTED_WORD },
	{ "mds:", WANTED_WORD },
	{ "mmio stale data", WANTED },
	{ "vmscape", WANTED_WORD },
	{ "hypervisor detected", WANTED },
	{ "evmcs", WANTED_WORD },
	{ "hyper-v:", WANTED },
	{ "nx (execute disable)", WANTED },
	{ "x86/pat:", WANTED },
	{ "feat_ctl", WANTED },
	{ "tboot", WANTED_WORD },
	{ "lockdown", WANTED },
	{ "locked down", WANTED },
	{ "secure boot", WANTED },
	{ "secureboot", WANTED },
	{ "unsigned module", WANTED },
	{ "module verification failed", WANTED },
	{ "version magic", WANTED },
	{ "unknown symbol", WANTED },
	{ "invalid elf", WANTED },
	{ "disagrees about version", WANTED },
	{ "no symbol version for", WANTED },
	{ "of module with", WANTED },
	{ "irqbypass", WANTED },
	{ "linkonce.this_module", WANTED },
	{ "tsc unstable", WANTED },
	{ "clocksource: timekeeping watchdog", WANTED },
	{ "x2apic", WANTED_WORD },
	{ "dmar:", WANTED },
	{ "amd-vi:", WANTED },
	{ "firmware bug", WANTED },
	{ "vboxdrv", WANTED },
	{ "vmmon", WANTED_WORD },
	{ "smpboot: cpu", WANTED },
	{ "bug:", WANTED_WORD },
	{ "oops", WANTED_WORD },
	{ "warning: cpu", WANTED },
	{ "soft lockup", WANTED },
	{ "machine check", WANTED },
	{ "mce:", WANTED_WORD },
	/* The command line, and a guest's clock. */
	{ "command line:", UNWANTED },
	{ "kernel command line parameters", UNWANTED },
	{ "kvm-clock: using msrs", UNWANTED },
	{ "kvm-clock: cpu", UNWANTED },
	{ "mce: cpu supports", UNWANTED },
	{ "nestcheck:", UNWANTED },
};

_Static_assert(COUNT(patterns) <= 64, "one bit for each pattern");

/* Whether the pattern matches at s, which is in line. */
static bool matches(const char *line, const char *s, const struct log_pattern *p)
{
	size_t len = 0;

	for (; p->text[len]; len++)
		if (tolower((unsigned char)s[len]) != p->text[len])
			return false;
	if (p->kind != WANTED_WORD)
		return true;
	return (s == line || !isalnum((unsigned char)s[-1])) &&
	       !(isalnum((unsigned char)s[len]) && isalnum((unsigned char)p->text[len - 1]));
}

/*
 * Bit masks of the patterns that have a byte in first and in second place. The whole log is
 * filtered here, also on emulators that run 50 million instructions a second.
 */
struct leading_bytes {
	uint64_t first[256], second[256];
};

static void add_place(uint64_t places[256], char byte, size_t pattern)
{
	unsigned char c = (unsigned char)byte;

	places[c] |= UINT64_C(1) << pattern;
	places[toupper(c)] |= UINT64_C(1) << pattern;
}

static const struct leading_bytes *leading_bytes(void)
{
	static struct leading_bytes leading;

	if (leading.first['k'])
		return &leading;
	for (size_t i = 0; i < COUNT(patterns); i++) {
		add_place(leading.first, patterns[i].text[0], i);
		add_place(leading.second, patterns[i].text[1], i);
	}
	return &leading;
}

bool log_line_wanted(const char *line)
{
	const struct leading_bytes *leading = leading_bytes();
	bool wanted = false;

	for (const char *s = line; *s; s++) {
		uint64_t candidates = leading->first[(unsigned char)s[0]] &
				      leading->second[(unsigned char)s[1]];

		for (; candidates; candidates &= candidates - 1) {
			const struct log_pattern *p = &patterns[__builtin_ctzll(candidates)];

			if (!matches(line, s, p))
				continue;
			if (p->kind == UNWANTED)
				return false;
			wanted = true;
		}
	}
	return wanted;
}

/* Past "<6>[    1.234567] "; NULL if the message is not the kernel's (another facility). */
static const char *message_of(const char *s, const char *end)
{
	unsigned int priority = 0;

	if (s < end && *s == '<') {
		for (s++; s < end && isdigit((unsigned char)*s) && priority < 1000; s++)
			priority = priority * 10 + (unsigned int)(*s - '0');
		if (s < end && *s == '>')
			s++;
		if (priority >= 8)
			return NULL;
	}
	if (s < end && *s == '[') {
		const char *t = s + 1;

		while (t < end && (*t == ' ' || *t == '.' || isdigit((unsigned char)*t)))
			t++;
		if (t < end && *t == ']')
			s = t + 1;
	}
	while (s < end && *s == ' ')
		s++;
	return s;
}

/* Copies one line into buf, printable ASCII only, truncated. False if it is not wanted. */
static bool copy_line(char buf[LOG_LINE_MAX + 1], const char *s, const char *end)
{
	size_t n = 0;

	s = message_of(s, end);
	if (!s)
		return false;
	for (; s < end && n < LOG_LINE_MAX; s++)
		buf[n++] = *s >= ' ' && *s <= '~' ? *s : '?';
	while (n && buf[n - 1] == ' ')
		n--;
	buf[n] = '\0';
	return n && log_line_wanted(buf);
}

void log_filter(struct arena *a, struct strings *out, const char *text, size_t len)
{
	const char *end = text + len, *next;
	char line[LOG_LINE_MAX + 1], last[LOG_LINE_MAX + 1] = "";
	struct strings all = { NULL, 0 };
	struct arena scratch = { NULL };

	for (const char *s = text; s < end; s = next + 1) {
		next = memchr(s, '\n', (size_t)(end - s));
		if (!next)
			next = end;
		/* Repeated messages are kept once. */
		if (!copy_line(line, s, next) || !strcmp(line, last))
			continue;
		strcpy(last, line);
		strings_add(&scratch, &all, line);
	}
	for (size_t i = 0; i < all.n; i++)
		if (i < LOG_LINES_MAX / 2 || i + LOG_LINES_MAX / 2 >= all.n)
			strings_add(a, out, all.s[i]);
	arena_free(&scratch);
}
