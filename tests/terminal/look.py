# SPDX-License-Identifier: GPL-2.0-only
"""What an output may look like: complaints about more than our words and escaped values."""

import json
import re
import unicodedata
import xml.parsers.expat

from lib import command

# Ours: colours and clearing the screen, which only --screen and progress use.
SGR = re.compile(rb"\x1b\[H\x1b\[J|\x1b\[3[0-7];4[0-7]m|\x1b\[0m")
NOT_TEXT = re.compile(rb"[^\n -~]")
UNSEEN = re.compile(
    "["
    + "".join(
        re.escape(chr(c))
        for c in range(0x110000)
        if unicodedata.category(chr(c)) in {"Cc", "Cf", "Zl", "Zp"} and c != 0x0A
    )
    + "]"
)
LINES = re.compile(r"nestcheck: (BEGIN|CASE|COST|EXIT-PORT|VERDICT) ")


def around(data, at):
    return repr(data[max(0, at - 30) : at + 30])


def text(data, screen=False):
    """For a terminal: printable ASCII and line ends."""
    if screen:
        data = SGR.sub(b"", data)
    if match := NOT_TEXT.search(data):
        yield f"{match[0]!r} in {around(data, match.start())}"


def lines(data):
    """Every line, whatever a terminal, or a reader of UTF-8, takes for its end."""
    return data.decode("utf-8", errors="replace").splitlines()


def no_verdict(data):
    for line in lines(data):
        if LINES.match(line):
            yield f"a line for machines: {line[:80]!r}"


def own_verdict(data, result):
    """One verdict at most, at the end. result: which it has to be; None: none; "": any but PASS."""
    found = [(i, line) for i, line in enumerate(lines(data)) if line.startswith("nestcheck:")]
    if len(found) > (result is not None):
        yield f"{len(found)} lines begin with our name: {[line[:60] for _, line in found]}"
    elif result and data and not found:
        yield "there is no verdict"
    for i, line in found:
        if i + 1 != len(lines(data)) or not data.endswith(b"\n"):
            yield "the verdict is not the last line"
        if not line.startswith(f"nestcheck: VERDICT {result}") or "VERDICT PASS" in line[:23]:
            yield f"another verdict than the document's: {line[:60]!r}"


def json_document(data):
    """JSON holds UTF-8, without what a terminal obeys or nobody sees."""
    try:
        content = data.decode("utf-8")
        if content:
            json.loads(content)
    except ValueError as error:
        yield f"not JSON: {error}"
        return
    if match := UNSEEN.search(content):
        yield f"{match[0]!r} in {around(content, match.start())}"


def tap(data):
    """One plan with its number of results, and no directive but ours."""
    results = [line for line in lines(data) if re.match(r"(not )?ok\b", line)]
    plans = [line for line in lines(data) if line.startswith("1..")]
    if data and (len(plans) != 1 or not re.match(rf"1\.\.{len(results)}( |$)", plans[0])):
        yield f"{len(results)} results, and the plan is {plans}: {results}"
    for line in results:
        if "#" in line and not re.match(r"(not )?ok \d+ - [^#]* # (SKIP|TODO) [^#]*$", line):
            yield f"another directive: {line!r}"


def xml_document(data):
    try:
        xml.parsers.expat.ParserCreate().Parse(data, True)
    except xml.parsers.expat.ExpatError as error:
        yield f"not well-formed: {error}"


SYNTAX = {}  # {script: complaints}: most scripts are the same


def script(data):
    if data not in SYNTAX:
        done = command.run(["sh", "-n"], input=data, text=False)
        SYNTAX[data] = [f"sh -n: {done.stderr!r}"] if done.returncode else []
    yield from SYNTAX[data]
