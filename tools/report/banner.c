// SPDX-License-Identifier: GPL-2.0-only
/*
 * Block letters for the verdict: 5 columns by 5 rows, scaled in both directions.
 */
#include <string.h>

#include "report/render.h"

#define GLYPH_COLUMNS 5
#define GLYPH_ROWS    5
#define SCREEN_PART   8			  /* a banner takes at least 1/8 of the screen */
#define CELL	      (GLYPH_COLUMNS + 1) /* with the gap to the next letter */

struct glyph {
	char letter;
	const char *rows[GLYPH_ROWS];
};

/* clang-format off */
static const struct glyph glyphs[] = {
	{ 'A', { " ### ", "#   #", "#####", "#   #", "#   #" } },
	{ 'C', { " ####", "#    ", "#    ", "#    ", " ####" } },
	{ 'D', { "#### ", "#   #", "#   #", "#   #", "#### " } },
	{ 'E', { "#####", "#    ", "#### ", "#    ", "#####" } },
	{ 'F', { "#####", "#    ", "#### ", "#    ", "#    " } },
	{ 'I', { "#####", "  #  ", "  #  ", "  #  ", "#####" } },
	{ 'L', { "#    ", "#    ", "#    ", "#    ", "#####" } },
	{ 'N', { "#   #", "##  #", "# # #", "#  ##", "#   #" } },
	{ 'O', { " ### ", "#   #", "#   #", "#   #", " ### " } },
	{ 'P', { "#### ", "#   #", "#### ", "#    ", "#    " } },
	{ 'R', { "#### ", "#   #", "#### ", "#  # ", "#   #" } },
	{ 'S', { " ####", "#    ", " ### ", "    #", "#### " } },
	{ 'T', { "#####", "  #  ", "  #  ", "  #  ", "  #  " } },
	{ 'U', { "#   #", "#   #", "#   #", "#   #", " ### " } },
	{ 'V', { "#   #", "#   #", "#   #", " # # ", "  #  " } },
};
/* clang-format on */

static const char *glyph_row(char letter, int r)
{
	for (size_t i = 0; i < sizeof(glyphs) / sizeof(glyphs[0]); i++)
		if (glyphs[i].letter == letter)
			return glyphs[i].rows[r];
	return "     ";
}

static void repeat(struct text *t, char c, int n)
{
	while (n-- > 0)
		text_addf(t, "%c", c);
}

static void letter_row(struct text *t, const char *word, int r, int across)
{
	for (const char *w = word; *w; w++) {
		const char *bits = glyph_row(*w, r);

		for (int i = 0; i < GLYPH_COLUMNS; i++)
			repeat(t, bits[i], across);
		if (w[1])
			repeat(t, ' ', across);
	}
	text_add(t, "\n");
}

int banner_height(int rows)
{
	int least = (rows + SCREEN_PART - 1) / SCREEN_PART;

	return (least + GLYPH_ROWS - 1) / GLYPH_ROWS * GLYPH_ROWS;
}

void render_banner(struct text *t, const char *word, int columns, int height)
{
	int width = (int)strlen(word) * CELL - 1;
	int down = height / GLYPH_ROWS;
	int across = width > 0 ? columns / width : 0;

	/* Too small for block letters: print the word in a frame. */
	if (down < 1 || across < 1) {
		for (int r = 0; r < height || r < 1; r++) {
			if (r == height / 2)
				text_addf(t, "### %s ###\n", word);
			else
				text_add(t, "####\n");
		}
		return;
	}
	/* A character cell is about twice as high as it is wide. */
	if (across > 2 * down)
		across = 2 * down;
	for (int r = 0; r < GLYPH_ROWS * down; r++)
		letter_row(t, word, r / down, across);
}
