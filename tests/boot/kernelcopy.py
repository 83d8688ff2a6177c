# SPDX-License-Identifier: GPL-2.0-only
"""Check the kernel's copy in its own initramfs (initramfs/replicate/), independent of that code.

This does the boot code's work on the file: unpack the bzImage's payload (Linux x86 boot protocol),
move its segments in their order (arch/x86/boot/compressed/misc.c, parse_elf()). /lib/vmlinux in the
resulting memory has to equal that memory without the initramfs.
"""

import struct
import subprocess

LZ4_LEGACY = b"\x02\x21\x4c\x18"
CPIO_MAGIC, CPIO_HEADER = b"070701", 110
NAME = b"lib/vmlinux\0"
PT_LOAD = 1


def payload(image):
    """The payload that the boot code unpacks."""
    if image[0x202:0x206] != b"HdrS":
        raise ValueError("nestcheck.efi has no Linux setup header")
    start = (image[0x1F1] + 1) * 512
    offset, length = struct.unpack_from("<II", image, 0x248)
    packed = image[start + offset : start + offset + length]
    if packed[:4] != LZ4_LEGACY:
        raise ValueError("the kernel's payload is not LZ4")
    # Its last word is the unpacked size, which is not part of the LZ4 data.
    done = subprocess.run(["lz4", "-dc"], input=packed[:-4], capture_output=True, check=True)
    if len(done.stdout) != struct.unpack("<I", packed[-4:])[0]:
        raise ValueError(f"the payload unpacks to {len(done.stdout)} bytes, not to its stated size")
    return done.stdout


def segments(elf):
    """(offset, address, size in the file, size in memory) of each segment to load."""
    if elf[:5] != b"\x7fELF\x02":
        raise ValueError("is no 64-bit ELF file")
    (table,) = struct.unpack_from("<Q", elf, 0x20)
    size, count = struct.unpack_from("<HH", elf, 0x36)
    for i in range(count):
        kind, _, offset, _, address, in_file, in_memory, _ = struct.unpack_from(
            "<IIQQQQQQ", elf, table + i * size
        )
        if kind == PT_LOAD:
            yield offset, address, in_file, in_memory


def booted(elf):
    """The memory from the kernel's first address on, after the boot code has moved everything."""
    moves = list(segments(elf))
    low = min(address for _, address, _, _ in moves)
    end = max(address - low + size for _, address, size, _ in moves)
    # After the file comes the space that the boot code needed to unpack it.
    memory = bytearray(b"\xaa" * max(end, len(elf)))
    memory[: len(elf)] = elf
    for offset, address, size, _ in moves:
        memory[address - low : address - low + size] = bytes(memory[offset : offset + size])
    return low, bytes(memory[:end])


def initramfs_file(memory):
    """The offset of the contents of /lib/vmlinux, and their size."""
    name = memory.find(NAME)
    # Programs in the initramfs contain the name, too.
    while name >= 0 and memory[max(name - CPIO_HEADER, 0) :][:6] != CPIO_MAGIC:
        name = memory.find(NAME, name + 1)
    if name < CPIO_HEADER:
        raise ValueError("the initramfs has no lib/vmlinux")
    size = int(memory[name - CPIO_HEADER + 54 : name - CPIO_HEADER + 62], 16)
    # Offsets are rounded relative to the archive's start, which is a multiple of 4.
    return (name + len(NAME) + 3) // 4 * 4, size


def complaints(image):
    """Complaints about the copy; an empty list if it is correct."""
    low, memory = booted(payload(image))
    start, size = initramfs_file(memory)
    copy, out, rest, used = memory[start : start + size], [], bytearray(memory), 0
    for offset, address, in_file, _ in segments(copy):
        at, used = address - low, offset + in_file
        if copy[offset:used] != memory[at : at + in_file]:
            out.append(f"the copy's segment at {address:#x} differs from memory")
        rest[at : at + in_file] = bytes(in_file)
    if any(copy[used:]):
        out.append("the memory after the copy's last segment is not zero")
    # The rest is the initramfs, from its first header to its end, and the 8 bytes of its size.
    archive, end = rest.find(CPIO_MAGIC), rest.find(b"TRAILER!!!", start + size)
    if not 0 <= archive < start < end or any(rest[:archive]) or any(rest[end + 1024 :]):
        out.append("the copy lacks a part of the kernel")
    return out
