// SPDX-License-Identifier: GPL-2.0-only
/*
 * setup check: the rows of both tables for this CPU, and their output.
 */
#include "setup/check/check.h"

#include <string.h>

#include "diagnose/diagnose.h"

const char *check_state_name(enum check_state s)
{
	return s == CHECK_OK ? "ok" : s == CHECK_NO ? "no" : "unknown";
}

static size_t add_rows(const struct check *c, const struct check_look *look,
		       struct check_row rows[CHECK_ROWS_MAX], size_t n)
{
	enum check_cpu cpu = *c->feature == 'v' ? CHECK_INTEL : CHECK_AMD;

	for (; look->name && n < CHECK_ROWS_MAX; look++) {
		if (look->cpu != CHECK_ANY && look->cpu != cpu)
			continue;
		rows[n] = (struct check_row){ .group = look->group,
					      .name = look->name,
					      .wanted = look->wanted,
					      .deeper = look->deeper };
		look->look(c, &rows[n]);
		n++;
	}
	return n;
}

static size_t no_cpu(struct check_row rows[CHECK_ROWS_MAX])
{
	rows[0] = (struct check_row){ .group = "cpu", .name = "VMX or SVM", .wanted = true };
	check_value(&rows[0], "the CPU's vendor is not known");
	check_remedy(&rows[0], "This CPU has neither VMX nor SVM, or its facts were not recorded: "
			       "nestcheck probe.");
	return 1;
}

size_t check_rows(const struct report *r, const struct check_extra *x,
		  struct check_row rows[CHECK_ROWS_MAX])
{
	char below[HYPERVISOR_NAME_MAX];
	struct check c = { .r = r, .x = x, .feature = setup_feature(r), .below = below };
	size_t n;

	if (!c.feature)
		return no_cpu(rows);
	c.paging = *c.feature == 'v' ? "ept" : "npt";
	c.module = *c.feature == 'v' ? "kvm_intel" : "kvm_amd";
	c.guest = machine_is_guest(r, below);
	n = add_rows(&c, check_nesting, rows, 0);
	return add_rows(&c, check_inside, rows, n);
}

void check_level(struct check_row *rows, size_t n, int level)
{
	for (size_t i = 0; i < n; i++)
		if (level < 2 && rows[i].deeper)
			rows[i].wanted = false;
}

/* What is missing is only for guests of this machine's guests, whether it was asked for or not. */
static bool only_deeper_missing(const struct check_row *rows, size_t n)
{
	bool deeper = false;

	for (size_t i = 0; i < n; i++) {
		if (rows[i].deeper)
			deeper |= rows[i].state != CHECK_OK;
		else if (rows[i].wanted && rows[i].state != CHECK_OK)
			return false;
	}
	return deeper;
}

enum check_state check_result(const struct check_row *rows, size_t n)
{
	enum check_state result = CHECK_OK;

	for (size_t i = 0; i < n && result != CHECK_NO; i++)
		if (rows[i].wanted && rows[i].state != CHECK_OK)
			result = rows[i].state;
	return result;
}

bool check_all_ok(const struct check_row *rows, size_t n)
{
	return check_result(rows, n) == CHECK_OK;
}

static void add_level(const struct report *r, struct text *out)
{
	char below[HYPERVISOR_NAME_MAX];

	if (!r->facts.n_cpus)
		text_add(out, "The level of this machine is not known: no CPU was recorded.\n\n");
	else if (machine_is_guest(r, below))
		text_addf(out, "This is L1 or deeper: a guest of %s. Its guests would be L2.\n\n",
			  below);
	else
		text_add(out, "This seems to be L0: no hypervisor was detected below. Its guests "
			      "would be L1.\n\n");
}

/* The raw values that the howtos read with rdmsr; the rows above interpret them. */
static void add_registers(const struct report *r, struct text *out)
{
	static const uint32_t registers[] = { 0x48b, 0x485 };

	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
		const struct msr_fact *m = NULL;

		if (r->facts.n_cpus)
			m = cpu_msr(&r->facts, &r->facts.cpus[0], registers[i]);
		if (m && !m->refused && !i)
			text_add(out, "\n");
		if (m && !m->refused)
			text_addf(out, "%sMSR 0x%X = %llx", i ? ", " : "", registers[i],
				  (unsigned long long)m->value);
		if (m && !m->refused && i)
			text_add(out, "\n");
	}
}

static bool has_remedy(const struct check_row *row)
{
	return row->state == CHECK_NO && *row->remedy;
}

/* Each remedy once, under the names of all its rows. wanted: of those that decide, or the others. */
static void add_remedies(const struct check_row *rows, size_t n, bool wanted, struct text *out)
{
	for (size_t i = 0; i < n; i++) {
		struct text names = { 0 };
		bool said = false;

		for (size_t k = 0; k < n; k++) {
			if (rows[i].wanted != wanted || rows[k].wanted != wanted ||
			    !has_remedy(&rows[i]) || !has_remedy(&rows[k]) ||
			    strcmp(rows[i].remedy, rows[k].remedy) != 0)
				continue;
			said |= k < i;
			text_addf(&names, "%s%s", names.len ? ", " : "", rows[k].name);
		}
		if (names.len && !said) {
			text_add(&names, ":");
			text_wrap(out, 0, NULL, names.s);
			text_wrap(out, 2, NULL, rows[i].remedy);
			text_add(out, "\n");
		}
		text_free(&names);
	}
}

/* "module, /dev/kvm": the rows that decide and are in this state. */
static void add_names(const struct check_row *rows, size_t n, enum check_state state,
		      const char *before, struct text *out)
{
	struct text t = { 0 };

	for (size_t i = 0; i < n; i++)
		if (rows[i].wanted && rows[i].state == state)
			text_addf(&t, "%s%s", t.len ? ", " : before, rows[i].name);
	if (t.len) {
		text_add(&t, ".");
		text_wrap(out, 0, NULL, t.s);
	}
	text_free(&t);
}

/* Why a row that decides is not known, and how it will be. */
static void add_unknown(const struct report *r, const struct check_row *rows, size_t n,
			struct text *out)
{
	add_names(rows, n, CHECK_UNKNOWN, "Not known: ", out);
	if (check_result(rows, n) == CHECK_NO)
		text_wrap(out, 2, NULL, "It will be known when what is missing is there.");
	else if (r->replayed)
		text_wrap(out, 2, NULL,
			  "It is not among these facts. Record them again on that machine, as root "
			  "and with KVM loaded: nestcheck probe --record.");
	else if (r->facts.user && !strcmp(r->facts.user, "0"))
		text_wrap(out, 2, NULL,
			  "It could not be read: nestcheck diagnose says why. The CPU's registers "
			  "need modprobe msr.");
	else
		text_wrap(out, 2, NULL, "It could not be read: run this as root.");
	text_add(out, "\n");
}

/* Only this machine's guests were asked about (check_level). */
static bool is_level_1(const struct check_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].deeper && !rows[i].wanted)
			return true;
	return false;
}

void check_table(const struct report *r, const struct check_row *rows, size_t n, struct text *out)
{
	bool level_1 = is_level_1(rows, n);
	const char *need = level_1 ? "guests need" : "nesting needs";
	const char *missing = level_1 ? "Something that guests need is missing: " :
					"Something that nesting needs is missing: ";
	const char *group = "";

	add_level(r, out);
	text_addf(out, "%-24s %-38s %-6s %s\n", "what", "value", "wanted", "state");
	for (size_t i = 0; i < n; i++) {
		if (strcmp(group, rows[i].group) != 0 && *group)
			text_add(out, "\n");
		group = rows[i].group;
		text_addf(out, "%-24s %-38.38s %-6s %s\n", rows[i].name, rows[i].value,
			  rows[i].wanted ? "yes" : "nice", check_state_name(rows[i].state));
	}
	if (setup_feature(r) && *setup_feature(r) == 'v')
		add_registers(r, out);
	text_add(out, "\n");
	add_remedies(rows, n, true, out);
	for (size_t i = 0; i < n; i++)
		if (rows[i].wanted && rows[i].state == CHECK_UNKNOWN) {
			add_unknown(r, rows, n, out);
			break;
		}
	add_remedies(rows, n, false, out);
	if (!only_deeper_missing(rows, n)) {
		if (check_all_ok(rows, n))
			text_addf(out, "Everything that %s is there.\n", need);
		else if (check_result(rows, n) == CHECK_NO)
			add_names(rows, n, CHECK_NO, missing, out);
		else
			text_addf(out,
				  "Nothing that %s is known to be missing, but not all of it is "
				  "known.\n",
				  need);
		return;
	}
	text_add(out, "KVM works here, and this machine's guests run; but guests of its guests "
		      "do not.\n");
	if (!check_all_ok(rows, n))
		text_add(out, "nestcheck setup check --level 1 asks only about the former.\n");
}
