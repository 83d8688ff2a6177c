// SPDX-License-Identifier: GPL-2.0-only
/*
 * The banner's size on real screens, and nothing that scrolls away.
 */
#include "rendered.h"

/* The visible part of a screen's text: the lines, and those with the banner's blocks. */
static int banner_rows(const char *s)
{
	int rows = 0;
	bool blocks = false;

	for (; *s; s++) {
		blocks |= *s == '#';
		if (*s == '\n') {
			if (!blocks)
				break;
			rows++;
			blocks = false;
		}
	}
	return rows;
}

static const struct {
	int columns, rows;
} screens[] = {
	{ 80, 25 },   { 80, 22 },   { 80, 50 },	 { 128, 48 }, { 240, 67 },   { 240, 64 },
	{ 480, 135 }, { 480, 132 }, { 100, 37 }, { 160, 64 }, { 1024, 300 },
};

static void banner_is_an_eighth_of_every_screen(void **state)
{
	static const enum verdict_result all[] = { VERDICT_PASS, VERDICT_FAIL, VERDICT_UNSUPPORTED,
						   VERDICT_ERROR };
	struct text t = { 0 };
	struct report r;

	(void)state;
	fill(&r);
	for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
		for (int v = 0; v < 4; v++) {
			/* The caller may reserve up to 4 rows of the screen. */
			int height = screens[i].rows + 4, lines, rows;

			r.verdict.result = all[v];
			render_screen(&t, &r, screens[i].columns, screens[i].rows);
			lines = check_lines(t.s, screens[i].columns, false);
			rows = banner_rows(t.s);
			if (rows * 8 < height)
				fail_msg("%d rows of banner on %dx%d", rows, screens[i].columns,
					 screens[i].rows);
			if (rows * 2 > screens[i].rows)
				fail_msg("%d rows of banner leave no room on %dx%d", rows,
					 screens[i].columns, screens[i].rows);
			if (lines >= screens[i].rows)
				fail_msg("%d lines scroll on %dx%d", lines, screens[i].columns,
					 screens[i].rows);
			assert_contains(t.s, "CPU ");
			assert_contains(t.s, "vmx-locked-off");
			text_free(&t);
		}
	}
	report_free(&r);
}

/* Complete letters, an eighth of the screen, and no other letters. */
static void banner_heights(void **state)
{
	(void)state;
	for (int rows = 1; rows < 400; rows++) {
		int height = banner_height(rows);
		struct text t = { 0 };

		assert_true(height * 8 >= rows && (height - 5) * 8 < rows);
		render_banner(&t, "ERROR", 1000, height);
		assert_int_equal(banner_rows(t.s), height);
		text_free(&t);
	}
}

static void tiny_screens(void **state)
{
	struct text t = { 0 };
	struct report r;

	(void)state;
	fill(&r);
	for (int columns = 1; columns < 80; columns += 6) {
		for (int rows = 1; rows < 30; rows += 3) {
			render_screen(&t, &r, columns, rows);
			check_lines(t.s, columns < 20 ? 20 : columns, false);
			text_free(&t);
		}
	}
	report_free(&r);
}

/* Omitted cases are counted: shown and omitted ones add up. */
static void findings_that_do_not_fit_are_counted(void **state)
{
	struct text t = { 0 };
	struct report r;
	const char *more;
	size_t shown = 0;

	(void)state;
	fill(&r);
	render_screen(&t, &r, 80, 25);
	more = strstr(t.s, " more finding");
	assert_non_null(more);
	while (more[-1] >= '0' && more[-1] <= '9')
		more--;
	for (size_t i = 0; i < r.n_findings; i++) {
		char line[64];

		snprintf(line, sizeof(line), "%-10s%s",
			 r.findings[i].severity == SEVERITY_BLOCKER  ? "BLOCKER" :
			 r.findings[i].severity == SEVERITY_DEGRADED ? "degraded" :
								       "advice",
			 r.findings[i].id);
		if (strstr(t.s, line) && strcmp(r.findings[i].id, "parameter"))
			shown++;
	}
	for (const char *s = t.s; (s = strstr(s, "advice    parameter")); s++)
		shown++;
	assert_int_equal(shown + (size_t)atoi(more), r.n_findings);
	text_free(&t);
	/* All of them on a screen that is large enough. */
	render_screen(&t, &r, 240, 200);
	assert_null(strstr(t.s, " more finding"));
	text_free(&t);
	report_free(&r);
}

static void banner_spells_the_word(void **state)
{
	static const char wanted[] = "####   ###   ####  ####\n"
				     "#   # #   # #     #    \n"
				     "####  #####  ###   ### \n"
				     "#     #   #     #     #\n"
				     "#     #   # ####  #### \n";
	struct text t = { 0 };

	(void)state;
	render_banner(&t, "PASS", 40, 5);
	assert_string_equal(t.s, wanted);
	text_free(&t);
	/* Twice as high, and as wide as there is room. */
	render_banner(&t, "PASS", 80, 14);
	assert_int_equal(check_lines(t.s, 80, true), 10);
	assert_true(strncmp(t.s, "############", 12) == 0);
	text_free(&t);
	/* Every letter of every verdict exists: no blank columns instead of a letter. */
	for (const char *word = "PASSFAILUNSUPPORTEDERRORNOVERDICT"; *word; word++) {
		char one[2] = { *word };

		render_banner(&t, one, 40, 7);
		assert_non_null(strchr(t.s, '#'));
		text_free(&t);
	}
	/* No room for letters: the plain word. */
	render_banner(&t, "UNSUPPORTED", 40, 7);
	assert_contains(t.s, "UNSUPPORTED");
	text_free(&t);
}

static void colours_end(void **state)
{
	struct text t = { 0 };
	struct report r;
	const char *last = NULL;

	(void)state;
	fill(&r);
	render_screen(&t, &r, 80, 25);
	assert_true(strncmp(t.s, "\033[H\033[J", 6) == 0);
	for (const char *s = t.s; (s = strchr(s, '\033')); s++)
		last = s;
	assert_true(strncmp(last, "\033[0m", 4) == 0);
	/* The machine's name does not change colours. */
	assert_null(strstr(t.s, "\033[31m colour"));
	text_free(&t);
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(banner_is_an_eighth_of_every_screen),
		cmocka_unit_test(banner_heights),
		cmocka_unit_test(tiny_screens),
		cmocka_unit_test(findings_that_do_not_fit_are_counted),
		cmocka_unit_test(banner_spells_the_word),
		cmocka_unit_test(colours_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
