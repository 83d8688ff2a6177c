// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's command line as it is recorded. It can contain secrets: disk keys, passwords of
 * iSCSI and of installers, addresses. So values are kept only of words that concern virtualization;
 * of others only the key is kept, "root=...", and URLs are dropped.
 */
#include <string.h>

#include "facts/collect.h"

/* Prefixes of words whose value is kept; '-' and '_' are equal. */
static const char *const kept[] = {
	"kvm.",	      "kvm_intel.",   "kvm_amd.",    "nestcheck.",	 "mitigations=",
	"l1tf=",      "mds=",	      "tsx=",	     "tsx_async_abort=", "spectre",
	"spec_",      "retbleed=",    "gather_data", "mmio_stale",	 "reg_file_data",
	"srbds=",     "vmscape=",     "tsa=",	     "nosmt=",		 "maxcpus=",
	"nr_cpus=",   "possible_",    "isolcpus=",   "nohz_full=",	 "clearcpuid=",
	"tsc=",	      "clocksource=", "hpet=",	     "lockdown=",	 "noexec=",
	"module.sig", "module_bl",    "modprobe.bl", "intel_iom",	 "amd_iommu=",
	"iommu=",     "mem=",	      "hugepages=",  "hugepagesz=",	 "default_h",
	"init_on_",   "console=",     "earlycon=",   "debug_pat",	 "intel_pstate=",
	"amd_pst",    "mem_encrypt=", "efi=",	     "noxsave=",	 "x2apic_",
	"apic=",      "acpi=",	      "preempt=",    "split_lock",
};

static bool begins(const char *word, const char *with)
{
	for (; *with; word++, with++)
		if ((*word == '-' ? '_' : *word) != *with)
			return false;
	return true;
}

static bool has_url(const char *word, size_t len)
{
	for (size_t i = 0; i + 2 < len; i++)
		if (!strncmp(word + i, "://", 3))
			return true;
	return false;
}

static bool is_kept(const char *word, size_t len)
{
	if (has_url(word, len))
		return false;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (begins(word, kept[i]))
			return true;
	return false;
}

/* Blanks between quotes do not end a word (lib/cmdline.c, next_arg()). */
static size_t word_length(const char *s)
{
	bool quoted = false;
	size_t n = 0;

	for (; s[n] && (quoted || !strchr(" \t\r\n", s[n])); n++)
		if (s[n] == '"')
			quoted = !quoted;
	return n;
}

/* Behind a blank, unless it is the first. Returns the new end. */
static char *add(char *to, const char *out, const char *word, size_t len, const char *more)
{
	if (to > out)
		*to++ = ' ';
	memcpy(to, word, len);
	return stpcpy(to + len, more);
}

const char *cmdline_without_secrets(struct arena *a, const char *cmdline)
{
	/* The longest is "= = =", each word of which becomes "=...". */
	char *out = arena_alloc(a, 3 * strlen(cmdline) + 2), *to = out;

	for (const char *s = cmdline; *s;) {
		size_t len = word_length(s), quote = *s == '"';
		/* A quote within what is left of a word would take the next words for its rest. */
		size_t key = strcspn(s + quote, "=\" \t\r\n");

		if (!len) {
			s++;
			continue;
		}
		if (key >= len ? !has_url(s, len) : is_kept(s + quote, len - quote))
			to = add(to, out, s, len, "");
		else if (key < len)
			to = add(to, out, s + quote, key, "=...");
		s += len;
	}
	return out;
}
