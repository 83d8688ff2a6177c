# SPDX-License-Identifier: GPL-2.0-only
"""The GUID partition table of a disk image (UEFI specification, chapter 5)."""

import struct
import uuid

SECTOR = 512
EFI_SYSTEM = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")


def partitions(file):
    """(type, first byte, length in bytes) of each partition; ValueError without a GPT."""
    file.seek(SECTOR)
    header = file.read(92)
    if header[:8] != b"EFI PART":
        raise ValueError("no GUID partition table in the second sector")
    table, count, size = struct.unpack_from("<QII", header, 72)
    file.seek(table * SECTOR)
    entries = file.read(count * size)
    for at in range(0, len(entries), size):
        kind = uuid.UUID(bytes_le=entries[at : at + 16])
        first, last = struct.unpack_from("<QQ", entries, at + 32)
        if kind.int:
            yield kind, first * SECTOR, (last - first + 1) * SECTOR


def efi_system(path):
    """The start of the only EFI system partition, in bytes."""
    with open(path, "rb") as file:
        found = [first for kind, first, _ in partitions(file) if kind == EFI_SYSTEM]
    if len(found) != 1:
        raise ValueError(f"{len(found)} EFI system partitions in {path}, wanted one")
    return found[0]
