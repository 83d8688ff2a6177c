# SPDX-License-Identifier: GPL-2.0-only
"""The style checkers, each pinned to Debian 12's version. Another version reports and formats
differently, which is not a defect of the code."""

import re
import shutil

from lib import command

VERSIONS = {"clang-format": "14", "shellcheck": "0.9"}


def pinned(name):
    """(program, None), or (None, the reason why it is not used here)."""
    want, seen = VERSIONS[name], []
    for program in (f"{name}-{want}", name):
        if shutil.which(program):
            shown = command.run([program, "--version"])
            version = re.search(r"version:? (\d+(?:\.\d+)*)", shown.stdout)
            if version and f"{version[1]}.".startswith(f"{want}."):
                return program, None
            seen.append(version[1] if version else "of an unknown version")
    return None, f"needs {name} {want}, {f'found {seen[0]}' if seen else 'which is not installed'}"
