# SPDX-License-Identifier: GPL-2.0-only
"""What all suites do in one way: count checks, show each failure, say the closing line, exit.

    suite = Suite()
    suite.check("a name", function, argument)    # it returns or yields complaints
    suite.that("a name", good, "what was seen")
    suite.skip("a name", "why")
    sys.exit(suite.end())

A check that raises has failed, under its name, and the next one is run. A suite that checked
nothing has failed. A failure looks the same everywhere:

    FAIL  a name
          - a complaint
"""

import io
import re
import sys
import threading
import traceback
import unittest

CLOSING = "{} passed, {} failed, {} skipped"
CLOSED = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$")
INDENT = " " * 6


def attempt(function, *arguments):
    """All complaints of a check; that it raised is one more."""
    out = []
    try:
        for complaint in function(*arguments) or ():
            out.append(complaint)
    except Exception:  # a defect of one check must not hide what the others say
        out.append(traceback.format_exc().rstrip())
    return out


class Suite:
    """total: how many checks there will be: each line has its number, and one too few is a failure.
    quiet: a check that passed has no line. most: complaints that are shown of one check.
    Threads may call all of it.
    """

    def __init__(self, total=0, quiet=False, most=None):
        self.total, self.quiet, self.most = total, quiet, most
        self.passed = self.failed = self.skipped = self.lines = 0
        self.bad = []  # names
        self.lock = threading.RLock()

    def count(self, passed=0, failed=0, skipped=0):
        """What has been shown already, in another way."""
        with self.lock:
            self.passed += passed
            self.failed += failed
            self.skipped += skipped

    def _line(self, word, name, note):
        self.lines += 1
        number = f"[{self.lines:2}/{self.total}] " if self.total else ""
        text = f"{name:32} {note}" if note else name
        print(f"{number}{word:4}  {text}", flush=True)

    def add(self, name, complaints=(), note="", more=(), word="ok"):
        """An outcome: it passed if there are no complaints. more: lines that explain a failure.

        word: instead of ok.
        """
        complaints = [str(c).strip() or "(without a word)" for c in complaints]
        with self.lock:
            self.count(passed=not complaints, failed=bool(complaints))
            if not complaints:
                if not self.quiet:
                    self._line(word, name, note)
                return
            self.bad.append(name)
            self._line("FAIL", name, note)
            for complaint in complaints[: self.most]:
                print(f"{INDENT}- " + complaint.replace("\n", f"\n{INDENT}  "))
            if self.most and len(complaints) > self.most:
                print(f"{INDENT}- and {len(complaints) - self.most} more")
            for line in more:
                print(f"{INDENT}{line}")
            sys.stdout.flush()

    def check(self, name, function, *arguments):
        self.add(name, attempt(function, *arguments))

    def that(self, name, good, detail=""):
        self.add(name, [] if good else [detail or "it is not so"])
        return bool(good)

    def part(self, function, *arguments, name=None):
        """A function that calls the others. It counts only if it raises, under its own name."""
        try:
            return function(*arguments)
        except Exception:
            self.add(name or function.__name__, [traceback.format_exc()])
            return None

    def several(self, name, passed, failed, skipped=0, more=()):
        """A program that has counted for itself."""
        with self.lock:
            self.count(passed, failed, skipped)
            if failed:
                self.bad.append(name)
            self._line("FAIL" if failed else "ok", name, f"{passed:4} passed, {failed} failed")
            for line in more:
                print(f"{INDENT}{line}", flush=True)

    def skip(self, name, why):
        with self.lock:
            self.count(skipped=1)
            if self.total:
                self._line("skip", name, why)
            else:
                self._line("skip", f"{name}: {why}", "")

    def end(self, must_pass=False):
        """The closing line; returns the exit status. must_pass: it is not enough to be skipped."""
        if not self.passed + self.failed + self.skipped:
            self.add("the suite", ["nothing was checked"])
        elif self.lines < self.total:
            self.add("the suite", [f"only {self.lines} of {self.total} checks came to an end"])
        print(CLOSING.format(self.passed, self.failed, self.skipped), flush=True)
        return 1 if self.failed or (must_pass and not self.passed) else 0


def unittests(module):
    """A suite whose checks are the unittest.TestCases of a module; returns the exit status."""
    suite = Suite(quiet=True)
    runner = unittest.TextTestRunner(stream=io.StringIO())
    outcome = runner.run(unittest.defaultTestLoader.loadTestsFromModule(module))
    failed = {}
    for test, trace in outcome.failures + outcome.errors:
        failed.setdefault(str(getattr(test, "test_case", test)), []).append(trace)
    suite.count(passed=max(outcome.testsRun - len(failed) - len(outcome.skipped), 0))
    for name, traces in failed.items():
        suite.add(name, traces)
    for test, why in outcome.skipped:
        suite.skip(str(test), why)
    return suite.end()


def words(text, least, more=False):
    """The words of the command line: so many, or more. Else the usage, out of a program's text."""
    argv = sys.argv[1:]
    if len(argv) < least or (len(argv) > least and not more) or any(w[:1] == "-" for w in argv):
        print(next(p for p in text.split("\n\n") if p.startswith("usage:")), file=sys.stderr)
        sys.exit(2)
    return argv
