#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# suite: linear-rules (fast): the tests of linear: which growth is refused
"""A quadratic series is refused, a linear one with noise is not; the rows are well-formed."""

import random
import sys
import unittest

import judge
import rows

from lib import suite


def series(cost, noise=lambda: 1.0):
    return {f: int(cost(f) * noise()) for f in judge.FACTORS}


def refused(costs, floor=0, most=judge.MOST):
    return bool(list(judge.complaints("CPU time", "us", costs, floor, judge.TIME, most)))


class Growth(unittest.TestCase):
    def test_quadratic(self):
        for start in (2000, 20000):
            self.assertTrue(refused(series(lambda f, s=start: s * f * f)))

    def test_quadratic_beside_a_linear_part_and_a_floor(self):
        """Half of the time at n is linear, and the start of the program is most of it."""
        costs = series(lambda f: 50000 + 3000 * f + 3000 * f * f)
        self.assertTrue(refused(costs, floor=50000))

    def test_quadratic_with_noise(self):
        chance = random.Random(1)
        for _ in range(1000):
            noise = lambda: chance.uniform(1.0, 1.8)  # a loaded machine only takes longer
            self.assertTrue(refused(series(lambda f: 3000 * f * f, noise)))

    def test_linear_with_noise(self):
        chance = random.Random(2)
        for _ in range(1000):
            noise = lambda: chance.uniform(1.0, 1.8)
            self.assertFalse(refused(series(lambda f: 3000 * f, noise), most=judge.MOST_PLAIN))

    def test_sorting(self):
        costs = series(lambda f: 500 * f * (8 + f.bit_length()))
        self.assertFalse(refused(costs))

    def test_constant_and_tiny(self):
        self.assertFalse(refused(series(lambda f: 70000), floor=69000))
        self.assertFalse(refused(series(lambda f: 3 * f * f)))

    def test_growth_from_below_the_noise(self):
        self.assertTrue(refused({1: 10, 2: 100, 4: 1000, 8: 25000}))

    def test_memory(self):
        """Each line with memory for all the rest of its file."""
        costs = series(lambda f: 800 + 2000 * f * f)
        wrong = list(judge.complaints("memory", "kB", costs, 800, judge.MEMORY, judge.MOST_PLAIN))
        self.assertEqual(len(wrong), 1)
        self.assertIn("memory grows 64 times", wrong[0])
        doubled = {1: 4800, 2: 4800, 4: 20800, 8: 36800}  # a buffer of powers of two
        self.assertFalse(refused(doubled, 800, judge.MOST_PLAIN))

    def test_too_small(self):
        self.assertTrue(list(judge.too_small(series(lambda f: 400 * f), 0)))
        self.assertTrue(list(judge.too_small(series(lambda f: 90000), 89000)))
        self.assertFalse(list(judge.too_small(series(lambda f: 600 * f), 0)))


class Rows(unittest.TestCase):
    def test_names_are_unique(self):
        names = [row.name for row in rows.ROWS]
        self.assertEqual(len(set(names)), len(names))

    def test_files_grow(self):
        """From n to 8n a row's input grows 8 times, apart from what every row has."""
        for row in rows.ROWS:
            empty, one, eight = (sum(map(len, row.files(n).values())) for n in (0, 100, 800))
            self.assertGreater(one, empty, row.name)
            self.assertGreater(eight - empty, 7 * (one - empty), row.name)
            self.assertLess(eight - empty, 10 * (one - empty), row.name)


if __name__ == "__main__":
    sys.exit(suite.unittests(sys.modules[__name__]))
