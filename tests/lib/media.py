# SPDX-License-Identifier: GPL-2.0-only
"""Boot media for a row: copies of the built ISO, stick and PXE tree with its additions.

Build products are never modified: a row's changes are made in a copy in its folder.
"""

import dataclasses
import pathlib
import shutil
import struct

from lib import command, cpio, gpt

DAMAGED_CFG = b"\x00\xff\xfe\x80report=\x01\xc3\x28" * 40
IPXE_SCRIPT = "boot.ipxe"
TOOL_LIMIT = 120  # seconds
MTOOLS = {"MTOOLS_SKIP_CHECK": "1", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}


class MediaError(Exception):
    """Something that the tests need is missing or failed; the message says what."""


@dataclasses.dataclass(frozen=True)
class Products:
    """The build's output."""

    build: pathlib.Path

    def __getattr__(self, name):
        paths = {
            "efi": "nestcheck.efi",
            "iso": "nestcheck.iso",
            "pxe": "pxe",
            "modules": "modules",
        }
        if name not in paths:
            raise AttributeError(name)
        path = self.build / paths[name]
        if not path.exists():
            raise MediaError(f"{path} is missing: run 'make iso pxe' first")
        return path


def run_tool(argv, **options):
    """A program's output. Raises MediaError if it fails."""
    try:
        return command.tool(argv, TOOL_LIMIT, **options)
    except (command.Failed, OSError) as error:
        raise MediaError(str(error)) from error


def overlay(products, row, folder):
    """The row's extra initrd as a file, or None. It may already be a file; else its values are:

    "module:NAME"          a built module, unchanged
    "oopsing:NAME"         a built module, broken by cpio.py; "truncated:NAME" likewise
    "built:NAME"           a file of the build's folder, not executable
    "file:PATH"            a file of the host, executable; "module-file:PATH": not executable
    "text:..."             this text
    """
    if not row.overlay or isinstance(row.overlay, pathlib.Path):
        return row.overlay or None
    files = {}
    for path, how in row.overlay.items():
        kind, _, value = how.partition(":")
        if kind == "text":
            data = value.encode()
        elif kind == "built":
            data = (products.build / value).read_bytes()
        elif kind in ("file", "module-file"):
            data = pathlib.Path(value).read_bytes()
        else:
            data = (products.modules / value).read_bytes()
            if kind != "module":
                data = cpio.BREAKERS[kind](data)
        files[path.lstrip("/")] = (0o755 if kind == "file" else 0o644, data)
    target = folder / "overlay.cpio"
    target.write_bytes(cpio.archive(files))
    return target


def _with_words(config, words, initrd):
    """An isolinux.cfg that adds these words to the kernel command line, and an extra initrd."""
    lines, kernels = [], 0
    has_append = any(line.split()[:1] == ["APPEND"] for line in config.splitlines())
    for line in config.splitlines():
        key = line.split()[0].upper() if line.split() else ""
        if key == "APPEND":
            line = f"{line} {words}".rstrip()
        lines.append(line)
        if key in ("KERNEL", "LINUX"):
            kernels += 1
            indent = line[: len(line) - len(line.lstrip())]
            if initrd:
                lines.append(f"{indent}INITRD {initrd}")
            if words and not has_append:
                lines.append(f"{indent}APPEND {words}")
    if kernels != 1:
        raise MediaError(f"the ISO's isolinux.cfg starts {kernels} kernels, wanted one")
    return "\n".join(lines) + "\n"


def iso_with(products, folder, words, initrd):
    """A copy of the ISO whose isolinux passes these words, and this initrd if given."""
    found = run_tool(
        ["xorriso", "-no_rc", "-indev", products.iso, "-find", "/", "-name", "isolinux.cfg"]
    )
    names = [line.strip().strip("'") for line in found.splitlines() if "isolinux.cfg" in line]
    names = [n for n in names if n.startswith("/")]
    if len(names) != 1:
        raise MediaError(f"isolinux.cfg is in the ISO {len(names)} times, wanted once:\n{found}")
    config = folder / "isolinux.cfg"
    extract = ["xorriso", "-no_rc", "-osirrox", "on", "-indev", products.iso]
    run_tool([*extract, "-extract", names[0], config])
    config.chmod(0o644)
    text = _with_words(config.read_text(), words, "/overlay.cpio" if initrd else None)
    config.write_text(text)
    target = folder / "boot.iso"
    target.unlink(missing_ok=True)
    argv = ["xorriso", "-no_rc", "-indev", products.iso, "-outdev", target]
    argv += ["-map", config, names[0]]
    if initrd:
        argv += ["-map", initrd, "/overlay.cpio"]
    run_tool([*argv, "-boot_image", "any", "replay", "-commit"])
    return target


def _damage_root(path):
    """An entry behind the end of the root folder (FAT12 or FAT16), beside the only free one."""
    begin = gpt.efi_system(path)
    with open(path, "r+b") as file:
        file.seek(begin)
        sector, reserved, tables, size = struct.unpack("<11xHxHB5xH", file.read(24))
        at = begin + (reserved + tables * size) * sector
        file.seek(at)
        while file.read(32)[0]:
            pass
        file.write(b"JUNK    TXT\x20".ljust(32, b"\0"))


def stick(products, row, folder):
    """A copy of the ISO as on a stick, with the row's nestcheck.cfg on its FAT partition."""
    target = folder / "stick.img"
    shutil.copyfile(products.iso, target)
    if row.root_damaged:
        _damage_root(target)
    if row.cfg is None and not row.cfg_damaged:
        return target
    config = folder / "nestcheck.cfg"
    config.write_bytes(DAMAGED_CFG if row.cfg_damaged else row.cfg.encode())
    run_tool(
        ["mcopy", "-o", "-i", f"{target}@@{gpt.efi_system(target)}", config, "::/nestcheck.cfg"],
        env=MTOOLS,
    )
    return target


def _set_id(image, text, folder):
    """Replaces nestcheck.id on the FAT partition of a copy of the ISO."""
    path = folder / "nestcheck.id"
    path.write_text(text)
    run_tool(["mcopy", "-o", "-i", f"{image}@@{gpt.efi_system(image)}", path, "::/nestcheck.id"],
             env=MTOOLS)


# Read as the boot medium's it would select another self-test.
LABEL_CFG = "selftest=quick\nonly=none-of-them\n"


def further_disk(products, name, holds, folder):
    """The image of one of the row's disks."""
    target = folder / f"{name}.img"
    if holds in ("stick", "foreign"):
        shutil.copyfile(products.iso, target)
        if holds == "foreign":
            _set_id(target, "0" * 64 + "\n", folder)
    elif holds == "label":
        config = folder / "label.cfg"
        config.write_text(LABEL_CFG)
        run_tool(["mkfs.vfat", "-n", "NESTCHECK", "-C", target, "4096"], env=MTOOLS)
        run_tool(["mcopy", "-i", target, config, "::/nestcheck.cfg"], env=MTOOLS)
    else:
        raise MediaError(f"no disk holds '{holds}'")
    return target


def saved_reports(image):
    """The reports on a stick's FAT partition, as texts."""
    place = f"{image}@@{gpt.efi_system(image)}"
    listed = run_tool(["mdir", "-b", "-i", place, "::/"], env=MTOOLS).splitlines()
    names = [line.strip() for line in listed if line.strip().endswith(".json")]
    return [run_tool(["mtype", "-i", place, name], env=MTOOLS) for name in names]


def ipxe_tree(products, row, folder):
    """A folder for TFTP with an iPXE script that passes the row's words."""
    tree = folder / "tftp"
    tree.mkdir()
    shutil.copyfile(products.efi, tree / "nestcheck.efi")
    script = f"#!ipxe\nkernel tftp://${{next-server}}/nestcheck.efi {row.cmdline}\nboot\n"
    (tree / IPXE_SCRIPT).write_text(script)
    return tree
