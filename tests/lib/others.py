# SPDX-License-Identifier: GPL-2.0-only
"""Emulators of other releases (tests/matrix/programs.toml), for rows that name one."""

import threading

from lib import apt, places, programs


class Missing(Exception):
    """It is not available: there is no mirror, and nothing in the cache."""


class Others:
    """Fetched when the first row asks for it; thread-safe."""

    def __init__(self, cache=places.CACHE, known=None):
        self.known = known or programs.Programs(cache)
        self.lock, self.got, self.stand_ins = threading.Lock(), {}, {}

    def check(self, row):
        """Raises ValueError if a row names an unknown program."""
        if row.program and row.program not in self.known.emulators:
            names = ", ".join(self.known.emulators)
            raise ValueError(f"row '{row.name}': '{row.program}' is not one of {names}")
        if row.program and self.known.emulators[row.program].kind != row.emulator:
            raise ValueError(f"row '{row.name}': {row.program} is no {row.emulator}")

    def keywords(self, row):
        """Additional arguments of the emulator's run(): none for the installed one."""
        name = row.program or self._stand_in(row.emulator)
        if not name:
            return {}
        with self.lock:
            if name not in self.got:
                try:
                    ready = self.known.emulator(name)
                except apt.Unavailable as error:
                    self.got[name] = Missing(f"{name} is not available: {error}")
                else:
                    self.got[name] = ready.program(row.emulator)
                    if ready.note:
                        print(f"boot: {name}: {ready.note}", flush=True)
        if isinstance(self.got[name], Missing):
            raise self.got[name]
        return {row.emulator: self.got[name]}

    def _stand_in(self, kind):
        with self.lock:
            if kind not in self.stand_ins:
                found = self.known.stand_in(kind)
                self.stand_ins[kind] = found[0] if found else ""
                if found:
                    print(f"boot: {kind} runs as {found[0]}: {found[1]}", flush=True)
        return self.stand_ins[kind]


SHARED = Others()
