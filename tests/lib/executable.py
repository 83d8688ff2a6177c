# SPDX-License-Identifier: GPL-2.0-only
"""Files that are run at once, in programs with threads.

A child that another thread forks has our descriptors until its exec, and a file that is open for
writing cannot be run (ETXTBSY). So another process writes it: no child of ours has that descriptor.
"""

import pathlib

from lib import command


def write(path, text):
    """path: of a file that this makes executable, with this text."""
    command.tool(["install", "-m", "755", "/dev/stdin", path], input=text)


def copy(source, folder):
    """The path of the copy in this folder, of the same name."""
    path = pathlib.Path(folder) / pathlib.Path(source).name
    command.tool(["install", "-m", "755", source, path])
    return path
