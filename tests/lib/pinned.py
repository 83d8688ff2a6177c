# SPDX-License-Identifier: GPL-2.0-only
"""The checkers of style, each in the one version that judges: Debian 12's. Another version finds
other things and formats otherwise, which is no fault of the code that it is shown."""

import re
import shutil

from lib import command

VERSIONS = {"clang-format": "14", "shellcheck": "0.9"}


def pinned(name):
    """(program, None), or (None, why nothing is judged by it here)."""
    want, seen = VERSIONS[name], []
    for program in (f"{name}-{want}", name):
        if shutil.which(program):
            shown = command.run([program, "--version"])
            version = re.search(r"version:? (\d+(?:\.\d+)*)", shown.stdout)
            if version and f"{version[1]}.".startswith(f"{want}."):
                return program, None
            seen.append(version[1] if version else "of an unknown version")
    return None, f"{name} {want} judges, {f'here is {seen[0]}' if seen else 'there is none here'}"
