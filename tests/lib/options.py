# SPDX-License-Identifier: GPL-2.0-only
"""Options that several programs have, each with one meaning."""

import argparse
import os
import pathlib

from lib import places


def parser(text):
    """text: the program's docstring; the help shows its first paragraph."""
    return argparse.ArgumentParser(description=text.split("\n\n", maxsplit=1)[0])


def add_build(to):
    to.add_argument("--build", type=pathlib.Path, default=places.BUILD, help="make's O (build)")


def add_cache(to):
    to.add_argument("--cache", type=pathlib.Path, default=places.CACHE, help="make's CACHE_DIR")


def add_rows(to, what="rows by name"):
    """--only, --list, --keep, --jobs: for a suite that starts an emulator for each of its rows."""
    add_only(to, what)
    to.add_argument("--list", action="store_true", help="name the rows and what they expect")
    to.add_argument("--keep", action="store_true", help="keep media and logs of all rows")
    # One more than there are CPUs: firmware, menus and limits wait without using any.
    jobs = (os.cpu_count() or 1) + 1
    to.add_argument("--jobs", type=int, default=jobs, help=f"emulators at once ({jobs})")


def add_only(to, what="rows by name"):
    to.add_argument("--only", action="append", metavar="GLOB", help=what)
