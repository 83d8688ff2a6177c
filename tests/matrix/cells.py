# SPDX-License-Identifier: GPL-2.0-only
"""The rows of the matrix and the differences that they name.

A key that this file does not know is an error, and so is a difference that no row names: either
would be an expectation that nobody holds anything against.
"""

import dataclasses
import fnmatch
import re

from lib import rows, tables

VENDORS = ("amd", "intel")
# guest: the image as a guest of KVM, on a distribution's kernel (nested.py).
RUNS = ("image", "static", "guest")
SELFTESTS = ("quick", "full")
VERDICTS = ("PASS", "FAIL", "UNSUPPORTED", "ERROR")
RESULTS = ("fail", "xfail", "skip")
# What the report's "saw" of a case may be held against.
SAW = ("how", "what", "expected", "seen")


@dataclasses.dataclass(frozen=True)
class Difference:
    """Cases that do not pass there, in which way, and why.

    xfail: the emulator's defect, or a case that would end it. fail: with a defect, KVM's, by its
    name in nestcheck; without, one that nobody has found out about. skip: a case that is left out
    because it would harm that kernel.
    """

    name: str
    cases: list[str]
    result: str
    why: str
    # What the report says was seen; a number as 0x...
    saw: dict = dataclasses.field(default_factory=dict)
    # A regular expression that what the report says of each matches.
    detail: str | None = None
    # The name that nestcheck gives this defect of KVM's.
    defect: str | None = None
    # Only selftest=full runs them.
    full: bool = False
    # Once in many runs: else the case passes.
    rare: bool = False


@dataclasses.dataclass(frozen=True)
class Expect:
    verdict: str
    # At least so many cases passed: a floor, which tells that cases got lost.
    min_passed: int
    # Likewise of cases that L1 says passed, where the kernel does not count L2's entries (to 5.13).
    min_uncounted: int = 0
    grade: str | None = None
    # A regular expression that the verdict's reason matches.
    reason: str | None = None
    findings: list[str] = dataclasses.field(default_factory=list)
    findings_absent: list[str] = dataclasses.field(default_factory=list)
    # Regular expressions: what the kernel says while the static binary runs, of level warning and
    # above. Each has to be there, and nothing else.
    log: list[str] = dataclasses.field(default_factory=list)
    # Likewise: what it says in one run and not in another.
    log_may: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Cell:
    """One row: what is started, and what has to come of it."""

    name: str
    vendor: str
    emulator: str
    runs: str
    expect: Expect
    # Of programs.toml, for the static binary and for the host of a guest; the image has its own.
    kernel: str | None = None
    # Of programs.toml: the QEMU that starts the image as a guest.
    host: str | None = None
    selftest: str = "full"
    cpu: str = "max"
    smp: int = 1
    memory: int = 1024  # MiB
    # nestcheck's options (static) or parameters (image) beside selftest and where the report goes.
    options: str = ""
    # More for QEMU; for Bochs, lines of its bochsrc.
    extra: list[str] = dataclasses.field(default_factory=list)
    # Names or globs of differences; all their cases have to differ so, and no other. "!" takes out
    # again what was named before it.
    differs: list[str] = dataclasses.field(default_factory=list)
    # An emulator that nestcheck cannot know: its defects are failures, seen in the same way.
    unknown: bool = False
    # Whether it takes seconds, and is a part of make check.
    check: bool = False
    limit: float = 600.0
    why: str = ""


def _difference(table, where):
    at = f"{where}: difference '{table.get('name', '?')}'"
    one = tables.build(Difference, table, at)
    tables.one_of(one.result, RESULTS, at)
    for key, value in one.saw.items():
        tables.one_of(key, SAW, at)
        if key in ("expected", "seen") and not re.fullmatch(r"0x[0-9a-f]+", value):
            raise ValueError(f"{at}: '{value}' is not a hexadecimal number")
    if not one.cases:
        raise ValueError(f"{at}: names no case")
    if one.defect and one.result != "fail":
        raise ValueError(f"{at}: a defect of KVM's is a failed case")
    if not one.saw and not one.detail:
        raise ValueError(f"{at}: neither what the case saw nor what it says")
    return one


def _cell(table, where, defaults):
    at = f"{where}: row '{table.get('name', '?')}'"
    merged = rows.merge(defaults, table)
    merged["expect"] = tables.build(Expect, merged.get("expect", {}), at)
    cell = tables.build(Cell, merged, at)
    tables.one_of(cell.vendor, VENDORS, at)
    tables.one_of(cell.runs, RUNS, at)
    tables.one_of(cell.selftest, SELFTESTS, at)
    tables.one_of(cell.expect.verdict, VERDICTS, at)
    if (cell.kernel is None) != (cell.runs == "image"):
        raise ValueError(f"{at}: the static binary needs a kernel, the image has its own")
    if (cell.host is None) == (cell.runs == "guest"):
        raise ValueError(f"{at}: a guest needs a host's QEMU, and nobody else")
    if cell.runs == "image" and (cell.expect.log or cell.expect.log_may):
        raise ValueError(f"{at}: the image's kernel log is the report's business")
    return cell


def load_text(text, where):
    """(rows, differences) of one file. Raises ValueError naming what is wrong and where."""
    document = tables.read(text, {"defaults", "row", "difference"}, where)
    defaults = document.get("defaults", {})
    cells = [_cell(table, where, defaults) for table in document.get("row", [])]
    return cells, [_difference(table, where) for table in document.get("difference", [])]


def named(cell, differences):
    """The differences that a row names and whose cases it runs. Raises ValueError for none."""
    out = []
    for word in cell.differs:
        glob = word.removeprefix("!")
        found = [d for d in differences if fnmatch.fnmatchcase(d.name, glob)]
        if not found:
            raise ValueError(f"row '{cell.name}': there is no difference '{glob}'")
        if glob != word:
            out = [d for d in out if d not in found]
        else:
            out += [d for d in found if d not in out and (cell.selftest == "full" or not d.full)]
    cases = [case for d in out for case in d.cases]
    for case in cases:
        if cases.count(case) > 1:
            raise ValueError(f"row '{cell.name}': two differences about {case}")
    if cell.unknown:
        out = [dataclasses.replace(d, result="fail") if d.result == "xfail" else d for d in out]
    return out


def check(cells, differences, programs):
    """Every name leads somewhere, and nothing is there that no row names. Raises ValueError."""
    tables.unique((c.name for c in cells), "rows")
    tables.unique((d.name for d in differences), "differences")
    used = set()
    for cell in cells:
        used |= {d.name for d in named(cell, differences)}
        if cell.emulator not in programs.emulators:
            raise ValueError(f"row '{cell.name}': programs.toml has no emulator '{cell.emulator}'")
        if cell.host is not None and cell.host not in programs.emulators:
            raise ValueError(f"row '{cell.name}': programs.toml has no emulator '{cell.host}'")
        if cell.kernel is not None and cell.kernel not in programs.kernels:
            raise ValueError(f"row '{cell.name}': programs.toml has no kernel '{cell.kernel}'")
    if idle := {d.name for d in differences} - used:
        raise ValueError(f"no row names the difference '{sorted(idle)[0]}'")
    if idle := set(programs.emulators) - {c.emulator for c in cells}:
        raise ValueError(f"no row has the emulator '{sorted(idle)[0]}'")
    if idle := set(programs.kernels) - {c.kernel for c in cells}:
        raise ValueError(f"no row has the kernel '{sorted(idle)[0]}'")


def load(paths, programs):
    """(rows, differences) of all files, checked."""
    cells, differences = [], []
    for path in paths:
        more, about = load_text(path.read_text(encoding="utf-8"), path.name)
        cells += more
        differences += about
    check(cells, differences, programs)
    return cells, differences
