# SPDX-License-Identifier: GPL-2.0-only
"""Common to all suites: count checks, show each failure, print the closing line, exit.

    suite = Suite()
    suite.check("a name", function, argument)    # it returns or yields complaints
    suite.that("a name", good, "what was seen")
    suite.skip("a name", "why")
    sys.exit(suite.end())

A check that raises has failed, under its name, and the next one is run. A suite that checked
nothing has failed. All suites print a failure in this form:

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
FAILED = re.compile(r"^(\[ *\d+/\d+\] )?FAIL  ")
INDENT = " " * 6


def attempt(function, *arguments):
    """All complaints of a check; an exception is one more."""
    out = []
    try:
        for complaint in function(*arguments) or ():
            out.append(complaint)
    except Exception:  # a defect of one check must not hide the results of the others
        out.append(traceback.format_exc().rstrip())
    return out


class Suite:
    """total: the number of checks to come: lines are numbered, and a missing check is a failure.
    quiet: passed checks have no line. most: maximum number of complaints shown for one check.
    All methods are thread-safe.
    """

    def __init__(self, total=0, quiet=False, most=None):
        self.total, self.quiet, self.most = total, quiet, most
        self.passed = self.failed = self.skipped = self.lines = 0
        self.bad = []  # names
        self.lock = threading.RLock()

    def count(self, passed=0, failed=0, skipped=0):
        """Counts results that were already shown in another way."""
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
        """A result: passed if there are no complaints. more: lines that explain a failure.

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
        self.add(name, [] if good else [detail or "the condition is false"])
        return bool(good)

    def part(self, function, *arguments, name=None):
        """A function that calls the other methods. Counts only if it raises, under its own name."""
        try:
            return function(*arguments)
        except Exception:
            self.add(name or function.__name__, [traceback.format_exc()])
            return None

    def several(self, name, passed, failed, skipped=0, more=()):
        """The counts of a program."""
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
        """Prints the closing line; returns the exit status. must_pass: skipped checks only: 1."""
        if not self.passed + self.failed + self.skipped:
            self.add("the suite", ["nothing was checked"])
        elif self.lines < self.total:
            self.add("the suite", [f"only {self.lines} of {self.total} checks ended"])
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


class Failures:
    """The failures in a suite's output, read line by line."""

    MOST, SHOWN = 4, 4  # failures shown; lines of complaints for each of them

    def __init__(self):
        self.blocks = []  # a FAIL line and its complaints
        self.inside = False

    def read(self, line):
        if FAILED.match(line):
            self.blocks.append([line])
            self.inside = True
        elif self.inside and line.startswith(INDENT):
            self.blocks[-1].append(line)
        else:
            self.inside = False

    def lines(self):
        """The first failures, shortened; if there is none, it says so."""
        if not self.blocks:
            return [f"{INDENT}(its output has no line FAIL)"]
        out = []
        for block in self.blocks[: self.MOST]:
            out += block[: 1 + self.SHOWN]
        if len(self.blocks) > self.MOST:
            out.append(f"{INDENT}and {len(self.blocks) - self.MOST} more")
        return out


def words(text, least, more=False):
    """The command line's words, if there are enough. Else prints the usage from the docstring."""
    argv = sys.argv[1:]
    if len(argv) < least or (len(argv) > least and not more) or any(w[:1] == "-" for w in argv):
        print(next(p for p in text.split("\n\n") if p.startswith("usage:")), file=sys.stderr)
        sys.exit(2)
    return argv
