# SPDX-License-Identifier: GPL-2.0-only
"""The emulator to start: the installed one, or an unpacked one."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Program:
    command: str
    # The root of its firmware's paths; "" for /.
    root: str = ""


QEMU = Program("qemu-system-x86_64")
BOCHS = Program("bochs")
