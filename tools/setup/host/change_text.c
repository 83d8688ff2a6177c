// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file that nestcheck writes into modprobe.d, how it recognizes it, and the diff of a change.
 */
#include <string.h>

#include "lib/arena.h"
#include "lib/diff.h"
#include "setup/host/change.h"

#define FIRST_LINE  "# Written by nestcheck setup host: KVM's guests may nest.\n"
#define FOLDER_LINE "# This folder was made for it, too.\n"
#define BEFORE	    "# What was here before: "
#define NOTHING	    "nothing"
#define DIGEST	    "sha256 "
#define SEAL	    "# This file: " DIGEST

#define UNDO_LINES                                                                    \
	"# To undo: nestcheck setup host undo, or from the live image\n"              \
	"# nestcheck setup disk DEVICE --undo. It brings back what was here before\n" \
	"# (" CHANGE_KEPT "), or where there was nothing\n"                           \
	"# deletes this file.\n"

static const char *const modules[] = { "kvm_intel", "kvm_amd" };

static void digest_of(const char *s, size_t len, char digest[SHA256_HEX])
{
	uint8_t bytes[SHA256_SIZE];

	sha256(s, len, bytes);
	sha256_hex(bytes, digest);
}

void change_contents(struct text *t, const char *module, const struct change_record *r)
{
	size_t start = t->len;
	char seal[SHA256_HEX];

	text_add(t, FIRST_LINE UNDO_LINES);
	if (r->made_folder)
		text_add(t, FOLDER_LINE);
	text_addf(t, BEFORE "%s%s\n", r->kept ? DIGEST : NOTHING, r->kept ? r->digest : "");
	text_addf(t, "options %s nested=1\n", module);
	digest_of(t->s + start, t->len - start, seal);
	text_addf(t, SEAL "%s\n", seal);
}

/* What versions without a record wrote: the oldest did not know setup disk. */
static bool is_early(const char *contents)
{
	static const char *const undo[] = {
		UNDO_LINES,
		"# To undo: nestcheck setup host undo. It brings back what was here before\n"
		"# (" CHANGE_KEPT "), or where there was nothing\n"
		"# deletes this file.\n",
	};
	struct text t = { .raw = true };
	bool same = false;

	for (unsigned int i = 0; i < 8 && !same; i++) {
		t.len = 0;
		text_addf(&t, FIRST_LINE "%s%soptions %s nested=1\n", undo[i & 1],
			  i & 2 ? FOLDER_LINE : "", modules[i >> 2]);
		same = !strcmp(t.s, contents);
	}
	text_free(&t);
	return same;
}

enum change_owner change_owner_of(const char *contents)
{
	const char *seal;
	char digest[SHA256_HEX + 1];

	if (!contents)
		return OWNER_NOBODY;
	if (strncmp(contents, FIRST_LINE, strlen(FIRST_LINE)) != 0)
		return OWNER_ANOTHER;
	seal = strstr(contents, "\n" SEAL);
	if (!seal)
		return is_early(contents) ? OWNER_US : OWNER_EDITED;
	seal++;
	digest_of(contents, (size_t)(seal - contents), digest);
	strcat(digest, "\n");
	return strcmp(seal + strlen(SEAL), digest) ? OWNER_EDITED : OWNER_US;
}

bool change_record_of(const char *contents, struct change_record *r)
{
	const char *s = contents ? strstr(contents, "\n" BEFORE) : NULL;

	*r = (struct change_record){ .made_folder = contents &&
						    strstr(contents, "\n" FOLDER_LINE) };
	if (!s)
		return false;
	s += 1 + strlen(BEFORE);
	if (!strncmp(s, NOTHING "\n", strlen(NOTHING "\n")))
		return true;
	if (strncmp(s, DIGEST, strlen(DIGEST)) != 0)
		return false;
	s += strlen(DIGEST);
	if (strspn(s, "0123456789abcdef") != SHA256_HEX - 1 || s[SHA256_HEX - 1] != '\n')
		return false;
	memcpy(r->digest, s, SHA256_HEX - 1);
	r->kept = true;
	return true;
}

static struct diff_file side(struct arena *a, const char *prefix, const char *path, const char *s)
{
	if (!s)
		return (struct diff_file){ "/dev/null", NULL, 0 };
	return (struct diff_file){ arena_printf(a, "%s%s", prefix, path), s, strlen(s) };
}

void change_diff(struct text *t, const char *path, const char *before, const char *after)
{
	struct arena arena = { 0 };
	struct diff_file a = side(&arena, "a", path, before), b = side(&arena, "b", path, after);

	diff_unified(&a, &b, t);
	arena_free(&arena);
}
