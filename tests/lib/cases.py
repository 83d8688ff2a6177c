# SPDX-License-Identifier: GPL-2.0-only
"""The cases of build/l1.bin, read as by the self-test's driver: abi.h, struct l1_header and struct
l1_case."""

import re
import struct

from lib.places import TOP

ABI = TOP / "tools/l1/abi.h"


def number(name):
    """A constant of abi.h."""
    pattern = rf"\b{name}\b(?:\s+|\s*=\s*)(0x[0-9a-f]+|\d+)"
    return int(re.search(pattern, ABI.read_text(encoding="utf-8")).group(1), 0)


def read(image):
    """(name, flags) of each case, Intel's first, in the order of the tables."""
    base, cases = number("L1_BASE"), []
    header = struct.unpack_from("<7Q", image)
    for table, count in (header[3:5], header[5:7]):
        (n,) = struct.unpack_from("<Q", image, count - base)
        for i in range(n):
            name, flags = struct.unpack_from("<QI", image, table - base + 32 * i)
            name = image[name - base : image.index(b"\0", name - base)].decode()
            cases.append((name, flags))
    return cases


def proven(cases):
    """The names of the cases that some emulator can run."""
    unproven = number("L1_UNPROVEN")
    return [name for name, flags in cases if not flags & unproven]
