# SPDX-License-Identifier: GPL-2.0-only
"""The static binary on a distribution's kernel.

Boots an initrd with busybox, KVM's modules and nestcheck in QEMU or Bochs, as tests/boot boots the
image.
"""

import dataclasses
import pathlib
import re
import shutil

from lib import bochs, media, qemu

HERE = pathlib.Path(__file__).resolve().parent


ISOLINUX = (
    pathlib.Path("/usr/lib/ISOLINUX/isolinux.bin"),
    pathlib.Path("/usr/lib/syslinux/modules/bios/ldlinux.c32"),
)
# An oops ends the run, because later results would be worthless. QEMU exits then; we kill Bochs.
WORDS = "console=ttyS0,115200 loglevel=2 oops=panic panic=-1"
NESTED = {"kvm-amd.ko": "nested=1", "kvm-intel.ko": "nested=1"}
END = re.compile(r"^matrix: END$|Kernel panic", re.MULTILINE)
# Messages of the script in the initrd: "matrix: WORD ...".
SAID = re.compile(r"^matrix: ([A-Z]+) ?(.*)\n?", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Stock:
    """A distribution's kernel, in the form of the build's products for tests/boot."""

    efi: pathlib.Path


def overlay(kernel, vendor, nestcheck, busybox, arguments):
    """The initrd in the form for tests/boot: path in it -> how to make it."""
    files = {
        "/init": f"file:{HERE / 'stock.init'}",
        "/bin/busybox": f"file:{busybox}",
        "/bin/nestcheck": f"file:{nestcheck}",
        "/matrix/arguments": f"text:{arguments}\n",
    }
    modules = kernel.modules(vendor)
    lines = (f"{m.name} {NESTED.get(m.name, '')}".rstrip() + "\n" for m in modules)
    files["/matrix/modules"] = "text:" + "".join(lines)
    files |= {f"/matrix/{m.name}": f"module-file:{m}" for m in modules}
    return files


def iso(kernel, initrd, words, folder):
    """A CD that boots this kernel."""
    tree = folder / "tree"
    tree.mkdir()
    for path in ISOLINUX:
        if not path.exists():
            raise media.MediaError(f"{path} is missing: tools/build/deps build")
        shutil.copyfile(path, tree / path.name)
    shutil.copyfile(kernel.vmlinuz, tree / "vmlinuz")
    shutil.copyfile(initrd, tree / "initrd")
    lines = ("DEFAULT stock", "LABEL stock", "LINUX /vmlinuz", "INITRD /initrd", f"APPEND {words}")
    (tree / "isolinux.cfg").write_text("\n".join(lines) + "\n")
    target = folder / "boot.iso"
    argv = ["xorriso", "-no_rc", "-report_about", "WARNING", "-as", "mkisofs", "-quiet", "-r"]
    argv += ["-b", "isolinux.bin", "-c", "boot.cat", "-no-emul-boot", "-boot-load-size", "4"]
    media.run_tool([*argv, "-boot-info-table", "-o", target, tree])
    shutil.rmtree(tree)
    return target


def ended(console):
    """Whether the file that the serial port writes has the last line."""
    try:
        return END.search(console.read_text(errors="replace").replace("\r", "")) is not None
    except OSError:
        return False


def run(row, kernel, program, folder):
    """row: of tests/boot, its overlay from above. program: None for the installed emulator."""
    product = Stock(kernel.vmlinuz)
    words = f"{WORDS} {row.cmdline}".rstrip()
    row = dataclasses.replace(row, cmdline=words)
    if row.emulator == "qemu":
        return qemu.run(row, product, folder, *([program] if program else []))
    disc = iso(kernel, media.overlay(product, row, folder), words, folder)
    return bochs.run(row, product, folder, ended, *([program] if program else []), iso=disc)


def messages(console):
    """({word: the messages of the script in the initrd with it}, the console without them)."""
    words = {}
    for word, text in SAID.findall(console):
        words.setdefault(word, []).append(text)
    return words, SAID.sub("", console)
