# SPDX-License-Identifier: GPL-2.0-only
"""tests.toml, and the comparison of their results with ours. Nothing here runs anything.

Errors in that file are ValueErrors.
"""

import collections
import dataclasses
import fnmatch

from lib import tables

VENDORS = ("amd", "intel")
# The result of several cases is the first of these: a kernel's test fails if any part of it does.
WORST = ("fail", "xfail", "pass", "skip")
AGREED = {("pass", "pass"), ("fail", "fail"), ("skip", "skip")}
NOTHING = "-"


@dataclasses.dataclass(frozen=True)
class Known:
    """A disagreement with a reason: exactly this one is accepted."""

    theirs: str
    why: str
    ours: str = NOTHING


@dataclasses.dataclass(frozen=True)
class Test:
    name: str
    what: str
    vendor: str
    cases: list[str] = dataclasses.field(default_factory=list)
    none: str = ""  # why no case of ours overlaps
    known: Known | None = None
    arguments: str = ""
    limit: int = 0  # seconds in the guest


def _test(entry, vendor, limit):
    at = f"{entry['name']}, {vendor}"
    own = dict(entry[vendor])
    if "known" in own:
        own["known"] = tables.build(Known, own["known"], at)
    shared = {k: v for k, v in entry.items() if k not in VENDORS}
    test = tables.build(Test, {"limit": limit, **shared, **own, "vendor": vendor}, at)
    if bool(test.cases) == bool(test.none):
        raise ValueError(f"{at}: 'cases', or in 'none' why there are none")
    return test


def load(text):
    """The tests of each vendor, in the file's order."""
    document = tables.read(text, {"limit", "test"}, "tests.toml")
    out = {vendor: [] for vendor in VENDORS}
    for entry in document["test"]:
        if not any(vendor in entry for vendor in VENDORS):
            raise ValueError(f"{entry['name']}: runs on no machine")
        for vendor in VENDORS:
            if vendor in entry:
                out[vendor].append(_test(entry, vendor, document["limit"]))
    for tests in out.values():
        tables.unique((test.name for test in tests), "tests")
    return out


def overlapping(test, cases):
    """name -> result of our cases that overlap with the test. A glob must match a case."""
    out = {}
    for glob in test.cases:
        found = {n: r for n, r in cases.items() if fnmatch.fnmatchcase(n, glob)}
        if not found:
            raise ValueError(f"{test.name}: no case is called {glob}")
        out |= found
    return out


def ours(test, cases):
    """One result for all of them, and the number of each."""
    found = collections.Counter(overlapping(test, cases).values())
    if not found:
        return NOTHING, NOTHING
    word = next(w for w in WORST if found[w])
    return word, ", ".join(f"{found[w]} {w}" for w in WORST if found[w])


def judge(test, theirs, word):
    """('yes' | 'known' | 'none' | 'NO', why)."""
    if test.known:
        if (test.known.theirs, test.known.ours) == (theirs, word):
            return "known", test.known.why
        return "NO", f"tests.toml expects {test.known.theirs} and {test.known.ours}: mended?"
    if word == NOTHING and theirs in ("pass", "skip"):
        return "none", test.none
    return ("yes", "") if (theirs, word) in AGREED else ("NO", "")
