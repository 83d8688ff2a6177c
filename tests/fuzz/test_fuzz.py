#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# suite: fuzz-rules (fast): the tests of fuzz: the corpus as text, replay, what libFuzzer says
"""The tests of the fuzzing programs, with played targets: nothing is fuzzed."""

import importlib.machinery
import importlib.util
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

import inputs
from lib import command, suite

HERE = pathlib.Path(__file__).resolve().parent

# A target that fails on each file with this word. As of fuzz_replay, the last name is the culprit.
REPLAY = """\
#!/bin/sh
[ $# -gt 0 ] || { echo cfg 65538; exit 0; }
shift
for file; do
    echo "$file"
    ! grep -q 'WORD' "$file" || { echo 'x.c:1: x: not true: y' >&2; exit 1; }
done
"""
FUZZ = """\
#!/bin/sh
[ "$FUZZ_TARGET" = cfg ] || exit 2
echo '#2 INITED cov: 11 ft: 12 corp: 1/1b exec/s: 0 rss: 30Mb'
echo '#4096 pulse  cov: 203 ft: 500 corp: 209/8965b lim: 4096 exec/s: 999 rss: 40Mb'
if CRASH; then
    echo 'a.c:5: a: not true: b' >&2
    echo "artifact_prefix='x/'; Test unit written to x/crash-12" >&2
    exit 77
fi
echo 'stat::number_of_executed_units: 12345'
"""


def program(folder, name, text):
    path = pathlib.Path(folder) / name
    path.write_text(text)
    path.chmod(0o755)
    return path


class Text(unittest.TestCase):
    def test_every_byte_comes_back(self):
        for data in (bytes(range(256)), b"#", b"\\x00{3}", b"\0{4}", b"a\0\0\0\0\0b", b" ", b"{{{{",
                     b"\n" * 70000 + b"{", b"aaaaaaaaaa", b"\\" * 9, bytes([0xFF, 0x7B])):
            text = inputs.encode(data)
            self.assertEqual(inputs.decode(text), data)
            self.assertTrue(text.isascii() and text.isprintable(), text)
            self.assertFalse(text.startswith("#") or text.endswith(" "), text)

    def test_runs_are_short(self):
        self.assertEqual(inputs.encode(b"\0" * 131072), "\\x00{131072}")

    def test_no_such_escape(self):
        for text in ("\\q", "\\x0", "a\\", "\\xZZ"):
            with self.assertRaises(ValueError):
                inputs.decode(text)

    def test_comments_are_kept_and_limits_hold(self):
        with tempfile.TemporaryDirectory() as folder, \
                mock.patch.object(inputs, "CORPUS", pathlib.Path(folder)), \
                mock.patch.object(inputs, "LIMIT", 60):
            special = ("# what was wrong\n# in two lines", b"x" * 20)
            inputs.write("t", [("", b"bc" * 25), ("", b"a"), special, ("", b"a"), ("", b"")])
            self.assertEqual(inputs.read("t"), [special, ("", b"a")])
            inputs.write("t", [])
            self.assertEqual(list(pathlib.Path(folder).iterdir()), [])


class Check(unittest.TestCase):
    def run_on(self, word):
        with tempfile.TemporaryDirectory() as folder:
            replay = program(folder, "replay", REPLAY.replace("WORD", word))
            return command.run([HERE / "check", replay], merged=True)

    def test_it_goes_on_behind_a_failure(self):
        loader = importlib.machinery.SourceFileLoader("check", str(HERE / "check"))
        check = importlib.util.module_from_spec(importlib.util.spec_from_loader("check", loader))
        loader.exec_module(check)
        with tempfile.TemporaryDirectory() as folder:
            program(folder, "replay", REPLAY.replace("WORD", "bad"))
            files = [program(folder, f"{i}", text) for i, text in
                     enumerate(("good", "bad 1", "good", "good", "bad 4"))]
            complaints = list(check.replay(pathlib.Path(folder) / "replay", "cfg", files))
        self.assertEqual(complaints, [f"bad {i}\nx.c:1: x: not true: y\n" for i in (1, 4)])

    def test_a_failure_ends_it(self):
        done = self.run_on("mode=auto")
        self.assertEqual(done.returncode, 1)
        self.assertIn("x.c:1: x: not true: y", done.stdout)

    def test_a_corpus_without_a_target(self):
        done = self.run_on("no input has this")
        names = {path.name for path in inputs.CORPUS.iterdir()} - {"cfg.txt"}
        self.assertIn("no target has this name", done.stdout)
        self.assertTrue(names)
        self.assertRegex(done.stdout, r"(?m)^1 passed, 1 failed, 0 skipped$")


class Run(unittest.TestCase):
    def run_with(self, crash, *words):
        with tempfile.TemporaryDirectory() as folder:
            replay = program(folder, "replay", REPLAY)
            program(folder, "fuzz", FUZZ.replace("CRASH", crash))
            return command.run([HERE / "run", "--build", folder, "--replay", replay,
                                "--seconds", "1", *words], merged=True)

    def test_what_it_says(self):
        done = self.run_with("false")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"ok +cfg +12345 runs, +203 edges, +209 inputs \(8965b\)")
        self.assertRegex(done.stdout, r"(?m)^1 passed, 0 failed, 0 skipped$")

    def test_a_crash_is_named(self):
        done = self.run_with("true")
        self.assertEqual(done.returncode, 1)
        for text in ("a.c:5: a: not true: b", "the input: x/crash-12", "1 crash", "1 failed"):
            self.assertIn(text, done.stdout)

    def test_no_such_target(self):
        done = self.run_with("false", "--only", "cfgs")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no target is called cfgs", done.stdout)


if __name__ == "__main__":
    sys.exit(suite.unittests(sys.modules[__name__]))
