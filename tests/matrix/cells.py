# SPDX-License-Identifier: GPL-2.0-only
"""The rows of the matrix and the differences that they name.

An unknown key is an error, and so is a difference that no row names: either would be an expectation
that is never checked.
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
# Kinds of a case's "saw" in the report.
SAW = ("how", "what", "expected", "seen")


@dataclasses.dataclass(frozen=True)
class Difference:
    """Cases that do not pass: the result, and the reason.

    xfail: the emulator's defect, or a case that would crash it. fail: with `defect`, KVM's, by its
    name in nestcheck; without, one whose cause is unknown. skip: a case that is not run because it
    would crash or hang that kernel.
    """

    name: str
    cases: list[str]
    result: str
    why: str
    # The observation in the report; numbers as 0x...
    saw: dict = dataclasses.field(default_factory=dict)
    # A regular expression that the report's detail of each case matches.
    detail: str | None = None
    # nestcheck's name of this KVM defect.
    defect: str | None = None
    # The cases run only with selftest=full.
    full: bool = False
    # Seen once in many runs: else the case passes.
    rare: bool = False


@dataclasses.dataclass(frozen=True)
class Expect:
    verdict: str
    # Minimum number of passed cases, to notice lost cases.
    min_passed: int
    # Likewise for cases that L1 reports as passed, on kernels that do not count L2's entries (to
    # 5.13).
    min_uncounted: int = 0
    grade: str | None = None
    # A regular expression that the verdict's reason matches.
    reason: str | None = None
    findings: list[str] = dataclasses.field(default_factory=list)
    findings_absent: list[str] = dataclasses.field(default_factory=list)
    # Regular expressions: the kernel log while the static binary runs, from level warning up. Each
    # must match, and there must be no other message.
    log: list[str] = dataclasses.field(default_factory=list)
    # Likewise: messages that do not appear in every run.
    log_may: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Cell:
    """One row: what is started, and the expected result."""

    name: str
    vendor: str
    emulator: str
    runs: str
    expect: Expect
    # From programs.toml, for the static binary and for the host of a guest; the image has its own.
    kernel: str | None = None
    # From programs.toml: the QEMU that starts the image as a guest.
    host: str | None = None
    selftest: str = "full"
    cpu: str = "max"
    smp: int = 1
    memory: int = 1024  # MiB
    # nestcheck's options (static) or parameters (image), without selftest and the report's target.
    options: str = ""
    # More arguments for QEMU; for Bochs, lines of its bochsrc.
    extra: list[str] = dataclasses.field(default_factory=list)
    # Names or globs of differences; all their cases have to differ as described, and no others. "!"
    # removes names that were selected before.
    differs: list[str] = dataclasses.field(default_factory=list)
    # An emulator that nestcheck cannot detect: its defects are failures, with the same observation.
    unknown: bool = False
    # Whether it takes only seconds and is a part of make check.
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
        raise ValueError(f"{at}: a KVM defect is a failed case")
    if not one.saw and not one.detail:
        raise ValueError(f"{at}: neither 'saw' nor 'detail'")
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
        raise ValueError(f"{at}: a guest needs 'host', and only a guest")
    if cell.runs == "image" and (cell.expect.log or cell.expect.log_may):
        raise ValueError(f"{at}: the image's kernel log is in the report")
    return cell


def load_text(text, where):
    """(rows, differences) of one file. Raises ValueError with the error and its place."""
    document = tables.read(text, {"defaults", "row", "difference"}, where)
    defaults = document.get("defaults", {})
    cells = [_cell(table, where, defaults) for table in document.get("row", [])]
    return cells, [_difference(table, where) for table in document.get("difference", [])]


def named(cell, differences):
    """The differences that a row names and whose cases it runs. Raises ValueError if unknown."""
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
    """Every name exists, and everything is named by a row. Else raises ValueError."""
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
