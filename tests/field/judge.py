# SPDX-License-Identifier: GPL-2.0-only
"""The cases (cases.toml), and the judgement on what nestcheck says about each of them.

A judgement is `right`, `cause missing` (what was said holds, but it does not name the cause or the
way out) or `wrong` (another verdict, or something that the facts deny).
"""

import dataclasses
import json
import pathlib
import re
import tempfile

from lib import command, schemas, tables

RIGHT, MISSING, WRONG = "right", "cause missing", "wrong"
COMMANDS = ("diagnose", "compare", "setup xml", "setup host", "setup guest", "setup check")
VERDICTS = ("none", "FAIL", "UNSUPPORTED")
# (design.md, "Exit status"); `setup` and `compare` use 0 and 1 in their own way.
STATUS = {"none": 0, "FAIL": 1, "UNSUPPORTED": 3}
OPEN = re.compile(r"kind \d+")


@dataclasses.dataclass
class Case:
    """thread: OWNER/REPOSITORY#NUMBER; derived: a variant of it that was made here.

    kind: as in README.md. inputs: in the folder inputs; default NAME.json. root: path -> text of
    the files that `setup host` finds. open: the kind whose part has not landed; the case is
    skipped, and has to be wrong still.

    diagnose: verdict; findings: must be reported, of which the first one decides; absent: must not
    be; evidence, remedy: must be in the first one's title and evidence, and in its remedy; never:
    must be in no finding. Others: status; says, never: the output, with single blanks.
    """

    name: str
    thread: str
    situation: str
    kind: int
    command: str = "diagnose"
    inputs: list = dataclasses.field(default_factory=list)
    arguments: list = dataclasses.field(default_factory=list)
    root: dict = dataclasses.field(default_factory=dict)
    derived: bool = False
    open: str = ""
    verdict: str = ""
    status: int = -1
    findings: list = dataclasses.field(default_factory=list)
    absent: list = dataclasses.field(default_factory=list)
    evidence: list = dataclasses.field(default_factory=list)
    remedy: list = dataclasses.field(default_factory=list)
    says: list = dataclasses.field(default_factory=list)
    never: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Logged:
    """A thread that cannot be an input: its situation, the right answer, and why it cannot."""

    thread: str
    situation: str
    answer: str
    why: str


def check_thread(thread, where):
    if not re.fullmatch(r"[\w.-]+/[\w.-]+#\d+|\S+\.\S+/\S+", thread):
        raise ValueError(f"{where}: '{thread}' is not OWNER/REPOSITORY#NUMBER or a page")


def check_log(rows, threads):
    """threads: those of the cases, which are no log's."""
    for row in rows:
        logged = tables.build(Logged, row, row.get("thread", "cases.toml"))
        check_thread(logged.thread, "log")
        if not (logged.situation and logged.answer and logged.why):
            raise ValueError(f"{logged.thread}: says nothing of situation, answer or why")
        if logged.thread in threads:
            raise ValueError(f"{logged.thread}: is a case, too")
    tables.unique((row["thread"] for row in rows), "threads of the log")


def check_case(case, folder, known):
    """A case that could not be wrong is an error, as is one about findings that do not exist."""
    tables.one_of(case.command, COMMANDS, case.name)
    check_thread(case.thread, case.name)
    if case.open and not OPEN.fullmatch(case.open):
        raise ValueError(f"{case.name}: open is 'kind N'")
    for name in case.inputs:
        if not (folder / "inputs" / name).is_file():
            raise ValueError(f"{case.name}: there is no inputs/{name}")
    if case.command != "diagnose":
        if case.status < 0 or not case.says:
            raise ValueError(f"{case.name}: has no status, or nothing in 'says'")
        if case.verdict or case.findings or case.absent or case.evidence or case.remedy:
            raise ValueError(f"{case.name}: has expectations of diagnose")
        return
    tables.one_of(case.verdict, VERDICTS, case.name)
    if case.status >= 0 or case.says or not case.findings + case.absent:
        raise ValueError(f"{case.name}: diagnose has verdict and findings, no status or says")
    if (case.evidence or case.remedy) and not case.findings:
        raise ValueError(f"{case.name}: evidence and remedy of which finding?")
    for name in [] if case.open else case.findings + case.absent:
        tables.one_of(name, known, case.name)


def load(folder, known):
    """Every case of FOLDER/cases.toml, whose log is checked. known: the ids of all findings."""
    text = (folder / "cases.toml").read_text(encoding="utf-8")
    document = tables.read(text, {"case", "log"}, "cases.toml")
    out = []
    for row in document["case"]:
        case = tables.build(Case, row, row.get("name", "cases.toml"))
        if not case.inputs:
            case.inputs = [f"{case.name}.json"]
        check_case(case, folder, known)
        out.append(case)
    tables.unique((c.name for c in out), "cases")
    check_log(document.get("log", []), {c.thread for c in out})
    return out


def plant(root, files):
    for name, text in files.items():
        path = pathlib.Path(root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.removeprefix("\n"), encoding="utf-8")


def run(program, folder, case, root):
    """Status, output. root: an empty folder."""
    inputs = [folder / "inputs" / name for name in case.inputs]
    if case.command == "diagnose":
        argv = ["--json", *case.arguments, "--facts", *inputs]
    elif case.command == "setup host":
        plant(root, case.root)
        argv = ["--root", root, "--facts", *inputs, *case.arguments]
    elif case.command in ("setup check", "setup guest"):
        argv = ["--facts", *inputs, *case.arguments]
    else:
        argv = [*inputs, *case.arguments]
    merged = case.command != "diagnose"
    done = command.run([program, *case.command.split(), *argv], merged=merged)
    return done.returncode, done.stdout


def squeeze(text):
    return re.sub(r"\s+", " ", text)


def judge_text(case, status, text):
    """(judgement, complaint) of each thing that is not as it should be."""
    flat = squeeze(text)
    if status != case.status:
        yield WRONG, f"exit status {status}, wanted {case.status}"
    for word in case.never:
        if squeeze(word) in flat:
            yield WRONG, f"says '{word}'"
    for word in case.says:
        if squeeze(word) not in flat:
            yield MISSING, f"does not say '{word}'"


def judge_document(case, status, document):
    findings = {f["id"]: f for f in document["findings"]}
    verdict = document["verdict"]["result"] or "none"
    if verdict != case.verdict or status != STATUS[case.verdict]:
        yield WRONG, f"verdict {verdict}, exit status {status}, wanted {case.verdict}"
    for name in case.absent:
        if name in findings:
            yield WRONG, f"{name} is reported: {findings[name]['evidence']}"
    for word in case.never:
        for name, finding in findings.items():
            if any(word in (finding[key] or "") for key in ("title", "evidence", "remedy")):
                yield WRONG, f"{name} says '{word}'"
    for name in case.findings:
        if name not in findings:
            yield MISSING, f"{name} is not reported"
    first = findings.get(case.findings[0]) if case.findings else None
    if first:
        seen = f"{first['title']} {first['evidence']}"
        for word in case.evidence:
            if word not in seen:
                yield MISSING, f"'{word}' is not in: {seen}"
        for word in case.remedy:
            if word not in first["remedy"]:
                yield MISSING, f"the remedy has no '{word}': {first['remedy']}"
        if case.verdict != "none" and document["findings"][0]["id"] != first["id"]:
            yield MISSING, f"{document['findings'][0]['id']} is reported first"


def judge(program, folder, case):
    """The judgement, and all complaints."""
    with tempfile.TemporaryDirectory() as root:
        status, text = run(program, folder, case, root)
    out = []
    if case.command == "diagnose":
        try:
            document = json.loads(text)
        except ValueError as error:
            return WRONG, [f"exit status {status}, no document: {error}"]
        facts = json.loads((folder / "inputs" / case.inputs[0]).read_text(encoding="utf-8"))
        out += [(WRONG, p) for p in schemas.problems(facts, "nestcheck.facts-1.json")]
        out += [(WRONG, p) for p in schemas.problems(document)]
        out += judge_document(case, status, document)
    else:
        out += judge_text(case, status, text)
    complaints = [f"{judgement}: {complaint}" for judgement, complaint in out]
    if not out:
        return RIGHT, []
    return (WRONG if WRONG in [j for j, _ in out] else MISSING), complaints
