#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# suite: kselftest-rules (fast): the tests of kselftest: its table, what counts as agreement
"""The tests of the comparison: its table, the output of a boot, and what counts as agreement."""

import pathlib
import sys
import unittest

import table
import theirs
from lib import suite

HERE = pathlib.Path(__file__).resolve().parent

THEIRS = """\
kselftest: LOAD 0
kselftest: BEGIN a
kselftest: END a 0
kselftest: BEGIN b
==== Test Assertion Failure ====
  x86_64/b.c:87: x == y
kselftest: END b 254
kselftest: BEGIN c
1..0 # SKIP - Requirement not met: z
kselftest: END c 4
kselftest: BEGIN d
kselftest: END d 137
kselftest: BEGIN e
"""
TESTS = """
limit = 30
[[test]]
name = "a"
what = "w"
[test.amd]
cases = ["svm_a*"]
[[test]]
name = "b"
what = "w"
[test.amd]
cases = ["svm_b"]
known = { theirs = "fail", ours = "pass", why = "y" }
[[test]]
name = "c"
what = "w"
[test.amd]
none = "n"
"""


class Kselftest(unittest.TestCase):
    def test_table(self):
        table.load((HERE / "tests.toml").read_text(encoding="utf-8"))
        for wrong in ('none = "n"', 'caes = ["x"]', 'known = { theirs = "fail" }'):
            with self.assertRaisesRegex(ValueError, "^a, amd: "):
                table.load(TESTS.replace('cases = ["svm_a*"]', f'cases = ["svm_a*"]\n{wrong}'))

    def test_results(self):
        got = theirs.results(THEIRS, "abcdef")
        self.assertEqual([got[n][0] for n in "abcdef"],
                         ["pass", "fail", "skip", "timeout", "timeout", "lost"])
        self.assertEqual(got["b"][1], "x86_64/b.c:87: x == y")
        self.assertEqual(got["c"][1], "z")
        self.assertEqual(theirs.trouble(THEIRS), "")
        self.assertIn("status 1", theirs.trouble(THEIRS.replace("LOAD 0", "LOAD 1")))
        self.assertIn("taint", theirs.trouble(THEIRS + "kselftest: TAINT 0 512\n"))
        self.assertTrue(theirs.trouble("Kernel panic"))

    def test_judge(self):
        a, b, c = table.load(TESTS)["amd"]
        cases = {"svm_a1": "pass", "svm_a2": "skip", "svm_b": "pass"}
        self.assertEqual(table.ours(a, cases), ("pass", "1 pass, 1 skip"))
        self.assertEqual(table.ours(a, cases | {"svm_a2": "fail"})[0], "fail")
        self.assertEqual(table.ours(c, cases)[0], table.NOTHING)
        with self.assertRaisesRegex(ValueError, "no case is called svm_b"):
            table.ours(b, {"svm_a1": "pass"})
        for test, word, own, agree in (
            (a, "pass", "pass", "yes"),
            (a, "fail", "pass", "NO"),
            (a, "pass", "xfail", "NO"),
            (a, "lost", "pass", "NO"),
            (b, "fail", "pass", "known"),
            (b, "pass", "pass", "NO"),
            (b, "fail", "fail", "NO"),
            (c, "pass", table.NOTHING, "none"),
            (c, "fail", table.NOTHING, "NO"),
        ):
            self.assertEqual(table.judge(test, word, own)[0], agree, (test.name, word, own))


if __name__ == "__main__":
    sys.exit(suite.unittests(sys.modules[__name__]))
