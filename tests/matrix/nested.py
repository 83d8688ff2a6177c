# SPDX-License-Identifier: GPL-2.0-only
"""The image as a guest of KVM: imitates a CI job on a machine without virtualization.

QEMU's TCG (AMD) or Bochs (Intel) boots a distribution's kernel, whose initrd holds KVM's modules
and a QEMU with its dependencies. This QEMU starts the image with -accel kvm, as iso/nestcheck-qemu
does: the emulator is then two levels below the image.
"""

import dataclasses
import hashlib
import pathlib
import shutil
import subprocess

import stock
from lib import cpio, media

HERE = pathlib.Path(__file__).resolve().parent


# Changed with the contents or the format of the archive.
LAYOUT = "nested-1"
QEMU = "usr/bin/qemu-system-x86_64"
# All firmware that QEMU's PC loads without a screen and a network; linuxboot_dma is for -kernel.
FIRMWARE = ("bios-256k.bin", "kvmvapic.bin", "linuxboot_dma.bin")
FIRMWARE_FOLDERS = ("usr/share/seabios", "usr/share/qemu")
# In addition to the image's memory: the host's kernel, its initrd packed and unpacked, QEMU.
HOST_MEMORY = 512  # MiB
# Enables the parameters that are only for tests (tools/lib/params.h).
TESTS_FILE = "etc/nestcheck-tests"
BELOW = {"qemu": "tcg", "bochs": "bochs"}


@dataclasses.dataclass(frozen=True)
class Host:
    """The host between the emulator and the image. kernel: programs.Ready; qemu: its folder."""

    kernel: object
    qemu: pathlib.Path
    vendor: str
    busybox: pathlib.Path
    cache: pathlib.Path


def _libraries(root):
    """(loader, libraries) of an unpacked QEMU, as its own loader lists them."""
    script = (root / "start" / "qemu-system-x86_64").read_text(encoding="utf-8")
    loader = next(w for w in script.split() if "ld-linux" in w).strip('"').removeprefix("$root/")
    folders = f"{root}/usr/lib/x86_64-linux-gnu:{root}/lib/x86_64-linux-gnu"
    argv = [root / loader, "--library-path", folders, "--list", root / QEMU]
    listed = media.run_tool(argv)
    return root / loader, [line.split()[2] for line in listed.splitlines() if "=>" in line]


def _firmware(root, name):
    for folder in FIRMWARE_FOLDERS:
        if (root / folder / name).exists():
            return root / folder / name
    raise media.MediaError(f"{root.name} has no {name}")


def host_files(qemu, kernel, vendor, busybox):
    """path in the initrd -> file here: the part that is the same for all rows."""
    loader, libraries = _libraries(qemu)
    files = {"init": HERE / "nested.init", "bin/busybox": busybox, "qemu/ld.so": loader}
    files["qemu/qemu-system-x86_64"] = qemu / QEMU
    files |= {f"qemu/lib/{pathlib.Path(p).name}": pathlib.Path(p) for p in libraries}
    files |= {f"qemu/share/{name}": _firmware(qemu, name) for name in FIRMWARE}
    return files | {f"matrix/{m.name}": m for m in kernel.modules(vendor)}


def host_archive(files, cache):
    """The packed initrd that is the same for all rows; made once and kept."""
    listed = (f"{name} {p.resolve()} {p.stat().st_size}" for name, p in sorted(files.items()))
    init = files["init"].read_text(encoding="utf-8")
    key = hashlib.sha256("\n".join([LAYOUT, init, *listed]).encode()).hexdigest()[:12]
    target = pathlib.Path(cache) / LAYOUT / key
    if target.exists():
        target.touch()
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    data = cpio.archive({name: (0o755, path.read_bytes()) for name, path in files.items()})
    # The format that the kernel unpacks fastest, because an emulated CPU unpacks it.
    packed = subprocess.run(["lz4", "-l", "-9", "-c"], input=data, capture_output=True, check=True)
    part = target.with_suffix(f".{hashlib.sha256(str(target).encode()).hexdigest()[:6]}")
    part.write_bytes(packed.stdout)
    part.rename(target)
    return target


def qemu_words(row, parameters, kind):
    """The host's QEMU command line, as in iso/nestcheck-qemu; ttyS1 for the report."""
    words = ["-accel", "kvm", "-cpu", "host", "-m", row.memory, "-smp", row.smp, "-no-reboot"]
    words += ["-nodefaults", "-no-user-config", "-display", "none", "-vga", "none"]
    words += ["-L", "/qemu/share"]
    words += ["-chardev", "stdio,id=console,signal=on", "-serial", "chardev:console"]
    words += ["-chardev", "file,id=report,path=/dev/ttyS1", "-serial", "chardev:report"]
    words += ["-device", "isa-debug-exit,iobase=0x501,iosize=0x2", "-device", "pvpanic"]
    words += ["-action", "panic=exit-failure", "-kernel", "/image/nestcheck.efi"]
    words += ["-initrd", "/image/tests.cpio"]
    for key, value in (parameters | {"below": BELOW[kind]}).items():
        words += ["-fw_cfg", f"name=opt/nestcheck/{key},string={value.replace(',', ',,')}"]
    return [str(w) for w in words]


def initrd(host, kernel, vendor, image, words, target):
    """The row's part, followed by the packed part, which has to be the last."""
    lines = (f"{m.name} {stock.NESTED.get(m.name, '')}" for m in kernel.modules(vendor))
    own = {
        "matrix/modules": "".join(line.rstrip() + "\n" for line in lines).encode(),
        "matrix/qemu": "".join(word + "\n" for word in words).encode(),
        "image/nestcheck.efi": image.read_bytes(),
        "image/tests.cpio": cpio.archive({TESTS_FILE: (0o644, b"")}),
    }
    with open(target, "wb") as file:
        file.write(cpio.archive({name: (0o644, data) for name, data in own.items()}))
        with open(host, "rb") as packed:
            shutil.copyfileobj(packed, file)
    return target


def host_row(row, archive):
    """The row for tests/boot that starts the host. row: of its guest."""
    memory = row.memory + HOST_MEMORY
    return dataclasses.replace(row, memory=memory, overlay=archive, fw_cfg={}, medium="kernel")


def run(row, host, products, program, folder):
    """row: of tests/boot, for the image's machine. host: the host of that guest."""
    files = host_files(host.qemu, host.kernel, host.vendor, host.busybox)
    packed = host_archive(files, host.cache)
    words = qemu_words(row, row.fw_cfg, row.emulator)
    archive = initrd(packed, host.kernel, host.vendor, products.efi, words, folder / "initrd")
    return stock.run(host_row(row, archive), host.kernel, program, folder)
