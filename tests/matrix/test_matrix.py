#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# suite: matrix-rules (fast): the tests of the matrix: rows, judge, cache
"""The matrix has to be able to fail: each rule of rows, judge and cache is broken once."""

import copy
import dataclasses
import json
import os
import pathlib
import re
import struct
import sys
import tempfile
import time
import unittest
from unittest import mock

import assess
import cells
import nested
import stock
from lib import apt, command, cpio, programs, result, rows, suite

HERE = pathlib.Path(__file__).resolve().parent


TABLE = """
[emulator.q]
kind = "qemu"
suite = "trixie"
version = "1:1.0-1"
[kernel.k]
suite = "trixie-backports"
series = "6.18"
version = "6.18.1-1"
"""
ROWS = """
[[difference]]
name = "tcg-x"
cases = ["svm_x"]
result = "xfail"
saw = { how = "value", expected = "0x87", seen = "0x81" }
why = "w"

[[difference]]
name = "kvm-y"
cases = ["svm_y"]
result = "fail"
defect = "wrong-y"
detail = "^y:"
why = "w"

[[difference]]
name = "kvm-z"
cases = ["svm_z"]
result = "skip"
detail = "^not run on this kernel"
why = "w"

[[row]]
name = "r"
vendor = "amd"
emulator = "q"
kernel = "k"
runs = "static"
differs = ["tcg-*", "kvm-*"]
[row.expect]
verdict = "FAIL"
min_passed = 1
log = ["Unhandled WRMSR"]
"""
DOCUMENT = {
    "verdict": {"result": "FAIL", "grade": None, "reason": "kvm-defect: wrong-y: svm_y"},
    "findings": [
        {
            "id": "kvm-defect",
            "severity": "blocker",
            "title": "wrong-y: KVM of this kernel does y",
            "evidence": "svm_y: y: bad. L1 loses y",
        }
    ],
    "selftest": {
        "nested_run": 5,
        "cases": [
            {"name": "svm_a", "result": "pass", "detail": None, "saw": None},
            {"name": "svm_b", "result": "skip", "detail": "KVM does not offer b", "saw": None},
            {
                "name": "svm_x",
                "result": "xfail",
                "detail": "TCG x",
                "saw": {"how": "value", "what": "x", "expected": "0x0087", "seen": "0x0081"},
            },
            {"name": "svm_y", "result": "fail", "detail": "y: bad", "saw": {"how": "text"}},
            {"name": "svm_z", "result": "skip", "detail": "not run on this kernel: crash"},
        ],
    },
}
CONSOLE = """\
matrix: KERNEL 6.18.1
matrix: BEFORE [    1.0] something old
nestcheck 0.1
nestcheck: VERDICT FAIL grade=none cases=3 reason=kvm-defect: wrong-y: svm_y
matrix: STATUS 1
matrix: LOG [    9.0] kvm: Unhandled WRMSR(0x1d9)
matrix: TAINT 0 0
matrix: END
"""
GOOD = result.Result(CONSOLE, json.dumps(DOCUMENT), 0, 9, 8, None)


def known():
    return programs.Programs("/nonexistent", TABLE)


class Judge(unittest.TestCase):
    def setUp(self):
        (self.cell,), self.differences = cells.load_text(ROWS, "test")
        patch = mock.patch("lib.schemas.problems", lambda document: [])
        patch.start()
        self.addCleanup(patch.stop)

    def judge(self, cell=None, change=None, differences=None, **changes):
        if change is not None:
            document = copy.deepcopy(DOCUMENT)
            change(document, {c["name"]: c for c in document["selftest"]["cases"]})
            changes["report"] = json.dumps(document)
        cell = cell or self.cell
        row = assess.boot_row(cell, "qemu")
        about = self.differences if differences is None else differences
        return assess.complaints(cell, about, row, dataclasses.replace(GOOD, **changes))

    def complain(self, words, **more):
        complaints = self.judge(**more)
        self.assertTrue(any(words in c for c in complaints), f"{words!r} not in {complaints}")

    def without(self, name):
        return [d for d in self.differences if d.name != name]

    def test_good_run(self):
        self.assertEqual(self.judge(), [])

    def test_case_that_the_row_does_not_name(self):
        for name in ("tcg-x", "kvm-y", "kvm-z"):
            self.complain("not in the row", differences=self.without(name))
        self.complain(
            "not in the row: svm_a is fail", change=lambda d, c: c["svm_a"].update(result="fail")
        )
        self.complain(
            "not in the row: svm_a is xfail", change=lambda d, c: c["svm_a"].update(result="xfail")
        )

    def test_difference_that_is_none_any_more(self):
        for name in ("x", "y", "z"):
            self.complain(
                "wanted", change=lambda d, c, n=name: c[f"svm_{n}"].update(result="pass")
            )
        self.complain(
            "there is no case svm_x", change=lambda d, c: d["selftest"]["cases"].remove(c["svm_x"])
        )

    def test_difference_that_is_rare(self):
        rarely = [dataclasses.replace(d, rare=d.name == "tcg-x") for d in self.differences]
        self.assertEqual(self.judge(differences=rarely), [])
        self.assertEqual(
            self.judge(
                differences=rarely, change=lambda d, c: c["svm_x"].update(result="pass", saw=None)
            ),
            [],
        )
        uncounted = "L1 reports pass, but this kernel has no counter nested_run to prove it"
        for detail, wrong in ((uncounted, False), ("KVM does not offer npt to L1", True)):
            complaints = self.judge(
                differences=rarely,
                change=lambda d, c, t=detail: c["svm_x"].update(result="skip", detail=t, saw=None),
            )
            self.assertEqual(any("wanted xfail" in c for c in complaints), wrong, complaints)
        self.complain(
            "wanted xfail",
            differences=rarely,
            change=lambda d, c: c["svm_x"].update(result="fail"),
        )

    def test_failed_in_another_way(self):
        self.complain("its seen is", change=lambda d, c: c["svm_x"]["saw"].update(seen="0x40"))
        self.complain(
            "its expected is", change=lambda d, c: c["svm_x"]["saw"].update(expected="0x8")
        )
        self.complain("its how is", change=lambda d, c: c["svm_x"]["saw"].update(how="timeout"))
        self.complain("its how is None", change=lambda d, c: c["svm_x"].update(saw=None))
        self.complain("detail does not", change=lambda d, c: c["svm_y"].update(detail="other"))
        self.complain("detail does not", change=lambda d, c: c["svm_z"].update(detail="not run: e"))

    def test_defect_of_kvm(self):
        self.complain(
            "no finding names the KVM defect wrong-y", change=lambda d, c: d["findings"].clear()
        )
        self.complain(
            "is not found by svm_y",
            change=lambda d, c: d["findings"][0].update(evidence="svm_yy: y"),
        )
        self.complain(
            "the KVM defect other is not in the row",
            change=lambda d, c: d["findings"].append({**d["findings"][0], "title": "other: KVM"}),
        )

    def test_pass_with_what_no_guest_notices(self):
        cell = dataclasses.replace(
            self.cell, expect=dataclasses.replace(self.cell.expect, verdict="PASS")
        )
        console = CONSOLE.replace("VERDICT FAIL", "VERDICT PASS").replace("STATUS 1", "STATUS 0")

        def advice(document, cases):
            document["verdict"]["result"] = "PASS"
            document["findings"][0]["severity"] = "advice"

        self.assertEqual(self.judge(cell=cell, console=console, change=advice), [])

        def blocker(document, cases):
            document["verdict"]["result"] = "PASS"

        self.complain("PASS with failed cases: svm_y", cell=cell, console=console, change=blocker)

        def another(document, cases):
            advice(document, cases)
            cases["svm_a"]["result"] = "fail"

        self.complain("PASS with failed cases: svm_a", cell=cell, console=console, change=another)

    def test_what_the_kernel_says(self):
        for line in ("WARNING: CPU: 0", "kvm: x", "BUG: unable to handle; Unhandled WRMSR"):
            console = CONSOLE + f"matrix: LOG [    9.1] {line}\n"
            self.complain("kernel log: ", console=console)
        expect = dataclasses.replace(self.cell.expect, log_may=["unstable TSC"])
        cell = dataclasses.replace(self.cell, expect=expect)
        burst = "matrix: LOG [    9.1] kvm_pr_unimpl_wrmsr: 12 callbacks suppressed\n"
        self.assertEqual(self.judge(console=CONSOLE + burst), [])
        self.complain("kernel log: ", console=CONSOLE + burst.replace("kvm_pr_unimpl_wrmsr", "x"))
        busy = CONSOLE + "matrix: LOG [    9.1] kvm: SMP vm created on host with unstable TSC\n"
        self.complain("kernel log: ", console=busy)
        self.assertEqual(self.judge(cell=cell, console=busy), [])
        self.assertEqual(self.judge(cell=cell), [])
        silent = CONSOLE.replace("matrix: LOG [    9.0] kvm: Unhandled WRMSR(0x1d9)\n", "")
        self.complain("log has no /Unhandled WRMSR/ any more", console=silent)
        self.complain("taint was 0 and is 512", console=CONSOLE.replace("TAINT 0 0", "TAINT 0 512"))
        self.complain("in the initrd: x", console=CONSOLE + "matrix: TROUBLE x\n")

    def test_cases_that_got_lost(self):
        def expecting(**changes):
            expect = dataclasses.replace(self.cell.expect, **changes)
            return dataclasses.replace(self.cell, expect=expect)

        self.complain("1 cases passed, wanted 2", cell=expecting(min_passed=2))

        def uncounted(document, cases):
            detail = "L1 reports pass, but this kernel has no counter nested_run"
            cases["svm_b"].update(detail=detail)

        self.assertEqual(self.judge(cell=expecting(min_uncounted=1), change=uncounted), [])
        self.complain("L1 reports that 0 cases", cell=expecting(min_uncounted=1))

    def test_busy_machine(self):
        for line in ("clocksource: Long readout interval", "hrtimer: interrupt took 9 ns"):
            self.assertEqual(self.judge(console=CONSOLE + f"matrix: LOG [    9.1] {line}\n"), [])

    def test_end_and_status(self):
        for status in ("0", "4", "139"):
            self.complain(
                f"exit status is {status}, wanted 1",
                console=CONSOLE.replace("STATUS 1", f"STATUS {status}"),
            )
        self.complain("status is missing", console=CONSOLE.replace("matrix: STATUS 1\n", ""))
        self.complain("reach its end", console=CONSOLE.replace("matrix: END\n", ""))
        untold = CONSOLE.replace("matrix: TAINT 0 0\n", "")
        self.complain("taint was not and is reported", console=untold)
        self.complain("QEMU exited 33", status=33)
        self.complain("not done after", stood=("CPU 0: HLT=1",))
        self.complain("no JSON document", report="")

    def test_image(self):
        cell = dataclasses.replace(self.cell, runs="image", kernel=None)
        cell = dataclasses.replace(cell, expect=dataclasses.replace(cell.expect, log=[]))
        console = "".join(ln + "\n" for ln in CONSOLE.splitlines() if "matrix" not in ln)
        self.complain("0 lines CASE, 5 cases", cell=cell, console=console, status=3)
        lines = """nestcheck: BEGIN cases=5
nestcheck: CASE pass svm_a
nestcheck: CASE skip svm_b: KVM does not offer b
nestcheck: CASE xfail svm_x: TCG x
nestcheck: CASE fail svm_y: y: bad
nestcheck: CASE skip svm_z: not run on this kernel: crash
"""
        console = console.replace("nestcheck: VERDICT", lines + "nestcheck: VERDICT")
        self.assertEqual(self.judge(cell=cell, console=console, status=3), [])
        self.complain("QEMU exited 0, wanted 3", cell=cell, console=console)
        row = assess.boot_row(cell, "qemu")
        self.assertEqual((row.medium, row.fw_cfg["selftest"]), ("kernel", "full"))
        row = assess.boot_row(dataclasses.replace(cell, options="skip=chain"), "bochs")
        wanted = "nestcheck.selftest=full nestcheck.report=ttyS1 nestcheck.skip=chain"
        self.assertEqual((row.medium, row.cmdline), ("cd", wanted))


    def test_guest(self):
        cell = dataclasses.replace(self.cell, runs="guest", host="q", options="skip=chain")
        console = CONSOLE.replace("STATUS 1", "STATUS 3")
        self.assertEqual(self.judge(cell=cell, console=console), [])
        # The status is QEMU's, not nestcheck's; of the host's QEMU, not of the emulator below.
        self.complain("QEMU's exit status is 1, wanted 3", cell=cell)
        self.complain("QEMU exited 3, wanted 0", cell=cell, console=console, status=3)
        self.complain("kernel log: ", cell=cell, console=console + "matrix: LOG WARNING: x\n")
        for kind in ("qemu", "bochs"):
            row = assess.boot_row(cell, kind)
            self.assertEqual(row.cmdline, "")
            self.assertEqual(row.fw_cfg["skip"], "chain")


class Rows(unittest.TestCase):
    def refuse(self, words, text=ROWS, table=TABLE):
        with self.assertRaisesRegex(ValueError, re.escape(words)):
            every, differences = cells.load_text(text, "test")
            cells.check(every, differences, programs.Programs("/nonexistent", table))

    def test_own(self):
        files = [p for p in HERE.glob("*.toml") if p.name != "programs.toml"]
        every, _ = cells.load(files, programs.Programs("/nonexistent"))
        quick = [c for c in every if c.check]
        self.assertEqual({c.vendor for c in quick}, {"amd", "intel"})
        self.assertEqual({c.runs for c in quick}, {"image", "static"})

    def test_misspelt(self):
        self.refuse("unknown key 'min_pased'", ROWS + "min_pased = 1\n")
        self.refuse("unknown key 'differ'", ROWS.replace("differs =", "differ ="))
        self.refuse("unknown key 'sees'", ROWS.replace("saw =", "sees =", 1))
        self.refuse("unknown table 'rows'", ROWS.replace("[[row]]", "[[rows]]"))
        self.refuse("'see' is not one of", ROWS.replace("seen =", "see ="))
        self.refuse("'PAS' is not", ROWS.replace('"FAIL"', '"PAS"'))
        self.refuse("'xfial' is not", ROWS.replace('"xfail"', '"xfial"'))
        self.refuse("'via' is not", ROWS.replace('"amd"', '"via"'))
        self.refuse("not a hexadecimal", ROWS.replace('"0x81"', '"129"'))

    def test_left_out(self):
        self.refuse("has no 'min_passed'", ROWS.replace("min_passed = 1", ""))
        self.refuse("has no 'verdict'", ROWS.replace('verdict = "FAIL"', ""))
        self.refuse("has no 'why'", ROWS.replace('why = "w"', "", 1))
        self.refuse("neither 'saw' nor 'detail'", ROWS.replace('detail = "^y:"', ""))
        self.refuse("is a failed case", ROWS.replace('"fail"', '"xfail"'))

    def test_names_that_lead_nowhere(self):
        self.refuse("there is no difference 'x-*'", ROWS.replace('"tcg-*"', '"x-*"'))
        self.refuse("no row names the difference 'tcg-x'", ROWS.replace('"tcg-*", ', ""))
        self.refuse("has no emulator 'p'", ROWS.replace('emulator = "q"', 'emulator = "p"'))
        self.refuse("has no kernel 'l'", ROWS.replace('kernel = "k"', 'kernel = "l"'))
        emulator, kernel = TABLE[: TABLE.index("[kernel")], TABLE[TABLE.index("[kernel") :]
        self.refuse("no row has the kernel 'l'", table=TABLE + kernel.replace("k]", "l]"))
        self.refuse("no row has the emulator 'p'", table=TABLE + emulator.replace("q]", "p]"))
        self.refuse("two differences about svm_x", ROWS.replace('"svm_y"', '"svm_x"'))
        self.refuse("names no case", ROWS.replace('["svm_y"]', "[]"))
        self.refuse("two rows are called 'r'", ROWS + ROWS[ROWS.index("[[row]]"):])

    def test_taken_out(self):
        text = ROWS.replace('"kvm-*"', '"kvm-*", "!*-y"')
        (cell,), differences = cells.load_text(text, "test")
        self.assertEqual([d.name for d in cells.named(cell, differences)], ["tcg-x", "kvm-z"])
        self.refuse("there is no difference '*-q'", ROWS.replace('"kvm-*"', '"kvm-*", "!*-q"'))
        self.refuse("no row names the difference 'kvm-y'", text)

    def test_only_in_full(self):
        text = ROWS.replace('["svm_x"]', '["svm_x"]\nfull = true')
        for selftest, count in (("full", 3), ("quick", 2)):
            row = text.replace('runs = "static"', f'runs = "static"\nselftest = "{selftest}"')
            (cell,), differences = cells.load_text(row, "test")
            self.assertEqual(len(cells.named(cell, differences)), count)

    def test_unknown_emulator(self):
        text = ROWS.replace('runs = "static"', 'runs = "static"\nunknown = true')
        (cell,), differences = cells.load_text(text, "test")
        named = cells.named(cell, differences)
        self.assertEqual([d.result for d in named], ["fail", "fail", "skip"])
        self.assertEqual(named[0].saw, differences[0].saw)

    def test_kernel(self):
        self.refuse("needs a kernel", ROWS.replace('kernel = "k"\n', ""))
        self.refuse("needs a kernel", ROWS.replace('"static"', '"image"'))

    def test_host(self):
        guest = ROWS.replace('"static"', '"guest"')
        self.refuse("a guest needs 'host'", guest)
        self.refuse("and only a guest", ROWS.replace('kernel = "k"', 'kernel = "k"\nhost = "q"'))
        self.refuse("needs a kernel", guest.replace('kernel = "k"', 'host = "q"'))
        other = guest.replace('kernel = "k"', 'kernel = "k"\nhost = "p"')
        self.refuse("has no emulator 'p'", other)

    def test_programs(self):
        programs.load(TABLE)
        for words, text in (
            ("unknown table", TABLE.replace("[kernel.", "[kernels.")),
            ("unknown key 'serial'", TABLE.replace("series", "serial")),
            ("has no 'version'", TABLE.replace('version = "1:1.0-1"\n', "")),
            ("is not one of", TABLE.replace('"qemu"', '"qume"')),
        ):
            with self.assertRaisesRegex(ValueError, words):
                programs.load(text)


class Stock(unittest.TestCase):
    def test_said(self):
        words, rest = stock.messages(CONSOLE)
        self.assertEqual(words["STATUS"], ["1"])
        self.assertEqual(words["END"], [""])
        self.assertNotIn("matrix", rest)
        self.assertIn("nestcheck: VERDICT", rest)

    def test_ended(self):
        with tempfile.TemporaryDirectory() as folder:
            console = pathlib.Path(folder) / "console.log"
            self.assertFalse(stock.ended(console))
            console.write_text("matrix: LOG x\r\nsays matrix: END\r\n")
            self.assertFalse(stock.ended(console))
            console.write_text("matrix: LOG x\r\nmatrix: END\r\n")
            self.assertTrue(stock.ended(console))
            console.write_text("[   2.0] Kernel panic - not syncing\r\n")
            self.assertTrue(stock.ended(console))


class Nested(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def row(self, **more):
        expect = rows.Expect(verdict="PASS")
        return rows.Row(name="r", expect=expect, fw_cfg={"only": "a,b"}, memory=512, **more)

    def test_parameters(self):
        """The image gets them, with the emulator below; the host gets none."""
        row = self.row()
        words = nested.qemu_words(row, row.fw_cfg, "bochs")
        self.assertIn("name=opt/nestcheck/only,string=a,,b", words)
        self.assertIn("name=opt/nestcheck/below,string=bochs", words)
        host = nested.host_row(row, self.folder / "initrd")
        self.assertEqual((host.fw_cfg, host.memory), ({}, 512 + nested.HOST_MEMORY))

    def test_archive_is_kept_and_made_anew(self):
        init = self.folder / "init"
        init.write_text("one")
        one = nested.host_archive({"init": init}, self.folder / "cache")
        made = one.stat().st_ino
        self.assertEqual(nested.host_archive({"init": init}, self.folder / "cache"), one)
        self.assertEqual(one.stat().st_ino, made)
        init.write_text("two")
        self.assertNotEqual(nested.host_archive({"init": init}, self.folder / "cache"), one)
        more = {"init": init, "qemu/x": init}
        self.assertNotEqual(nested.host_archive(more, self.folder / "cache"), one)

    def test_initrd(self):
        """The packed part is the last, and the image has the tests' parameters enabled."""
        for name in ("packed", "image", "kvm-amd.ko"):
            (self.folder / name).write_text(f"<{name}>")
        kernel = mock.Mock(modules=lambda vendor: [self.folder / f"kvm-{vendor}.ko"])
        target, packed = self.folder / "initrd", self.folder / "packed"
        nested.initrd(packed, kernel, "amd", self.folder / "image", ["-m", "5"], target)
        data = target.read_bytes()
        self.assertTrue(data.endswith(b"<packed>"))
        for text in (b"kvm-amd.ko nested=1\n", b"-m\n5\n", b"<image>"):
            self.assertIn(text, data)
        self.assertIn(cpio.archive({nested.TESTS_FILE: (0o644, b"")}), data)


def module(depends):
    """An ELF object with only a .modinfo section."""
    info = b"license=GPL\0depends=" + ",".join(depends).encode() + b"\0vermagic=6\0"
    names = b"\0.modinfo\0.shstrtab\0"
    head = bytearray(64)
    head[:6] = b"\x7fELF\x02\x01"
    struct.pack_into("<Q", head, 0x28, 64 + len(info) + len(names))
    struct.pack_into("<HHH", head, 0x3A, 64, 3, 2)
    entry = struct.Struct("<IIQQQQIIQQ")
    table = bytes(64) + entry.pack(1, 1, 0, 0, 64, len(info), 0, 0, 1, 0)
    table += entry.pack(10, 3, 0, 0, 64 + len(info), len(names), 0, 0, 1, 0)
    return bytes(head) + info + names + table


class Loader(unittest.TestCase):
    def test_is_the_packages_own(self):
        """bookworm's absolute link to it would lead to this machine's."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "lib64").mkdir()
            (root / "lib64/ld-linux-x86-64.so.2").symlink_to("/lib/x86_64-linux-gnu/ld.so")
            with self.assertRaisesRegex(apt.Unavailable, "no C library"):
                programs._fill_emulator("qemu", [], root)
            own = root / "lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
            own.parent.mkdir(parents=True)
            own.touch()
            listed = mock.Mock(stdout="", returncode=0)
            with mock.patch.object(command, "run", return_value=listed) as run:
                programs._fill_emulator("qemu", [], root)
            self.assertEqual(run.call_args.args[0][0], own)
            script = (root / "start/qemu-system-x86_64").read_text(encoding="utf-8")
            self.assertIn("/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", script)
            self.assertNotIn("lib64/", script)


class Modules(unittest.TestCase):
    def test_order(self):
        files = {
            "kvm-amd": module(["kvm", "ccp"]),
            "kvm": module(["irqbypass"]),
            "irqbypass": module([]),
            "ccp": module([]),
        }
        got = programs.in_order(["irqbypass", "kvm-amd"], files.__getitem__)
        self.assertEqual(got, ["irqbypass", "kvm", "ccp", "kvm-amd"])
        self.assertEqual(programs.needs(module(["a", "b"])), ["a", "b"])
        with self.assertRaises(ValueError):
            programs.needs(b"\x7fELFno module")


class Cache(unittest.TestCase):
    """A suite with a fake mirror."""

    def setUp(self):
        self.top = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.version, self.reached, self.filled = "1.0-1", True, 0
        self.enterContext(mock.patch.object(apt.Suite, "refresh", self.refresh))
        self.enterContext(mock.patch.object(apt.Suite, "_apt", lambda *a, **k: ""))
        self.enterContext(mock.patch.object(apt.Suite, "closure", self.closure))
        self.enterContext(mock.patch.object(programs, "_fill_emulator", self.fill))

    def refresh(self, age=0):
        if not self.reached:
            raise apt.Unavailable("no mirror")
        # As after apt-get update: results from the old lists are dropped.
        state = self.top / apt.LAYOUT / "apt" / "trixie"
        state.mkdir(parents=True, exist_ok=True)
        (state / "stamp").touch()
        os.utime(state / "stamp", (time.time() + 60, time.time() + 60))

    def closure(self, *names):
        return [apt.Package(name, "1:" + self.version) for name in names]

    def fill(self, kind, debs, root):
        self.filled += 1
        (root / "half").touch()
        if self.version == "broken":
            raise apt.Unavailable("half a download")
        (root / "whole").touch()

    def get(self):
        return programs.Programs(self.top, TABLE.replace("qemu", "bochs")).emulator("q")

    def test_used_again(self):
        first, again = self.get(), self.get()
        self.assertEqual((first.folder, self.filled), (again.folder, 1))
        self.assertTrue((first.folder / "whole").exists())
        self.assertEqual((first.note, first.version), ("", "1.0-1"))

    def test_installed_is_broken(self):
        table = TABLE.replace("qemu", "bochs") + """
[emulator."r"]
kind = "bochs"
suite = "sid"
version = "1:3.1-1"
broken = "it is"
instead = "q"
"""
        known = programs.Programs(self.top, table)
        broken = ("q", "3.1-1 is broken: it is")
        for version, expected in (("3.1-1", broken), ("3.1-2", None), ("", None)):
            with mock.patch.object(apt, "installed", return_value=version) as asked:
                self.assertEqual(known.stand_in("bochs"), expected)
                asked.assert_called_once_with("bochs")
                self.assertIsNone(known.stand_in("qemu"))
        own = programs.Programs(self.top)
        for table in own.emulators.values():
            self.assertIn(table.instead or "qemu-7.2", own.emulators)

    def test_busybox(self):
        with tempfile.TemporaryDirectory() as folder:
            cache = pathlib.Path(folder)
            with self.assertRaisesRegex(apt.Unavailable, "no busybox.*run make"):
                programs.busybox(cache)
            for number, name in enumerate(("new", "old")):
                (cache / f"busybox-{name}").mkdir()
                (cache / f"busybox-{name}/busybox").touch()
                os.utime(cache / f"busybox-{name}/busybox", (100 - number, 100 - number))
            self.assertEqual(programs.busybox(cache), cache / "busybox-new/busybox")

    def test_moved_on(self):
        self.get()
        self.version = "1.1-1"
        ready = self.get()
        self.assertEqual((ready.version, self.filled), ("1.1-1", 2))
        self.assertIn("has 1:1.1-1 now, written for 1:1.0-1", ready.note)

    def test_no_mirror(self):
        self.reached = False
        with self.assertRaisesRegex(apt.Unavailable, "no mirror"):
            self.get()
        self.reached = True
        self.get()
        self.reached = False
        ready = self.get()
        self.assertEqual(ready.version, "1.0-1")
        self.assertIn("from the cache: no mirror", ready.note)

    def test_broken(self):
        """A version that is known to be broken is not returned, but the next one is."""
        text = TABLE.replace("qemu", "bochs").replace("[kernel.k]", 'broken = "x"\n[kernel.k]')
        known = programs.Programs(self.top, text)
        for _ in range(2):
            with self.assertRaisesRegex(apt.Unavailable, "1.0-1 is broken: x"):
                known.emulator("q")
        self.version = "1.1-1"
        self.assertEqual(known.emulator("q").version, "1.1-1")

    def test_half_a_download(self):
        self.version = "broken"
        with self.assertRaisesRegex(apt.Unavailable, "half a download"):
            self.get()
        self.assertEqual([p.name for p in (self.top / apt.LAYOUT / "trixie").glob("q_*")], [])
        self.version = "1.0-1"
        self.assertTrue((self.get().folder / "whole").exists())
        self.assertEqual(len(list((self.top / apt.LAYOUT / "trixie").iterdir())), 1)

    def test_what_was_replaced_goes_when_nobody_uses_it(self):
        old = self.get().folder
        self.version = "1.1-1"
        self.get()
        self.assertTrue(old.exists())
        os.utime(old, (0, 0))
        self.get()
        self.assertFalse(old.exists())


if __name__ == "__main__":
    sys.exit(suite.unittests(sys.modules[__name__]))
