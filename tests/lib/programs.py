# SPDX-License-Identifier: GPL-2.0-only
"""The emulators and kernels of programs.toml, from Debian's packages and ready to start.

An emulator is the unpacked packages and a script that starts it there, with its own libraries,
firmware and modules: it needs neither root nor chroot, and uses nothing that is installed on this
machine. A kernel is its image and the modules that KVM needs.
"""

import dataclasses
import fnmatch
import json
import lzma
import pathlib
import re
import shutil
import stat
import subprocess

from lib import apt, command, cpio, places, tables
from lib.program import Program

TABLE = places.TESTS / "matrix" / "programs.toml"


# Dependencies of Debian's builds of the emulators that nothing started here uses.
NOT_NEEDED = ("libllvm*", "mesa-*", "libgallium*", "iso-codes", "*-icon-theme")
# The packages' firmware is found by -L, before what is installed.
QEMU_SCRIPT = """\
#!/bin/sh
# QEMU from this folder, with its own C library, modules and firmware.
root=${{0%/*}}/..
export QEMU_MODULE_DIR="$root/usr/lib/x86_64-linux-gnu/qemu"
exec "$root/{loader}" --library-path "$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu" \\
	"$root/usr/bin/qemu-system-x86_64" -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" \\
	-L "$root/usr/lib/ipxe/qemu" "$@"
"""
BOCHS_SCRIPT = """\
#!/bin/sh
# Bochs from this folder, with its own C library and plugins.
root=${{0%/*}}/..
export BXSHARE="$root/usr/share/bochs" GUEST=guest
export LTDL_LIBRARY_PATH="$root/usr/lib/{plugins}bochs/plugins"
exec "$root/{loader}" --library-path "$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu" \\
	"$root/usr/bin/bochs-bin" -q "$@"
"""
KINDS = {
    # package whose version counts, more packages, program, its ELF file, script
    "qemu": ("qemu-system-x86", (), "qemu-system-x86_64", "qemu-system-x86_64", QEMU_SCRIPT),
    "bochs": (
        *("bochs", ("bochs-term", "bochsbios", "vgabios"), "bochs", "bochs-bin"),
        BOCHS_SCRIPT,
    ),
}
# The file itself: bookworm's link to it in lib64 is absolute, and would lead to this machine's.
LOADERS = tuple(f"{top}lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" for top in ("", "usr/"))
# The folders of a kernel's modules that have KVM and its dependencies.
MODULE_FOLDERS = ("arch", "virt", "crypto", "lib", "drivers/crypto", "drivers/char/hw_random")
# Loaded on an installed system when nestcheck runs there.
MODULES = {"amd": ("msr", "cpuid", "kvm-amd"), "intel": ("msr", "cpuid", "kvm-intel")}
DEPENDS = re.compile(rb"\0depends=([^\0]*)\0")


@dataclasses.dataclass(frozen=True)
class Emulator:
    kind: str
    suite: str
    version: str
    # The reason why exactly this version cannot be used; the suite's next version is tried again.
    broken: str = ""
    # The emulator of the table that replaces the installed one if that has this version.
    instead: str = ""


@dataclasses.dataclass(frozen=True)
class Kernel:
    suite: str
    series: str
    version: str


@dataclasses.dataclass(frozen=True)
class Ready:
    """The program or kernel in the cache. note: '' or how it differs from the table."""

    folder: pathlib.Path
    version: str
    note: str = ""

    def program(self, kind):
        """For tests/boot."""
        return Program(str(self.folder / "start" / KINDS[kind][2]), str(self.folder))

    @property
    def vmlinuz(self):
        return self.folder / "vmlinuz"

    @property
    def release(self):
        return self._facts()["release"]

    def modules(self, vendor):
        """The files to load, in this order."""
        return [self.folder / "modules" / name for name in self._facts()["modules"][vendor]]

    def _facts(self):
        return json.loads((self.folder / "kernel.json").read_text(encoding="utf-8"))


def load(text):
    """(emulators, kernels) of programs.toml, by name. Raises ValueError."""
    kinds = {"emulator": Emulator, "kernel": Kernel}
    document = tables.read(text, kinds, TABLE.name)
    emulators, kernels = (
        {n: tables.build(cls, t, f"{what} '{n}'") for n, t in document.get(what, {}).items()}
        for what, cls in kinds.items()
    )
    for name, emulator in emulators.items():
        tables.one_of(emulator.kind, KINDS, f"emulator '{name}'")
    return emulators, kernels


def _dpkg_extract(deb, root):
    done = command.run(["dpkg-deb", "-x", deb, root], limit=None)
    if done.returncode:
        raise apt.Unavailable(f"{deb.name} cannot be unpacked: {done.stderr.strip()}")


def _fill_emulator(kind, debs, root):
    _, _, program, elf, script = KINDS[kind]
    for deb in debs:
        _dpkg_extract(deb, root)
    loader = next((name for name in LOADERS if (root / name).is_file()), None)
    if loader is None:
        raise apt.Unavailable(f"the packages of {program} have no C library")
    plugins = "" if (root / "usr/lib/bochs").exists() else "x86_64-linux-gnu/"
    path = root / "start" / program
    path.parent.mkdir(exist_ok=True)
    path.write_text(script.format(loader=loader, plugins=plugins))
    path.chmod(0o755)
    # Every library has to come from the packages.
    libraries = f"{root}/usr/lib/x86_64-linux-gnu:{root}/lib/x86_64-linux-gnu"
    argv = (root / loader, "--library-path", libraries, "--list", root / "usr/bin" / elf)
    listed = command.run(argv)
    for line in listed.stdout.splitlines():
        if "=>" in line and f"=> {root}" not in line:
            raise apt.Unavailable(f"{program}: {line.strip()}, which is not from the packages")
    if listed.returncode:
        raise apt.Unavailable(f"{program} does not start: {listed.stderr.strip()[:200]}")


def _unpacked(path):
    """A module's bytes, and its name without a compression suffix."""
    data = path.read_bytes()
    if path.suffix == ".xz":
        return lzma.decompress(data), path.stem
    if path.suffix != ".ko":
        raise apt.Unavailable(f"{path.name} has an unknown compression")
    return data, path.name


def needs(module):
    """The modules that this one depends on (its .modinfo section)."""
    for name, _kind, offset, size, _link in cpio.sections(module):
        if name == ".modinfo":
            found = DEPENDS.search(b"\0" + module[offset : offset + size])
            return [n for n in found[1].decode().split(",") if n] if found else []
    raise ValueError("a module without .modinfo")


def in_order(wanted, read):
    """Names of all modules to load, in this order. read: name -> its bytes."""
    out = []

    def add(name):
        if name.replace("-", "_") in (n.replace("-", "_") for n in out):
            return
        for before in needs(read(name)):
            add(before)
        out.append(name)

    for name in wanted:
        add(name)
    return out


def _fill_kernel(debs, root):
    work = root / "unpack"
    work.mkdir()
    for deb in debs:
        _extract_kernel(deb, work)
    images = list(work.glob("boot/vmlinuz-*")) + list(work.glob("usr/lib/modules/*/vmlinuz"))
    if len(images) != 1:
        raise apt.Unavailable(f"{len(images)} kernels in {', '.join(d.name for d in debs)}")
    (root / "modules").mkdir()
    files = {re.sub(r"\.ko.*", "", p.name).replace("-", "_"): p for p in work.rglob("*.ko*")}
    kept = {}

    def read(name):
        path = files.get(name.replace("-", "_"))
        if path is None:
            raise apt.Unavailable(f"{debs[0].name} has no module {name}")
        data, kept[name] = _unpacked(path)
        (root / "modules" / kept[name]).write_bytes(data)
        return data

    order = {vendor: in_order(wanted, read) for vendor, wanted in MODULES.items()}
    modules = {vendor: [kept[name] for name in names] for vendor, names in order.items()}
    (release,) = {p.name for p in work.glob("**/lib/modules/*") if p.is_dir()}
    facts = {"release": release, "modules": modules}
    (root / "kernel.json").write_text(json.dumps(facts, indent=1))
    images[0].rename(root / "vmlinuz")
    (root / "vmlinuz").chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IROTH)
    shutil.rmtree(work)


def _extract_kernel(deb, work):
    """The image and the modules that may be needed; drivers are not unpacked."""
    wanted = ["*/vmlinuz*"] + [f"*/lib/modules/*/kernel/{name}/*" for name in MODULE_FOLDERS]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as packed:
        argv = ["tar", "-x", "-C", work, "--wildcards", *wanted]
        # tar fails if a pattern matches nothing, and not every package matches each pattern.
        subprocess.run(argv, stdin=packed.stdout, stderr=subprocess.DEVNULL, check=False)


class Programs:
    """All of programs.toml, fetched on demand."""

    def __init__(self, cache, text=None):
        self.cache = pathlib.Path(cache)
        text = TABLE.read_text(encoding="utf-8") if text is None else text
        self.emulators, self.kernels = load(text)
        self.unreached = {}  # release -> why its lists could not be downloaded

    def _offered(self, suite, name, find, more, fill):
        """(package, folder) of the suite's version. Raises Unavailable."""
        if suite.base in self.unreached:
            raise apt.Unavailable(self.unreached[suite.base])
        try:
            suite.refresh()
        except apt.Unavailable as error:
            # Not tried again for the next program: each attempt may take until its timeout.
            self.unreached[suite.base] = str(error)
            raise

        def unpacked():
            package = suite.answer(f"{suite.name}-{name}", find)
            target = f"{name}_{package.upstream}"
            return package, suite.unpack(target, lambda: more(package), fill)

        try:
            return unpacked()
        except apt.Unavailable:
            # A package in the lists may have been removed from the mirror since.
            suite.refresh(0)
            return unpacked()

    def _ready(self, name, table, find, more, fill):
        """Unpacked, or from the cache if the mirror cannot be reached.

        find: the package whose version counts; more: all packages to unpack, for that one.
        """
        suite = apt.Suite(table.suite, self.cache)
        with suite.lock():
            try:
                package, target = self._offered(
                    suite, name, lambda: find(suite), lambda main: more(suite, main), fill
                )
            except apt.Unavailable as error:
                found = suite.cached(name)
                if not found:
                    raise
                version = found[0].name.partition("_")[2]
                return Ready(found[0], version, f"{version}, from the cache: {error}")
            suite.used(target, name)
        moved = package.version != table.version
        note = f"{suite.name} has {package.version} now, written for {table.version}"
        return Ready(target, package.upstream, note if moved else "")

    def stand_in(self, kind):
        """(name, why) of the emulator that replaces the installed one; None: not replaced."""
        version = apt.installed(KINDS[kind][0])
        for table in self.emulators.values():
            broken = table.kind == kind and table.broken and table.instead
            if broken and apt.Package(kind, table.version).upstream == version:
                return table.instead, f"{version} is broken: {table.broken}"
        return None

    def emulator(self, name):
        table = self.emulators[name]
        main, others, *_ = KINDS[table.kind]

        def find(suite):
            return next(p for p in suite.closure(main) if p.name == main)

        def more(suite, _main):
            packages = suite.closure(main, *others)
            return [p for p in packages if not any(fnmatch.fnmatch(p.name, g) for g in NOT_NEEDED)]

        def fill(debs, root):
            _fill_emulator(table.kind, debs, root)

        ready = self._ready(name, table, find, more, fill)
        if table.broken and ready.version == apt.Package(main, table.version).upstream:
            raise apt.Unavailable(f"{ready.version} is broken: {table.broken}")
        return ready

    def kernel(self, name):
        table = self.kernels[name]
        series = re.escape(table.series + ".") if table.series else "[0-9]"
        # Neither the cloud, nor the real-time, nor the unsigned kernel.
        pattern = re.compile(rf"linux-image-{series}[^-]*(-\d+)?-amd64")

        def find(suite):
            names = suite.names("linux-image-*")
            return apt.newest(suite.offered(n for n in names if pattern.fullmatch(n)))

        def more(suite, image):
            # The image's other dependencies are not needed, and the suite may no longer have them.
            release = re.escape(image.name.removeprefix("linux-image-"))
            own = re.compile(rf"linux-(image|binary|modules)-{release}")
            return suite.offered(n for n in suite.names("linux-*") if own.fullmatch(n))

        return self._ready(f"linux-{name}", table, find, more, _fill_kernel)


def busybox(cache):
    """The cache that `make` builds and keeps."""
    found = sorted(pathlib.Path(cache).glob("busybox-*/busybox"), key=lambda p: p.stat().st_mtime)
    if not found:
        raise apt.Unavailable(f"no busybox-*/busybox in {cache}: run make, or use --busybox")
    return found[-1]
