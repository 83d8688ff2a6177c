# SPDX-License-Identifier: GPL-2.0-only
"""Run a program to its end, or to its time limit."""

import signal
import subprocess

LIMIT = 60  # seconds


class Failed(Exception):
    """Its exit status is not an expected one; the message has its output."""


def run(argv, limit=LIMIT, merged=False, **options):
    """The subprocess.CompletedProcess, whatever its status. merged: stderr is in stdout.

    Its stdin is empty (options: input, stdin) and its output is text (option: text=False). limit
    None: no limit. Raises subprocess.TimeoutExpired, and OSError if there is no such program.
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
    """Its output on both streams. Raises Failed if its status is not an expected one."""
    done = run(argv, limit, merged=True, **options)
    if done.returncode not in good:
        raise Failed(f"{argv[0]} ended with status {done.returncode}:\n{done.stdout}")
    return done.stdout


def signals_by_default():
    """For tests of signals: nohup and a shell's background jobs ignore some, and so do children."""
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
