# SPDX-License-Identifier: GPL-2.0-only
"""A private copy of KVM's sources, in which one line at a time is replaced and built.

The kernel's source and build tree are not modified: arch/x86/kvm and virt/kvm are copied and built
as external modules against them.
"""

import pathlib
import shutil

from lib import command

# Loading an out-of-tree module taints the kernel, and a new taint prevents PASS
# (design.md, "Verdict"): the copies declare themselves as in-tree, as the originals do.
IN_TREE = '\nMODULE_INFO(intree, "Y");\n'
MODULE_MAIN = ("svm/svm.c", "vmx/main.c", "x86.c")
MODULE = {"amd": "kvm-amd.ko", "intel": "kvm-intel.ko"}


def module_of(vendor, rule):
    """The module that the rule's file is built into: the vendor's, or kvm.ko."""
    own = rule is None or pathlib.PurePath(rule["file"]).parent.name in ("svm", "vmx")
    return MODULE[vendor] if own else "kvm.ko"


class RuleError(Exception):
    """A rule that no longer matches the source, or does not compile."""


def normal(line):
    """A line without its indentation and with single blanks."""
    return " ".join(line.split())


def find_line(text, rule):
    """The index of the rule's line: the only such line, or the only one after its anchor."""
    lines = text.splitlines()
    begin, end = 0, len(lines)
    if rule.get("function"):
        # A definition begins in the first column and ends at a closing brace there.
        starts = [
            i
            for i, line in enumerate(lines)
            if rule["function"] + "(" in line and line[:1].isalpha() and not line.endswith(";")
        ]
        starts = [i for i in starts if not _is_declaration(lines, i)]
        if len(starts) != 1:
            raise RuleError(f"{rule['id']}: {len(starts)} definitions of {rule['function']}")
        begin = starts[0]
        end = next(i for i in range(begin, len(lines)) if lines[i] == "}")
    wanted = normal(rule["line"])
    found = [i for i in range(begin, end) if normal(lines[i]) == wanted]
    if rule.get("after"):
        anchors = [i for i in range(begin, end) if normal(lines[i]) == normal(rule["after"])]
        if len(anchors) != 1:
            raise RuleError(f"{rule['id']}: '{rule['after']}' is there {len(anchors)} times")
        found = [i for i in found if i > anchors[0]][:1]
    if len(found) != 1:
        raise RuleError(f"{rule['id']}: '{rule['line']}' is there {len(found)} times, wanted one")
    return found[0]


def _is_declaration(lines, index):
    while "{" not in lines[index]:
        if lines[index].rstrip().endswith(";"):
            return True
        index += 1
    return False


def mutate(text, rule):
    """The source with the rule's line replaced."""
    index = find_line(text, rule)
    lines = text.splitlines(keepends=True)
    if normal(rule["with"]) == normal(rule["line"]):
        raise RuleError(f"{rule['id']}: replaces the line with the same text")
    lines[index] = rule["with"] + "\n"
    return "".join(lines)


class Tree:
    def __init__(self, source, build, folder):
        self.source, self.build, self.folder = source, build, folder
        self.kvm = folder / "arch" / "x86" / "kvm"

    def prepare(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.source / "arch" / "x86" / "kvm", self.kvm)
        shutil.copytree(self.source / "virt" / "kvm", self.folder / "virt" / "kvm")
        for name in MODULE_MAIN:
            path = self.kvm / name
            path.write_text(path.read_text(encoding="utf-8") + IN_TREE, encoding="utf-8")
        self._make("unmodified KVM")

    def _make(self, what):
        argv = ["make", "-s", "-C", self.source, f"O={self.build}", "ARCH=x86_64", "-j2"]
        argv += [f"M={self.kvm}", "KCFLAGS=-Wno-error -w", "modules"]
        result = command.run(argv, 900, merged=True)
        if result.returncode != 0:
            raise RuleError(f"{what}: does not build:\n{result.stdout[-3000:]}")

    def module(self, vendor, rule, target):
        """Builds the module with the rule's defect (None: the vendor's, unmodified) into target."""
        if rule is None:
            shutil.copyfile(self.kvm / module_of(vendor, rule), target)
            return
        path = self.folder / rule["file"]
        good = path.read_text(encoding="utf-8")
        try:
            path.write_text(mutate(good, rule), encoding="utf-8")
            self._make(rule["id"])
            shutil.copyfile(self.kvm / module_of(vendor, rule), target)
        finally:
            path.write_text(good, encoding="utf-8")


def check(rules, source):
    """Raises RuleError for the first rule whose line is not found as required."""
    for rule in rules:
        mutate((pathlib.Path(source) / rule["file"]).read_text(encoding="utf-8"), rule)
