#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# suite: harness (fast): the tests of the tests
"""The harness has to be able to fail: each rule that it checks is broken once."""

import contextlib
import copy
import dataclasses
import io
import json
import os
import pathlib
import re
import shutil
import struct
import sys
import tempfile
import unittest
from unittest import mock

import once
from lib import (
    apt,
    bochs,
    command,
    cpio,
    gpt,
    judge,
    media,
    others,
    ovmf,
    pinned,
    places,
    qemu,
    result,
    rows,
    scripts,
    stuck,
    suite,
)

HERE = pathlib.Path(__file__).resolve().parent

TEXT = """
[[row]]
name = "x"
[row.expect]
verdict = "PASS"
grade = "functional"
min_passed = 2
capabilities = { npt = true }
findings = ["no-nrips"]
"""
DOCUMENT = {
    "verdict": {"result": "PASS", "grade": "functional", "reason": "all"},
    "capabilities": {"npt": True},
    "findings": [{"id": "no-nrips", "severity": "advice", "title": "t", "evidence": "e"}],
    "selftest": {
        "nested_run": 5,
        "cost": {"exits": {"l1_cpuid": {"median": 21}}},
        "cases": [
            {"name": "svm_a", "result": "pass"},
            {"name": "svm_b", "result": "pass"},
            {"name": "svm_c", "result": "skip"},
        ],
    },
}
LINE = "nestcheck: VERDICT PASS grade=functional cases=2 reason=all\n"
LINES = """\
nestcheck: BEGIN cases=3
nestcheck: CASE pass svm_a
nestcheck: CASE pass svm_b
nestcheck: CASE skip svm_c: not offered
nestcheck: COST l1_cpuid 21 cycles
"""
GOOD = result.Result(
    "SeaBIOS\x1b[2J\nnestcheck 0.1\n" + LINES + LINE, json.dumps(DOCUMENT), 33, 9, 8, None
)


class Judge(unittest.TestCase):
    def setUp(self):
        (self.row,) = rows.load_text(TEXT, "test")
        patch = mock.patch("lib.schemas.problems", lambda document: [])
        patch.start()
        self.addCleanup(patch.stop)

    def complain(self, words, row=None, change=None, **changes):
        """The judge's complaint about the run with these changes contains these words.

        change: a function that changes the report document; changes: fields of the result.
        """
        if change is not None:
            document = copy.deepcopy(DOCUMENT)
            change(document)
            changes["report"] = json.dumps(document)
        complaints = judge.complaints(row or self.row, dataclasses.replace(GOOD, **changes))
        self.assertTrue(any(words in c for c in complaints), f"{words!r} not in {complaints}")

    def expecting(self, **changes):
        return dataclasses.replace(
            self.row, expect=dataclasses.replace(self.row.expect, **changes)
        )

    def test_good_run(self):
        self.assertEqual(judge.complaints(self.row, GOOD), [])

    def test_wrong_verdict(self):
        row = self.expecting(verdict="FAIL")
        self.complain("verdict PASS, wanted FAIL", row=row)
        self.complain("QEMU exited 33, wanted 3", row=row)
        self.complain("the report says PASS", row=row)

    def test_no_verdict_and_two(self):
        self.complain("0 verdict lines", console="nestcheck 0.1\n")
        self.complain("2 verdict lines", console="nestcheck 0.1\n" + LINE + LINE)
        self.complain("1 verdict lines", row=self.expecting(verdict="none"))

    def test_status(self):
        for status in (0, 1, 3, 7, 9):
            self.complain("QEMU exited", status=status)

    def test_time(self):
        self.complain("not done after 120 s\nCPU 0: HLT=1", stood=("CPU 0: HLT=1",))
        self.complain("verdict after", row=self.expecting(verdict_within=7))

    def test_media(self):
        row = dataclasses.replace(
            self.expecting(written=["medium"]), disks={"other": {"on": "usb", "holds": "stick"}}
        )
        good = {"medium": [GOOD.report]}
        self.assertEqual(judge.complaints(row, dataclasses.replace(GOOD, written=good)), [])
        self.complain("medium has no report", row=row)
        self.complain("other was written to", row=row, written={**good, "other": []})
        self.complain("0 reports are on medium", row=row, written={"medium": []})
        self.complain("is no JSON document", row=row, written={"medium": ["{"]})
        self.complain("says None", row=row, written={"medium": ["{}"]})
        self.complain("medium was written to", row=self.expecting(written=[]), written=good)

    def test_grade_and_reason(self):
        self.complain("grade functional, wanted fast", row=self.expecting(grade="fast"))
        self.complain("does not match", row=self.expecting(reason="^core"))

    def test_modified(self):
        line = LINE.replace(" reason", " modified=yes reason")
        console = GOOD.console.replace(LINE, line)
        self.complain("modified: True, wanted False", console=console)
        self.complain("modified: False, wanted True", row=self.expecting(modified=True))
        good = dataclasses.replace(GOOD, console=console)
        self.assertEqual(judge.complaints(self.expecting(modified=True), good), [])

    def test_name(self):
        console = GOOD.console.replace(LINE, LINE.replace("\n", " id=rack3\n"))
        self.complain("says id=rack3, the report None", console=console)
        named = json.loads(GOOD.report) | {"machine": {"id": "rack3"}}
        self.complain("says id=, the report rack3", report=json.dumps(named))
        good = dataclasses.replace(GOOD, console=console, report=json.dumps(named))
        self.assertEqual(judge.complaints(self.row, good), [])

    def test_serial_text(self):
        self.complain("control character", console=GOOD.console + "\x1b[2Jx\n")
        # The echo of what a row types is not ours, but what precedes the verdict is.
        typed = dataclasses.replace(self.row, typed=["p\r"])
        echoed = dataclasses.replace(GOOD, console=GOOD.console + "\x1b[2Jx\n")
        self.assertEqual(judge.complaints(typed, echoed), [])
        self.complain("control character", row=typed, console="nestcheck \x1b[2J\n" + GOOD.console)
        # A row that types into a shell, before the verdict.
        shell = dataclasses.replace(self.row, typed=["x\r"], typed_after="built-in shell")
        echoed = dataclasses.replace(
            GOOD, console="nestcheck\nbuilt-in shell\n\x1b[6n# x\n" + GOOD.console
        )
        self.assertEqual(judge.complaints(shell, echoed), [])
        bad = "nestcheck\x1b[6n\nbuilt-in shell\n" + GOOD.console
        self.complain("control character", row=shell, console=bad)
        self.complain("81 columns", console=GOOD.console + "x" * 81 + "\n")

    def test_line_against_report(self):
        self.complain("the report FAIL", change=lambda d: d["verdict"].update(result="FAIL"))
        self.complain("the report good", change=lambda d: d["verdict"].update(grade="good"))
        self.complain("in the report 1 ran", change=lambda d: d["selftest"]["cases"].pop(0))
        self.complain("reason", change=lambda d: d["verdict"].update(reason="other"))

    def test_lines_for_machines(self):
        for good, bad, words in (
            ("CASE pass svm_a", "CASE fail svm_a", "the first that differ: [(('fail', 'svm_a')"),
            ("nestcheck: CASE pass svm_b\n", "", "2 lines CASE, 3 cases"),
            ("BEGIN cases=3\n", "BEGIN cases=2\n", "BEGIN announces 2 cases of 3"),
            ("BEGIN cases=3\n", "BEGIN cases=4\n", "BEGIN announces 4 cases of 3"),
            ("nestcheck: BEGIN cases=3\n", "", "0 lines BEGIN"),
            ("21 cycles", "22 cycles", "lines COST"),
            (LINES + LINE, LINE + LINES, "follows the verdict"),
        ):
            self.complain(words, console=GOOD.console.replace(good, bad))
        quiet = dataclasses.replace(self.row, cmdline="nestcheck.lines=verdict")
        self.complain("3 lines CASE, 0 cases", row=quiet)
        console = GOOD.console.replace(LINES, "")
        self.assertEqual(judge.complaints(quiet, dataclasses.replace(GOOD, console=console)), [])
        bochs = dataclasses.replace(self.row, emulator="bochs")
        self.complain("1 lines BEGIN", row=bochs)
        # A failure that does not count, and the chain.
        unproven = GOOD.console.replace("skip svm_c", "unproven svm_c")
        self.complain("the first that differ: [(('unproven',", console=unproven)

    def test_report(self):
        self.complain("no JSON document", report="")
        self.complain("no JSON document", report=GOOD.report[:-1])
        self.complain("capability npt", change=lambda d: d["capabilities"].update(npt=None))
        self.complain("no-nrips is missing", change=lambda d: d["findings"].clear())
        self.complain("no L2 ever ran", change=lambda d: d["selftest"].update(nested_run=0))
        self.complain(
            "PASS with failed cases: svm_c",
            change=lambda d: d["selftest"]["cases"][2].update(result="fail"),
        )
        self.complain(
            "PASS with a blocker", change=lambda d: d["findings"][0].update(severity="blocker")
        )
        self.complain("cpu.vendor is None", row=self.expecting(document={"cpu.vendor": "amd"}))

    def test_cases(self):
        self.complain("2 cases passed, wanted 3", row=self.expecting(min_passed=3))
        self.complain("0 cases failed", row=self.expecting(failed=1))
        self.complain("no case is called vmx_*", row=self.expecting(cases={"vmx_*": "pass"}))
        self.complain("svm_c is skip, wanted pass", row=self.expecting(cases={"svm_*": "pass"}))

    def test_findings(self):
        self.complain("may not be there", row=self.expecting(findings_absent=["no-*"]))
        self.complain("says /SVM/", row=self.expecting(evidence={"no-nrips": "SVM"}))

    def test_whole_lists(self):
        row = self.expecting(findings=[], findings_may=["slow-*"])
        self.complain("no-nrips is not expected", row=row)
        row = self.expecting(findings_may=[], only_capabilities=["npt"])
        self.assertEqual(judge.complaints(row, GOOD), [])
        none = self.expecting(capabilities={}, only_capabilities=[])
        self.complain("capability npt is True", row=none)
        self.complain(
            "capability lbrv is None, wanted False",
            row=row,
            change=lambda d: d["capabilities"].update(lbrv=None),
        )
        self.complain(
            "capability svm is missing", row=self.expecting(only_capabilities=["npt", "svm"])
        )
        row = self.expecting(capabilities={"npt": "unknown"})
        self.complain("capability npt is True, wanted None", row=row)

    def test_numbers_and_cpus(self):
        self.complain("wanted 4 at most", row=self.expecting(at_most={"selftest.nested_run": 4}))
        self.complain("wanted 4 at most", row=self.expecting(at_most={"timing.none": 4}))
        row = self.expecting(at_most={"selftest.nested_run": 5})
        self.assertEqual(judge.complaints(row, GOOD), [])
        row = self.expecting(cpus={"no-nrips": [1]})
        self.complain("about CPUs [None], wanted [1]", row=row)
        self.complain("about CPUs []", row=row, change=lambda d: d["findings"].clear())

    def test_other_program(self):
        """A row whose program replaces /init: a report and no verdict line."""
        row = self.expecting(line=False)
        self.complain("1 verdict lines", row=row)
        self.complain("QEMU exited", row=row, status=0)
        row = dataclasses.replace(row, expect=dataclasses.replace(row.expect, status=0))
        silent = dataclasses.replace(GOOD, console="nothing\n", status=0)
        self.assertEqual(judge.complaints(row, silent), [])
        row = dataclasses.replace(row, expect=dataclasses.replace(row.expect, verdict="none"))
        self.assertIn("the report says PASS", judge.complaints(row, silent))

    def test_schema(self):
        with mock.patch("lib.schemas.problems", lambda document: ["verdict: bad"]):
            self.complain("schema: verdict: bad")

    def test_picture(self):
        wanted = {"width": 80, "height": 25, "colour": "green", "letters": 2}
        row = dataclasses.replace(self.row, screen=wanted)
        self.complain("no picture", row=row)
        self.complain("rows high", row=row, screen=ppm(80, 25, 3))
        self.complain("lower half", row=row, screen=ppm(80, 25, 5, top=18))
        self.complain("the screen is 40x25", row=row, screen=ppm(40, 25, 5))
        four = dataclasses.replace(row, screen={**wanted, "letters": 4})
        self.complain("has 2 letters", row=four, screen=ppm(80, 25, 5))
        red = dataclasses.replace(row, screen={**wanted, "colour": "red"})
        self.complain("in red is 0", row=red, screen=ppm(80, 25, 5))
        good = dataclasses.replace(GOOD, screen=ppm(80, 25, 4))
        self.assertEqual(judge.complaints(row, good), [])


def ppm(width, height, lit, top=2):
    """A dark picture with `lit` rows that have two spots of green in them."""
    dark = bytes(3 * width)
    green = bytes((0, 170, 0)) * 10 + bytes(15) + bytes((0, 170, 0)) * 5
    green += bytes(3 * (width - 20))
    lines = [green if top <= y < top + lit else dark for y in range(height)]
    return f"P6\n{width} {height}\n255\n".encode() + b"".join(lines)


def pe_file(characteristics=0x0100, flags=0x60000020, address=4096):
    """The headers of an EFI program with one section."""
    data = bytearray(0x400)
    data[:2], data[0x3C:0x40] = b"MZ", (0x80).to_bytes(4, "little")
    data[0x80:0x84] = b"PE\0\0"
    struct.pack_into("<HH12xH", data, 0x84, 0x8664, 1, 0xF0)
    struct.pack_into("<H30xI", data, 0x98, 0x20B, 4096)
    struct.pack_into("<HH", data, 0x98 + 68, 10, characteristics)
    struct.pack_into("<8sII20xI", data, 0x98 + 0xF0, b".text", 64, address, flags)
    return bytes(data)


class Stuck(unittest.TestCase):
    def test_thread(self):
        stat = "7 (CPU 0/TCG) x) S " + " ".join(["0"] * 10 + ["150", "50"] + ["0"] * 30)
        ticks = os.sysconf("SC_CLK_TCK")
        wanted = f"CPU 0/TCG) x: S in futex_wait, {200 / ticks:.1f} s"
        self.assertEqual(stuck.thread(stat, "futex_wait"), wanted)
        self.assertNotIn(" in ", stuck.thread(stat, "0"))

    def test_registers(self):
        text = "\r\nCPU#0\r\nRAX=0 RIP=fff0 RFL=2 CPL=0 II=0 HLT=1\r\nCR0=10 CR2=0 CR3=5\r\n"
        text += "\r\nCPU#1\r\nEIP=7c00 CPL=3 HLT=0\r\n"
        self.assertEqual(
            list(stuck.registers(text)),
            ["CPU 0: RIP=fff0 CPL=0 HLT=1 CR0=10 CR3=5", "CPU 1: EIP=7c00 CPL=3 HLT=0"],
        )

    def test_where(self):
        lines = stuck.where(os.getpid(), "/nonexistent/qmp.socket")
        self.assertRegex(lines[0], r"^.+: [RSD]( in \w+)?, \d+\.\d s$")
        self.assertRegex(lines[-1], "^QEMU does not answer: .*No such file")


class LateTimer(unittest.TestCase):
    def runs(self, *consoles):
        """(how often QEMU was started, the last result) if it leaves these consoles, in turn."""
        left = list(consoles)

        def played(_row, _products, folder, _qemu):
            (folder / "console.log").write_text(left.pop(0))
            return len(consoles) - len(left)

        (row,) = rows.load_text(TEXT, "test")
        with tempfile.TemporaryDirectory() as name, mock.patch("lib.qemu._run", played):
            pauses = mock.patch("lib.qemu.LATE_TIMER_PAUSES", (0, 0))
            with pauses, contextlib.redirect_stdout(io.StringIO()) as shown:
                last = qemu.run(row, None, pathlib.Path(name))
        late = [text for text in consoles[:last] if "IO-APIC" in text]
        self.assertEqual(shown.getvalue().count("kept QEMU's timer waiting"), len(late))
        return last

    def test_tries(self):
        late = "Kernel panic - not syncing: IO-APIC + timer doesn't work!  Boot with apic=debug\n"
        self.assertEqual(self.runs("fine\n", late), 1)
        self.assertEqual(self.runs(late, "fine\n", "fine\n"), 2)
        self.assertEqual(self.runs("Kernel panic - not syncing: VFS\n", "fine\n"), 1)
        self.assertEqual(self.runs(late, late, late, "fine\n"), 3)


class Typing(unittest.TestCase):
    def test_bytes(self):
        self.assertEqual(qemu.typed_bytes("p\r"), b"p\r")
        self.assertEqual(qemu.typed_bytes("\u0004\u00ff"), b"\x04\xff")
        self.assertEqual(qemu.typed_bytes("xy\r x 3"), b"xy\rxy\rxy\r")
        self.assertEqual(qemu.typed_bytes(""), b"")


class Bios(unittest.TestCase):
    def test_feature_control(self):
        first, others = (code + b"\x05\x0f\x30" for code in bochs.FEATURE_CONTROL)
        rom = b"a" + others + b"b" + first + b"c"
        got = bochs.bios_with(rom, [1, 3])
        wanted = rom.replace(first, first[:-3] + b"\x01\x0f\x30")
        self.assertEqual(got, wanted.replace(others, others[:-3] + b"\x03\x0f\x30"))
        for wrong in (others, rom + first):
            with self.assertRaises(bochs.media.MediaError):
                bochs.bios_with(wrong, [1, 1])


class Image(unittest.TestCase):
    def test_pe_header(self):
        image = scripts.load(HERE / "image")
        self.assertEqual(image.pe_header(pe_file()), [])
        for words, data in (
            ("MZ", b"PK" + pe_file()[2:]),
            ("PE header", pe_file()[:0x80] + bytes(0x300)),
            ("NX_COMPAT", pe_file(characteristics=0)),
            ("writable and executable", pe_file(flags=0xE0000020)),
            ("not on a page", pe_file(address=512)),
        ):
            output = " ".join(image.pe_header(data))
            self.assertIn(words, output)

    def test_gpt(self):
        disk = bytearray(512 * 40)
        disk[512:520] = b"EFI PART"
        struct.pack_into("<QII", disk, 512 + 72, 2, 4, 128)
        with tempfile.NamedTemporaryFile() as file:
            path = pathlib.Path(file.name)
            path.write_bytes(disk)
            self.assertRaises(ValueError, gpt.efi_system, path)
            disk[1024:1040] = gpt.EFI_SYSTEM.bytes_le
            struct.pack_into("<QQ", disk, 1024 + 32, 34, 39)
            path.write_bytes(disk)
            self.assertEqual(gpt.efi_system(path), 34 * 512)
            path.write_bytes(bytes(len(disk)))
            self.assertRaises(ValueError, gpt.efi_system, path)


class Pinned(unittest.TestCase):
    def judges(self, name, shown):
        """The program that is used if these are installed: {program: output of --version}"""
        with (
            mock.patch("shutil.which", lambda program: program if program in shown else None),
            mock.patch("subprocess.run", lambda argv, **_: mock.Mock(stdout=shown[argv[0]])),
        ):
            return pinned.pinned(name)

    def test_one_version_judges(self):
        words = "Debian clang-format version {}\n"
        newer, ours = words.format("19.1.7 (3+b1)"), words.format("14.0.6")
        both = {"clang-format": newer, "clang-format-14": ours}
        self.assertEqual(self.judges("clang-format", {"clang-format": ours})[0], "clang-format")
        self.assertEqual(self.judges("clang-format", both)[0], "clang-format-14")
        self.assertEqual(
            self.judges("clang-format", {"clang-format": newer}),
            (None, "needs clang-format 14, found 19.1.7"),
        )
        self.assertEqual(
            self.judges("clang-format", {}), (None, "needs clang-format 14, which is not installed")
        )
        words = "ShellCheck - shell script analysis tool\nversion: {}\nlicense: GNU\n"
        for version, good in (("0.9.0", True), ("0.90", False), ("0.10.0", False)):
            program, _ = self.judges("shellcheck", {"shellcheck": words.format(version)})
            self.assertEqual(program is not None, good, version)


class Runner(unittest.TestCase):
    """lib/suite.py, which counts for every suite."""

    def run_suite(self, fill, *, must_pass=False, **options):
        """(exit status, output) of a suite that this function fills."""
        checks = suite.Suite(**options)
        with contextlib.redirect_stdout(io.StringIO()) as output:
            fill(checks)
            status = checks.end(must_pass)
        return status, output.getvalue()

    def test_passed_and_failed(self):
        def fill(checks):
            checks.check("one", lambda: [])
            checks.check("two", lambda: ["a\nb", "c"])
            checks.that("three", True)
            checks.that("four", False, "seen")
            checks.skip("five", "no root")

        status, output = self.run_suite(fill)
        self.assertEqual(status, 1)
        self.assertEqual(
            output,
            "ok    one\nFAIL  two\n      - a\n        b\n      - c\nok    three\n"
            "FAIL  four\n      - seen\nskip  five: no root\n2 passed, 2 failed, 1 skipped\n",
        )

    def test_raised(self):
        """Shows its name, the exception and earlier complaints; and the next check is run."""

        def broken(word):
            yield "said before"
            raise KeyError(word)

        def section(checks):
            checks.that("inside", True)
            raise OSError("gone")

        def fill(checks):
            checks.check("one", broken, "lost")
            checks.part(section, checks)
            checks.check("two", lambda: [])

        status, output = self.run_suite(fill)
        self.assertEqual(status, 1)
        for words in ("FAIL  one\n      - said before\n", "KeyError: 'lost'", "ok    two\n"):
            self.assertIn(words, output)
        self.assertRegex(output, r"FAIL  section\n(.*\n)+ +OSError: gone\n")
        self.assertTrue(output.endswith("2 passed, 2 failed, 0 skipped\n"), output)

    def test_nothing_is_a_failure(self):
        status, output = self.run_suite(lambda checks: None)
        self.assertEqual(status, 1)
        self.assertTrue(output.endswith("\n0 passed, 1 failed, 0 skipped\n"), output)

    def test_skipped(self):
        def fill(checks):
            checks.skip("one", "no root")

        self.assertEqual(self.run_suite(fill)[0], 0)
        status, output = self.run_suite(fill, must_pass=True)
        self.assertEqual(status, 1)
        self.assertTrue(output.endswith("0 passed, 0 failed, 1 skipped\n"), output)

    def test_a_complaint_without_words(self):
        self.assertEqual(self.run_suite(lambda checks: checks.add("one", [""]))[0], 1)

    def test_numbered_and_quiet(self):
        def fill(checks):
            checks.add("one", note="1.0 s")
            checks.add("two", "abcd", more=["| console"])

        _, output = self.run_suite(fill, total=2, most=2)
        self.assertEqual(output.splitlines()[0].split(), "[ 1/2] ok one 1.0 s".split())
        self.assertIn("[ 2/2] FAIL  two\n      - a\n      - b\n      - and 2 more\n", output)
        self.assertIn("      | console\n", output)
        self.assertNotIn("one", self.run_suite(fill, quiet=True)[1])

    def test_one_too_few(self):
        """A check that was announced and never ended."""
        status, output = self.run_suite(lambda checks: checks.add("one"), total=2)
        self.assertEqual(status, 1)
        self.assertIn("only 1 of 2 checks", output)
        self.assertTrue(output.endswith("1 passed, 1 failed, 0 skipped\n"), output)

    def test_programs_that_count(self):
        def fill(checks):
            checks.several("test_a", 3, 0)
            checks.several("test_b", 2, 1, 1, more=["| why"])

        status, output = self.run_suite(fill)
        self.assertEqual(status, 1)
        self.assertIn("FAIL  test_b", output)
        self.assertTrue(output.endswith("5 passed, 1 failed, 1 skipped\n"), output)

    def test_unittests(self):
        class Wrong(unittest.TestCase):
            def test_passes(self):
                pass

            def test_fails(self):
                for number in range(2):
                    with self.subTest(number=number):
                        self.fail("seen")

            def test_raises(self):
                raise OSError("gone")

        module = mock.Mock(spec=["Wrong"], Wrong=Wrong)
        with contextlib.redirect_stdout(io.StringIO()) as output:
            self.assertEqual(suite.unittests(module), 1)
            self.assertEqual(suite.unittests(mock.Mock(spec=[])), 1)
        for words in ("FAIL  test_fails", "FAIL  test_raises", "OSError: gone"):
            self.assertIn(words, output.getvalue())
        self.assertIn("\n1 passed, 2 failed, 0 skipped\n", output.getvalue())
        self.assertTrue(output.getvalue().endswith("\n0 passed, 1 failed, 0 skipped\n"))

    def test_check_believes_no_suite(self):
        """tests/check: a suite without a closing line, or with another status, counts as failed."""
        check = scripts.load(HERE.parent / "check")
        for command, counts in (
            ("echo 1 passed, 0 failed, 2 skipped", (1, 0, 2)),
            ("echo 1 passed, 0 failed, 0 skipped; false", (1, 1, 0)),
            ("echo 0 passed, 0 failed, 0 skipped", (0, 1, 0)),
            ("echo 1 passed, 2 failed, 0 skipped; false", (1, 2, 0)),
            ("echo all is well", (0, 1, 0)),
        ):
            with contextlib.redirect_stdout(io.StringIO()):
                got, failures = check.run(command)
                self.assertEqual(got, counts, command)
                # The suite's own failures have lines of their own.
                self.assertEqual(len(failures.blocks), counts[1] if counts[1] == 1 else 0)

    def test_check_repeats_failures(self):
        """tests/check: the end names the failed checks, with the start of their complaints."""
        check = scripts.load(HERE.parent / "check")
        long = "\\n".join(f"      - {letter}" for letter in "abcdef")
        one = rf"printf 'ok    x\n[ 1/2] FAIL  y\n{long}\nok    z\n      not this\n'"
        many = r"printf 'FAIL  q%d\n' 1 2 3 4 5 6"
        closing = "echo 1 passed, 1 failed, 0 skipped; false"
        with contextlib.redirect_stdout(io.StringIO()) as output:
            status = check.main(
                [f"one={one}; {closing}", "good=echo 1 passed, 0 failed, 0 skipped"]
                + [f"many={many}; {closing}", f"mute={closing}"]
            )
        self.assertEqual(status, 1)
        self.assertEqual(
            re.sub(r": \d+ s;", ": N s;", output.getvalue()).partition("-- one:")[2].splitlines(),
            ["", "[ 1/2] FAIL  y"]
            + [f"      - {letter}" for letter in "abcd"]
            + ["-- many:", "FAIL  q1", "FAIL  q2", "FAIL  q3", "FAIL  q4", "      and 2 more"]
            + ["-- mute:", "      (its output has no line FAIL)"]
            + ["check: N s; failed: one many mute", "4 passed, 3 failed, 0 skipped"],
        )


    def test_check_side_by_side(self):
        """tests/check: --jobs run at once, each is shown in one piece; after -- one by one."""
        check = scripts.load(HERE.parent / "check")
        with tempfile.TemporaryDirectory() as folder:
            # Each of the two waits for the other one: they end only if they run at once.
            wait = "for i in $(seq 300); do test -e %s && break; sleep .1; done"
            meet = f"cd {folder}; touch %s; {wait}"
            closing = "echo first; sleep .2; echo second; echo 1 passed, 0 failed, 0 skipped"
            pair = [f"a={meet % ('a', 'b')}; {closing}", f"b={meet % ('b', 'a')}; {closing}"]
            alone = f"cd {folder}; mkdir busy || exit; {closing}; rmdir busy"
            argv = ["--jobs", "2", *pair, "--", f"c={alone}", f"d={alone}"]
            with contextlib.redirect_stdout(io.StringIO()) as said:
                self.assertEqual(check.main(argv), 0)
        lines = re.sub(r" in \d+ s|: \d+ s", "", said.getvalue()).splitlines()
        pieces = [lines[n : n + 4] for n in range(0, 16, 4)]
        self.assertEqual(
            sorted(pieces[:2]) + pieces[2:],
            [
                [f"== {x}", "first", "second", f"== {x}: 1 passed, 0 failed, 0 skipped"]
                for x in "abcd"
            ],
        )
        self.assertEqual(lines[16:], ["check", "4 passed, 0 failed, 0 skipped"])

    def test_check_refuses(self):
        check = scripts.load(HERE.parent / "check")
        for argv in ([], ["--"], ["--jobs", "0", "a=true"], ["--job", "a=true"]):
            with contextlib.redirect_stderr(io.StringIO()) as said:
                with self.assertRaises(SystemExit) as caught:
                    check.main(argv)
            self.assertEqual(caught.exception.code, 2, argv)
            self.assertIn("usage: check", said.getvalue())


class Heads(unittest.TestCase):
    """tests/suites: make's variables from the heads of programs."""

    def read(self, *heads):
        """make's variables for a checkout whose tests are two programs with these heads."""
        with tempfile.TemporaryDirectory() as name:
            tests = pathlib.Path(name) / "tests"
            tests.mkdir()
            shutil.copy(places.TESTS / "suites", tests / "suites")
            for number, head in enumerate(heads):
                (tests / f"program-{number}").write_text(f"#!/bin/sh\n{head}\ntrue\n")
            text = "$(eval $(shell tests/suites))\nall: ;@echo '$(SUITES_fast):$(COMMAND_a)'\n"
            # Not with the flags of the make that runs us.
            own = {"PATH": os.environ["PATH"]}
            argv = ["make", "-f", "-", "all"]
            return command.run(argv, input=text, merged=True, cwd=name, env=own).stdout

    def test_read(self):
        head = "# suite: a (fast): text\n#   with: one\n#   with: two $(words x y)"
        self.assertEqual(self.read(head), "a:tests/program-0 one two 2\n")

    def test_wrong(self):
        good = "# suite: a (fast): text"
        for words, heads in (
            ("not", ["# suite: a (slow): text"]),
            ("not", ["# suite: a: text"]),
            ("no suite has a key neds", [good + "\n#   neds: x"]),
            ("no suite has a key jobs", [good + "\n#   jobs: 2"]),
            ("not a line of a suite", [good + "\n#  needs: x"]),
            ("another suite is called a", [good, good]),
        ):
            self.assertRegex(self.read(*heads), rf"program-\d:\d+: .*{words}.*Stop")

    def test_every_suite_has_one(self):
        """Then make runs it, and make help lists it."""
        listed = command.tool([places.TESTS / "suites", "help"]).splitlines()
        self.assertGreater(len(listed), 20)
        for path in places.TESTS.rglob("*"):
            if path.is_file() and os.access(path, os.X_OK) and path.suffix in ("", ".py"):
                text = path.read_text(encoding="utf-8")
                counts = re.search(r"\b(Suite|suite\.words|suite\.unittests)\(", text)
                head = "\n# suite: " in text
                wrong = "a head and counts no checks" if head else "no head, and counts checks"
                self.assertEqual(bool(counts), head, f"{path} has {wrong}")


class Style(unittest.TestCase):
    def test_imports(self):
        """A room imports itself and lib; lib imports only itself; no program edits sys.path."""
        style = scripts.load(HERE.parent / "style")
        for room, text, problem in (
            ("boot", "import json\nimport jsonschema\nimport once\nfrom lib import rows", ""),
            ("boot", "import cells", "imports cells"),
            ("boot", "from kselftest import table", "imports kselftest"),
            ("boot", "def f():\n    from . import once", "imports ."),
            ("boot", "import sys\nsys.path.append('x')", "touches sys.path"),
            ("lib", "from lib import rows", ""),
            ("lib", "import rows", "imports rows"),
        ):
            complaints = list(style.import_problems(style.TOP / "tests" / room / "x.py", text))
            self.assertEqual(bool(complaints), bool(problem), (room, text, complaints))
            self.assertIn(problem, "".join(what for _, what in complaints))

    def test_files_are_written_in_one_way(self):
        style = scripts.load(HERE.parent / "style")
        for name, text, bad in (
            ("tools/cmd/x.c", "fd = open(path, O_WRONLY | O_CREAT, 0644);", True),
            ("tools/cmd/x.c", 'f = fopen(path, "we");', True),
            ("initramfs/init/x.c", "return rename(tmp, path);", True),
            ("tools/setup/host/x.c", "fd = mkostemp(tmp, O_CLOEXEC);", True),
            ("tools/cmd/x.c", 'f = fopen(path, "re");', False),
            ("tools/cmd/x.h", " * undo is one rename()", False),
            ("tools/lib/replace_file.c", "O_CREAT", False),
            ("tests/unit/x.c", 'f = fopen(path, "w");', False),
        ):
            complaints = list(style.file_problems(style.TOP / name, text))
            self.assertEqual(bool(complaints), bad, (name, text))

    def test_threats(self):
        """Each row of SECURITY.md's table names a test, and there is such a test."""
        style = scripts.load(HERE.parent / "style")
        names = style.test_names()
        for name in ("check-unit", "tcg-max", "test_fat"):
            self.assertIn(name, names)
        row = "| a | b | `check-unit`, `test_fat` |\n"
        for rows, problem in (
            (row * 10, ""),
            (row * 9, "was not found"),
            (row * 10 + "| a | `check-unit` | by reading |\n", "12: a threat without a test"),
            (row * 10 + "| a | b | `check-unit`, `no-row` |\n", "12: there is no test 'no-row'"),
        ):
            text = f"#\n| threat | held off | test |\n|---|---|---|\n{rows}\n## End\n"
            complaints = [f"{n - 2}: {what}" for n, what in style.threat_problems(text, names)]
            self.assertEqual(len(complaints), bool(problem), complaints)
            self.assertIn(problem, "".join(complaints))


class Rows(unittest.TestCase):
    def test_misspelt(self):
        for text in (TEXT.replace("min_passed", "min_pased"), TEXT.replace("name =", "nmae =")):
            with self.assertRaises((ValueError, TypeError)):
                rows.load_text(text, "test")
        with self.assertRaisesRegex(ValueError, "PAS"):
            rows.load_text(TEXT.replace('"PASS"', '"PAS"'), "test")
        with self.assertRaisesRegex(ValueError, "expects nothing"):
            rows.load_text('[[row]]\nname = "x"\n', "test")

    def test_defaults(self):
        text = '[defaults]\ncpu = "a"\nfw_cfg = { x = "1", y = "1" }\n' + TEXT
        (row,) = rows.load_text(text.replace('"x"\n', '"x"\nfw_cfg = { y = "2" }\n', 1), "test")
        self.assertEqual((row.cpu, row.fw_cfg), ("a", {"x": "1", "y": "2"}))
        (row,) = rows.load_text(text.replace('"x"\n', '"x"\nfw_cfg = { y = "" }\n', 1), "test")
        self.assertEqual(row.fw_cfg, {"x": "1"})


class Verdict(unittest.TestCase):
    def test_half_a_line_is_none(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        console = folder / "console.log"
        self.assertFalse(result.verdict_seen(console))
        console.write_text("\r\n" + LINE.rstrip("\n"))
        self.assertFalse(result.verdict_seen(console))
        console.write_text("\r\n" + LINE.replace("\n", "\r\n"))
        self.assertTrue(result.verdict_seen(console))
        for forged in ("echo " + LINE, "x\r" + LINE, "nest\rcheck" + LINE[len("nestcheck") :]):
            console.write_bytes(forged.encode())
            self.assertFalse(result.verdict_seen(console), forged)

    def test_document_behind_firmware(self):
        self.assertEqual(result.document("\x1b[2J{x\nBdsDxe: {\n{\n}\n"), "{\n}\n")
        self.assertEqual(result.document("nothing"), "")


class Media(unittest.TestCase):
    def test_resolution(self):
        """The header is 60 bytes (AUTHENTICATED_VARIABLE_HEADER), and follows the two others."""
        store = ovmf.AUTHENTICATED_STORE.bytes_le + bytes(12)
        empty = bytes(48) + (72).to_bytes(2, "little") + bytes(22) + store + b"\xff" * 200
        got = ovmf.with_resolution(empty, 3840, 2160)
        self.assertEqual(len(got), len(empty))
        self.assertEqual(got[100:103], b"\xaa\x55\x3f")
        self.assertEqual(got[160:190].decode("utf-16-le"), "PlatformConfig\0")
        self.assertEqual(got[190:198], bytes((0, 15, 0, 0, 0x70, 8, 0, 0)))
        with self.assertRaises(ValueError):
            ovmf.with_resolution(got, 3840, 2160)

    def test_words_on_append(self):
        config = "DEFAULT x\nLABEL x\n  KERNEL /a\n  APPEND quiet\n"
        got = media._with_words(config, "w=1", "/o")
        self.assertEqual(got, "DEFAULT x\nLABEL x\n  KERNEL /a\n  INITRD /o\n  APPEND quiet w=1\n")
        got = media._with_words("LABEL x\n\tLINUX /a\n", "w=1", None)
        self.assertEqual(got, "LABEL x\n\tLINUX /a\n\tAPPEND w=1\n")
        with self.assertRaises(media.MediaError):
            media._with_words("LABEL x\n", "w", None)

    def test_archive(self):
        data = cpio.archive({"lib/modules/a.ko": (0o644, b"abc")})
        self.assertEqual(data[:6], b"070701")
        self.assertEqual(data.count(b"070701"), 4)
        self.assertEqual(len(data) % 4, 0)


class OtherPrograms(unittest.TestCase):
    """Rows that name an emulator of another release."""

    def setUp(self):
        (row,) = rows.load_text(TEXT, "test")
        self.row = dataclasses.replace(row, emulator="bochs", program="bochs-3.0")
        self.known = mock.Mock()
        self.known.emulators = {
            "bochs-3.0": mock.Mock(kind="bochs"),
            "qemu-10.0": mock.Mock(kind="qemu"),
        }
        self.known.stand_in.return_value = None
        self.others = others.Others(known=self.known)

    def test_names(self):
        self.others.check(self.row)
        self.others.check(dataclasses.replace(self.row, program=""))
        for wrong in ("bochs-1", "qemu-10.0"):
            with self.assertRaisesRegex(ValueError, wrong):
                self.others.check(dataclasses.replace(self.row, program=wrong))

    def test_started(self):
        """Fetched once, and passed to the emulator's run(); nothing for the installed one."""
        self.known.emulator.return_value.note = ""
        self.known.emulator.return_value.program.return_value = "unpacked"
        for _ in range(2):
            self.assertEqual(self.others.keywords(self.row), {"bochs": "unpacked"})
        self.assertEqual(self.known.emulator.call_count, 1)
        self.assertEqual(self.others.keywords(dataclasses.replace(self.row, program="")), {})

    def test_installed_is_broken(self):
        """Rows without a release run on the replacement; the others on the one that they name."""
        self.known.stand_in.return_value = ("bochs-3.0", "3.1 is broken")
        self.known.emulator.return_value.note = ""
        self.known.emulator.return_value.program.return_value = "unpacked"
        with contextlib.redirect_stdout(io.StringIO()) as output:
            for _ in range(2):
                row = dataclasses.replace(self.row, program="")
                self.assertEqual(self.others.keywords(row), {"bochs": "unpacked"})
        self.assertEqual(output.getvalue().count("3.1 is broken"), 1)
        self.known.emulator.assert_called_once_with("bochs-3.0")

    def test_missing(self):
        self.known.emulator.side_effect = apt.Unavailable("no mirror")
        for _ in range(2):
            with self.assertRaisesRegex(others.Missing, "bochs-3.0 is not available: no mirror"):
                self.others.keywords(self.row)
        self.assertEqual(self.known.emulator.call_count, 1)

    def test_run(self):
        """The emulator is started as that program; a missing one is raised, not a failure."""
        shared = mock.Mock()
        shared.keywords.return_value = {"bochs": "unpacked"}
        boot = mock.Mock(side_effect=media.MediaError("x"))
        with tempfile.TemporaryDirectory() as name, mock.patch.object(others, "SHARED", shared):
            with mock.patch.dict(once.EMULATORS, {"bochs": boot}):
                folder = pathlib.Path(name) / "row"
                self.assertEqual(once.run_row(self.row, None, folder)[0], ["x"])
                boot.assert_called_once_with(self.row, None, folder, bochs="unpacked")
                shared.keywords.side_effect = others.Missing("x")
                with self.assertRaises(others.Missing):
                    once.run_row(self.row, None, folder)
        self.assertEqual(boot.call_count, 1)


class Stress(unittest.TestCase):
    def setUp(self):
        self.stress = scripts.load(HERE / "stress")
        self.rows = rows.load(self.stress.FILES)

    def test_defaults(self):
        """Every default is a row, and there are 400 boots, half of them loaded."""
        plan = self.stress.plan([], None, self.rows)
        self.assertEqual(2 * sum(times for _, times in plan), 400)

    def test_plan(self):
        plan = self.stress.plan(["tcg-max=3", "full-haswell"], None, self.rows)
        self.assertEqual([(row.name, n) for row, n in plan], [("tcg-max", 3), ("full-haswell", 1)])
        plan = self.stress.plan(["tcg-max=3"], 7, self.rows)
        self.assertEqual([n for _, n in plan], [7])
        for word in ("no-such-row", "tcg-max=x"):
            with self.assertRaises(ValueError):
                self.stress.plan([word], None, self.rows)

    def test_load(self):
        with self.stress.Load("loaded") as load:
            loops = load.loops
            self.assertEqual(len(loops), len(load.cpus))
            self.assertTrue(all(loop.poll() is None for loop in loops))
        self.assertTrue(loops and all(loop.poll() is not None for loop in loops))
        with self.stress.Load("idle") as load:
            self.assertEqual(load.loops, [])

    def test_counts(self):
        """The second of three boots fails: it is counted, named, and only its logs stay."""
        (row,) = rows.load_text(TEXT, "test")
        answers = iter(([], ["no verdict"], []))

        def boot(_row, _products, folder):
            folder.mkdir(parents=True)
            return next(answers), 1.0

        with tempfile.TemporaryDirectory() as name, mock.patch("once.run_row", boot):
            out, logs = io.StringIO(), pathlib.Path(name)
            checks = suite.Suite(quiet=True)
            with contextlib.redirect_stdout(out):
                self.assertEqual(self.stress.boot(checks, row, "idle", 3, None, logs), 1)
            self.assertEqual((checks.passed, checks.failed), (2, 1))
            self.assertEqual([path.name for path in logs.iterdir()], ["x-idle-2"])
        self.assertIn("FAIL  x-idle-2", out.getvalue())
        self.assertIn("no verdict", out.getvalue())


if __name__ == "__main__":
    sys.exit(suite.unittests(sys.modules[__name__]))
