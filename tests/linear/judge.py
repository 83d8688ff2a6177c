# SPDX-License-Identifier: GPL-2.0-only
"""Whether costs grow faster than the size of the input; pure.

A series is {factor: cost} for inputs of 1, 2, 4 and 8 times a size. What the same command costs
with an empty input, the floor, is subtracted first, so that it does not hide the growth.
"""

FACTORS = (1, 2, 4, 8)
# From n to 8n a linear cost grows 8 times, n log n about 10 times, and a quadratic one 64 times. A
# buffer that doubles is worth a factor of two, and so are the caches, which thousands of names or
# objects leave: on a machine with too much to do their time grew up to 18 times.
MOST = 24
# Of memory, and of time where nothing but the text is walked through.
MOST_PLAIN = 16
# Smaller costs are noise: microseconds of CPU time, kilobytes of memory.
TIME, MEMORY = 1000, 512


def growth(series, floor, noise):
    """From n to 8n; a cost below the noise counts as the noise."""
    first, last = FACTORS[0], FACTORS[-1]
    return max(series[last] - floor, noise) / max(series[first] - floor, noise)


def complaints(what, unit, series, floor, noise, most):
    grown = growth(series, floor, noise)
    if grown > most:
        costs = ", ".join(str(series[f]) for f in FACTORS)
        yield f"{what} grows {grown:.0f} times from n to 8n, at most {most}: {costs} {unit}"


def too_small(series, floor):
    """A row whose time is noise, even at 8n, would pass whatever its reader does."""
    if series[FACTORS[-1]] - floor < 4 * TIME:
        yield f"8n takes only {series[FACTORS[-1]] - floor} us: its n is too small to judge"
