# SPDX-License-Identifier: GPL-2.0-only
"""OVMF's variables, with a screen resolution in them.

OVMF starts in the resolution that its setup page "OVMF Platform Configuration" stores in the
variable PlatformConfig (edk2: OvmfPkg/PlatformDxe/Platform.h). We write that variable beforehand to
get a large screen. QEMU's EDID cannot ask for 3840x2160: at its 75 Hz the pixel clock does not fit
a detailed timing.
"""

import struct
import uuid

PLATFORM_CONFIG = uuid.UUID("7235c51c-0c80-4cab-87ac-3b084a6304b1")
AUTHENTICATED_STORE = uuid.UUID("aaf32c78-947b-439a-a180-2e144ec37792")
# The first variable of an empty store follows the firmware volume's header, which holds its own
# length, and the store's header (edk2: MdeModulePkg/Include/Guid/VariableFormat.h).
STORE_HEADER = 28
NON_VOLATILE, BOOT_SERVICE = 1, 2
ADDED = 0x3F


def variable(name, guid, data):
    """One AUTHENTICATED_VARIABLE_HEADER with its name and data."""
    text = (name + "\0").encode("utf-16-le")
    header = struct.pack(
        "<HBBIQ16sIII16s",
        *(0x55AA, ADDED, 0, NON_VOLATILE | BOOT_SERVICE, 0, bytes(16), 0),
        *(len(text), len(data), guid.bytes_le),
    )
    return header + text + data


def with_resolution(variables, width, height):
    """The bytes of an empty OVMF_VARS_4M.fd with PlatformConfig added."""
    (begin,) = struct.unpack_from("<H", variables, 48)  # the volume header's HeaderLength
    if variables[begin : begin + 16] != AUTHENTICATED_STORE.bytes_le:
        raise ValueError("no authenticated variable store at the expected place")
    data = variable("PlatformConfig", PLATFORM_CONFIG, struct.pack("<II", width, height))
    at = begin + STORE_HEADER
    if variables[at : at + len(data)].strip(b"\xff"):
        raise ValueError("the variable store is not empty")
    return variables[:at] + data + variables[at + len(data) :]
