# SPDX-License-Identifier: GPL-2.0-only
"""Which emulator is started: the installed one, or one that is unpacked somewhere."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Program:
    command: str
    # The folder that its firmware's paths begin in; "" for /.
    root: str = ""


QEMU = Program("qemu-system-x86_64")
BOCHS = Program("bochs")
