# SPDX-License-Identifier: GPL-2.0-only
"""Run a program to its end, or to its limit."""

import subprocess

LIMIT = 60  # seconds


class Failed(Exception):
    """It ended with a status that it should not have; the message has what it said."""


def run(argv, limit=LIMIT, merged=False, **options):
    """The subprocess.CompletedProcess, whatever its status. merged: stderr is in stdout.

    It reads nothing, unless options say otherwise (input, stdin); its output is text, unless they
    say text=False. limit None: none. Raises subprocess.TimeoutExpired, and OSError if there is no
    such program.
    """
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    if options.setdefault("text", True):
        options["errors"] = "replace"
    return subprocess.run(
        [str(word) for word in argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if merged else subprocess.PIPE,
        timeout=limit,
        check=False,
        **options,
    )


def tool(argv, limit=LIMIT, good=(0,), **options):
    """What it said, on either stream. Raises Failed where its status is not a good one."""
    done = run(argv, limit, merged=True, **options)
    if done.returncode not in good:
        raise Failed(f"{argv[0]} ended with status {done.returncode}:\n{done.stdout}")
    return done.stdout
