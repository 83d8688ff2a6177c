#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# suite: field-rules (fast): the tests of the field: table and judge
"""The judge has to be able to find each answer wrong: each of its rules is broken once."""

import copy
import dataclasses
import json
import pathlib
import sys
import tempfile
import unittest

import judge
from lib import suite

LOGGED = {"thread": "owner/repo#2", "situation": "s", "answer": "a", "why": "w"}
FACTS = {"schema": "nestcheck.facts/1", "cpus": []}
CASE = {
    "name": "a",
    "thread": "owner/repo#1",
    "situation": "s",
    "kind": 1,
    "verdict": "FAIL",
    "findings": ["one", "two"],
    "absent": ["three"],
    "evidence": ["the cause"],
    "remedy": ["do this"],
    "never": ["do that"],
}
TEXT = {
    "command": "setup xml",
    "inputs": ["a.json"],
    "status": 1,
    "says": ["a reason"],
    "verdict": "",
    "findings": [],
    "absent": [],
    "evidence": [],
    "remedy": [],
}


def finding(name, remedy="do this", evidence="the cause"):
    return {"id": name, "title": "t", "evidence": evidence, "remedy": remedy}


DOCUMENT = {
    "verdict": {"result": "FAIL"},
    "findings": [finding("one"), finding("two", "nothing", "nothing")],
}


def case(**changed):
    return judge.Case(**{**CASE, **changed})


def judged(document, status=1, **changed):
    found = list(judge.judge_document(case(**changed), status, document))
    return {judgement for judgement, _ in found}


class Document(unittest.TestCase):
    def test_right(self):
        self.assertEqual(judged(DOCUMENT), set())

    def test_verdict(self):
        other = {**DOCUMENT, "verdict": {"result": "UNSUPPORTED"}}
        self.assertEqual(judged(other), {judge.WRONG})
        self.assertEqual(judged({**DOCUMENT, "verdict": {"result": None}}), {judge.WRONG})
        self.assertEqual(judged(DOCUMENT, status=0), {judge.WRONG})

    def test_absent(self):
        document = copy.deepcopy(DOCUMENT)
        document["findings"].append(finding("three"))
        self.assertEqual(judged(document), {judge.WRONG})

    def test_never_in_any_text(self):
        for key in ("title", "evidence", "remedy"):
            document = copy.deepcopy(DOCUMENT)
            document["findings"][1][key] = "you do that now"
            self.assertEqual(judged(document), {judge.WRONG}, key)

    def test_missing(self):
        document = {**DOCUMENT, "findings": DOCUMENT["findings"][:1]}
        self.assertEqual(judged(document), {judge.MISSING})

    def test_evidence_and_remedy_of_the_first(self):
        for key in ("evidence", "remedy"):
            document = copy.deepcopy(DOCUMENT)
            document["findings"][0][key] = "something else"
            self.assertEqual(judged(document), {judge.MISSING}, key)

    def test_order(self):
        document = {**DOCUMENT, "findings": DOCUMENT["findings"][::-1]}
        self.assertEqual(judged(document), {judge.MISSING})


class Text(unittest.TestCase):
    def judged(self, status, text):
        return {j for j, _ in judge.judge_text(case(**TEXT), status, text)}

    def test_each(self):
        self.assertEqual(self.judged(1, "for a\n  reason"), set())
        self.assertEqual(self.judged(0, "a reason"), {judge.WRONG})
        self.assertEqual(self.judged(1, "a reason; do\nthat"), {judge.WRONG})
        self.assertEqual(self.judged(1, "no"), {judge.MISSING})


class Table(unittest.TestCase):
    KNOWN = ("one", "two", "three")

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "inputs").mkdir()
        (self.folder / "inputs" / "a.json").write_text(json.dumps(FACTS))

    def load(self, *rows):
        out = []
        for row in rows:
            out.append("[[log]]" if "why" in row or "answer" in row else "[[case]]")
            out += [f"{key} = {json.dumps(value)}" for key, value in row.items()]
        (self.folder / "cases.toml").write_text("\n".join(out) + "\n")
        return judge.load(self.folder, self.KNOWN)

    def refused(self, *rows):
        with self.assertRaises(ValueError):
            self.load(*rows)

    def test_default_input(self):
        self.assertEqual(self.load(CASE)[0].inputs, ["a.json"])

    def test_errors(self):
        self.refused(CASE, CASE)
        self.refused({**CASE, "remedi": ["x"]})
        for key in ("thread", "situation", "kind", "verdict"):
            self.refused({k: v for k, v in CASE.items() if k != key})
        self.refused({**CASE, "thread": "somewhere"})
        self.refused({**CASE, "verdict": "PASS"})
        self.refused({**CASE, "command": "probe"})
        self.refused({**CASE, "inputs": ["b.json"]})
        self.refused({**CASE, "open": "later"})
        self.refused({**CASE, "says": ["x"]})
        self.refused({**CASE, "findings": [], "absent": []})
        self.refused({**CASE, "findings": []})
        self.refused({**CASE, "findings": ["four"]})
        self.refused({**CASE, "absent": ["four"]})

    def test_errors_of_the_log(self):
        self.assertEqual(len(self.load(CASE, LOGGED)), 1)
        self.refused(CASE, LOGGED, LOGGED)
        self.refused(CASE, {**LOGGED, "thread": CASE["thread"]})
        self.refused(CASE, {**LOGGED, "thread": "somewhere"})
        self.refused(CASE, {**LOGGED, "kind": 1})
        for key in LOGGED:
            self.refused(CASE, {k: v for k, v in LOGGED.items() if k != key})
            self.refused(CASE, {**LOGGED, key: ""})

    def test_errors_of_other_commands(self):
        row = {**CASE, **TEXT}
        self.load(row)
        self.refused({**row, "status": -1})
        self.refused({**row, "says": []})
        self.refused({**row, "evidence": ["x"]})

    def test_every_key_is_judged(self):
        """A key that the judge ignored would be an expectation that is never checked."""
        keys = {f.name for f in dataclasses.fields(judge.Case)}
        about = {"name", "thread", "situation", "kind", "derived", "open"}
        how = {"command", "inputs", "arguments", "root"}
        judged_keys = {"verdict", "status", "findings", "absent", "evidence", "remedy", "says"}
        self.assertEqual(keys, about | how | judged_keys | {"never"})


if __name__ == "__main__":
    sys.exit(suite.unittests(sys.modules[__name__]))
