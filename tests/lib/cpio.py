# SPDX-License-Identifier: GPL-2.0-only
"""cpio archives ("newc") for an extra initrd, and modules that are broken on purpose."""

import struct

S_IFREG = 0o100000
S_IFDIR = 0o040000
# A byte that is not an instruction in 64-bit mode (PUSH ES; SDM Vol. 2, opcode map): #UD, an oops.
INVALID_OPCODE = b"\x06"


def _member(number, name, mode, data):
    header = "070701" + "".join(
        f"{field:08X}"
        for field in (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    )
    head = header.encode() + name.encode() + b"\0"
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def archive(files):
    """files: path without the leading slash -> (mode, bytes). Creates their folders, too."""
    out, number, made = b"", 1, set()
    for path, (mode, data) in sorted(files.items()):
        parts = path.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folder not in made:
                made.add(folder)
                out += _member(number, folder, S_IFDIR | 0o755, b"")
                number += 1
        out += _member(number, path, S_IFREG | mode, data)
        number += 1
    return out + _member(0, "TRAILER!!!", 0, b"")


def sections(elf):
    """(name, type, offset, size, link) of each section of an ELF64 little-endian object."""
    if elf[:6] != b"\x7fELF\x02\x01":
        raise ValueError("not a 64-bit little-endian ELF file")
    (table,) = struct.unpack_from("<Q", elf, 0x28)
    size, count, names = struct.unpack_from("<HHH", elf, 0x3A)
    raw = [struct.unpack_from("<IIQQQQIIQQ", elf, table + i * size) for i in range(count)]
    start = raw[names][4]
    for entry in raw:
        name = elf[start + entry[0] : elf.index(b"\0", start + entry[0])].decode()
        yield name, entry[1], entry[4], entry[5], entry[6]


def oopsing(module):
    """A module whose init function begins with an invalid instruction."""
    found = list(sections(module))
    for _name, kind, offset, size, link in found:
        if kind != 2:  # SHT_SYMTAB
            continue
        strings = found[link][2]
        for at in range(offset, offset + size, 24):
            name, _info, _other, index, value, _size = struct.unpack_from("<IBBHQQ", module, at)
            begin = strings + name
            if module[begin : module.index(b"\0", begin)] == b"init_module":
                where = found[index][2] + value
                return module[:where] + INVALID_OPCODE + module[where + 1 :]
    raise ValueError("the module has no init_module")


def truncated(module):
    """Half a module, as from a stick that was pulled out too early."""
    return module[: len(module) // 2]


BREAKERS = {"oopsing": oopsing, "truncated": truncated}
