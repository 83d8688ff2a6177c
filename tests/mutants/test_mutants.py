#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# suite: mutant-names (fast): the tests of the mutants: is a case without a rule reported?
"""The check that each proven case is named by a rule, or excused: each rule is broken once."""

import struct
import sys
import unittest

import named
from lib import cases, suite

PROVEN = ["vmx_a", "vmx_b1", "vmx_b2", "svm_a", "svm_b"]
CASES = [*PROVEN, "vmx_new"]
RULES = [
    {"id": "one", "vendor": "intel", "cases": ["vmx_b*"]},
    {"id": "two", "vendor": "amd", "cases": ["svm_b", "svm_a"]},
]
EXCUSE = {"vendor": "intel", "cases": ["vmx_a"], "why": "no line of KVM's makes it fail."}


class Named(unittest.TestCase):
    def problems(self, *changes, rules=RULES, excuses=(EXCUSE,)):
        excuses = [EXCUSE | change for change in changes] or excuses
        return list(named.problems(CASES, PROVEN, rules, excuses))

    def one(self, at, words, *changes, **tables):
        found = self.problems(*changes, **tables)
        self.assertEqual([name for name, _ in found], [at], found)
        self.assertIn(words, found[0][1])

    def test_named(self):
        self.assertEqual(self.problems(), [])
        self.one("vmx_a", "no rule names it", excuses=())
        lost = self.problems(rules=RULES[1:])
        self.assertEqual([at for at, _ in lost], ["vmx_b1", "vmx_b2"])
        # An unproven case may be named, but need not be.
        unproven = {"id": "three", "vendor": "intel", "cases": ["vmx_new"]}
        self.assertEqual(self.problems(rules=[*RULES, unproven]), [])

    def test_globs(self):
        for globs, words in (
            (["vmx_*"], "vmx_* is every case"),
            (["*"], "* is every case"),
            (["vmx_gone"], "no case is vmx_gone"),
            (["vmx_gone*"], "no case is vmx_gone*"),
            (["svm_a"], "no case is svm_a"),  # the other vendor's
        ):
            self.one("bad", words, rules=[*RULES, RULES[0] | {"id": "bad", "cases": globs}])
        # A glob that matches every case names none.
        every = self.problems(rules=[RULES[0] | {"cases": ["vmx_*"]}, RULES[1]])
        self.assertEqual([at for at, _ in every], ["one", "vmx_b1", "vmx_b2"])

    def test_excuses(self):
        self.one("unmutated: vmx_a", "'because' is no reason", {"why": "because"})
        self.one("unmutated: vmx_a", "'' is no reason", {"why": ""})
        self.one("unmutated:", "wrong or missing keys", {}, {"cases": []})
        self.one("unmutated: vmx_a", "wrong or missing keys", {}, {"id": "x"})
        for name, words in (
            ("vmx_gone", "no case is vmx_gone"),
            ("vmx_*", "no case is vmx_*"),
            ("svm_a", "no case is svm_a"),
            ("vmx_b1", "vmx_b1 is named by one"),
            ("vmx_a", "vmx_a is listed twice"),
        ):
            self.one(f"unmutated: vmx_a {name}", words, {"cases": ["vmx_a", name]})


class Binary(unittest.TestCase):
    def test_read(self):
        table = [("vmx_x", 1), ("vmx_y", 2), ("svm_x", 128)]
        base, size = cases.number("L1_BASE"), 32 * len(table)
        counts = 8 * 7
        first = counts + 16
        rows, text = b"", b""
        for name, flags in table:
            rows += struct.pack("<QIIQQ", base + first + size + len(text), flags, 0, 0, 0)
            text += name.encode() + b"\0"
        header = [0, 0, 0] + [base + at for at in (first, counts, first + 64, counts + 8)]
        image = struct.pack("<9Q", *header, 2, 1) + rows + text
        self.assertEqual(cases.read(image), table)
        self.assertEqual(cases.proven(table), ["vmx_x", "svm_x"])


if __name__ == "__main__":
    sys.exit(suite.unittests(sys.modules[__name__]))
