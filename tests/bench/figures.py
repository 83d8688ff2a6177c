# SPDX-License-Identifier: GPL-2.0-only
"""Figures, their limits, and the number that keep them."""

import statistics

from lib import media, suite


def median(values):
    if any(v is None for v in values):
        raise media.MediaError("a run did not reach the line to be timed")
    return statistics.median(values)


class Figures:
    """Prints each figure with its limit and counts."""

    def __init__(self):
        self.checks = suite.Suite()

    def add(self, name, value, limit, unit=""):
        good = value <= limit
        self.checks.count(passed=good, failed=not good)
        word = "PASS" if good else "FAIL"
        print(f"{word}  {name:58} {value:7.2f}{unit}  at most {limit:.2f}{unit}", flush=True)

    def skip(self, name, reason):
        self.checks.count(skipped=1)
        print(f"SKIP  {name}: {reason}", flush=True)

    def end(self):
        return self.checks.end()
