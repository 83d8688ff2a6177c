# SPDX-License-Identifier: GPL-2.0-only
"""Compare a run with its row's expectations. Pure: a row and a result in, complaints out.

In addition to its row's expectations, every run has to meet the common ones: one verdict line
(design.md, "Verdict line"), the same verdict on the line, in the report and in the exit status, a
report that its JSON Schema accepts, and a serial console that any terminal can show.
"""

import fnmatch
import json
import re

from lib import schemas, screen
from lib.result import VERDICT

# (design.md, "Leaving QEMU"); "none": a panic, for which pvpanic and -action panic=exit-failure
# give 1.
STATUS = {"PASS": 33, "FAIL": 3, "UNSUPPORTED": 7, "ERROR": 9, "none": 1}
COLUMNS = 80
# An escape sequence that moves the cursor or clears; plain colours (SGR, "m") are not allowed
# either: a serial console is plain text.
ESCAPE = re.compile(r"\x1b|[\x00-\x08\x0b\x0c\x0e-\x1f]")
# Firmware and boot loaders write to the console before us; from this line on it is ours.
OURS = re.compile(r"^nestcheck\b", re.MULTILINE)
# Lines of any length: those for machines, and the kernel's messages.
MACHINES = re.compile(r"nestcheck: (BEGIN|CASE|COST) ")
CASE = re.compile(r"^nestcheck: CASE ([a-z]+) (\w+)(?:: .*)?$", re.MULTILINE)
COST = re.compile(r"^nestcheck: COST (\w+) (\d+) cycles$", re.MULTILINE)
BEGIN = re.compile(r"^nestcheck: BEGIN cases=(\d+)$", re.MULTILINE)
KERNEL = re.compile(r"\[ *\d+\.\d+\]")
WIDE = (VERDICT, MACHINES, KERNEL)


def _as_list(value):
    return value if isinstance(value, list) else [value]


def lookup(document, path):
    """The value at a dotted path; a number is a list index."""
    for part in path.split("."):
        if isinstance(document, list) and part.isdigit() and int(part) < len(document):
            document = document[int(part)]
            continue
        if not isinstance(document, dict) or part not in document:
            return None
        document = document[part]
    return document


def _console(row, result):
    """At most one verdict line; plain text of 80 columns."""
    expect = row.expect
    lines = VERDICT.findall(result.console)
    wanted = 0 if expect.verdict == "none" or not expect.line else 1
    if len(lines) != wanted:
        yield f"{len(lines)} verdict lines on the console, wanted {wanted}"
    says = [" modified=yes reason=" in match.group(0) for match in VERDICT.finditer(result.console)]
    if wanted and says and says[0] != expect.modified:
        yield f"the verdict line says modified: {says[0]}, wanted {expect.modified}"
    for pattern in expect.console:
        if not re.search(pattern, result.console, re.MULTILINE):
            yield f"nothing on the console matches /{pattern}/"
    for pattern in expect.console_absent:
        if found := re.search(pattern, result.console, re.MULTILINE):
            yield f"the console may not have /{pattern}/, has '{found.group(0)}'"
    begin = OURS.search(result.console)
    if begin is None:
        if wanted:
            yield "no line of the console begins with 'nestcheck'"
        return
    ours = result.console[begin.start() :]
    if row.typed and (verdict := VERDICT.search(ours)):
        # What follows is the echo of what was typed, and the shell's.
        ours = ours[: verdict.end()]
    if row.typed_after and (shell := re.search(row.typed_after, result.console)):
        ours = result.console[begin.start() : shell.end()]
    if bad := ESCAPE.search(ours):
        number = ours.count("\n", 0, bad.start()) + 1
        yield f"control character {bad.group(0)!r} on the serial console, our line {number}"
    for line in ours.splitlines():
        if len(line) > COLUMNS and not any(p.match(line) for p in WIDE):
            yield f"{len(line)} columns on the serial console: {line}"


def _line_and_document(line, document):
    """The verdict line and the report agree."""
    result, grade, cases, reason, name = line
    verdict = document.get("verdict", {})
    if verdict.get("result") != result:
        yield f"the line says {result}, the report {verdict.get('result')}"
    if (verdict.get("grade") or "none") != grade:
        yield f"the line says grade={grade}, the report {verdict.get('grade')}"
    ran = [c for c in cases_of(document) if c["result"] != "skip"]
    if len(ran) != int(cases):
        yield f"the line says cases={cases}, in the report {len(ran)} ran"
    if verdict.get("reason") != reason and not str(verdict.get("reason")).startswith(reason):
        yield f"the line's reason '{reason}' is not the report's '{verdict.get('reason')}'"
    if (lookup(document, "machine.id") or "") != name:
        yield f"the line says id={name}, the report {lookup(document, 'machine.id')}"


def cases_of(document):
    return lookup(document, "selftest.cases") or []


def _words(document):
    """(word, name) of each case, as its line for machines has to be; the chain is the last."""
    harmless = set(_harmless(document))
    for case in cases_of(document):
        word = case["result"]
        if word == "fail" and case["name"] in harmless:
            word = "xfail"
        elif word == "fail" and case.get("unproven"):
            word = "unproven"
        yield word, case["name"]
    if chain := lookup(document, "selftest.chain.result"):
        yield chain, "chain"


def _lines(row, console, document):
    """Lines for machines (design.md): the report's cases and costs, or none at all."""
    wanted = list(_words(document))
    costs = lookup(document, "selftest.cost.exits") or {}
    costs = [(name, str(cost["median"])) for name, cost in costs.items()]
    if not row.expect.line or not row.expect.lines:
        return
    begun = int(row.emulator == "qemu" or "console=ttyS" in row.cmdline)
    if "lines=verdict" in row.cmdline or not begun:
        wanted, costs, begun = [], [], 0
    cases = CASE.findall(console)
    if cases != wanted:
        odd = [pair for pair in zip(cases, wanted, strict=False) if pair[0] != pair[1]]
        yield f"{len(cases)} lines CASE, {len(wanted)} cases; the first that differ: {odd[:1]}"
    if COST.findall(console) != costs:
        yield f"lines COST {COST.findall(console)}, costs {costs}"
    begin = BEGIN.findall(console)
    if len(begin) != begun:
        yield f"{len(begin)} lines BEGIN"
    elif begun:
        # A run that was cut short has fewer.
        whole = row.expect.verdict == "PASS"
        announced = int(begin[0])
        if announced < len(wanted) or (whole and announced != len(wanted)):
            yield f"BEGIN announces {announced} cases of {len(wanted)}"
    verdict = VERDICT.search(console)
    if verdict and MACHINES.search(console, verdict.end()):
        yield "a line for machines follows the verdict"


def _harmless(document):
    """The texts about KVM's defects that no guest notices; they include the cases' names."""
    for finding in document.get("findings", []):
        if finding["id"] == "kvm-defect" and finding["severity"] == "advice":
            yield from re.findall(r"\w+", finding.get("evidence") or "")


def _selftest(row, document):
    expect, cases = row.expect, cases_of(document)
    count = {r: sum(c["result"] == r for c in cases) for r in ("pass", "fail", "skip", "xfail")}
    failed = [c["name"] for c in cases if c["result"] == "fail"]
    if count["pass"] < expect.min_passed:
        yield f"{count['pass']} cases passed, wanted {expect.min_passed} or more"
    if expect.failed is not None and count["fail"] != expect.failed:
        yield f"{count['fail']} cases failed ({', '.join(failed)}), wanted {expect.failed}"
    for pattern, wanted in expect.cases.items():
        named = [c for c in cases if fnmatch.fnmatchcase(c["name"], pattern)]
        if not named:
            yield f"no case is called {pattern}"
        for case in named:
            if case["result"] != wanted:
                yield f"{case['name']} is {case['result']}, wanted {wanted}: {case.get('detail')}"
    if expect.verdict == "PASS":
        known = set(_harmless(document))
        if unknown := [name for name in failed if name not in known]:
            yield f"PASS with failed cases: {', '.join(unknown)}"
        if not lookup(document, "selftest.nested_run"):
            yield "PASS, and KVM's nested_run did not rise: no L2 ever ran"


def _findings(row, document):
    expect, findings = row.expect, document.get("findings", [])
    ids = [f["id"] for f in findings]
    for name in expect.findings:
        if name not in ids:
            yield f"finding {name} is missing, there are: {', '.join(ids) or 'none'}"
    may = expect.findings_may
    for name in ids:
        if may is not None and name not in expect.findings:
            if not any(fnmatch.fnmatchcase(name, pattern) for pattern in may):
                yield f"finding {name} is not expected"
    for name, cpus in expect.cpus.items():
        got = [f.get("cpus") for f in findings if f["id"] == name]
        if got != [cpus]:
            yield f"finding {name} is about CPUs {got}, wanted {cpus}"
    for pattern in expect.findings_absent:
        for name in fnmatch.filter(ids, pattern):
            yield f"finding {name} may not be there"
    for pattern, words in expect.evidence.items():
        texts = [
            f"{f['title']} {f.get('evidence', '')}"
            for f in findings
            if fnmatch.fnmatchcase(f["id"], pattern)
        ]
        if not any(re.search(words, s) for s in texts):
            yield f"no finding {pattern} says /{words}/: {texts}"
    if expect.verdict == "PASS":
        for finding in findings:
            if finding["severity"] == "blocker":
                yield f"PASS with a blocker: {finding['id']}"


def _capabilities(expect, document):
    """TOML has no null: "unknown" stands for it."""
    wanted = dict(expect.capabilities)
    if expect.only_capabilities is not None:
        wanted = dict.fromkeys(lookup(document, "capabilities") or {}, False)
        wanted |= dict.fromkeys(expect.only_capabilities, True) | expect.capabilities
    for name, value in wanted.items():
        value = None if value == "unknown" else value
        got = (lookup(document, "capabilities") or {}).get(name, "missing")
        if got is not value:
            yield f"capability {name} is {got}, wanted {value}"


def _document(row, result):
    try:
        document = json.loads(result.report)
    except ValueError as error:
        yield f"the report on the second serial port is no JSON document: {error}"
        return
    for problem in schemas.problems(document):
        yield f"schema: {problem}"
    for line in VERDICT.findall(result.console):
        yield from _line_and_document(line, document)
    if (lookup(document, "verdict.result") or "none") != row.expect.verdict:
        yield f"the report says {lookup(document, 'verdict.result')}"
    yield from _capabilities(row.expect, document)
    for path, value in row.expect.document.items():
        got = lookup(document, path)
        if got != value:
            yield f"{path} is {got!r}, wanted {value!r}"
    for path, value in row.expect.at_most.items():
        got = lookup(document, path)
        if got is None or got > value:
            yield f"{path} is {got!r}, wanted {value!r} at most"
    yield from _lines(row, result.console, document)
    yield from _selftest(row, document)
    yield from _findings(row, document)


def _status(row, result):
    wanted = row.expect.status
    if wanted is None:
        wanted = STATUS[row.expect.verdict]
    if row.emulator == "qemu" and result.stood is None and result.status != wanted:
        yield f"QEMU exited {result.status}, wanted {wanted}"


def _media(row, result):
    """Only the expected media have changed, and each has a whole report of this run."""
    wanted = set(row.expect.written)
    for name in sorted(set(result.written) ^ wanted):
        yield f"{name} {'was written to' if name in result.written else 'has no report'}"
    for name in sorted(set(result.written) & wanted):
        reports = result.written[name]
        if len(reports) != 1:
            yield f"{len(reports)} reports are on {name}, wanted one"
        for text in reports:
            try:
                verdict = lookup(json.loads(text), "verdict.result")
            except ValueError as error:
                yield f"the report on {name} is no JSON document: {error}"
                continue
            if verdict != row.expect.verdict:
                yield f"the report on {name} says {verdict}"


def complaints(row, result):
    """Everything that is not as expected, one sentence each; empty for a passed row."""
    expect, out = row.expect, []
    if result.stood is not None:
        out.append("\n".join([f"not done after {row.limit:.0f} s", *result.stood]))
    out += _status(row, result)
    for line in VERDICT.findall(result.console):
        if line[0] != expect.verdict:
            out.append(f"verdict {line[0]}, wanted {expect.verdict}: {line[3]}")
        if expect.grade is not None and line[1] not in _as_list(expect.grade):
            out.append(f"grade {line[1]}, wanted {' or '.join(_as_list(expect.grade))}")
        if expect.reason and not re.search(expect.reason, line[3]):
            out.append(f"reason '{line[3]}' does not match /{expect.reason}/")
    if expect.verdict_within and (result.verdict_at or 1e9) > expect.verdict_within:
        out.append(f"verdict after {result.verdict_at} s, wanted {expect.verdict_within:.0f}")
    out += _console(row, result)
    if expect.report:
        out += _document(row, result)
    if expect.written is not None:
        out += _media(row, result)
    if row.screen is not None:
        out += screen.complaints(row.screen, result.screen)
    return out
