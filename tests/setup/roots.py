# SPDX-License-Identifier: GPL-2.0-only
"""Roots of systems that are not there, made for a test."""

import os


def plant(root, files, links=(), folders=()):
    """files: path -> text; links: path -> where it leads. The folders of files are made too."""
    for name in folders:
        os.makedirs(root / name, exist_ok=True)
    for name, to in dict(links).items():
        (root / name).symlink_to(to)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root
