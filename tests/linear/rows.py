# SPDX-License-Identifier: GPL-2.0-only
"""Every reader of a text or a document, and every renderer of a long one: a row each.

A row's files are made for n units. n is large enough that 8n takes some milliseconds, and small
enough that all rows together take some seconds.
"""

import dataclasses
import json
import typing

import judge

from lib.places import EXPECT, REPLAY

REPORT = json.loads((EXPECT / "report.json").read_text(encoding="utf-8"))
FACTS = json.loads((REPLAY / "haswell-vmx-locked-off.json").read_text(encoding="utf-8"))
HASWELL = FACTS["cpus"][0]


@dataclasses.dataclass(frozen=True)
class Row:
    """words: of the command, in the folder of the files; the first is a command of nestcheck, or
    "readers". stdin: the file that it reads. good: its exit status with and without units.
    """

    name: str
    n: int
    words: str
    files: typing.Callable  # of n: {path: text}
    stdin: str = ""
    good: tuple = (0, 1)
    most: int = judge.MOST  # times that the CPU time may grow from n to 8n


ROWS = []


def row(name, n, words, files, **more):
    ROWS.append(Row(name, n, words, files, **more))


def copy_of(document):
    return json.loads(json.dumps(document))


# --- files of a root: modprobe.d, boot loaders, the lists of an initramfs and of kernels --------

SETUP_HOST = "setup host --root . --dry-run --facts "
HOST = {"host.json": json.dumps(FACTS | {"cpus": [HASWELL]}), "etc/hostname": ""}
# setup host reads at most 1 MiB of a file, so some rows have several equal ones.
GRUB = "etc/default/grub boot/grub/grub.cfg boot/grub2/grub.cfg etc/kernel/cmdline"
DRACUT = "etc/dracut.conf etc/dracut.conf.d/a etc/dracut.conf.d/b"
# Several, as a megabyte of one file is the most that is read: too little to measure.
BUILTIN = " ".join(f"lib/modules/6.1.{i}/modules.builtin" for i in range(6))
MODPROBE = " ".join(f"etc/modprobe.d/{i}.conf" for i in "abcd")
OEM = "system/oem/x " + " ".join(f"oem/{i}.yaml" for i in range(8))
REMOVAL = "etc/kernel/cmdline-removal.d/a.conf"
NESTED = "options kvm_intel nested=0"


def root(name, n, paths, unit, first=""):
    """Every one of the paths has `first`, and then n units."""

    def files(units):
        text = first + unit * units + "\n"
        return HOST | {"usr/bin/dracut": ""} | {path: text for path in paths.split()}

    row(name, n, SETUP_HOST + "host.json", files, most=judge.MOST_PLAIN)


def root_files(name, n, path, text, more=()):
    """n files."""

    def files(units):
        return HOST | dict(more) | {path.format(i): text for i in range(units)}

    row(name, n, SETUP_HOST + "host.json", files)


def hidden_files(units):
    folders = ("etc/kernel/cmdline.d", "usr/share/kernel/cmdline.d")
    return HOST | {f"{folder}/{i:06}.conf": "a\n" for i in range(units) for folder in folders}


root("modprobe.d: empty lines", 60000, MODPROBE, "\n")
root("modprobe.d: comments", 25000, MODPROBE, "# a\n")
root("modprobe.d: contradictions", 4000, MODPROBE, f"{NESTED}\n")
root("modprobe.d: a line that goes on", 40000, MODPROBE, "a\\\n")
root("modprobe.d: a line of many options", 30000, MODPROBE, "a=1 ", first=f"{NESTED} ")
root("modprobe.d: blanks", 120000, MODPROBE, " ")
root("modprobe.d: backslashes", 120000, MODPROBE, "\\")
root_files("modprobe.d: files", 700, "etc/modprobe.d/{:06}.conf", "options a b=1\n")
root("grub.cfg: lines", 3000, GRUB, "linux /vmlinuz kvm_intel.nested=0 quiet\n")
root("grub.cfg: empty lines", 100000, "boot/grub/grub.cfg", "\n")
root("grub.cfg: blanks", 30000, GRUB, " ")
root("grub.cfg: words", 40000, "boot/grub/grub.cfg", "a ")
root("grub.cfg: lists of banned modules", 6000, GRUB, "module_blacklist=a ")
root("grub.cfg: a list of banned modules", 60000, GRUB, "a,", first="module_blacklist=")
root_files("loader entries", 400, "boot/loader/entries/{:06}.conf", "options kvm_intel.nested=0\n")
root_files("cmdline.d: files", 400, "etc/kernel/cmdline.d/{:06}.conf", "kvm_intel.nested=0\n")
row("cmdline.d: hidden files", 300, SETUP_HOST + "host.json", hidden_files)
root_files("EFI/Linux: files", 400, "boot/EFI/Linux/{:06}.efi", "MZ\n")
root("cmdline-removal.d: lines", 60000, f"{REMOVAL} usr/lib/kernel/cmdline-6.1", "kvm x\n")
root("oem: lines", 8000, OEM, "kvm_intel x\n")
root_files("oem: files", 400, "oem/{:06}.yaml", "kvm_intel nested=0\n", more={"system/oem/a": ""})
root("initramfs: lines", 120000, DRACUT, "\n")
root("initramfs: a long line", 120000, DRACUT, "k")
root("modules.builtin", 4000, BUILTIN, "kernel/kvm/kvm-intelx.ko\n")
root_files("kernels", 150, "lib/modules/6.1.{}/modules.builtin", "kernel/a.ko\n")


# --- facts --------------------------------------------------------------------------------------


def strings(text):
    """Of n: that text for 0 to n - 1."""
    return lambda n: [text.format(i) for i in range(n)]


def values(value):
    """Of n: an object of n names with that value."""
    return lambda n: {f"name{i}": value for i in range(n)}


def document(cpus=(), **kernel):
    facts = copy_of(FACTS)
    facts["cpus"] = list(cpus) or [HASWELL]
    facts["kernel"] = facts.get("kernel", {}) | kernel
    return {"in.json": json.dumps(facts)}


def alike(n):
    """CPUs that differ in one register."""
    first = HASWELL | {"id": 0, "msr": {"0x00004000": "0x0000000000000000"}}
    rest = range(1, n)
    cpus = [{"id": i, "like": 0, "msr": {"0x00004000": f"0x{i:016x}"}} for i in rest]
    return document([first, *cpus])


def kinds(n):
    """A hybrid CPU (leaf 7 EDX[15]) each of whose cores is of another kind (leaf 0x1a EAX)."""
    cpus = []
    for i in range(n):
        leaves_of_it = {
            "0x00000000:0": HASWELL["cpuid"]["0x00000000:0"],
            "0x00000007:0": "0x00000000 0x00000000 0x00000000 0x00008000",
            "0x0000001a:0": f"0x{i:08x} 0x00000000 0x00000000 0x00000000",
        }
        cpus.append({"id": i, "cpuid": leaves_of_it})
    return document(cpus)


def registers(n):
    msr = {f"0x{0x4000 + i:08x}": "0x0000000000000000" for i in range(n)}
    return document({"id": i, "msr": msr} for i in range(8))


def like_many(n):
    """CPUs without a register of their own, like one that has as many as there are CPUs."""
    msr = {f"0x{0x4000 + i:08x}": "0x0000000000000000" for i in range(n)}
    return document([HASWELL | {"id": 0, "msr": msr}, *({"id": i, "like": 0} for i in range(1, n))])


def leaves(n):
    cpuid = {f"0x00000014:{i}": "0x00000000 " * 3 + "0x00000000" for i in range(n)}
    return document({"id": i, "cpuid": cpuid} for i in range(8))


def kernel(key, make):
    """Facts whose kernel.KEY is what `make` makes of n."""
    return lambda n: document(**{key: make(n)})


MODULES = kernel("modules", values({"nested": "1"}))
LINES = strings("/etc/modprobe.d/{}.conf: options kvm_intel nested=1")


def facts(name, n, files, words="diagnose --all", **more):
    row(f"facts: {name}", n, f"{words} --facts in.json", files, **more)


facts("CPUs", 512, alike)
facts("kinds of cores", 400, kinds)
facts("registers", 500, registers, most=judge.MOST_PLAIN)
facts("CPUs like one with many registers", 500, like_many)
facts("probe --all, like one with many", 500, like_many, "probe --all")
facts("leaves", 500, leaves, most=judge.MOST_PLAIN)
facts("probe --all", 1000, alike, "probe --all")
for words in ("msr 0x4000", "msr 0x4000 --json"):
    facts(words, 1000, alike, words, good=(0, 4), most=judge.MOST_PLAIN)
facts("log lines", 3000, kernel("log", strings("kvm: disabled by bios {}")))
facts("modprobe lines", 2000, kernel("modprobe", LINES))
facts("modules", 1500, MODULES)
facts("vulnerabilities", 3000, kernel("vulnerabilities", values("a")))
facts("a long command line", 5000, kernel("cmdline", lambda n: "kvm_intel.nested=1 " * n))
facts("a long list", 40000, kernel("cmdline", lambda n: "module_blacklist=" + "a," * n))
facts("a long release", 200000, kernel("release", lambda n: "6.1" + "-" * n))
facts("diagnose", 1000, alike, "diagnose")
LONG_LINE = kernel("cmdline", lambda n: "kvm_intel.nested=1 " * n)
facts("diagnose, a long command line", 5000, LONG_LINE, "diagnose")
facts("passed through", 1500, MODULES, "probe --json")
facts("setup guest", 1500, MODULES, "setup guest --for libvirt")
facts("setup script", 1500, MODULES, "setup script --for l1")
facts("setup check", 1500, MODULES, "setup check")
row("facts: setup host", 1500, SETUP_HOST + "in.json", lambda n: HOST | MODULES(n))


# --- reports ------------------------------------------------------------------------------------


def report(name="in.json", **parts):
    """PART__KEY=value for each part that is changed."""
    changed = copy_of(REPORT)
    for path, value in parts.items():
        at = changed
        *first, last = path.split("__")
        for key in first:
            at = at[key]
        at[last] = value
    return {name: json.dumps(changed)}


def cases(result="skip", detail="detail {}"):
    """Of n: n cases; detail: of case i, or None."""

    def make(n):
        return [
            {"name": f"vmx_case{i}", "result": result, "detail": detail and detail.format(i)}
            for i in range(n)
        ]

    return make


def one_finding(**more):
    return {"id": "finding", "severity": "advice", "title": "t", "evidence": "seen"} | more


def findings(n):
    return [one_finding(id=f"finding{i}") for i in range(n)]


def every_third_cpu(n):
    return report(findings=[one_finding(cpus=list(range(0, 3 * n, 3)))])


def levels(n):
    more = {"cpus": 1, "kernel": "6.1", "console": ["a", "b"], "findings": findings(1)}
    return [{"level": 1, "end": f"ended {i}"} | more for i in range(n)]


def with_levels(made):
    chain = {"result": "fail", "level": 1, "levels": made}
    return report(selftest__chain=REPORT["selftest"]["chain"] | chain)


def long_release(n):
    """Each failed case asks for the kernel's version."""
    return report(selftest__cases=cases("fail")(n), facts__kernel__release="6.1" + "-" * n)


def show(name, n, files, how="", **more):
    # A stored PASS that failed cases contradict is 4.
    more.setdefault("good", (0, 4))
    row(f"report: {name}", n, f"report in.json {how}", files, **more)


def one_word(n):
    return report(findings=[one_finding(evidence="w" * n)])


def show_cases(name, n, make, how=""):
    show(name, n, lambda units: report(selftest__cases=make(units)), how)


show_cases("skipped, each its own detail", 600, cases())
show_cases("skipped, all one detail", 600, cases(detail="the same"))
show_cases("skipped, without detail", 2000, cases(detail=None))
show_cases("passed", 600, cases("pass"))
show_cases("failed", 600, cases("fail"))
show_cases("failed as expected", 600, cases("xfail"))
show_cases("--tap", 600, cases("fail"), "--tap")
show_cases("--json", 600, cases("fail"), "--json")
show_cases("--screen", 600, cases("fail"), "--screen 200x200")
show("failed, and a long release", 600, long_release)
show("findings", 600, lambda n: report(findings=findings(n)))
show("findings, --screen", 600, lambda n: report(findings=findings(n)), "--screen 200x400")
show("CPUs of a finding", 6000, every_third_cpu)
show("a long text", 30000, lambda n: report(findings=[one_finding(evidence="word " * n)]))
show("a long word", 500000, one_word, most=judge.MOST_PLAIN)
show("a long reason", 60000, lambda n: report(verdict__reason="word " * n))
show("levels of the chain", 200, lambda n: with_levels(levels(n)))
show("a console", 15000, lambda n: with_levels([levels(1)[0] | {"console": ["a" * n]}]))
show("parameters of KVM", 3000, lambda n: report(kvm__parameters=values("a")(n)))


# --- compare ------------------------------------------------------------------------------------


def other(make, n):
    """Half of make(n), and as much that is not in it, in the reverse order."""
    more = make(n + n // 2)
    if isinstance(more, dict):
        return dict(list(more.items())[n // 2 :][::-1])
    return more[n // 2 :][::-1]


def compare(name, n, path, make):
    def files(units):
        a = report("a.json", **{path: make(units)})
        return a | report("b.json", **{path: other(make, units)})

    row(f"compare: {name}", n, "compare a.json b.json", files)


def one_module(n):
    """The parameters of a module that both have."""
    a = report("a.json", facts__kernel__modules={"kvm": values("a")(n)})
    return a | report("b.json", facts__kernel__modules={"kvm": values("b")(n)})


compare("modprobe lines", 700, "facts__kernel__modprobe", LINES)
compare("modules", 1000, "facts__kernel__modules", values({"nested": "1"}))
compare("findings", 700, "findings", findings)
compare("cases", 700, "selftest__cases", cases())
compare("DMI", 700, "facts__firmware__dmi", values("a"))
compare("ACPI tables", 1500, "facts__firmware__acpi", strings("T{}"))
compare("vulnerabilities", 700, "facts__kernel__vulnerabilities", values("a"))
compare("module files", 700, "facts__kernel__module_files", values("a"))
compare("parameters of KVM", 700, "kvm__parameters", values("a"))
compare("capabilities of KVM", 700, "facts__kvm__caps", values("a"))
compare("levels of the chain", 150, "selftest__chain__levels", levels)
row("compare: parameters of one module", 1000, "compare a.json b.json", one_module)


# --- fleet --------------------------------------------------------------------------------------


def fleet(name, n, change, how="", **more):
    """n reports; change(i): what is different in the i-th."""

    def files(units):
        made = {}
        for i in range(units):
            made |= {f"r/{i}.json": report(**change(i))["in.json"]}
        return made | {"r/base.json": json.dumps(REPORT)}

    row(f"fleet: {name}", n, f"fleet r {how}", files, good=(0, 1), **more)


def own_finding(i):
    return {"findings": [one_finding(id=f"finding{i}")]}


FAILED = {"result": "FAIL", "grade": None, "reason": "it failed"}

for form in ("", "--json", "--csv", "--html"):
    fleet(f"equal {form}".strip(), 30, lambda i: {}, form)
fleet("each its own group", 30, lambda i: {"facts__kernel__release": f"6.{i}"}, "--html")
fleet("each odd", 30, lambda i: {"cpu__microcode": f"{i}"}, "--html")
fleet("each its own finding", 30, own_finding, "--html")
fleet("each its own failure", 30, lambda i: {"verdict": FAILED | {"reason": f"r {i}"}})
row("fleet: cases of one", 600, "fleet in.json", lambda n: report(selftest__cases=cases()(n)),
    good=(0, 4))  # fmt: skip


# --- libvirt's XML ------------------------------------------------------------------------------

DOMAIN = "<domain type='kvm'>\n  <name>a</name>\n{}\n</domain>\n"
CPU = "  <cpu mode='custom'>\n    <model>Haswell</model>\n{}\n  </cpu>"
SETUP_XML = "setup xml in.xml --feature vmx"


def xml(name, n, unit, inside="{}", words=SETUP_XML):
    """unit: a text n times, or a function of n."""

    def files(units):
        text = unit(units) if callable(unit) else unit * units
        return {"in.xml": DOMAIN.format(inside.format(text))}

    row(f"XML: {name}", n, words, files)


def attributes(n):
    return "<x " + " ".join(f"a{i}='b'" for i in range(n)) + "/>"


xml("devices", 3000, "  <x a='b'>c</x>\n")
xml("features", 3000, "    <feature policy='require' name='aes'/>\n", CPU)
xml("attributes", 3000, attributes)
xml("comments", 15000, "<!-- a -->", "<vcpu>1</vcpu>{}")
xml("comments in <cpu>", 15000, "<!-- a -->", CPU)
xml("text", 60000, "text ")
xml("blanks in <model>", 200000, " ", "<cpu><model>Haswell{}</model></cpu>")
xml("blanks before <cpu>", 300000, " ", "{}<cpu/>")
xml("depth", 5000, lambda n: "<x>" * n + "</x>" * n)
xml("--diff", 3000, "  <x/>\n", words=f"{SETUP_XML} --diff")
xml(
    "disks",
    3000,
    "<disk><driver/><target dev='vda'/></disk>",
    "<devices>{}</devices>",
    f"{SETUP_XML} --disk-cache none",
)
row(
    "XML: the facts",
    1500,
    "setup xml in.xml --facts in.json --dry-run",
    lambda n: {"in.xml": DOMAIN.format("")} | MODULES(n),
)


# --- what init, the self-test and the chain read ------------------------------------------------


def inner(name, n, reader, unit):
    """unit: a text n times, or one with {0} for each number."""

    def files(units):
        if "{0}" in unit:
            return {"in": "".join(unit.format(i) for i in range(units))}
        return {"in": unit * units}

    row(name, n, f"readers {reader}", files, stdin="in", good=(0,))


KMSG = "4,{0},1234567,-;kvm: message {0}\n"
inner("nestcheck.cfg: parameters", 8000, "cfg", "only=a\n")
inner("nestcheck.cfg: no parameters", 12000, "cfg", "a=b\n")
inner("nestcheck.cfg: empty lines", 40000, "cfg", "\n")
inner("the kernel's command line", 20000, "cmdline", "nestcheck.only=a ")
inner("the kernel's command line: blanks", 200000, "cmdline", " ")
inner("the command line as it is recorded", 1000, "secrets", "kvm.a=b c=d ")
inner("parameters on the command line", 2000, "parameters", "kvm_intel.a=b ")
inner("the kernel's log", 5000, "log", "<4>[    1.0] kvm: {0}\n")
inner("the kernel's log: one line", 300000, "log", "kvm ")
inner("new records of the log", 500, "kmsg", KMSG)
inner("health: new records", 2000, "health", KMSG)
inner("the log of the boot", 2000, "boot-log", KMSG)
inner("rdinit= on the command line", 20000, "rdinit", "rdinit=/{0} ")
inner("health: one defect after another", 2000, "health", "4,1,1,-;BUG: a\n")
inner("lines of the chain", 20000, "chain", "L2 0 stage hashing\n")
inner("lines of the chain: a long one", 400000, "chain", "L1 1 re")
inner("a console of the chain", 300000, "chain-console", "a\x1bb")
inner("status lines", 20000, "status", "CASE vmx_cpuid 5/40 pass\n")
