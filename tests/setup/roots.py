# SPDX-License-Identifier: GPL-2.0-only
"""Made-up roots of installed systems."""

import os


def plant(root, files, links=(), folders=()):
    """files: path -> text; links: path -> target. Creates the folders of files, too."""
    for name in folders:
        os.makedirs(root / name, exist_ok=True)
    for name, to in dict(links).items():
        (root / name).symlink_to(to)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root
