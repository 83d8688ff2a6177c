# SPDX-License-Identifier: GPL-2.0-only
"""Compare a run of the matrix with its row. Pure: row, differences and result in, complaints out.

tests/lib/judge.py does the checks of every boot. The checks here: exactly the cases that the row
names did not pass, each in the named way; the static binary's exit status matches its verdict; the
kernel log has exactly the messages that the row names.
"""

import dataclasses
import json
import re

import stock
from lib import judge, rows

# (design.md, "Exit status")
STATUS = {"PASS": 0, "FAIL": 1, "UNSUPPORTED": 3, "ERROR": 4}
# Messages of a kernel with a defect, of any log level.
TROUBLE = re.compile(
    r"WARNING:|BUG:|Oops|Call Trace|general protection|refcount_t|rcu.*stall|blocked for|lockup"
)
# Skipped because of the kernel or emulator, not because a feature is missing.
NOT_RUN = re.compile(r"^not run")
UNCOUNTED = re.compile(r"^L1 reports pass, but this kernel has no counter")
# Messages that depend on the load of the host: the third if rate-limited messages of KVM came in
# bursts, the last one if KVM was loaded before the kernel had refined the TSC frequency.
BUSY = re.compile(
    r"clocksource: |hrtimer: interrupt took|interrupt took too long"
    r"|kvm_pr_unimpl_(rd|wr)msr: \d+ callbacks suppressed"
    r"|user requested TSC rate below hardware speed"
)


def boot_row(cell, kind, overlay=None):
    """The row for tests/boot that starts this cell."""
    image, guest, qemu = cell.runs == "image", cell.runs == "guest", kind == "qemu"
    own = {"selftest": cell.selftest, "report": "ttyS1"} if image or guest else {}
    if own:
        own |= dict(word.split("=", 1) for word in cell.options.split())
    expect = rows.Expect(
        verdict=cell.expect.verdict,
        grade=cell.expect.grade,
        reason=cell.expect.reason,
        findings=cell.expect.findings,
        findings_absent=cell.expect.findings_absent,
        min_passed=cell.expect.min_passed,
        status=None if image else 0,
        lines=image,
    )
    return rows.Row(
        name=cell.name,
        expect=expect,
        emulator=kind,
        cpu=cell.cpu,
        smp=cell.smp,
        memory=cell.memory,
        medium="kernel" if qemu else "cd",
        # A guest gets its parameters from its own QEMU.
        fw_cfg=own if qemu or guest else {},
        cmdline="" if qemu or guest else " ".join(f"nestcheck.{k}={v}" for k, v in own.items()),
        overlay=overlay or {},
        extra=cell.extra,
        limit=cell.limit,
    )


def arguments(cell):
    """nestcheck's, for the static binary."""
    return f"run --selftest {cell.selftest} {cell.options}".rstrip()


def _saw(difference, case):
    """How the case's observation deviates from the difference; '' if it does not."""
    saw = case.get("saw") or {}
    for key, wanted in difference.saw.items():
        got = saw.get(key)
        same = got == wanted
        if key in ("expected", "seen") and got is not None:
            same = int(got, 16) == int(wanted, 16)
        if not same:
            return f"its {key} is {got}, wanted {wanted}"
    if difference.detail and not re.search(difference.detail, case.get("detail") or ""):
        return f"its detail does not match /{difference.detail}/"
    return ""


def _defects(document):
    """name of a KVM defect -> the text of its finding."""
    found = [f for f in document.get("findings", []) if f["id"] == "kvm-defect"]
    return {f["title"].partition(":")[0]: f.get("evidence") or "" for f in found}


def _stands_out(case):
    """Whether a row has to name this case."""
    if case["result"] == "skip":
        return NOT_RUN.search(case.get("detail") or "") is not None
    return case["result"] != "pass"


def _said(case):
    saw = json.dumps(case.get("saw"))
    return f"{case['name']} is {case['result']}: {case.get('detail')} {saw}"


def _cases(differences, document):
    cases = {c["name"]: c for c in judge.cases_of(document)}
    expected = {case: d for d in differences for case in d.cases}
    for name, case in cases.items():
        if name not in expected and _stands_out(case):
            yield f"not in the row: {_said(case)}"
    for name, difference in expected.items():
        case = cases.get(name)
        if case is None:
            yield f"{difference.name}: there is no case {name}"
        elif difference.rare and _passed(case):
            continue
        elif case["result"] != difference.result:
            yield f"{difference.name}: wanted {difference.result}, {_said(case)}"
        elif how := _saw(difference, case):
            yield f"{difference.name}: {how}: {_said(case)}"


def _passed(case):
    """Also checked if the kernel has no counter to prove the passes."""
    return case["result"] == "pass" or (
        case["result"] == "skip" and UNCOUNTED.search(case.get("detail") or "") is not None
    )


def _uncounted(cell, document):
    details = [c.get("detail") or "" for c in judge.cases_of(document)]
    count = sum(UNCOUNTED.search(detail) is not None for detail in details)
    if count < cell.expect.min_uncounted:
        yield f"L1 reports that {count} cases passed, wanted {cell.expect.min_uncounted}"


def _kvm_defects(differences, document):
    found, wanted = _defects(document), {}
    for difference in differences:
        if difference.defect:
            wanted.setdefault(difference.defect, []).extend(difference.cases)
    for name in sorted(found.keys() - wanted.keys()):
        yield f"the KVM defect {name} is not in the row: {found[name]}"
    for name, cases in wanted.items():
        if name not in found:
            yield f"no finding names the KVM defect {name}"
            continue
        for case in cases:
            if not re.search(rf"\b{re.escape(case)}\b", found[name]):
                yield f"the KVM defect {name} is not found by {case}: {found[name]}"


def _log(cell, words):
    """The kernel log while the static binary ran, and other problems in the initrd."""
    for line in words.get("TROUBLE", []):
        yield f"in the initrd: {line}"
    known = cell.expect.log + cell.expect.log_may
    for line in words.get("LOG", []):
        if BUSY.search(line):
            continue
        if TROUBLE.search(line) or not any(re.search(p, line) for p in known):
            yield f"not in the row: kernel log: {line}"
    for pattern in cell.expect.log:
        if not any(re.search(pattern, line) for line in words.get("LOG", [])):
            yield f"the kernel log has no /{pattern}/ any more"
    for taint in words.get("TAINT", ["not reported"]):
        before, _, after = taint.partition(" ")
        if before != after:
            yield f"the kernel's taint was {before} and is {after}"


def _status(cell, words):
    if "END" not in words:
        yield "the script in the initrd did not reach its end"
    # The host's script reports QEMU's status, which the image set through the exit port.
    who, table = ("QEMU", judge.STATUS) if cell.runs == "guest" else ("nestcheck", STATUS)
    wanted = table[cell.expect.verdict]
    for status in words.get("STATUS", ["missing"]):
        if status != str(wanted):
            yield f"{who}'s exit status is {status}, wanted {wanted}"


def complaints(cell, differences, row, result):
    """All deviations from the row, one sentence each. differences: the row's."""
    out = []
    if cell.runs != "image":
        words, console = stock.messages(result.console)
        result = dataclasses.replace(result, console=console)
        out += _status(cell, words)
        out += _log(cell, words)
    out += judge.complaints(row, result)
    try:
        document = json.loads(result.report)
    except ValueError:
        return out  # lib/judge.py has reported this
    out += _cases(differences, document)
    out += _uncounted(cell, document)
    out += _kvm_defects(differences, document)
    return out


def summary(result):
    """'PASS 164 passed 6 xfail' of a run, for the table."""
    try:
        document = json.loads(result.report)
    except ValueError:
        return "no report"
    count = {}
    for case in judge.cases_of(document):
        count[case["result"]] = count.get(case["result"], 0) + 1
    names = {"pass": "passed", "xfail": "xfail", "fail": "failed"}
    words = [f"{count[r]} {name}" for r, name in names.items() if r in count]
    return " ".join([judge.lookup(document, "verdict.result") or "none", *words])
