# SPDX-License-Identifier: GPL-2.0-only
"""Read a screenshot: the height and colour of the verdict's banner.

The banner is the tallest run of pixel rows that are lit in its colour: text has a dark row after at
most one character cell, block letters continue through several cells.
"""

# The banner's minimum share of the screen's height (issue: an eighth).
SHARE = 1 / 8
# A Linux console's colours, plain and bright (drivers/tty/vt/vt.c: default_red, _grn, _blu).
COLOURS = {
    "green": ((0, 170, 0), (85, 255, 85)),
    "red": ((170, 0, 0), (255, 85, 85)),
    "brown": ((170, 85, 0), (255, 255, 85)),
    "magenta": ((170, 0, 170), (255, 85, 255)),
}
# A framebuffer of 16 bits rounds.
TOLERANCE = 12


def parse_ppm(data):
    """Width, height and the RGB bytes of a binary PPM of 8 bits."""
    fields, at = [], 0
    while len(fields) < 4:
        end = at
        while data[end : end + 1] not in (b" ", b"\n", b"\t"):
            end += 1
        if data[at:end].startswith(b"#"):
            end = data.index(b"\n", at)
        elif end > at:
            fields.append(data[at:end])
        at = end + 1
    if fields[0] != b"P6" or fields[3] != b"255":
        raise ValueError(f"not a PPM of 8 bits: {fields}")
    width, height = int(fields[1]), int(fields[2])
    pixels = data[at : at + 3 * width * height]
    if len(pixels) != 3 * width * height:
        raise ValueError("the PPM is cut off")
    return width, height, pixels


def _matches(pixel, colour):
    return any(
        all(abs(got - wanted) <= TOLERANCE for got, wanted in zip(pixel, shade))
        for shade in COLOURS[colour]
    )


def _lit(row, colour):
    """The columns of one pixel row that are lit in this colour."""
    lit = [p for p in set(zip(row[0::3], row[1::3], row[2::3])) if _matches(p, colour)]
    if not lit:
        return set()
    return {x for x, p in enumerate(zip(row[0::3], row[1::3], row[2::3])) if p in lit}


def banner(width, height, pixels, colour):
    """(first row, height, letters) of the tallest run of rows lit in this colour.

    Letters are separated by columns that are dark in all rows of the run.
    """
    best, begin, columns = (0, 0, set()), None, set()
    for y in range(height + 1):
        # The row after the last one is dark, which ends the last run.
        lit = _lit(pixels[3 * width * y : 3 * width * (y + 1)], colour)
        if lit:
            begin = y if begin is None else begin
            columns |= lit
            continue
        if begin is not None and y - begin > best[1]:
            best = (begin, y - begin, columns)
        begin, columns = None, set()
    letters = sum(1 for x in best[2] if x - 1 not in best[2])
    return best[0], best[1], letters


def sketch(width, height, pixels, columns, rows):
    """The picture as characters, for the log: a mark for each cell that is lit at its middle."""
    out = []
    for row in range(rows):
        y = (2 * row + 1) * height // (2 * rows)
        line = ""
        for column in range(columns):
            x = (2 * column + 1) * width // (2 * columns)
            at = 3 * (y * width + x)
            line += "#" if max(pixels[at : at + 3]) >= 100 else " "
        out.append(line.rstrip())
    return "\n".join(out)


def complaints(wanted, data):
    """wanted: {width, height, colour, letters}; data: the PPM, None if there is no picture."""
    if data is None:
        return ["no picture of the screen was taken"]
    width, height, pixels = parse_ppm(data)
    out = []
    if (width, height) != (wanted["width"], wanted["height"]):
        out.append(f"the screen is {width}x{height}, wanted {wanted['width']}x{wanted['height']}")
    top, high, letters = banner(width, height, pixels, wanted["colour"])
    if high < height * SHARE:
        out.append(
            f"the banner in {wanted['colour']} is {high} of {height} rows high, wanted an eighth"
        )
    elif top > height / 2:
        out.append(f"the banner begins at row {top} of {height}, in the lower half")
    elif letters != wanted["letters"]:
        out.append(f"the banner has {letters} letters, wanted {wanted['letters']}")
    return out
