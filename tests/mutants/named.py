# SPDX-License-Identifier: GPL-2.0-only
"""Checks the cases that the rules name. A proven case that no known defect makes fail may be unable
to fail: each needs a rule, or a row with the reason why there is none."""

import fnmatch
import re

PREFIXES = {"intel": "vmx_", "amd": "svm_"}
REASON = re.compile(r"\S+(?: \S+){4,}")  # at least five words


def problems(cases, proven, rules, excuses):
    """(what, complaint): an id, a case, or the cases of a row.

    cases and proven are names; excuses are the rows [[unmutated]], each with its file's vendor.
    """
    of = {v: [n for n in cases if n.startswith(p)] for v, p in PREFIXES.items()}
    named, excused = {}, set()
    for rule in rules:
        for glob in rule["cases"]:
            hit = fnmatch.filter(of[rule["vendor"]], glob)
            if not hit:
                yield rule["id"], f"no case is {glob}"
            elif len(hit) == len(of[rule["vendor"]]):
                yield rule["id"], f"{glob} is every case: name those that were seen to fail"
            else:
                named |= dict.fromkeys(hit, rule["id"])
    for row in excuses:
        at = " ".join(["unmutated:", *row.get("cases", [])])
        if set(row) != {"cases", "why", "vendor"} or not row["cases"]:
            yield at, "wrong or missing keys"
            continue
        if not REASON.fullmatch(row["why"]):
            yield at, f"{row['why']!r} is no reason"
        for name in row["cases"]:
            if name not in of[row["vendor"]]:
                yield at, f"no case is {name}"
            elif name in named:
                yield at, f"{name} is named by {named[name]}"
            elif name in excused:
                yield at, f"{name} is listed twice"
            excused.add(name)
    for name in proven:
        if name not in named and name not in excused:
            yield name, "no rule names it, and no [[unmutated]] says why"
