// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck setup xml: turns nesting on in a libvirt domain.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/replay.h"
#include "cmd/written.h"
#include "lib/diff.h"
#include "lib/json.h"
#include "lib/replace_file.h"
#include "lib/terminal.h"
#include "setup/xml/xml.h"

struct request {
	const char *file, *output, *feature, *facts, *cpu, *disk_cache;
	bool in_place, backup, diff, dry_run, quiet;
};

static int usage_error(const char *what)
{
	complain("%s; see nestcheck setup xml --help", what);
	return EXIT_USAGE;
}

static bool is_cache_mode(const char *word)
{
	for (const char *const *mode = xml_cache_modes; *mode; mode++)
		if (!strcmp(word, *mode))
			return true;
	return false;
}

static int check_request(const struct request *q)
{
	bool is_stdin = q->file && !strcmp(q->file, "-");

	if (!q->file)
		return usage_error("setup xml needs a file; - is stdin");
	if (q->feature && strcmp(q->feature, "vmx") != 0 && strcmp(q->feature, "svm") != 0)
		return usage_error("--feature takes vmx or svm");
	if (q->cpu && strcmp(q->cpu, "host-passthrough") != 0 &&
	    strcmp(q->cpu, "host-model") != 0 && strcmp(q->cpu, "maximum") != 0)
		return usage_error("--cpu takes host-passthrough, host-model or maximum");
	if (q->disk_cache && !is_cache_mode(q->disk_cache))
		return usage_error("--disk-cache takes default, none, writethrough, writeback, "
				   "directsync or unsafe");
	if (q->in_place && q->output)
		return usage_error("--in-place and -o exclude each other");
	if (q->in_place && is_stdin)
		return usage_error("--in-place needs a file, not stdin");
	if (q->backup && !q->in_place && !q->output)
		return usage_error("--backup needs --in-place or -o");
	if (q->facts && is_stdin && !strcmp(q->facts, "-"))
		return usage_error("the domain and the facts cannot both be stdin");
	return OPTIONS_GO_ON;
}

/*
 * The feature of the machine that the domain is for: the requested one, checked against --facts if
 * given, else this machine's. NULL after printing the reason, with an exit status. Obstacles to nesting are printed, but
 * the domain is written nevertheless.
 */
static const char *choose_feature(const struct request *q, int *status)
{
	const char *of_machine;
	struct text warning = { 0 };
	struct report r;
	bool ok;

	*status = EXIT_REFUSED;
	if (q->feature && !q->facts)
		return q->feature;
	report_init(&r);
	ok = gather_known(&r, q->facts);
	of_machine = ok ? setup_feature(&r) : NULL;
	if (!ok)
		*status = verdict_exit_status(VERDICT_ERROR);
	else if (!of_machine)
		complain("whether this CPU has VMX or SVM is not known; use --feature vmx or "
			 "--feature svm");
	if (of_machine && q->feature && strcmp(q->feature, of_machine) != 0) {
		complain("that machine has %s, not %s", of_machine, q->feature);
		of_machine = NULL;
	}
	if (of_machine && !q->quiet && setup_warn(&r, &warning)) {
		text_add(&warning, "\n");
		print_error_text(&warning);
	}
	report_free(&r);
	return of_machine;
}

static const char *shown_name(const struct request *q)
{
	return !strcmp(q->file, "-") ? "domain.xml" : q->file;
}

/* NULL: standard output. */
static const char *written_path(const struct request *q)
{
	return q->in_place ? q->file : q->output;
}

/* Where the result goes: a diff or the domain to stdout, the domain into a file. */
static int write_result(const struct request *q, struct target *to, struct text *in,
			struct text *out, bool changed)
{
	const char *path = written_path(q);
	struct replaced how;
	struct text diff = { .raw = true };
	int ret;

	if (q->diff || q->dry_run) {
		const char *name = shown_name(q);

		diff_unified(&(struct diff_file){ name, in->s, in->len },
			     &(struct diff_file){ name, out->s, out->len }, &diff);
		if (!print_text(&diff))
			return verdict_exit_status(VERDICT_ERROR);
	} else if (!path) {
		return print_text(out) ? 0 : verdict_exit_status(VERDICT_ERROR);
	}
	if (!to || (q->in_place && !changed))
		return 0;
	ret = q->dry_run ? target_try(to, q->backup, &how) :
			   target_write(to, out->s, out->len, q->backup, &how);
	return say_written(path, ret, &how) ? 0 : verdict_exit_status(VERDICT_ERROR);
}

/* Each line of the reasons. */
static void say_why(const char *file, const char *colon, const char *why)
{
	for (size_t n; *why; why += n + (why[n] == '\n')) {
		n = strcspn(why, "\n");
		complain("%s%s%.*s", file, colon, (int)n, why);
		file = colon = "";
	}
}

/* Nesting, and the cache of the disks if that was requested. If either is refused, so is all. */
static enum xml_result change(const struct request *q, const char *feature, const struct text *in,
			      struct text *out, struct text *why)
{
	const struct xml_options o = { .feature = feature, .mode = q->cpu };
	struct text nested = { 0 }, of_disks = { 0 };
	enum xml_result result, disks;

	if (!q->disk_cache)
		return xml_nest(in->s, in->len, &o, out, why);
	result = xml_nest(in->s, in->len, &o, &nested, why);
	if (result == XML_CHANGED || result == XML_UNCHANGED) {
		disks = xml_disk_cache(nested.s, nested.len, q->disk_cache, out, &of_disks);
		if (disks == XML_CHANGED || disks == XML_UNCHANGED)
			text_add(why, "\n");
		else
			text_free(why);
		text_append(why, &of_disks);
		if (disks != XML_UNCHANGED)
			result = disks;
	}
	text_free(&nested);
	text_free(&of_disks);
	return result;
}

static int nest(const struct request *q, const char *feature, struct target *to)
{
	struct text in = { .raw = true }, out = { 0 }, why = { 0 };
	enum xml_result result;
	bool done;
	int status = read_document(q->file, &in.s, &in.len);

	if (status < 0) {
		complain("cannot read '%s': %s", q->file, document_error(status));
		return verdict_exit_status(VERDICT_ERROR);
	}
	result = change(q, feature, &in, &out, &why);
	done = result == XML_CHANGED || result == XML_UNCHANGED;
	if (!done || !q->quiet)
		say_why(done ? "" : q->file, done ? "" : ": ", why.s ? why.s : "");
	if (done)
		status = write_result(q, to, &in, &out, result == XML_CHANGED);
	else
		status = result == XML_REFUSED ? EXIT_REFUSED : verdict_exit_status(VERDICT_ERROR);
	text_free(&in);
	text_free(&out);
	text_free(&why);
	return status;
}

/* The file to write is locked before the domain is read, which may be the same file. */
static int open_and_nest(const struct request *q, const char *feature)
{
	const char *path = written_path(q);
	bool regular = q->in_place || q->backup, other;
	struct replaced how;
	struct target to;
	struct stat st;
	int status, ret;

	other = path && !stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
	/* To open a FIFO or a socket is to use it. */
	if (!path || (q->dry_run && other && !regular))
		return nest(q, feature, NULL);
	/* A look needs no lock, but is refused what a lock would be. */
	ret = target_open(&to, path, regular && (!q->dry_run || other), &how);
	status = say_written(path, ret, &how) ? nest(q, feature, &to) :
						verdict_exit_status(VERDICT_ERROR);
	target_close(&to);
	return status;
}

int cmd_setup_xml(int argc, char **argv)
{
	struct request q = { 0 };
	const struct option_row rows[] = {
		{ "-o", "OUT", "write the domain to OUT, not to stdout; a link is followed",
		  &q.output },
		{ "--in-place", NULL, "replace FILE atomically; a link is followed", &q.in_place },
		{ "--backup", NULL, "keep the replaced file as FILE.bak", &q.backup },
		{ "--diff", NULL, "show the changes, in the format of patch", &q.diff },
		{ "--dry-run", NULL, "the same, but write nothing", &q.dry_run },
		{ "--cpu", "MODE",
		  "if the domain names no CPU: host-passthrough (default), host-model, maximum",
		  &q.cpu },
		{ "--disk-cache", "MODE",
		  "the cache mode of all disks, but not CD-ROMs: none (as the howtos want for L1), "
		  "writethrough, writeback, directsync, unsafe, default",
		  &q.disk_cache },
		{ "--feature", "NAME", "vmx or svm, instead of this machine's", &q.feature },
		OPTION_FACTS(&q.facts),
		OPTION_QUIET(&q.quiet),
	};
	struct command_line cl = {
		.usage = "nestcheck setup xml FILE [-o OUT | --in-place] [--backup] [--diff] "
			 "[--dry-run] [--cpu MODE] [--disk-cache MODE] [--feature NAME] "
			 "[--facts FILE] [--quiet]",
		.about =
			"Reads an existing libvirt domain (virsh dumpxml --inactive NAME) and "
			"writes it with nesting on, for virsh define. Only the <cpu> element "
			"changes, and with --disk-cache the disks' <driver>: the rest stays byte "
			"for byte, and a second run changes nothing. What forbids nesting elsewhere "
			"in the domain is refused, what spoils it is said on stderr. FILE may be -, "
			"which is stdin. Exit status: 0 changed, or nesting was already on; 1 "
			"refused, with the reason; 2 usage; 4 a file could not be read or written, "
			"or is no domain.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
		.operands = &q.file,
		.max_operands = 1,
	};
	int status = parse_options(&cl, argc, argv);
	const char *feature;

	if (q.output && !strcmp(q.output, "-"))
		q.output = NULL;
	if (status == OPTIONS_GO_ON)
		status = check_request(&q);
	if (status != OPTIONS_GO_ON)
		return status;
	feature = choose_feature(&q, &status);
	return feature ? open_and_nest(&q, feature) : status;
}
